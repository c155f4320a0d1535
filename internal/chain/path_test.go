// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"bytes"
	"context"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
	"github.com/govseal/govseal/internal/testpki"
)

func oids(ids ...asn1.ObjectIdentifier) []asn1.ObjectIdentifier { return ids }

// TestBuild: paths that are not there, or broken.
func TestBuild(t *testing.T) {
	other := func(t *testing.T, p *testpki.PKI) *cert.Certificate {
		return p.Issue(t, testpki.Spec{Label: "other root", SelfSigned: true, CA: true}).Cert
	}
	tellAll(t, []story{
		{"no intermediate", func(t *testing.T, p *testpki.PKI, r *chain.Request) { r.Untrusted = nil }, chain.NoPath, nil},
		{"no anchor", func(t *testing.T, p *testpki.PKI, r *chain.Request) { r.Anchors = nil }, chain.NoPath, func(t *testing.T, p *testpki.PKI, r *chain.Result) {
			if len(r.Path) != 1 || r.Path[0] != p.Seal.Cert {
				t.Errorf("path %v", r.Path)
			}
		}},
		{"root only untrusted", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Anchors, r.Untrusted = []*cert.Certificate{other(t, p)}, append(r.Untrusted, p.Root.Cert)
		}, chain.NoPath, nil},
		{"changed leaf", func(t *testing.T, p *testpki.PKI, r *chain.Request) { r.Leaf = changed(t, p.Seal) }, chain.BadSignature, nil},
		{"changed intermediate", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Untrusted = []*cert.Certificate{changed(t, p.Issuing)}
		}, chain.BadSignature, nil},
		{"changed and good intermediate", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Untrusted = []*cert.Certificate{changed(t, p.Issuing), p.Issuing.Cert}
		}, chain.OK, nil},
		{"same name, other key", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Anchors = []*cert.Certificate{p.Issue(t, testpki.Spec{Label: "false root", Subject: p.Root.Cert.Subject, SelfSigned: true, CA: true}).Cert}
		}, chain.BadSignature, nil},
		{"among strangers and twice", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			again, _ := cert.Parse(p.Issuing.DER)
			r.Untrusted = []*cert.Certificate{other(t, p), p.TSA.Cert, nil, again, p.Issuing.Cert, p.Seal.Cert}
		}, chain.OK, nil},
		{"the issuing CA as anchor", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Anchors, r.Untrusted = []*cert.Certificate{p.Issuing.Cert}, nil
		}, chain.OK, func(t *testing.T, p *testpki.PKI, r *chain.Result) {
			if len(r.Checks) != 1 {
				t.Errorf("checks %+v", r.Checks)
			}
		}},
		{"the leaf as anchor", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Anchors = []*cert.Certificate{p.Seal.Cert}
		}, chain.OK, nil},
		{"the leaf as expired anchor", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Anchors, r.Time = []*cert.Certificate{p.Seal.Cert}, testpki.NotAfter.Add(time.Second)
		}, chain.Expired, nil},
		{"an end entity as anchor and issuer", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Leaf = p.Issue(t, testpki.Spec{Label: "x", Issuer: p.Department}).Cert
			r.Anchors = []*cert.Certificate{p.Department.Cert}
		}, chain.Constraint, nil},
		{"expired root", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			root := p.Issue(t, testpki.Spec{Label: "root", Subject: p.Root.Cert.Subject, SelfSigned: true, CA: true, NotAfter: testpki.NotBefore.Add(day)})
			r.Anchors = []*cert.Certificate{root.Cert}
		}, chain.OK, nil},
		{"too deep", func(t *testing.T, p *testpki.PKI, r *chain.Request) { r.MaxDepth = 1 }, chain.NoPath, nil},
	})
}

func changed(t *testing.T, e *testpki.Entity) *cert.Certificate {
	t.Helper()
	c, err := cert.Parse(testpki.Flip(e.DER, -1))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTimes(t *testing.T) {
	at := func(when time.Time) func(*testing.T, *testpki.PKI, *chain.Request) {
		return func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Time, r.Revocation = when, chain.RevocationOff
		}
	}
	tellAll(t, []story{
		{"too early", at(testpki.NotBefore.Add(-time.Second)), chain.NotYetValid, nil},
		{"first second", at(testpki.NotBefore), chain.OK, nil},
		{"last second", at(testpki.NotAfter.Add(time.Second - 1)), chain.OK, nil},
		{"too late", at(testpki.NotAfter.Add(time.Second)), chain.Expired, nil},
		{"expired CA", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			ca := p.Issue(t, testpki.Spec{Label: "issuing", Subject: p.Issuing.Cert.Subject, Issuer: p.Root, CA: true, NotAfter: testpki.Now.Add(-day)})
			r.Untrusted = []*cert.Certificate{ca.Cert}
		}, chain.Expired, nil},
	})
}

