// SPDX-License-Identifier: Apache-2.0

// Package csrresp is the codec of the CSRResponse of GM/T 0092: what a holder
// of dual certificates is given for its request. The standard's text was not
// at hand; the form is the one that gmsm writes and reads
// (facts/ca-and-crypto.md 2.5):
//
//	CSRResponse ::= SEQUENCE {
//	  signCertificates     SET OF Certificate,
//	  encryptedPrivateKey  [0] EXPLICIT SM2EnvelopedKey OPTIONAL,
//	  encryptCertificates  [1] IMPLICIT SET OF Certificate OPTIONAL }
//
// Certificates and the enveloped key are octets here; internal/gm opens the
// key with the signing key.
package csrresp

import (
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Bounds of what is read and written.
const (
	MaxSize         = 1 << 20 // octets
	MaxCertificates = 16      // in each set
)

var (
	tagKey          = casn1.Tag(0).Constructed().ContextSpecific()
	tagCertificates = casn1.Tag(1).Constructed().ContextSpecific()
)

// ErrFormat means that octets are not a CSRResponse.
var ErrFormat = errors.New("csrresp: not a CSRResponse")

// Response is a CSRResponse. Sets keep their order: DER would sort them, but
// readers take the first certificate for the holder's own, so that a response
// that all of them read, and that is DER, has one certificate in each set.
type Response struct {
	SignCertificates    [][]byte // DER; one at least
	EncryptedPrivateKey []byte   // SM2EnvelopedKey, DER; nil when there is none
	EncryptCertificates [][]byte // DER; one at least when there is a key
}

// Marshal returns the DER octets.
func (r *Response) Marshal() ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SET, addAll(r.SignCertificates))
		if r.EncryptedPrivateKey != nil {
			b.AddASN1(tagKey, addAll([][]byte{r.EncryptedPrivateKey}))
		}
		if len(r.EncryptCertificates) > 0 {
			b.AddASN1(tagCertificates, addAll(r.EncryptCertificates))
		}
	})
	der, err := b.Bytes()
	if err == nil && len(der) > MaxSize {
		err = fmt.Errorf("csrresp: longer than %d octets", MaxSize)
	}
	return der, err
}

func addAll(elements [][]byte) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) {
		for _, e := range elements {
			b.AddBytes(e)
		}
	}
}

// check holds the parts to be written against the rules by which they are read.
func (r *Response) check() error {
	switch {
	case len(r.SignCertificates) == 0 || len(r.SignCertificates) > MaxCertificates || len(r.EncryptCertificates) > MaxCertificates:
		return fmt.Errorf("csrresp: 1 to %d signing certificates and at most %d others are wanted", MaxCertificates, MaxCertificates)
	case r.EncryptedPrivateKey != nil && len(r.EncryptCertificates) == 0:
		return errors.New("csrresp: a key without its certificate")
	}
	for _, e := range append(append([][]byte{r.EncryptedPrivateKey}, r.SignCertificates...), r.EncryptCertificates...) {
		in := cryptobyte.String(e)
		if e != nil && (!in.SkipASN1(casn1.SEQUENCE) || !in.Empty()) {
			return errors.New("csrresp: a part is not one DER SEQUENCE")
		}
	}
	return nil
}

// Parse reads a CSRResponse. The parts alias der.
func Parse(der []byte) (*Response, error) {
	in := cryptobyte.String(der)
	var outer, set, body cryptobyte.String
	var has bool
	if len(der) > MaxSize || !in.ReadASN1(&outer, casn1.SEQUENCE) || !in.Empty() || !outer.ReadASN1(&set, casn1.SET) {
		return nil, ErrFormat
	}
	var r Response
	var ok bool
	if r.SignCertificates, ok = elements(set); !ok || len(r.SignCertificates) == 0 {
		return nil, ErrFormat
	}
	if !outer.ReadOptionalASN1(&body, &has, tagKey) {
		return nil, ErrFormat
	}
	if has {
		var key cryptobyte.String
		if !body.ReadASN1Element(&key, casn1.SEQUENCE) || !body.Empty() {
			return nil, ErrFormat
		}
		r.EncryptedPrivateKey = key
	}
	keyed := has
	if !outer.ReadOptionalASN1(&body, &has, tagCertificates) || !outer.Empty() {
		return nil, ErrFormat
	}
	if has {
		if r.EncryptCertificates, ok = elements(body); !ok || len(r.EncryptCertificates) == 0 {
			return nil, ErrFormat
		}
	}
	if keyed && !has {
		return nil, ErrFormat
	}
	return &r, nil
}

// elements splits the contents of a set of certificates.
func elements(set cryptobyte.String) (all [][]byte, ok bool) {
	for !set.Empty() {
		var one cryptobyte.String
		if len(all) == MaxCertificates || !set.ReadASN1Element(&one, casn1.SEQUENCE) {
			return nil, false
		}
		all = append(all, one)
	}
	return all, true
}
