// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"context"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
)

func TestRollover(t *testing.T) {
	ctx, o, dir := context.Background(), found(t), t.TempDir()
	oldLeaf := o.issue(t, "seal")
	newKey := softKey(t)
	spec := ca.CASpec{ID: "root-2", NotAfter: o.now.Add(25 * 365 * 24 * time.Hour), PathLen: ca.Unlimited}
	act, err := o.PrepareRollover(ctx, operator, ca.RootID, spec)
	made := o.carry(t, act, err, ca.ActKeys{Acting: o.root, New: newKey})
	newRoot, newWithOld, oldWithNew := made.Certificates[0].DER, made.Certificates[1].DER, made.Certificates[2].DER
	bridges := [][]byte{newWithOld, oldWithNew}
	// Issuing goes on under the old root, until a CA is made under the new one.
	stillOld := o.issue(t, "seal")
	s := ca.FirstIssuing("示例市")
	s.ID, s.Subject.CommonName, s.NotAfter = "issuing-2", "示例市电子印章签发CA二", o.now.Add(10*365*24*time.Hour)
	sub, err := o.PrepareSubordinate(ctx, operator, "root-2", s, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	k := ca.ActKeys{Acting: newKey}
	if k.NewRef, k.New, err = o.NewKey(ctx); err != nil {
		t.Fatal(err)
	}
	o.carry(t, sub, nil, k)
	r := request(ca.ProfileSeal, o.key(t, "seal"))
	r.CA = "issuing-2"
	newLeaf, err := o.Issue(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	for name, leaf := range map[string][]byte{"old leaf": oldLeaf.DER, "leaf after the rollover": stillOld.DER, "new leaf": newLeaf.DER} {
		for anchorName, anchor := range map[string][]byte{"old root": o.Root(), "new root": newRoot} {
			if got := o.judge(t, leaf, anchor, bridges, chain.Usage{EndEntity: true}); got.Code != chain.OK {
				t.Errorf("%s with the %s as anchor: %s %s", name, anchorName, got.Code, got.Detail)
			}
		}
	}
	// The evidence that goes with a stamp is enough for either anchor, offline.
	for name, leaf := range map[string][]byte{"old leaf": oldLeaf.DER, "new leaf": newLeaf.DER} {
		above, lists, err := o.Evidence(ctx, leaf)
		if err != nil {
			t.Fatal(err)
		}
		for anchorName, anchor := range map[string][]byte{"old root": o.Root(), "new root": newRoot} {
			q := chain.Request{Leaf: parse(t, leaf), Anchors: []*cert.Certificate{parse(t, anchor)}, Time: o.now}
			for _, der := range above {
				q.Untrusted = append(q.Untrusted, parse(t, der))
			}
			for _, der := range lists {
				l, err := cert.ParseCRL(der)
				if err != nil {
					t.Fatal(err)
				}
				q.CRLs = append(q.CRLs, l)
			}
			if got, err := chain.Validate(ctx, q); err != nil || got.Code != chain.OK {
				t.Errorf("evidence of the %s, %s as anchor: %+v, %v", name, anchorName, got, err)
			}
		}
	}
	// Without the bridges each is good under its own root only.
	if got := o.judge(t, newLeaf.DER, o.Root(), nil, chain.Usage{}); got.Code == chain.OK {
		t.Error("the new leaf verifies under the old root without a bridge")
	}
	// The second opinion, link by link.
	for name, der := range map[string][]byte{"old": o.Root(), "new": newRoot, "new-with-old": newWithOld, "old-with-new": oldWithNew} {
		put(t, dir, name+".pem", certPEM(der))
	}
	for _, link := range [][2]string{{"old.pem", "new-with-old.pem"}, {"new.pem", "old-with-new.pem"}} {
		if out, err := openssl(t, dir, "verify", "-vfyopt", distid, "-x509_strict", "-attime", attime(), "-partial_chain", "-trusted", link[0], link[1]); err != nil {
			t.Errorf("%v: %v\n%s", link, err, out)
		}
	}
	if _, err := o.PrepareRollover(ctx, operator, ca.IssuingID, ca.CASpec{ID: "x", NotAfter: spec.NotAfter}); err == nil {
		t.Error("the rollover of an issuing CA: want an error")
	}
	again, err := ca.Load(ctx, o.config())
	if err != nil {
		t.Fatal(err)
	}
	if der, err := again.Certificate("root-2"); err != nil || string(der) != string(newRoot) {
		t.Errorf("after a start: %v", err)
	}
}

// A new key is no new right: every bound of the old root goes over.
func TestRolloverInherits(t *testing.T) {
	ctx, o := context.Background(), found(t)
	key := softKey(t)
	spec := ca.CASpec{ID: "province", Subject: ca.Subject{Organization: "示例省", CommonName: "示例省根CA"}, NotAfter: o.now.Add(10 * 365 * 24 * time.Hour),
		PathLen: 1, Permitted: permitted(bureau), Usages: []string{"documentSigning"}, Policies: []string{"2.999.1.4.1"}}
	act, err := o.PrepareRoot(ctx, operator, spec)
	o.carry(t, act, err, ca.ActKeys{New: key})
	act, err = o.PrepareRollover(ctx, operator, "province", ca.CASpec{ID: "province-2", NotAfter: o.now.Add(12 * 365 * 24 * time.Hour), PathLen: ca.Unlimited})
	made := o.carry(t, act, err, ca.ActKeys{Acting: key, New: softKey(t)})
	for _, c := range made.Certificates {
		got := parse(t, c.DER)
		if got.NameConstraints == nil || len(got.NameConstraints.Permitted) != 1 || got.BasicConstraints.PathLen == nil || *got.BasicConstraints.PathLen != 1 ||
			len(got.ExtKeyUsage) != 1 || got.Policies == nil {
			t.Errorf("%q lost a bound: %+v", c.Name, got)
		}
	}
}
