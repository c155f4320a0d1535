// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"context"
	"math/big"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
	"github.com/govseal/govseal/internal/testpki"
)

const day = 24 * time.Hour

// story is one question about the fixture's seal, told by changing the good one.
type story struct {
	name string
	tell func(t *testing.T, p *testpki.PKI, r *chain.Request)
	want chain.Code
	see  func(t *testing.T, p *testpki.PKI, r *chain.Result) // further demands, or nil
}

// question is a request that is answered OK.
func question(t testing.TB, p *testpki.PKI) chain.Request {
	return chain.Request{
		Leaf: p.Seal.Cert, Untrusted: []*cert.Certificate{p.Issuing.Cert}, Anchors: []*cert.Certificate{p.Root.Cert},
		Time: testpki.Now, CRLs: crls(t, p.RootCRL, p.IssuingCRL),
		Usage: chain.Usage{KeyUsage: cert.DigitalSignature | cert.NonRepudiation, EndEntity: true},
	}
}

func crls(t testing.TB, ders ...[]byte) []*cert.CRL {
	t.Helper()
	var list []*cert.CRL
	for _, der := range ders {
		list = append(list, testpki.ParseCRL(t, der))
	}
	return list
}

func ask(t testing.TB, r chain.Request) *chain.Result {
	t.Helper()
	got, err := chain.Validate(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func tellAll(t *testing.T, stories []story) {
	t.Helper()
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			p := testpki.New(t)
			r := question(t, p)
			s.tell(t, p, &r)
			got := ask(t, r)
			if got.Code != s.want {
				t.Fatalf("got %q (%s), want %q", got.Code, got.Detail, s.want)
			}
			if got.Code != chain.OK && got.Detail == "" {
				t.Error("no detail")
			}
			if s.see != nil {
				s.see(t, p, got)
			}
		})
	}
}

// revoke replaces the issuing CA's list.
func revoke(t *testing.T, p *testpki.PKI, r *chain.Request, s testpki.CRLSpec, entries ...cert.Revoked) {
	t.Helper()
	s.Revoked = entries
	r.CRLs = crls(t, p.RootCRL, p.IssueCRL(t, s))
}

