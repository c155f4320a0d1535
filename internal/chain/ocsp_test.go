// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"encoding/asn1"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ocsp"
	"github.com/govseal/govseal/internal/testpki"
)

// said is one answer about a certificate; zero fields take what makes it good.
type said struct {
	about      *testpki.Entity // nil: the seal
	issuer     *testpki.Entity // named in the CertID; nil: the issuing CA
	hash       asn1.ObjectIdentifier
	status     ocsp.CertStatus
	date       time.Time
	reason     int
	invalidity time.Time
	this, next time.Time // nil: an hour before Now, an hour after
	by         *testpki.Entity
	byKey      bool
	critical   bool // an extension that nobody understands
	alone      bool // the responder's certificate is not put beside the answer
}

func (s said) der(t *testing.T, p *testpki.PKI) []byte {
	t.Helper()
	for e, v := range map[**testpki.Entity]*testpki.Entity{&s.about: p.Seal, &s.issuer: p.Issuing, &s.by: p.OCSP} {
		if *e == nil {
			*e = v
		}
	}
	if s.hash == nil {
		s.hash = ocsp.OIDSHA1
	}
	if s.this.IsZero() {
		s.this = testpki.Now.Add(-time.Hour)
	}
	if s.next.IsZero() {
		s.next = s.this.Add(2 * time.Hour)
	}
	id, err := ocsp.NewCertID(s.hash, s.issuer.Cert.RawSubject, s.issuer.Cert.RawSPKI, s.about.Cert.Serial)
	if err != nil {
		t.Fatal(err)
	}
	one := ocsp.Single{ID: id, Status: s.status, RevokedAt: s.date, ThisUpdate: s.this, NextUpdate: s.next}
	if s.status == ocsp.Revoked {
		one.Reason = &s.reason
	}
	if !s.invalidity.IsZero() {
		one.Extensions = append(one.Extensions, ocsp.InvalidityExtension(s.invalidity))
	}
	if s.critical {
		one.Extensions = append(one.Extensions, cert.Extension{ID: oid(t, "2.999.7"), Critical: true, Value: []byte{5, 0}})
	}
	a := ocsp.Answer{Responder: ocsp.ByName(s.by.Cert), ProducedAt: s.this, Singles: []ocsp.Single{one}, Certificates: [][]byte{s.by.DER}}
	if s.byKey {
		if a.Responder, err = ocsp.ByKey(s.by.Cert); err != nil {
			t.Fatal(err)
		}
	}
	if s.alone {
		a.Certificates = nil
	}
	der, err := a.Sign(s.by.Key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// hears leaves only the root's list, so that the answers decide on the seal.
func hears(answers ...said) func(*testing.T, *testpki.PKI, *chain.Request) {
	return func(t *testing.T, p *testpki.PKI, r *chain.Request) {
		r.CRLs = crls(t, p.RootCRL)
		listen(t, p, r, answers...)
	}
}

func listen(t *testing.T, p *testpki.PKI, r *chain.Request, answers ...said) {
	t.Helper()
	var ders [][]byte
	for _, a := range answers {
		ders = append(ders, a.der(t, p))
	}
	proof := r.ProofTime
	if proof.IsZero() {
		proof = r.Time
	}
	r.Status = chain.NewOCSPAnswers(ders, r.Untrusted, proof, r.FreshFor)
}

// from has an answer signed by an entity that the test makes.
func from(make func(t *testing.T, p *testpki.PKI) *testpki.Entity, s said) func(*testing.T, *testpki.PKI, *chain.Request) {
	return func(t *testing.T, p *testpki.PKI, r *chain.Request) {
		s.by = make(t, p)
		hears(s)(t, p, r)
	}
}

func responder(change func(*testpki.PKI, *testpki.Spec)) func(t *testing.T, p *testpki.PKI) *testpki.Entity {
	return func(t *testing.T, p *testpki.PKI) *testpki.Entity {
		s := testpki.Spec{Label: "another responder", ExtKeyUsage: []asn1.ObjectIdentifier{cert.OIDOCSPSigning}, Extensions: []cert.Extension{cert.ExtOCSPNoCheck()}}
		change(p, &s)
		return p.Issue(t, s)
	}
}

func TestOCSPAnswers(t *testing.T) {
	now := testpki.Now
	later := func(s ...said) func(*testing.T, *testpki.PKI, *chain.Request) {
		return func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.ProofTime = now.Add(10 * day)
			hears(s...)(t, p, r)
		}
	}
	revoked := func(date time.Time, reason int) said {
		return said{status: ocsp.Revoked, date: date, reason: reason}
	}
	after := func(s said) said { s.this = now.Add(9 * day); return s }
	tellAll(t, []story{
		{"good by name, SHA-1", hears(said{}), chain.OK, func(t *testing.T, _ *testpki.PKI, r *chain.Result) {
			if c := r.Checks[0]; c.By != "ocsp" || !c.ThisUpdate.Equal(now.Add(-time.Hour)) {
				t.Errorf("got %+v", c)
			}
		}},
		{"good by key, SM3", hears(said{hash: gm.OIDSM3, byKey: true}), chain.OK, nil},
		{"good, SHA-256", hears(said{hash: ocsp.OIDSHA256}), chain.OK, nil},
		{"revoked before", hears(revoked(now.Add(-day), cert.ReasonSuperseded)), chain.Revoked, nil},
		{"revoked at the very second", hears(revoked(now, 0)), chain.Revoked, nil},
		{"revoked after", later(after(revoked(now.Add(8*day), 0))), chain.OK, func(t *testing.T, _ *testpki.PKI, r *chain.Result) {
			if c := r.Checks[0]; !c.RevokedAt.Equal(now.Add(8 * day)) {
				t.Errorf("the later revocation is not told: %+v", c)
			}
		}},
		{"compromised before, revoked after", later(after(said{status: ocsp.Revoked, date: now.Add(8 * day), reason: cert.ReasonKeyCompromise, invalidity: now.Add(-day)})), chain.Revoked, nil},
		{"an invalidity date counts for a compromise only", later(after(said{status: ocsp.Revoked, date: now.Add(8 * day), reason: cert.ReasonSuperseded, invalidity: now.Add(-day)})), chain.OK, nil},
		{"a stale answer still proves a revocation", hears(said{status: ocsp.Revoked, date: now.Add(-61 * day), this: now.Add(-60 * day)}), chain.Revoked, nil},
		{"on hold", hears(revoked(now.Add(-day), cert.ReasonCertificateHold)), chain.OnHold, nil},
		{"hold lifted", hears(said{}, said{status: ocsp.Revoked, date: now.Add(-2 * day), reason: cert.ReasonCertificateHold, this: now.Add(-90 * time.Minute)}), chain.OK, nil},
		{"on hold later", later(after(revoked(now.Add(day), cert.ReasonCertificateHold))), chain.OK, nil},
		{"stale", hears(said{this: now.Add(-5 * day)}), chain.StaleRevocation, nil},
		{"issued after", later(after(said{})), chain.OK, nil},
		{"issued after, seen from before", hears(after(said{})), chain.NoRevocationInfo, nil},
		{"issued after the certificate's expiry", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.ProofTime = testpki.NotAfter.Add(100 * day)
			old := responder(func(_ *testpki.PKI, s *testpki.Spec) { s.NotAfter = testpki.CANotAfter })(t, p)
			hears(said{this: testpki.NotAfter.Add(day), by: old})(t, p, r)
		}, chain.StaleRevocation, nil},
		{"unknown", hears(said{status: ocsp.Unknown}), chain.NoRevocationInfo, nil},
		{"about another certificate", func(t *testing.T, p *testpki.PKI, r *chain.Request) { hears(said{about: p.Officer})(t, p, r) }, chain.NoRevocationInfo, nil},
		{"wrong issuer hash", func(t *testing.T, p *testpki.PKI, r *chain.Request) { hears(said{issuer: p.Root})(t, p, r) }, chain.NoRevocationInfo, nil},
		{"unknown critical extension", hears(said{critical: true}), chain.NoRevocationInfo, nil},
		{"the responder's certificate is elsewhere", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Untrusted = append(r.Untrusted, p.OCSP.Cert)
			hears(said{alone: true})(t, p, r)
		}, chain.OK, nil},
		{"the responder's certificate is nowhere", hears(said{alone: true}), chain.NoRevocationInfo, nil},
		{"for the issuing CA", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.CRLs = crls(t, p.IssuingCRL)
			listen(t, p, r, said{about: p.Issuing, issuer: p.Root, by: p.Root, status: ocsp.Revoked, date: now.Add(-day)})
		}, chain.RevokedCA, nil},
		{"a good answer does not undo a list", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			revoke(t, p, r, testpki.CRLSpec{}, testpki.Revoke(p.Seal, now.Add(-2*day), 0))
			listen(t, p, r, said{})
		}, chain.Revoked, nil},
		{"an answer that revokes beats a good list", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			listen(t, p, r, said{status: ocsp.Revoked, date: now.Add(-time.Minute)})
		}, chain.Revoked, nil},
		{"too many, optional", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Revocation = chain.RevocationOptional
			r.CRLs = crls(t, p.RootCRL)
			r.Status = chain.NewOCSPAnswers(make([][]byte, 300), nil, now, 0)
		}, chain.NoRevocationInfo, nil},
	})
}

