// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"encoding/asn1"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// ParseError says what was malformed and where: Offset counts octets from the
// start of the object, Field is the ASN.1 name of the standard.
type ParseError struct {
	Object string // "certificate", "CRL", "request" or "name"
	Field  string
	Offset int
	Reason string
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("parse %s: %s at octet %d: %s", e.Object, e.Field, e.Offset, e.Reason)
}

// decoder reads one object. All strings it hands out share the backing array
// of one private copy, so that a position follows from the capacity left.
type decoder struct {
	object string
	size   int // capacity of the whole object's copy
	notes  []string
	seen   map[string]bool
}

// newDecoder copies der, so that the caller may reuse its buffer.
func newDecoder(object string, der []byte) (*decoder, cryptobyte.String) {
	own := make([]byte, len(der))
	copy(own, der)
	d := &decoder{object: object, size: cap(own)}
	return d, cryptobyte.String(own)
}

// fail returns the error for what stands at the beginning of s.
func (d *decoder) fail(s cryptobyte.String, field, format string, args ...any) error {
	return &ParseError{Object: d.object, Field: field, Offset: d.size - cap(s), Reason: fmt.Sprintf(format, args...)}
}

// maxNotes bounds Tolerated: a CRL could repeat one deviation 100,000 times.
const maxNotes = 64

// note records a deviation that was let pass, once.
func (d *decoder) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if d.seen[text] || len(d.notes) >= maxNotes {
		return
	}
	if d.seen == nil {
		d.seen = map[string]bool{}
	}
	d.seen[text] = true
	d.notes = append(d.notes, text)
}

// sequence enters a SEQUENCE that must fill the rest of s exactly.
func (d *decoder) sequence(s cryptobyte.String, field string) (cryptobyte.String, error) {
	var body cryptobyte.String
	start := s
	if !s.ReadASN1(&body, cbasn1.SEQUENCE) {
		return nil, d.fail(start, field, "not a DER SEQUENCE")
	}
	if !s.Empty() {
		return nil, d.fail(s, field, "octets behind the end")
	}
	return body, nil
}

// algorithm reads an AlgorithmIdentifier.
func (d *decoder) algorithm(s *cryptobyte.String, field string) (Algorithm, error) {
	var body, params cryptobyte.String
	var a Algorithm
	start := *s
	if !s.ReadASN1(&body, cbasn1.SEQUENCE) || !body.ReadASN1ObjectIdentifier(&a.OID) {
		return a, d.fail(start, field, "not an AlgorithmIdentifier")
	}
	if body.Empty() {
		return a, nil
	}
	var tag cbasn1.Tag
	if !body.ReadAnyASN1Element(&params, &tag) || !body.Empty() {
		return a, d.fail(start, field, "malformed parameters")
	}
	a.Parameters = params
	return a, nil
}

// maxSerial bounds a serial number; RFC 5280 4.1.2.2 allows 20 octets, longer
// ones are noted.
const maxSerial = 64

func (d *decoder) serial(s *cryptobyte.String, n *big.Int, field string) error {
	start := *s
	if !s.ReadASN1Integer(n) {
		return d.fail(start, field, "not a DER INTEGER")
	}
	switch size := (n.BitLen() + 8) / 8; {
	case size > maxSerial:
		return d.fail(start, field, "longer than %d octets", maxSerial)
	case size > 20:
		d.note("%s is longer than 20 octets", field)
	}
	if n.Sign() <= 0 {
		d.note("%s is not positive", field)
	}
	return nil
}

// critical reads the optional BOOLEAN of an extension.
func (d *decoder) critical(s *cryptobyte.String, field string) (bool, error) {
	if !s.PeekASN1Tag(cbasn1.BOOLEAN) {
		return false, nil
	}
	var v bool
	start := *s
	if !s.ReadASN1Boolean(&v) {
		return false, d.fail(start, field, "malformed BOOLEAN")
	}
	if !v {
		d.note("%s spells out the default FALSE", field)
	}
	return v, nil
}

// maxCount is the largest count kept of an INTEGER (0..MAX) such as a path
// length; a larger one has the same effect on any path we would follow.
const maxCount = 1 << 20

func (d *decoder) count(s *cryptobyte.String, tag cbasn1.Tag, field string) (*int, error) {
	var body cryptobyte.String
	start := *s
	if !s.ReadASN1(&body, tag) {
		return nil, d.fail(start, field, "not an INTEGER")
	}
	if len(body) == 0 || len(body) > maxSerial || body[0]&0x80 != 0 {
		return nil, d.fail(start, field, "not a count")
	}
	if len(body) > 1 && body[0] == 0 && body[1]&0x80 == 0 {
		return nil, d.fail(start, field, "INTEGER is not minimal")
	}
	n := new(big.Int).SetBytes(body)
	v := maxCount
	if n.IsInt64() && n.Int64() < maxCount {
		v = int(n.Int64())
	}
	return &v, nil
}

// flags reads the content of a BIT STRING of at most 16 named bits; bit n of
// the ASN.1 stands at 1<<n.
func (d *decoder) flags(s *cryptobyte.String, tag cbasn1.Tag, field string) (uint16, error) {
	var body cryptobyte.String
	start := *s
	if !s.ReadASN1(&body, tag) || len(body) == 0 || body[0] > 7 || (len(body) == 1 && body[0] != 0) {
		return 0, d.fail(start, field, "not a BIT STRING")
	}
	unused, octets := body[0], body[1:]
	if len(octets) > 2 {
		return 0, d.fail(start, field, "more than 16 bits")
	}
	if n := len(octets); n > 0 && octets[n-1]&(1<<unused-1) != 0 {
		return 0, d.fail(start, field, "unused bits are set")
	}
	if n := len(octets); n > 0 && octets[n-1]>>unused&1 == 0 {
		d.note("%s has trailing zero bits", field)
	}
	bits := asn1.BitString{Bytes: octets, BitLength: len(octets)*8 - int(unused)}
	var v uint16
	for i := range bits.BitLength {
		v |= uint16(bits.At(i)) << i
	}
	return v, nil
}
