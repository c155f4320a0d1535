// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
)

func TestCrossCertificate(t *testing.T) {
	ctx, ours, theirs := context.Background(), found(t), found(t)
	theirs2, err := ca.Create(ctx, (&office{store: newMemory(), keys: &softKeys{}, now: start}).config(), operator, "邻市", theirs.root)
	if err != nil {
		t.Fatal(err)
	}
	other := parse(t, theirs2.Root())
	foreign := ca.Foreign{Subject: other.RawSubject, PublicKey: other.RawSPKI, KeyID: other.SubjectKeyID}
	spec := ca.CASpec{ID: "neighbour", NotAfter: start.Add(3 * 365 * 24 * time.Hour), PathLen: 1, Permitted: permitted(bureau)}
	for name, tt := range map[string]struct {
		change func(*ca.CASpec)
		want   string
	}{
		"no names":   {func(s *ca.CASpec) { s.Permitted = nil }, "permitted"},
		"no bound":   {func(s *ca.CASpec) { s.PathLen = ca.Unlimited }, "path length"},
		"all usages": {func(s *ca.CASpec) { s.Usages = []string{ca.UsageAny} }, "usages"},
		"any host":   {func(s *ca.CASpec) { s.Usages = []string{"serverAuth"} }, "dns subtree"},
		"any mailbox": {func(s *ca.CASpec) {
			s.Usages, s.Permitted = []string{"emailProtection"}, append(permitted(bureau), ca.NameRange{DNS: "a.example"})
		}, "email subtree"},
	} {
		s := spec
		tt.change(&s)
		if _, err := ours.PrepareCross(ctx, operator, ca.RootID, s, foreign); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	own := parse(t, ours.Issuing())
	if _, err := ours.PrepareCross(ctx, operator, ca.RootID, spec, ca.Foreign{Subject: own.RawSubject, PublicKey: other.RawSPKI}); err == nil {
		t.Error("our own name: want an error")
	}
	if _, err := ours.PrepareCross(ctx, operator, ca.RootID, spec, ca.Foreign{Subject: other.RawSubject, PublicKey: own.RawSPKI}); err == nil {
		t.Error("our own key: want an error")
	}
	// judge verifies leaves of theirs with our root as the only anchor.
	judge := func(cross []byte, want map[string]chain.Code) {
		t.Helper()
		for organization, code := range want {
			r := request(ca.ProfileSeal, "")
			r.Subject.Organization, r.PublicKey = organization, spkiOf(t, softKey(t))
			leaf, err := theirs2.Issue(ctx, r)
			if err != nil {
				t.Fatal(err)
			}
			got, err := chain.Validate(ctx, chain.Request{Leaf: parse(t, leaf.DER), Anchors: []*cert.Certificate{parse(t, ours.Root())}, Time: ours.now,
				Untrusted: []*cert.Certificate{parse(t, cross), parse(t, theirs2.Issuing())}, CRLs: append(lists(t, theirs2), lists(t, ours.Authority)...)})
			if err != nil || got.Code != code {
				t.Errorf("%s: got %q %s, want %q; %v", organization, got.Code, got.Detail, code, err)
			}
		}
	}
	act, err := ours.PrepareCross(ctx, operator, ca.RootID, spec, foreign)
	narrow := ours.carry(t, act, err, ca.ActKeys{Acting: ours.root})
	// Their issuing CA's own name is outside: nothing of theirs has a place here.
	judge(narrow.Certificates[0].DER, map[string]chain.Code{bureau: chain.Constraint, school: chain.Constraint})
	spec.ID, spec.Permitted = "neighbour-2", append(permitted(bureau), ca.NameRange{Directory: &ca.DirectoryRange{Country: "CN", Organization: "邻市"}})
	act, err = ours.PrepareCross(ctx, operator, ca.RootID, spec, foreign)
	wide := ours.carry(t, act, err, ca.ActKeys{Acting: ours.root})
	judge(wide.Certificates[0].DER, map[string]chain.Code{bureau: chain.OK, school: chain.Constraint})
}

// lists are the newest ones of a city's two authorities.
func lists(t *testing.T, a *ca.Authority) (all []*cert.CRL) {
	t.Helper()
	for _, id := range []string{ca.RootID, ca.IssuingID} {
		l, err := a.CRL(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := cert.ParseCRL(l.DER)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, parsed)
	}
	return all
}
