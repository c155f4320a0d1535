// SPDX-License-Identifier: Apache-2.0

package testpki

import (
	"encoding/asn1"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// RequestSpec is what one PKCS#10 request shall say. The zero value of each
// field takes a sound default.
type RequestSpec struct {
	Label          string           // names the key
	Subject        cert.Name        // nil: Name(Label, "")
	PublicKey      []byte           // instead of the key's own SubjectPublicKeyInfo
	Extensions     []cert.Extension // of an extensionRequest
	Attributes     []cert.RequestAttribute
	NullParameters bool
	Signer         *gm.PrivateKey // instead of the key itself
}

// Request makes a PKCS#10 request.
func Request(t testing.TB, s RequestSpec) []byte {
	t.Helper()
	key := Key(t, s.Label)
	if s.Signer == nil {
		s.Signer = key
	}
	if s.PublicKey == nil {
		spki, err := gm.MarshalPublicKey(&key.PublicKey)
		if err != nil {
			t.Fatalf("testpki: %v", err)
		}
		s.PublicKey = spki
	}
	info := s.info(t)
	sig, err := gm.SignMessage(s.Signer, info)
	if err != nil {
		t.Fatalf("testpki: %v", err)
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(info)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(gm.OIDSM2WithSM3)
			if s.NullParameters {
				b.AddASN1NULL()
			}
		})
		b.AddASN1BitString(sig)
	})
	return b.BytesOrPanic()
}

// info is the CertificationRequestInfo.
func (s RequestSpec) info(t testing.TB) []byte {
	t.Helper()
	if s.Subject == nil {
		s.Subject = Name(s.Label, "")
	}
	subject, err := s.Subject.Marshal()
	if err != nil {
		t.Fatalf("testpki: %v", err)
	}
	attributes := s.Attributes
	if len(s.Extensions) > 0 {
		attributes = append(attributes[:len(attributes):len(attributes)], cert.RequestAttribute{ID: cert.OIDExtensionRequest, Values: extensionList(s.Extensions)})
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(0)
		b.AddBytes(subject)
		b.AddBytes(s.PublicKey)
		b.AddASN1(cbasn1.Tag(0).Constructed().ContextSpecific(), func(b *cryptobyte.Builder) {
			for _, a := range attributes {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1ObjectIdentifier(a.ID)
					b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(a.Values) })
				})
			}
		})
	})
	return b.BytesOrPanic()
}

// extensionList encodes an Extensions.
func extensionList(list []cert.Extension) []byte {
	type extension struct {
		ID       asn1.ObjectIdentifier
		Critical bool `asn1:"optional"`
		Value    []byte
	}
	out := make([]extension, len(list))
	for i, e := range list {
		out[i] = extension{e.ID, e.Critical, e.Value}
	}
	der, err := asn1.Marshal(out)
	if err != nil {
		panic(err)
	}
	return der
}
