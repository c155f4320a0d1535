// SPDX-License-Identifier: Apache-2.0

package testpki_test

import (
	"testing"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/testpki"
)

func TestNew(t *testing.T) {
	p := testpki.New(t)
	for name, e := range map[string]*testpki.Entity{
		"issuing": p.Issuing, "department": p.Department, "officer": p.Officer, "seal maker": p.SealMaker,
		"seal": p.Seal, "tsa": p.TSA, "ocsp": p.OCSP, "ledger": p.Ledger,
	} {
		issuer := p.Issuing
		if e == p.Issuing {
			issuer = p.Root
		}
		if err := e.Cert.CheckSignature(issuer.Cert.PublicKey); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(e.Cert.Tolerated) > 0 {
			t.Errorf("%s: not clean: %q", name, e.Cert.Tolerated)
		}
	}
	if got := p.Seal.Cert.CreditCode(); got != testpki.CreditCode {
		t.Errorf("credit code: got %q", got)
	}
	crl := testpki.ParseCRL(t, p.CRL(t, testpki.Revoke(p.Seal, testpki.Now, cert.ReasonCertificateHold)))
	if err := crl.CheckSignature(p.Issuing.Cert.PublicKey); err != nil {
		t.Error(err)
	}
	if r := crl.Find(p.Seal.Cert.Serial); r == nil || r.Reason != cert.ReasonCertificateHold {
		t.Errorf("got %+v", r)
	}
	broken, err := cert.Parse(testpki.Flip(p.Seal.DER, -1))
	if err != nil {
		t.Fatal(err)
	}
	if broken.CheckSignature(p.Issuing.Cert.PublicKey) == nil {
		t.Error("a changed signature verifies")
	}
}