func TestRevocationAtTime(t *testing.T) {
	now := testpki.Now
	tellAll(t, []story{
		{"not revoked", func(*testing.T, *testpki.PKI, *chain.Request) {}, chain.OK, func(t *testing.T, p *testpki.PKI, r *chain.Result) {
			if len(r.Path) != 3 || r.Path[2] != p.Root.Cert || len(r.Checks) != 2 || r.Checks[0].By != "crl" || r.Checks[0].Number == "" {
				t.Errorf("got %+v", r)
			}
		}},
		{"revoked before", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			revoke(t, p, r, testpki.CRLSpec{}, testpki.Revoke(p.Seal, now.Add(-3*day), cert.ReasonSuperseded))
		}, chain.Revoked, func(t *testing.T, p *testpki.PKI, r *chain.Result) {
			if c := r.Checks[0]; c.Status != chain.Revoked || c.Reason != cert.ReasonSuperseded || !c.RevokedAt.Equal(now.Add(-3*day)) {
				t.Errorf("got %+v", c)
			}
		}},
		{"revoked at the very second", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			revoke(t, p, r, testpki.CRLSpec{}, testpki.Revoke(p.Seal, now, cert.ReasonSuperseded))
		}, chain.Revoked, nil},
		{"revoked after", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.ProofTime = now.Add(10 * day)
			revoke(t, p, r, testpki.CRLSpec{ThisUpdate: now.Add(9 * day)}, testpki.Revoke(p.Seal, now.Add(8*day), cert.ReasonSuperseded))
		}, chain.OK, func(t *testing.T, p *testpki.PKI, r *chain.Result) {
			if c := r.Checks[0]; c.Status != chain.OK || !c.RevokedAt.Equal(now.Add(8*day)) {
				t.Errorf("the later revocation is not told: %+v", c)
			}
		}},
		{"compromised before, revoked after", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.ProofTime = now.Add(10 * day)
			entry := testpki.Revoke(p.Seal, now.Add(8*day), cert.ReasonKeyCompromise)
			entry.Invalidity = now.Add(-day)
			revoke(t, p, r, testpki.CRLSpec{ThisUpdate: now.Add(9 * day)}, entry)
		}, chain.Revoked, nil},
		{"an invalidity date counts for a compromise only", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.ProofTime = now.Add(10 * day)
			entry := testpki.Revoke(p.Seal, now.Add(8*day), cert.ReasonAffiliationChanged)
			entry.Invalidity = now.Add(-day)
			revoke(t, p, r, testpki.CRLSpec{ThisUpdate: now.Add(9 * day)}, entry)
		}, chain.OK, nil},
		{"a stale list still proves a revocation", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			revoke(t, p, r, testpki.CRLSpec{ThisUpdate: now.Add(-60 * day)}, testpki.Revoke(p.Seal, now.Add(-61*day), 0))
		}, chain.Revoked, nil},
		{"on hold", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			revoke(t, p, r, testpki.CRLSpec{}, testpki.Revoke(p.Seal, now.Add(-3*day), cert.ReasonCertificateHold))
		}, chain.OnHold, nil},
		{"on hold later", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.ProofTime = now.Add(2 * day)
			revoke(t, p, r, testpki.CRLSpec{ThisUpdate: now.Add(2 * day)}, testpki.Revoke(p.Seal, now.Add(day), cert.ReasonCertificateHold))
		}, chain.OK, nil},
		{"hold lifted", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			held := p.IssueCRL(t, testpki.CRLSpec{ThisUpdate: now.Add(-2 * day), Revoked: []cert.Revoked{testpki.Revoke(p.Seal, now.Add(-3*day), cert.ReasonCertificateHold)}})
			r.CRLs = append(crls(t, held), r.CRLs...)
		}, chain.OK, nil},
		{"issuing CA revoked", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			root := p.IssueCRL(t, testpki.CRLSpec{Issuer: p.Root, Revoked: []cert.Revoked{testpki.Revoke(p.Issuing, now.Add(-day), cert.ReasonCACompromise)}})
			r.CRLs = crls(t, root, p.IssuingCRL)
		}, chain.RevokedCA, nil},
		{"issuing CA revoked, leaf unknown", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.CRLs = crls(t, p.IssueCRL(t, testpki.CRLSpec{Issuer: p.Root, Revoked: []cert.Revoked{testpki.Revoke(p.Issuing, now.Add(-day), 0)}}))
		}, chain.RevokedCA, nil},
	})
}