func TestOffices(t *testing.T) {
	maker := cert.DefaultArc.SealMaker()
	seek := func(r *chain.Request, leaf *testpki.Entity, any bool) {
		r.Leaf, r.Usage.ExtKeyUsage, r.Usage.AllowAny = leaf.Cert, maker, any
	}
	under := func(t *testing.T, p *testpki.PKI, r *chain.Request, usages ...asn1.ObjectIdentifier) {
		ca := p.Issue(t, testpki.Spec{Label: "sub", Issuer: p.Root, CA: true, ExtKeyUsage: usages})
		seek(r, p.Issue(t, testpki.Spec{Label: "maker", Issuer: ca, ExtKeyUsage: oids(maker)}), false)
		r.Untrusted = append(r.Untrusted, ca.Cert)
		r.CRLs = append(r.CRLs, testpki.ParseCRL(t, p.IssueCRL(t, testpki.CRLSpec{Issuer: ca})))
	}
	tellAll(t, []story{
		{"seal maker", func(t *testing.T, p *testpki.PKI, r *chain.Request) { seek(r, p.SealMaker, false) }, chain.OK, nil},
		{"no office", func(t *testing.T, p *testpki.PKI, r *chain.Request) { seek(r, p.Department, false) }, chain.WrongUsage, nil},
		{"no office, any will do", func(t *testing.T, p *testpki.PKI, r *chain.Request) { seek(r, p.Department, true) }, chain.OK, nil},
		{"another office", func(t *testing.T, p *testpki.PKI, r *chain.Request) { seek(r, p.TSA, true) }, chain.WrongUsage, nil},
		{"anyExtendedKeyUsage is no office", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			seek(r, p.Issue(t, testpki.Spec{Label: "x", ExtKeyUsage: oids(cert.OIDAnyUsage)}), false)
		}, chain.WrongUsage, nil},
		{"CA without a list", func(t *testing.T, p *testpki.PKI, r *chain.Request) { under(t, p, r) }, chain.OK, nil},
		{"CA with the office", func(t *testing.T, p *testpki.PKI, r *chain.Request) { under(t, p, r, cert.OIDClientAuth, maker) }, chain.OK, nil},
		{"CA that was not given the office", func(t *testing.T, p *testpki.PKI, r *chain.Request) { under(t, p, r, cert.OIDClientAuth) }, chain.WrongUsage, nil},
		{"CA as leaf", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Leaf, r.Usage.KeyUsage = p.Issuing.Cert, 0
		}, chain.WrongUsage, nil},
		{"leaf with keyCertSign", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Leaf = p.Issue(t, testpki.Spec{Label: "x", KeyUsage: cert.DigitalSignature | cert.KeyCertSign}).Cert
		}, chain.WrongUsage, nil},
		{"encryption certificate", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Leaf = p.Issue(t, testpki.Spec{Label: "x", KeyUsage: cert.KeyEncipherment | cert.DataEncipherment}).Cert
		}, chain.WrongUsage, nil},
		{"no keyUsage", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Leaf = p.Issue(t, testpki.Spec{Label: "x", Omit: oids(cert.OIDKeyUsage)}).Cert
		}, chain.WrongUsage, nil},
		{"empty extKeyUsage", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Leaf = p.Issue(t, testpki.Spec{Label: "x", Extensions: []cert.Extension{cert.ExtExtKeyUsage(false)}}).Cert
		}, chain.WrongUsage, nil},
	})
}

