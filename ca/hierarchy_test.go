// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"context"
	"crypto"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
	"github.com/govseal/govseal/internal/gm"
)

func softKey(t *testing.T) *gm.PrivateKey {
	t.Helper()
	k, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func spkiOf(t *testing.T, k crypto.Signer) []byte {
	t.Helper()
	pub, _ := gm.AsPublicKey(k.Public())
	der, err := gm.MarshalPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// carry performs and enters an act.
func (o *office) carry(t *testing.T, act *ca.Act, err error, k ca.ActKeys) *ca.Made {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	made, err := act.Perform(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	if err := act.Enter(context.Background(), made, nil); err != nil {
		t.Fatal(err)
	}
	return made
}

// bureau is the department of request; school lies outside the east's range.
const bureau, school = "示例市行政审批局", "示例市教育局"

func permitted(organizations ...string) (all []ca.NameRange) {
	for _, o := range organizations {
		all = append(all, ca.NameRange{Directory: &ca.DirectoryRange{Country: "CN", Province: "示例省", Locality: "示例市", Organization: o}})
	}
	return all
}

// district is the spec of a subordinate CA for one department.
func (o *office) district(id string) ca.CASpec {
	return ca.CASpec{ID: id, Subject: ca.Subject{Province: "示例省", Locality: "示例市", Organization: "示例市东区", CommonName: "示例市东区电子印章签发CA " + id},
		NotAfter: o.now.Add(5 * 365 * 24 * time.Hour), PathLen: 0, Permitted: permitted("示例市东区", bureau)}
}

// east makes a district CA whose key the authority holds.
func (o *office) east(t *testing.T, change ...func(*ca.CASpec)) *ca.Made {
	t.Helper()
	s := o.district("east")
	for _, f := range change {
		f(&s)
	}
	act, err := o.PrepareSubordinate(context.Background(), operator, ca.RootID, s, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	k := ca.ActKeys{Acting: o.root}
	if k.NewRef, k.New, err = o.NewKey(context.Background()); err != nil {
		t.Fatal(err)
	}
	return o.carry(t, act, nil, k)
}

// judge validates as a verifier does, with every list there is.
func (o *office) judge(t *testing.T, leafDER []byte, anchor []byte, untrusted [][]byte, usage chain.Usage) *chain.Result {
	t.Helper()
	r := chain.Request{Leaf: parse(t, leafDER), Anchors: []*cert.Certificate{parse(t, anchor)}, Time: o.now, Usage: usage}
	for _, der := range untrusted {
		r.Untrusted = append(r.Untrusted, parse(t, der))
	}
	cas, err := o.CAs(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cas {
		r.Untrusted = append(r.Untrusted, parse(t, c.Certificate))
		list, err := o.CRL(context.Background(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := cert.ParseCRL(list.DER)
		if err != nil {
			t.Fatal(err)
		}
		r.CRLs = append(r.CRLs, parsed)
	}
	got, err := chain.Validate(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestDistrictCA(t *testing.T) {
	ctx, o := context.Background(), found(t)
	made := o.east(t)
	c := parse(t, made.CA.Certificate)
	if nc := c.NameConstraints; nc == nil || !nc.Critical || len(nc.Permitted) != 2 {
		t.Fatalf("name constraints: got %+v", nc)
	}
	if bc := c.BasicConstraints; bc == nil || bc.PathLen == nil || *bc.PathLen != 0 || !bc.Critical {
		t.Errorf("basic constraints: got %+v", bc)
	}
	for _, office := range []struct{ name, id string }{{"seal maker", cert.DefaultArc.SealMaker().String()}, {"time stamping", cert.OIDTimeStamping.String()}} {
		for _, u := range c.ExtKeyUsage {
			if u.String() == office.id {
				t.Errorf("the district holds the office %s without being given it", office.name)
			}
		}
	}
	// Inside the district's range.
	inside := request(ca.ProfileSeal, o.key(t, "seal"))
	inside.CA = "east"
	leaf, err := o.Issue(ctx, inside)
	if err != nil {
		t.Fatal(err)
	}
	if r := o.judge(t, leaf.DER, o.Root(), nil, chain.Usage{EndEntity: true}); r.Code != chain.OK || len(r.Path) != 3 {
		t.Errorf("inside: got %s %s", r.Code, r.Detail)
	}
	// Outside it: refused before anything is signed or recorded.
	before := len(o.store.order)
	for name, change := range map[string]func(*ca.Request){
		"another department": func(r *ca.Request) { r.Subject.Organization = school },
		"another city":       func(r *ca.Request) { r.Subject.Locality = "邻市" },
		"an office":          func(r *ca.Request) { *r = request(ca.ProfileSealMaker, o.key(t, ca.ProfileSealMaker)) },
		"time stamps":        func(r *ca.Request) { *r = request(ca.ProfileTSA, o.key(t, ca.ProfileTSA)) },
	} {
		r := request(ca.ProfileSeal, o.key(t, "seal"))
		change(&r)
		r.CA = "east"
		var refused *ca.RequestError
		if _, err := o.Issue(ctx, r); !errors.As(err, &refused) {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
	}
	if len(o.store.order) != before {
		t.Error("a refused certificate was planned")
	}
	// A leaf outside, made by somebody who does not ask: our verifier says no.
	outside := o.forge(t, "east", school)
	if r := o.judge(t, outside, o.Root(), nil, chain.Usage{}); r.Code != chain.Constraint {
		t.Errorf("outside: got %q %s, want %s", r.Code, r.Detail, chain.Constraint)
	}
}

// A district that runs its own instance sends its public key.
func TestSubordinateElsewhere(t *testing.T) {
	ctx, o := context.Background(), found(t)
	key := softKey(t)
	act, err := o.PrepareSubordinate(ctx, operator, ca.RootID, o.district("west"), spkiOf(t, key), false)
	made := o.carry(t, act, err, ca.ActKeys{Acting: o.root})
	if made.CA != nil || made.CRL != nil || len(made.Certificates) != 1 {
		t.Fatalf("got %+v", made)
	}
	c := parse(t, made.Certificates[0].DER)
	if err := c.CheckSignature(parse(t, o.Root()).PublicKey); err != nil {
		t.Error(err)
	}
	if got, err := o.Show(ctx, made.Certificates[0].SerialHex); err != nil || got.Status != ca.Good || got.KeyRef != "" || got.Profile != "subordinate" {
		t.Errorf("record: %+v, %v", got, err)
	}
	if _, err := o.Certificate("west"); !errors.Is(err, ca.ErrNotFound) {
		t.Errorf("somebody else's CA is served: %v", err)
	}
	// Its key certifies no seal of ours, and a leaf's key makes no CA.
	r := request(ca.ProfileSeal, "")
	r.PublicKey = spkiOf(t, o.root)
	if _, err := o.Issue(ctx, r); err == nil {
		t.Error("a seal under the root's key: want an error")
	}
	leaf := softKey(t)
	r.PublicKey = spkiOf(t, leaf)
	if _, err := o.Issue(ctx, r); err != nil {
		t.Fatal(err)
	}
	if _, err := o.PrepareSubordinate(ctx, operator, ca.RootID, o.district("north"), spkiOf(t, leaf), false); err == nil {
		t.Error("a CA with a seal's key: want an error")
	}
	// It can be ended in a list ceremony.
	if err := o.revokeCA(t, made.Certificates[0].SerialHex, "cACompromise"); err != nil {
		t.Fatal(err)
	}
	l, _ := o.list(t, ca.RootID)
	if e := entry(l, made.Certificates[0].SerialHex); e == nil || e.Reason != ca.ReasonCACompromise {
		t.Errorf("the root's list: got %+v", e)
	}
	if _, err := o.PrepareSubordinate(ctx, operator, ca.RootID, o.district("north"), spkiOf(t, key), false); err == nil || !strings.Contains(err.Error(), "compromised") {
		t.Errorf("the compromised key again: got %v", err)
	}
}