func TestServingLists(t *testing.T) {
	now := testpki.Now
	tellAll(t, []story{
		{"stale", func(t *testing.T, p *testpki.PKI, r *chain.Request) { r.Time = now.Add(20 * day) }, chain.StaleRevocation, nil},
		{"stale, optional", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Time, r.Revocation = now.Add(20*day), chain.RevocationOptional
		}, chain.OK, func(t *testing.T, p *testpki.PKI, r *chain.Result) {
			if r.Checks[0].Status != chain.StaleRevocation || r.Checks[0].ThisUpdate.IsZero() {
				t.Errorf("got %+v", r.Checks[0])
			}
		}},
		{"missing", func(t *testing.T, p *testpki.PKI, r *chain.Request) { r.CRLs = crls(t, p.RootCRL) }, chain.NoRevocationInfo, nil},
		{"missing for the CA", func(t *testing.T, p *testpki.PKI, r *chain.Request) { r.CRLs = crls(t, p.IssuingCRL) }, chain.NoRevocationInfo, nil},
		{"missing, optional", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.CRLs, r.Revocation = nil, chain.RevocationOptional
		}, chain.OK, func(t *testing.T, p *testpki.PKI, r *chain.Result) {
			if len(r.Checks) != 2 || r.Checks[0].Status != chain.NoRevocationInfo {
				t.Errorf("got %+v", r.Checks)
			}
		}},
		{"revoked, optional", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Revocation = chain.RevocationOptional
			revoke(t, p, r, testpki.CRLSpec{}, testpki.Revoke(p.Seal, now, 0))
		}, chain.Revoked, nil},
		{"not looked at", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Revocation = chain.RevocationOff
			revoke(t, p, r, testpki.CRLSpec{}, testpki.Revoke(p.Seal, now, 0))
		}, chain.OK, func(t *testing.T, p *testpki.PKI, r *chain.Result) {
			if len(r.Checks) != 0 {
				t.Errorf("got %+v", r.Checks)
			}
		}},
		{"no nextUpdate", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			revoke(t, p, r, testpki.CRLSpec{NoNext: true})
		}, chain.StaleRevocation, nil},
		{"no nextUpdate, fresh enough", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.FreshFor = 2 * day
			revoke(t, p, r, testpki.CRLSpec{NoNext: true})
		}, chain.OK, nil},
		{"issued after, seen from before", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			revoke(t, p, r, testpki.CRLSpec{ThisUpdate: now.Add(day)})
		}, chain.NoRevocationInfo, nil},
		{"issued after", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.ProofTime = now.Add(100 * day)
			revoke(t, p, r, testpki.CRLSpec{ThisUpdate: now.Add(50 * day)})
		}, chain.OK, nil},
		{"issued after the certificate's expiry", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.ProofTime = testpki.NotAfter.Add(100 * day)
			revoke(t, p, r, testpki.CRLSpec{ThisUpdate: testpki.NotAfter.Add(day)})
		}, chain.StaleRevocation, nil},
		{"from the future", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.ProofTime = now.Add(day)
			revoke(t, p, r, testpki.CRLSpec{ThisUpdate: now.Add(2 * day)})
		}, chain.NoRevocationInfo, nil},
		{"unknown critical extension", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			revoke(t, p, r, testpki.CRLSpec{Extensions: []cert.Extension{{ID: oid(t, "2.999.7"), Critical: true, Value: []byte{5, 0}}}})
		}, chain.NoRevocationInfo, nil},
		{"unknown critical extension of an entry", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			entry := testpki.Revoke(p.TSA, now, 0)
			entry.Extensions = []cert.Extension{{ID: oid(t, "2.999.7"), Critical: true, Value: []byte{5, 0}}}
			revoke(t, p, r, testpki.CRLSpec{}, entry)
		}, chain.NoRevocationInfo, nil},
	})
}

func TestListSigners(t *testing.T) {
	// named is a certificate that bears the issuing CA's name.
	named := func(t *testing.T, p *testpki.PKI, s testpki.Spec) *testpki.Entity {
		s.Subject = testpki.Name("示例市政务证书签发机构", "")
		return p.Issue(t, s)
	}
	by := func(t *testing.T, p *testpki.PKI, r *chain.Request, signer *testpki.Entity) {
		r.Untrusted = append(r.Untrusted, signer.Cert)
		r.CRLs = append(r.CRLs[:1], crls(t, p.IssueCRL(t, testpki.CRLSpec{Signer: signer.Key}))...)
	}
	tellAll(t, []story{
		{"forged by a stranger's key", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			revoke(t, p, r, testpki.CRLSpec{Signer: testpki.Key(t, "stranger")})
		}, chain.NoRevocationInfo, nil},
		{"signed by an end entity of the CA", func(t *testing.T, p *testpki.PKI, r *chain.Request) { by(t, p, r, p.Department) }, chain.NoRevocationInfo, nil},
		{"key for lists only, under the root", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			by(t, p, r, named(t, p, testpki.Spec{Label: "lists", Issuer: p.Root, KeyUsage: cert.CRLSign, NotBefore: testpki.CANotBefore}))
		}, chain.OK, nil},
		{"the same without cRLSign", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			by(t, p, r, named(t, p, testpki.Spec{Label: "lists", Issuer: p.Root, KeyUsage: cert.DigitalSignature}))
		}, chain.NoRevocationInfo, nil},
		{"the same without keyUsage", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			by(t, p, r, named(t, p, testpki.Spec{Label: "lists", Issuer: p.Root, Extensions: []cert.Extension{cert.ExtOCSPNoCheck()}, Omit: oids(cert.OIDKeyUsage)}))
		}, chain.NoRevocationInfo, nil},
		{"the same, expired", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			by(t, p, r, named(t, p, testpki.Spec{Label: "lists", Issuer: p.Root, KeyUsage: cert.CRLSign, NotAfter: testpki.Now.Add(-30 * day)}))
		}, chain.NoRevocationInfo, nil},
		{"the same, revoked", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			lists := named(t, p, testpki.Spec{Label: "lists", Issuer: p.Root, KeyUsage: cert.CRLSign})
			by(t, p, r, lists)
			r.CRLs[0] = testpki.ParseCRL(t, p.IssueCRL(t, testpki.CRLSpec{Issuer: p.Root, Revoked: []cert.Revoked{testpki.Revoke(lists, testpki.Now.Add(-day), 0)}}))
		}, chain.NoRevocationInfo, nil},
		{"the same under another root", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			other := p.Issue(t, testpki.Spec{Label: "other root", SelfSigned: true, CA: true})
			r.Anchors = append(r.Anchors, other.Cert)
			by(t, p, r, named(t, p, testpki.Spec{Label: "lists", Issuer: other, KeyUsage: cert.CRLSign}))
			r.CRLs = append(r.CRLs, testpki.ParseCRL(t, p.IssueCRL(t, testpki.CRLSpec{Issuer: other})))
		}, chain.NoRevocationInfo, nil},
		{"a key for lists that vouches for itself", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			by(t, p, r, named(t, p, testpki.Spec{Label: "lists", KeyUsage: cert.CRLSign}))
		}, chain.NoRevocationInfo, nil},
	})
}

