// SPDX-License-Identifier: Apache-2.0

package ocsp

import (
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cert"
)

// Request is an OCSPRequest (RFC 6960 4.1.1).
type Request struct {
	Raw           []byte
	RequestorName []byte // DER GeneralName, nil when absent
	Items         []Item
	Extensions    []cert.Extension
	Nonce         []byte // from Extensions, nil when absent
	Signature     []byte // content of optionalSignature [0], nil when absent; it is not checked
}

// Item asks for one certificate.
type Item struct {
	ID         CertID
	Extensions []cert.Extension
}

// ParseRequest reads a DER OCSPRequest with nothing behind it.
func ParseRequest(der []byte) (*Request, error) {
	if len(der) > MaxRequest {
		return nil, bad("OCSPRequest", "longer than %d octets", MaxRequest)
	}
	in := cryptobyte.String(der)
	var body, tbs cryptobyte.String
	r := &Request{Raw: der}
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !in.Empty() || !body.ReadASN1(&tbs, cbasn1.SEQUENCE) {
		return nil, bad("OCSPRequest", "not one DER SEQUENCE of a tbsRequest")
	}
	if body.PeekASN1Tag(tag0) {
		var signature cryptobyte.String
		if !body.ReadASN1(&signature, tag0) || len(signature) == 0 {
			return nil, bad("optionalSignature", "malformed")
		}
		r.Signature = signature
	}
	if !body.Empty() {
		return nil, bad("OCSPRequest", "something stands behind the last field")
	}
	return r, r.parseTBS(tbs)
}

func (r *Request) parseTBS(tbs cryptobyte.String) (err error) {
	if tbs.PeekASN1Tag(tag0) {
		return bad("version", "not v1, which DER leaves out")
	}
	if tbs.PeekASN1Tag(tag1) {
		var outer, name cryptobyte.String
		var tag cbasn1.Tag
		if !tbs.ReadASN1(&outer, tag1) || !outer.ReadAnyASN1Element(&name, &tag) || !outer.Empty() {
			return bad("requestorName", "not one GeneralName")
		}
		r.RequestorName = name
	}
	var list cryptobyte.String
	if !tbs.ReadASN1(&list, cbasn1.SEQUENCE) {
		return bad("requestList", "not a SEQUENCE")
	}
	for !list.Empty() {
		if len(r.Items) == MaxCertIDs {
			return bad("requestList", "more than %d certificates", MaxCertIDs)
		}
		item, err := readItem(&list)
		if err != nil {
			return err
		}
		r.Items = append(r.Items, item)
	}
	if len(r.Items) == 0 {
		return bad("requestList", "names no certificate")
	}
	if r.Extensions, err = readExtensions(&tbs, tag2, "requestExtensions"); err != nil {
		return err
	}
	if !tbs.Empty() {
		return bad("tbsRequest", "something stands behind the last field")
	}
	r.Nonce, err = readNonce(r.Extensions)
	return err
}

func readItem(list *cryptobyte.String) (item Item, err error) {
	var one cryptobyte.String
	if !list.ReadASN1(&one, cbasn1.SEQUENCE) {
		return item, bad("Request", "not a SEQUENCE")
	}
	if item.ID, err = readCertID(&one); err != nil {
		return item, err
	}
	if item.Extensions, err = readExtensions(&one, tag0, "singleRequestExtensions"); err != nil {
		return item, err
	}
	if !one.Empty() {
		return item, bad("Request", "something stands behind the last field")
	}
	return item, nil
}

// Marshal encodes the request from its fields.
func (r *Request) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			if r.RequestorName != nil {
				b.AddASN1(tag1, func(b *cryptobyte.Builder) { b.AddBytes(r.RequestorName) })
			}
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				for i := range r.Items {
					addItem(b, &r.Items[i])
				}
			})
			addExtensions(b, tag2, r.Extensions)
		})
		if r.Signature != nil {
			b.AddASN1(tag0, func(b *cryptobyte.Builder) { b.AddBytes(r.Signature) })
		}
	})
	return b.Bytes()
}

func addItem(b *cryptobyte.Builder, item *Item) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		id, err := item.ID.Marshal()
		if err != nil {
			b.SetError(err)
			return
		}
		b.AddBytes(id)
		addExtensions(b, tag0, item.Extensions)
	})
}

// UnknownCritical reports whether the request demands something by a critical
// extension that is not understood; it must then not be answered.
func (r *Request) UnknownCritical() bool {
	if critical(r.Extensions, OIDNonce) != nil {
		return true
	}
	for _, i := range r.Items {
		if critical(i.Extensions) != nil {
			return true
		}
	}
	return false
}