func TestConstraints(t *testing.T) {
	// below puts a leaf under a CA of its own with the extension.
	below := func(t *testing.T, p *testpki.PKI, r *chain.Request, leaf testpki.Spec, ca testpki.Spec) {
		r.Revocation = chain.RevocationOff
		ca.Label, ca.Issuer, ca.CA = "sub", p.Root, true
		sub := p.Issue(t, ca)
		leaf.Label, leaf.Issuer = "leaf", sub
		r.Leaf = p.Issue(t, leaf).Cert
		r.Untrusted = append(r.Untrusted, sub.Cert)
	}
	limit := func(permitted, excluded []cert.GeneralName) testpki.Spec {
		return testpki.Spec{Extensions: []cert.Extension{cert.ExtNameConstraints(permitted, excluded)}}
	}
	names := func(list ...cert.GeneralName) []cert.GeneralName { return list }
	bureau := func(t *testing.T, o string) cert.GeneralName {
		der, err := cert.Name{{{Type: cert.OIDCountry, Value: "CN"}}, {{Type: cert.OIDOrganization, Value: o}}}.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return cert.NewDirectoryName(der)
	}
	san := func(list ...cert.GeneralName) testpki.Spec {
		return testpki.Spec{Extensions: []cert.Extension{cert.ExtSubjectAltNames(list...)}}
	}
	tell := func(leaf testpki.Spec, permitted, excluded []cert.GeneralName) func(*testing.T, *testpki.PKI, *chain.Request) {
		return func(t *testing.T, p *testpki.PKI, r *chain.Request) { below(t, p, r, leaf, limit(permitted, excluded)) }
	}
	ip := func(b ...byte) cert.GeneralName { return cert.GeneralName{Tag: cert.TagIP, Value: b} }
	ten := ip(10, 0, 0, 0, 255, 0, 0, 0)
	tellAll(t, []story{
		{"its own department", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			below(t, p, r, testpki.Spec{}, limit(names(bureau(t, "示例市")), nil))
		}, chain.OK, nil},
		{"another department", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			below(t, p, r, testpki.Spec{}, limit(names(bureau(t, "别处市")), nil))
		}, chain.Constraint, nil},
		{"an excluded department", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			below(t, p, r, testpki.Spec{}, limit(nil, names(bureau(t, "示例市"))))
		}, chain.Constraint, nil},
		{"host within", tell(san(cert.NewDNS("a.example.cn")), names(cert.NewDNS("example.cn")), nil), chain.OK, nil},
		{"host beside", tell(san(cert.NewDNS("badexample.cn")), names(cert.NewDNS("example.cn")), nil), chain.Constraint, nil},
		{"host malformed", tell(san(cert.NewDNS("a..example.cn")), names(cert.NewDNS("example.cn")), nil), chain.Constraint, nil},
		{"one of two hosts", tell(san(cert.NewDNS("example.cn"), cert.NewDNS("x.org")), names(cert.NewDNS("example.cn")), nil), chain.Constraint, nil},
		{"wildcard over an excluded host", tell(san(cert.NewDNS("*.example.cn")), nil, names(cert.NewDNS("evil.example.cn"))), chain.Constraint, nil},
		{"mail within", tell(san(cert.NewEmail("a@Example.cn")), names(cert.NewEmail("example.cn")), nil), chain.OK, nil},
		{"mail of a subdomain", tell(san(cert.NewEmail("a@b.example.cn")), names(cert.NewEmail("example.cn")), nil), chain.Constraint, nil},
		{"mail with two signs", tell(san(cert.NewEmail("a@example.cn@x.org")), names(cert.NewEmail("example.cn")), nil), chain.Constraint, nil},
		{"address within", tell(san(cert.NewURI("https://a.example.cn/x")), names(cert.NewURI(".example.cn")), nil), chain.OK, nil},
		{"address by number", tell(san(cert.NewURI("https://10.0.0.1/x")), nil, names(cert.NewURI("example.cn"))), chain.Constraint, nil},
		{"number within", tell(san(ip(10, 1, 2, 3)), names(ten), nil), chain.OK, nil},
		{"number beside", tell(san(ip(11, 1, 2, 3)), names(ten), nil), chain.Constraint, nil},
		{"other form is free", tell(san(cert.NewDNS("x.org")), names(ten), nil), chain.OK, nil},
		{"registered identifier", tell(san(cert.GeneralName{Tag: cert.TagRegisteredID, Value: []byte{0x2a}}), nil, names(cert.GeneralName{Tag: cert.TagRegisteredID, Value: []byte{0x2b}})), chain.Constraint, nil},
		{"unreadable subjectAltName", tell(testpki.Spec{Extensions: []cert.Extension{{ID: cert.OIDSubjectAltName, Value: []byte{4, 0}}}}, nil, names(ten)), chain.Constraint, nil},
		{"unknown critical extension", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			below(t, p, r, testpki.Spec{Extensions: []cert.Extension{{ID: oid(t, "2.999.7"), Critical: true, Value: []byte{5, 0}}}}, testpki.Spec{})
		}, chain.Constraint, nil},
		{"critical unreadable extension", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			below(t, p, r, testpki.Spec{Extensions: []cert.Extension{{ID: cert.OIDSubjectAltName, Critical: true, Value: []byte{4, 0}}}}, testpki.Spec{})
		}, chain.Constraint, nil},
		{"path length", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			sub := p.Issue(t, testpki.Spec{Label: "sub", Issuer: p.Issuing, CA: true}) // the issuing CA has path length 0
			r.Leaf, r.Revocation = p.Issue(t, testpki.Spec{Label: "leaf", Issuer: sub}).Cert, chain.RevocationOff
			r.Untrusted = append(r.Untrusted, sub.Cert)
		}, chain.Constraint, nil},
		{"a self-issued CA does not count", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			next := p.Issue(t, testpki.Spec{Label: "issuing 2", Subject: p.Issuing.Cert.Subject, Issuer: p.Issuing, CA: true})
			r.Leaf, r.Revocation = p.Issue(t, testpki.Spec{Label: "leaf", Issuer: next}).Cert, chain.RevocationOff
			r.Untrusted = append(r.Untrusted, next.Cert)
		}, chain.OK, nil},
		{"an end entity as issuer", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Leaf, r.Revocation = p.Issue(t, testpki.Spec{Label: "leaf", Issuer: p.Department}).Cert, chain.RevocationOff
			r.Untrusted = append(r.Untrusted, p.Department.Cert)
		}, chain.Constraint, nil},
		{"a CA without keyCertSign", func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			below(t, p, r, testpki.Spec{}, testpki.Spec{KeyUsage: cert.CRLSign})
		}, chain.Constraint, nil},
		{"no policy", func(t *testing.T, p *testpki.PKI, r *chain.Request) { r.Policies.ExplicitPolicy = true }, chain.PolicyFailure, nil},
	})
}