func TestScopes(t *testing.T) {
	now := testpki.Now
	scoped := func(p cert.IssuingDistributionPoint) testpki.CRLSpec {
		return testpki.CRLSpec{Extensions: []cert.Extension{cert.ExtIssuingDistributionPoint(p)}}
	}
	url := func(s string) []cert.GeneralName { return []cert.GeneralName{cert.NewURI(s)} }
	pointed := func(t *testing.T, p *testpki.PKI, points ...cert.DistributionPoint) *cert.Certificate {
		return p.Issue(t, testpki.Spec{Label: "seal", Extensions: []cert.Extension{{ID: cert.OIDCRLDistributionPoints, Value: cert.MarshalDistributionPoints(points...)}}}).Cert
	}
	some, others := uint16(1<<1|1<<2), uint16(0x1FE&^(1<<1|1<<2))
	tellAll(t, []story{
		{"for CA certificates only", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			revoke(t, p, r, scoped(cert.IssuingDistributionPoint{OnlyCACerts: true}))
		}, chain.NoRevocationInfo, nil},
		{"for end entities only", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			revoke(t, p, r, scoped(cert.IssuingDistributionPoint{OnlyUserCerts: true}))
		}, chain.OK, nil},
		{"another partition", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Leaf = pointed(t, p, cert.DistributionPoint{FullName: url("http://example.cn/1.crl")})
			revoke(t, p, r, scoped(cert.IssuingDistributionPoint{FullName: url("http://example.cn/2.crl")}))
		}, chain.NoRevocationInfo, nil},
		{"its partition", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Leaf = pointed(t, p, cert.DistributionPoint{FullName: url("http://example.cn/1.crl")})
			revoke(t, p, r, scoped(cert.IssuingDistributionPoint{FullName: url("http://example.cn/1.crl")}))
		}, chain.OK, nil},
		{"some reasons", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			revoke(t, p, r, scoped(cert.IssuingDistributionPoint{OnlySomeReasons: &some}))
		}, chain.NoRevocationInfo, nil},
		{"all reasons in two lists", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			revoke(t, p, r, scoped(cert.IssuingDistributionPoint{OnlySomeReasons: &some}))
			r.CRLs = append(r.CRLs, testpki.ParseCRL(t, p.IssueCRL(t, scoped(cert.IssuingDistributionPoint{OnlySomeReasons: &others}))))
		}, chain.OK, nil},
		{"indirect", indirect(true, nil), chain.OK, nil},
		{"indirect, revoked there", indirect(true, func(p *testpki.PKI, leaf *cert.Certificate) []cert.Revoked {
			return []cert.Revoked{{Serial: leaf.Serial, Date: now.Add(-day), Issuer: p.Issuing.Cert.RawSubject}}
		}), chain.Revoked, nil},
		{"indirect, the same serial of another CA", indirect(true, func(p *testpki.PKI, leaf *cert.Certificate) []cert.Revoked {
			return []cert.Revoked{{Serial: leaf.Serial, Date: now.Add(-day), Issuer: p.Root.Cert.RawSubject}}
		}), chain.OK, nil},
		{"a stranger's indirect list, not named", indirect(false, nil), chain.NoRevocationInfo, nil},
	})
}

