// SPDX-License-Identifier: Apache-2.0

package testpki

import (
	"encoding/asn1"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// Spec is what one certificate shall say. The zero value of each field takes
// a sound default.
type Spec struct {
	Label               string            // names the key; also the common name when Subject is nil
	Subject             cert.Name         // nil: Name(Label, "")
	Issuer              *Entity           // nil: the issuing CA
	SelfSigned          bool              // no issuer: a root
	Serial              *big.Int          // nil: the next free one
	NotBefore, NotAfter time.Time         // zero: NotBefore, NotAfter of the package
	CA                  bool              // basicConstraints with cA
	PathLen             *int              // with CA only
	KeyUsage            cert.KeyUsageBits // 0: by kind; see Omit to leave the extension out
	ExtKeyUsage         []asn1.ObjectIdentifier
	CriticalEKU         bool
	Extensions          []cert.Extension        // added; one with a default's identifier replaces it
	Omit                []asn1.ObjectIdentifier // defaults to leave out
	NullParameters      bool
}

// Issue makes a certificate; the key follows from the label.
func (p *PKI) Issue(t testing.TB, s Spec) *Entity {
	t.Helper()
	key := Key(t, s.Label)
	spki, err := gm.MarshalPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatalf("testpki: %v", err)
	}
	s.fill(p)
	issuer, signer, issuerSPKI := s.issuer(t, p, key, spki)
	tbs, err := cert.Template{
		Serial: s.Serial, Issuer: issuer, Subject: s.Subject, NotBefore: s.NotBefore, NotAfter: s.NotAfter,
		PublicKey: spki, Extensions: s.extensions(t, spki, issuerSPKI), NullParameters: s.NullParameters,
	}.MarshalTBS()
	if err != nil {
		t.Fatalf("testpki: issue %q: %v", s.Label, err)
	}
	der := Assemble(t, signer, tbs)
	c, err := cert.Parse(der)
	if err != nil {
		t.Fatalf("testpki: issue %q: %v", s.Label, err)
	}
	return &Entity{DER: der, Cert: c, Key: key}
}

func (s *Spec) fill(p *PKI) {
	if s.Subject == nil {
		s.Subject = Name(s.Label, "")
	}
	if s.Serial == nil {
		s.Serial = p.nextSerial()
	}
	if s.NotBefore.IsZero() {
		s.NotBefore = NotBefore
	}
	if s.NotAfter.IsZero() {
		s.NotAfter = NotAfter
	}
	if s.Issuer == nil {
		s.Issuer = p.Issuing
	}
	if s.KeyUsage == 0 {
		s.KeyUsage = cert.DigitalSignature | cert.NonRepudiation
		if s.CA {
			s.KeyUsage = cert.KeyCertSign | cert.CRLSign
		}
	}
}

func (s *Spec) issuer(t testing.TB, p *PKI, key *gm.PrivateKey, spki []byte) (name []byte, signer *gm.PrivateKey, signerSPKI []byte) {
	t.Helper()
	if !s.SelfSigned {
		return s.Issuer.Cert.RawSubject, s.Issuer.Key, s.Issuer.Cert.RawSPKI
	}
	name, err := s.Subject.Marshal()
	if err != nil {
		t.Fatalf("testpki: %v", err)
	}
	return name, key, spki
}

func (s *Spec) extensions(t testing.TB, spki, issuerSPKI []byte) []cert.Extension {
	t.Helper()
	list := []cert.Extension{
		cert.ExtSubjectKeyID(KeyID(t, spki)),
		cert.ExtAuthorityKeyID(KeyID(t, issuerSPKI)),
		cert.ExtKeyUsage(s.KeyUsage),
	}
	if s.CA {
		list = append(list, cert.ExtBasicConstraints(true, s.PathLen))
	}
	if s.ExtKeyUsage != nil {
		list = append(list, cert.ExtExtKeyUsage(s.CriticalEKU, s.ExtKeyUsage...))
	}
	list = slices.DeleteFunc(list, func(e cert.Extension) bool {
		replaced := slices.ContainsFunc(s.Extensions, func(x cert.Extension) bool { return x.ID.Equal(e.ID) })
		return replaced || slices.ContainsFunc(s.Omit, e.ID.Equal)
	})
	return append(list, s.Extensions...)
}

// KeyID is cert.KeyID of a key that must be sound.
func KeyID(t testing.TB, spki []byte) []byte {
	t.Helper()
	id, err := cert.KeyID(spki)
	if err != nil {
		t.Fatalf("testpki: %v", err)
	}
	return id
}

// Assemble signs to-be-signed octets of a certificate or CRL.
func Assemble(t testing.TB, signer *gm.PrivateKey, tbs []byte) []byte {
	t.Helper()
	sig, err := gm.SignMessage(signer, tbs)
	if err != nil {
		t.Fatalf("testpki: %v", err)
	}
	der, err := cert.Assemble(tbs, sig)
	if err != nil {
		t.Fatalf("testpki: %v", err)
	}
	return der
}
