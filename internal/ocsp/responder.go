// SPDX-License-Identifier: Apache-2.0

package ocsp

import (
	"bytes"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cert"
)

// Responder says who answers: exactly one field is set.
type Responder struct {
	Name    []byte // byName: DER Name
	KeyHash []byte // byKey: SHA-1 of the public key
}

// ByName names a responder by its subject.
func ByName(c *cert.Certificate) Responder { return Responder{Name: c.RawSubject} }

// ByKey names a responder by SHA-1 of its key, as RFC 6960 4.2.1 fixes it.
func ByKey(c *cert.Certificate) (Responder, error) {
	key, err := keyBits(c.RawSPKI)
	if err != nil {
		return Responder{}, err
	}
	return Responder{KeyHash: digest(OIDSHA1)(key)}, nil
}

// Is reports whether the certificate is the responder's.
func (r Responder) Is(c *cert.Certificate) bool {
	if r.Name != nil {
		if bytes.Equal(r.Name, c.RawSubject) {
			return true
		}
		n, err := cert.ParseName(r.Name)
		return err == nil && n.Equal(c.Subject)
	}
	key, err := keyBits(c.RawSPKI)
	return err == nil && bytes.Equal(r.KeyHash, digest(OIDSHA1)(key))
}

func readResponder(in *cryptobyte.String) (r Responder, err error) {
	var outer, element cryptobyte.String
	switch {
	case in.PeekASN1Tag(tag1):
		if !in.ReadASN1(&outer, tag1) || !outer.ReadASN1Element(&element, cbasn1.SEQUENCE) || !outer.Empty() {
			return r, bad("responderID", "byName is no Name")
		}
		if _, err := cert.ParseName(element); err != nil {
			return r, bad("responderID", "byName: %v", err)
		}
		r.Name = element
	case in.PeekASN1Tag(tag2):
		// EXPLICIT, since the module's tags are; GmSSL wants IMPLICIT
		// (facts/ca-and-crypto.md 3.3), which is not read here.
		if !in.ReadASN1(&outer, tag2) || !outer.ReadASN1Bytes(&r.KeyHash, cbasn1.OCTET_STRING) || !outer.Empty() || len(r.KeyHash) != 20 {
			return r, bad("responderID", "byKey is no SHA-1 digest")
		}
	default:
		return r, bad("responderID", "neither byName nor byKey")
	}
	return r, nil
}

func (r Responder) add(b *cryptobyte.Builder) {
	if r.Name != nil {
		b.AddASN1(tag1, func(b *cryptobyte.Builder) { b.AddBytes(r.Name) })
		return
	}
	b.AddASN1(tag2, func(b *cryptobyte.Builder) { b.AddASN1OctetString(r.KeyHash) })
}
