// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"bytes"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var encodingRule = rule{"der", "X.690 8.3, 10.1, 11.1, 11.2 and 11.6", checkEncoding}

// maxNesting bounds the walk; a certificate nests about a dozen deep.
const maxNesting = 64

// checkEncoding walks every element: one value has one encoding in DER, and
// what was signed in another one will be refused or read differently.
func checkEncoding(s *candidate, r *report) {
	walkDER(s.Raw, 0, r)
	for _, e := range s.Extensions {
		walkDER(e.Value, 0, r)
	}
}

func walkDER(der []byte, depth int, r *report) {
	if depth > maxNesting {
		r.err("elements nest more than %d deep", maxNesting)
		return
	}
	in := cryptobyte.String(der)
	for !in.Empty() && len(r.findings) < maxFindings {
		var body cryptobyte.String
		var tag cbasn1.Tag
		whole := in
		if !in.ReadAnyASN1(&body, &tag) { // refuses lengths that are not minimal
			r.err("an element at depth %d is not in DER", depth)
			return
		}
		if tag == cbasn1.SET {
			checkSetOrder(body, r)
		}
		if tag&0x20 != 0 {
			walkDER(body, depth+1, r)
			continue
		}
		checkPrimitive(tag, body, whole[:len(whole)-len(in)], r)
	}
}

func checkPrimitive(tag cbasn1.Tag, body, element cryptobyte.String, r *report) {
	switch tag {
	case cbasn1.BOOLEAN:
		if len(body) != 1 || body[0] != 0 && body[0] != 0xFF {
			r.err("a BOOLEAN is neither 00 nor FF")
		}
	case cbasn1.INTEGER:
		var v []byte
		if neg := len(body) > 0 && body[0]&0x80 != 0; !neg && !element.ReadASN1Integer(&v) || neg && !minimalNegative(body) {
			r.err("an INTEGER is not minimal")
		}
	case cbasn1.BIT_STRING:
		if len(body) == 0 || body[0] > 7 || len(body) == 1 && body[0] != 0 || len(body) > 1 && body[len(body)-1]&(1<<body[0]-1) != 0 {
			r.err("a BIT STRING has set unused bits")
		}
	case cbasn1.NULL:
		if len(body) != 0 {
			r.err("a NULL is not empty")
		}
	case cbasn1.OBJECT_IDENTIFIER:
		if !minimalArcs(body) {
			r.err("an OBJECT IDENTIFIER is empty, cut or not minimal")
		}
	}
}

func minimalNegative(body []byte) bool { return len(body) == 1 || body[0] != 0xFF || body[1]&0x80 == 0 }

// minimalArcs: no arc begins with the octet 80, and the last one ends.
func minimalArcs(body []byte) bool {
	start := true
	for _, c := range body {
		if start && c == 0x80 {
			return false
		}
		start = c&0x80 == 0
	}
	return len(body) > 0 && start
}

// checkSetOrder: the members of a SET OF stand in the order of their encodings.
func checkSetOrder(body cryptobyte.String, r *report) {
	var last []byte
	for !body.Empty() {
		var element cryptobyte.String
		var tag cbasn1.Tag
		if !body.ReadAnyASN1Element(&element, &tag) {
			return // the walk says so
		}
		if bytes.Compare(last, element) > 0 {
			r.err("the members of a SET OF are not in order")
			return
		}
		last = element
	}
}