func TestOCSPResponders(t *testing.T) {
	now := testpki.Now
	tellAll(t, []story{
		{"the issuer itself", from(func(_ *testing.T, p *testpki.PKI) *testpki.Entity { return p.Issuing }, said{}), chain.OK, nil},
		{"delegated", from(responder(func(*testpki.PKI, *testpki.Spec) {}), said{}), chain.OK, nil},
		{"without the office", from(func(_ *testing.T, p *testpki.PKI) *testpki.Entity { return p.Department }, said{}), chain.NoRevocationInfo, nil},
		{"with another office", from(responder(func(_ *testpki.PKI, s *testpki.Spec) { s.ExtKeyUsage = []asn1.ObjectIdentifier{cert.OIDTimeStamping} }), said{}), chain.NoRevocationInfo, nil},
		{"with any office", from(responder(func(_ *testpki.PKI, s *testpki.Spec) { s.ExtKeyUsage = []asn1.ObjectIdentifier{cert.OIDAnyUsage} }), said{}), chain.NoRevocationInfo, nil},
		{"without nocheck", from(responder(func(_ *testpki.PKI, s *testpki.Spec) { s.Extensions = nil }), said{}), chain.NoRevocationInfo, nil},
		{"of another CA", from(responder(func(p *testpki.PKI, s *testpki.Spec) { s.Issuer = p.Root }), said{}), chain.NoRevocationInfo, nil},
		{"a CA as responder", from(responder(func(_ *testpki.PKI, s *testpki.Spec) { s.CA = true }), said{}), chain.NoRevocationInfo, nil},
		{"key that may not sign", from(responder(func(_ *testpki.PKI, s *testpki.Spec) { s.KeyUsage = cert.KeyAgreement }), said{}), chain.NoRevocationInfo, nil},
		{"expired before it answered", from(responder(func(_ *testpki.PKI, s *testpki.Spec) { s.NotAfter = now.Add(-2 * time.Hour) }), said{}), chain.NoRevocationInfo, nil},
		{"expired since", from(responder(func(_ *testpki.PKI, s *testpki.Spec) { s.NotAfter = now.Add(-time.Minute) }), said{}), chain.NoRevocationInfo, nil},
		{"not yet valid when it answered", from(responder(func(_ *testpki.PKI, s *testpki.Spec) { s.NotBefore = now.Add(-time.Minute) }), said{}), chain.NoRevocationInfo, nil},
		{"forged", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.CRLs = crls(t, p.RootCRL)
			stranger := *p.OCSP
			stranger.Key = testpki.Key(t, "stranger")
			listen(t, p, r, said{by: &stranger})
		}, chain.NoRevocationInfo, nil},
		{"its certificate signed by a stranger", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.CRLs = crls(t, p.RootCRL)
			fake := *p.Issuing
			fake.Key = testpki.Key(t, "stranger")
			by := responder(func(_ *testpki.PKI, s *testpki.Spec) { s.Issuer = &fake })(t, p)
			listen(t, p, r, said{by: by})
		}, chain.NoRevocationInfo, nil},
	})
}