// source answers what it is told to.
type source struct {
	leaf  *cert.Certificate
	check chain.Check
}

func (s source) Status(c, _ *cert.Certificate, _ time.Time) (chain.Check, bool) {
	return s.check, bytes.Equal(c.Raw, s.leaf.Raw)
}

func TestStatusSource(t *testing.T) {
	tell := func(status chain.Code, when time.Time, lists func(*testing.T, *testpki.PKI) []*cert.CRL) func(*testing.T, *testpki.PKI, *chain.Request) {
		return func(t *testing.T, p *testpki.PKI, r *chain.Request) {
			r.Status = source{p.Seal.Cert, chain.Check{Status: status, By: "ocsp", ThisUpdate: when, RevokedAt: when}}
			if lists != nil {
				r.CRLs = lists(t, p)
			}
		}
	}
	rootOnly := func(t *testing.T, p *testpki.PKI) []*cert.CRL { return crls(t, p.RootCRL) }
	held := func(t *testing.T, p *testpki.PKI) []*cert.CRL {
		return crls(t, p.RootCRL, p.CRL(t, testpki.Revoke(p.Seal, testpki.Now.Add(-2*day), cert.ReasonCertificateHold)))
	}
	tellAll(t, []story{
		{"in place of a list", tell(chain.OK, testpki.Now, rootOnly), chain.OK, func(t *testing.T, p *testpki.PKI, r *chain.Result) {
			if r.Checks[0].By != "ocsp" || r.Checks[0].Certificate != p.Seal.Cert {
				t.Errorf("got %+v", r.Checks[0])
			}
		}},
		{"revoked beside a good list", tell(chain.Revoked, testpki.Now, nil), chain.Revoked, nil},
		{"nothing known beside a good list", tell(chain.NoRevocationInfo, testpki.Now, nil), chain.OK, nil},
		{"lifted since the list", tell(chain.OK, testpki.Now, held), chain.OK, nil},
		{"held since the answer", tell(chain.OK, testpki.Now.Add(-9*day), held), chain.OnHold, nil},
	})
}

func TestWrongQuestions(t *testing.T) {
	p := testpki.New(t)
	r := question(t, p)
	r.Time = time.Time{}
	if _, err := chain.Validate(context.Background(), r); !errors.Is(err, chain.ErrNoTime) {
		t.Errorf("no time: %v", err)
	}
	if _, err := chain.Validate(context.Background(), chain.Request{Time: testpki.Now}); !errors.Is(err, chain.ErrNoLeaf) {
		t.Errorf("no leaf: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := chain.Validate(ctx, question(t, p)); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v", err)
	}
}

