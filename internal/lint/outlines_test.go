// SPDX-License-Identifier: Apache-2.0

package lint_test

import (
	"testing"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/testpki"
)

// elements splits the content of a TBSCertificate.
func elements(t *testing.T, p *testpki.PKI) (out [][]byte) {
	t.Helper()
	der := cryptobyte.String(build(t, p, offence{}))
	var body, tbs cryptobyte.String
	if !der.ReadASN1(&body, cbasn1.SEQUENCE) || !body.ReadASN1(&tbs, cbasn1.SEQUENCE) {
		t.Fatal("no certificate")
	}
	for !tbs.Empty() {
		var e cryptobyte.String
		var tag cbasn1.Tag
		if !tbs.ReadAnyASN1Element(&e, &tag) {
			t.Fatal("no element")
		}
		out = append(out, e)
	}
	return out
}

func joined(t *testing.T, p *testpki.PKI, parts [][]byte) []byte {
	t.Helper()
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, e := range parts {
			b.AddBytes(e)
		}
	})
	return testpki.Assemble(t, p.Issuing.Key, b.BytesOrPanic())
}

// versionOne has neither version nor extensions.
func versionOne(t *testing.T, p *testpki.PKI) []byte {
	e := elements(t, p)
	return joined(t, p, e[1:len(e)-1])
}

// withUniqueID puts an issuerUniqueID before the extensions.
func withUniqueID(t *testing.T, p *testpki.PKI) []byte {
	e := elements(t, p)
	last := len(e) - 1
	return joined(t, p, append(append(append([][]byte{}, e[:last]...), []byte{0x81, 2, 0, 7}), e[last]))
}

// withNotBefore spells notBefore as told.
func withNotBefore(t *testing.T, p *testpki.PKI, tag cbasn1.Tag, text string) []byte {
	e := elements(t, p)
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes([]byte(text)) })
		b.AddASN1(cbasn1.UTCTime, func(b *cryptobyte.Builder) { b.AddBytes([]byte("270901000000Z")) })
	})
	e[4] = b.BytesOrPanic() // version, serial, signature, issuer, validity
	return joined(t, p, e)
}
