// SPDX-License-Identifier: Apache-2.0

package ses

import (
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// MessageV1 returns what the maker of a version 1 seal signs: the SEQUENCE of
// SES_SealInfo, his certificate and the algorithm (facts/seal-formats.md 2.3).
// Later versions sign SES_SealInfo alone.
func MessageV1(sealInfo, makerCert []byte, alg asn1.ObjectIdentifier) ([]byte, error) {
	certEl, err := element(func(b *cryptobyte.Builder) { b.AddASN1OctetString(makerCert) })
	if err != nil {
		return nil, err
	}
	algEl, err := element(func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(alg) })
	if err != nil {
		return nil, err
	}
	return joinV1(sealInfo, certEl, algEl)
}

func element(add func(*cryptobyte.Builder)) ([]byte, error) {
	var b cryptobyte.Builder
	add(&b)
	return b.Bytes()
}

// joinV1 does it with the elements as they are: the reader must not write
// received ones anew.
func joinV1(sealInfo, certEl, algEl []byte) ([]byte, error) {
	b := roomFor(len(sealInfo) + len(certEl))
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(sealInfo)
		b.AddBytes(certEl)
		b.AddBytes(algEl)
	})
	return b.Bytes()
}

// AssembleSealV1 returns the SESeal of version 1: its parts lie in the message
// that the maker signed.
func AssembleSealV1(message, signature []byte) ([]byte, error) {
	r := &reader{}
	in := r.one(message, "message")
	info := r.element(&in, cbasn1.SEQUENCE, "message")
	cert := r.element(&in, cbasn1.OCTET_STRING, "message")
	alg := r.element(&in, cbasn1.OBJECT_IDENTIFIER, "message")
	r.end(in, "message")
	oid := alg
	if err := checkValue(r.oid(&oid, "message"), signature); r.err == nil {
		r.err = err
	}
	if r.err != nil {
		return nil, r.err
	}
	b := roomFor(len(message) + len(signature))
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(info)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(cert)
			b.AddBytes(alg)
			b.AddASN1BitString(signature)
		})
	})
	return b.Bytes()
}

// AssembleSignatureV1 returns the SES_Signature of version 1. Signer and
// algorithm stand in TBS_Sign; a time-stamp over the value has no place.
func AssembleSignatureV1(tbs, signature []byte) ([]byte, error) {
	b := roomFor(len(tbs) + len(signature))
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(tbs)
		b.AddASN1BitString(signature)
	})
	return b.Bytes()
}
