// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/govseal/govseal/ca"
)

// TestLintStandsBeforeTheKey: what breaks a rule is refused before anything is
// recorded and before the key is touched.
func TestLintStandsBeforeTheKey(t *testing.T) {
	o := found(t)
	r := request(ca.ProfileOfficer, o.key(t, ca.ProfileOfficer))
	r.Subject.CommonName = "示例 11010119900307002X" // the form of a resident ID number
	o.store.calls = nil
	_, err := o.Issue(t.Context(), r)
	var refused *ca.LintError
	if !errors.As(err, &refused) || len(refused.Findings) != 1 || refused.Findings[0].Rule != "resident-id" {
		t.Fatalf("got %v, want the rule resident-id", err)
	}
	if len(o.store.calls) != 0 {
		t.Errorf("the store was called: %v", o.store.calls)
	}
}

// TestEverythingIssuedPassesTheLinter, authorities included, and as seen from
// outside.
func TestEverythingIssuedPassesTheLinter(t *testing.T) {
	o := found(t)
	check := func(name string, der, issuer []byte) {
		got, err := ca.Lint(der, issuer)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range got {
			if f.Severity != "notice" {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
	check("root", o.Root(), nil)
	check("issuing", o.Issuing(), o.Root())
	for _, p := range ca.DefaultProfiles().All() {
		if p.KeyFrom(ca.FromStore) && !p.Authority() {
			check(p.Name(), o.issue(t, p.Name()).DER, o.Issuing())
		}
	}
}

func TestLintJudgesOthers(t *testing.T) {
	got, err := ca.Lint([]byte{0x30, 0}, nil)
	if err != nil || !slices.ContainsFunc(got, func(f ca.Finding) bool { return f.Rule == "readable" && f.Severity == "error" }) {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := ca.Lint([]byte{0x30, 0}, []byte{0x30, 0}); err == nil {
		t.Error("an issuer that is none: want an error")
	}
}