// TestMaze: certificates that all bear one name and sign one another make
// factorially many paths; the search gives up soon, and never says OK.
func TestMaze(t *testing.T) {
	p := testpki.New(t)
	r := question(t, p)
	r.Revocation, r.MaxDepth = chain.RevocationOff, 30
	name := testpki.Name("迷宫", "")
	var keys []*testpki.Entity
	for i := range 12 {
		keys = append(keys, p.Issue(t, testpki.Spec{Label: fmt.Sprint("maze", i), Subject: name, SelfSigned: true, CA: true}))
	}
	for _, from := range keys {
		for j, to := range keys {
			if from != to {
				r.Untrusted = append(r.Untrusted, p.Issue(t, testpki.Spec{Label: fmt.Sprint("maze", j), Subject: name, Issuer: from, CA: true}).Cert)
			}
		}
	}
	r.Leaf = p.Issue(t, testpki.Spec{Label: "leaf", Issuer: keys[0]}).Cert
	start := time.Now()
	if got := ask(t, r); got.Code == chain.OK {
		t.Errorf("got %q", got.Code)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

// TestPolicyMaze: mappings of every policy to every policy, on every level,
// would fill a policy tree without end (RFC 9618 1).
func TestPolicyMaze(t *testing.T) {
	p := testpki.New(t)
	r := question(t, p)
	r.Revocation, r.MaxDepth, r.Policies.ExplicitPolicy = chain.RevocationOff, 20, true
	var ids []asn1.ObjectIdentifier
	var mappings []byte
	for i := range 20 {
		ids = append(ids, asn1.ObjectIdentifier{2, 999, i})
	}
	for _, a := range ids {
		for _, b := range ids {
			m, err := asn1.Marshal([]asn1.ObjectIdentifier{a, b})
			if err != nil {
				t.Fatal(err)
			}
			mappings = append(mappings, m...)
		}
	}
	value, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: mappings})
	if err != nil {
		t.Fatal(err)
	}
	at := p.Root
	for i := range 16 {
		at = p.Issue(t, testpki.Spec{Label: fmt.Sprint("level", i), Issuer: at, CA: true, Extensions: []cert.Extension{
			cert.ExtPolicies(ids...), {ID: cert.OIDPolicyMappings, Critical: true, Value: value},
		}})
		r.Untrusted = append(r.Untrusted, at.Cert)
	}
	r.Leaf = p.Issue(t, testpki.Spec{Label: "leaf", Issuer: at, Extensions: []cert.Extension{cert.ExtPolicies(ids[3])}}).Cert
	start := time.Now()
	if got := ask(t, r); got.Code != chain.OK {
		t.Errorf("got %q %s", got.Code, got.Detail)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

// TestFlood: an attacker cannot drown the list that names him, neither by the
// size of the lists he adds nor by their number, even where revocation is
// optional.
func TestFlood(t *testing.T) {
	for name, tt := range map[string]struct{ lists, entries int }{"large": {250, 20_000}, "many": {300, 1}} {
		t.Run(name, func(t *testing.T) {
			p := testpki.New(t)
			r := question(t, p)
			r.Revocation, r.CRLs = chain.RevocationOptional, nil
			var many []cert.Revoked
			for i := range tt.entries {
				many = append(many, cert.Revoked{Serial: big.NewInt(int64(1_000_000 + i)), Date: testpki.Now, Reason: 1})
			}
			forged := testpki.ParseCRL(t, p.IssueCRL(t, testpki.CRLSpec{Signer: testpki.Key(t, "stranger"), Revoked: many, ThisUpdate: testpki.Now}))
			for range tt.lists {
				another := *forged
				r.CRLs = append(r.CRLs, &another)
			}
			r.CRLs = append(r.CRLs, crls(t, p.RootCRL, p.CRL(t, testpki.Revoke(p.Seal, testpki.Now.Add(-2*day), 0)))...)
			start := time.Now()
			if got := ask(t, r); got.Code == chain.OK {
				t.Error("the flood hid a revocation")
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func BenchmarkValidate(b *testing.B) {
	p := testpki.New(b)
	r := question(b, p)
	for b.Loop() {
		if ask(b, r).Code != chain.OK {
			b.Fatal("not OK")
		}
	}
}