// indirect has another authority under the root keep the list.
func indirect(named bool, entries func(*testpki.PKI, *cert.Certificate) []cert.Revoked) func(*testing.T, *testpki.PKI, *chain.Request) {
	return func(t *testing.T, p *testpki.PKI, r *chain.Request) {
		keeper := p.Issue(t, testpki.Spec{Label: "list keeper", Issuer: p.Root, KeyUsage: cert.CRLSign})
		spec := testpki.Spec{Label: "seal"}
		if named {
			point := cert.DistributionPoint{CRLIssuer: []cert.GeneralName{cert.NewDirectoryName(keeper.Cert.RawSubject)}}
			spec.Extensions = []cert.Extension{{ID: cert.OIDCRLDistributionPoints, Value: cert.MarshalDistributionPoints(point)}}
		}
		r.Leaf = p.Issue(t, spec).Cert
		r.Untrusted = append(r.Untrusted, keeper.Cert)
		list := testpki.CRLSpec{Issuer: keeper, Extensions: []cert.Extension{cert.ExtIssuingDistributionPoint(cert.IssuingDistributionPoint{Indirect: true})}}
		if entries != nil {
			list.Revoked = entries(p, r.Leaf)
		}
		r.CRLs = crls(t, p.RootCRL, p.IssueCRL(t, list))
	}
}

func TestDeltas(t *testing.T) {
	now := testpki.Now
	tell := func(base []int, deltaBase, number int64, delta []int) func(*testing.T, *testpki.PKI, *chain.Request) {
		return func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			entries := func(reasons []int) (list []cert.Revoked) {
				for _, reason := range reasons {
					list = append(list, testpki.Revoke(p.Seal, now.Add(-2*day), reason))
				}
				return list
			}
			r.CRLs = crls(t, p.RootCRL,
				p.IssueCRL(t, testpki.CRLSpec{Number: 10, Revoked: entries(base)}),
				p.IssueCRL(t, testpki.CRLSpec{Number: number, ThisUpdate: now.Add(-time.Hour), Revoked: entries(delta), Extensions: []cert.Extension{cert.ExtDeltaCRL(big.NewInt(deltaBase))}}))
		}
	}
	hold, lift, gone := []int{cert.ReasonCertificateHold}, []int{cert.ReasonRemoveFromCRL}, []int{cert.ReasonSuperseded}
	tellAll(t, []story{
		{"nothing new", tell(nil, 10, 11, nil), chain.OK, func(t *testing.T, p *testpki.PKI, r *chain.Result) {
			if r.Checks[0].Number != "11" {
				t.Errorf("the delta was not used: %+v", r.Checks[0])
			}
		}},
		{"revoked in the delta", tell(nil, 10, 11, gone), chain.Revoked, nil},
		{"held in the delta", tell(nil, 10, 11, hold), chain.OnHold, nil},
		{"held in the base", tell(hold, 10, 11, nil), chain.OnHold, nil},
		{"lifted in the delta", tell(hold, 10, 11, lift), chain.OK, nil},
		{"held, then revoked", tell(hold, 10, 11, gone), chain.Revoked, nil},
		{"a revocation is not lifted", tell(gone, 10, 11, lift), chain.Revoked, nil},
		{"a delta to a later base", tell(hold, 12, 13, lift), chain.OnHold, nil},
		{"an old delta", tell(hold, 8, 9, lift), chain.OnHold, nil},
		{"a delta alone", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			tell(nil, 10, 11, nil)(t, p, r)
			r.CRLs = append(r.CRLs[:1], r.CRLs[2])
		}, chain.NoRevocationInfo, nil},
	})
}
