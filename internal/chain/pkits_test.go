// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"context"
	"encoding/asn1"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
)

// unmet lists, in one place, the PKITS cases whose expectation is not met,
// each with the reason.
var unmet = map[string]string{
	"4.1.4": "DSA is not supported, by decision: no certificate of this system has it",
	"4.1.5": "DSA is not supported, by decision; inherits DSA parameters besides",
}

type pkitsCase struct {
	ID              string
	Name            string
	EndEntity       string `json:"end_entity"`
	Intermediates   []string
	CRLs            []string `json:"crls"`
	InitialPolicies []string `json:"initial_policies"`
	RequireExplicit bool     `json:"require_explicit_policy"`
	InhibitMapping  bool     `json:"inhibit_policy_mapping"`
	InhibitAny      bool     `json:"inhibit_any_policy"`
	Expected        string
	Reason          string
}

// reasons says which codes fit the class of failure that the set names.
var reasons = map[string][]chain.Code{
	"bad signature":                    {chain.BadSignature, chain.Unsupported}, // 4.1.6 is DSA
	"not yet valid":                    {chain.NotYetValid},
	"expired":                          {chain.Expired},
	"revoked":                          {chain.Revoked, chain.RevokedCA, chain.OnHold},
	"not a CA":                         {chain.Constraint},
	"path length":                      {chain.Constraint},
	"key usage":                        {chain.Constraint, chain.NoRevocationInfo},
	"name constraints":                 {chain.Constraint},
	"unknown critical extension":       {chain.Constraint, chain.NoRevocationInfo},
	"policy":                           {chain.PolicyFailure},
	"mapping from or to anyPolicy":     {chain.PolicyFailure},
	"name chaining":                    {chain.NoPath},
	"no usable revocation information": {chain.NoRevocationInfo, chain.StaleRevocation},
	"stale CRL":                        {chain.StaleRevocation, chain.NoRevocationInfo},
}

func TestPKITS(t *testing.T) {
	dir := pkitsDir(t)
	var file struct {
		ValidationTime time.Time `json:"validation_time"`
		TrustAnchor    string    `json:"trust_anchor"`
		Cases          []pkitsCase
	}
	if err := json.Unmarshal(read(t, dir, "cases.json"), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) != 257 {
		t.Errorf("%d cases, want 257", len(file.Cases))
	}
	anchor := parseCert(t, dir, file.TrustAnchor)
	for _, c := range file.Cases {
		t.Run(c.ID, func(t *testing.T) {
			r, err := chain.Validate(context.Background(), c.request(t, dir, anchor, file.ValidationTime))
			if err != nil {
				t.Fatal(err)
			}
			c.judge(t, r)
		})
	}
}

func (c pkitsCase) request(t *testing.T, dir string, anchor *cert.Certificate, at time.Time) chain.Request {
	t.Helper()
	r := chain.Request{
		Leaf: parseCert(t, dir, c.EndEntity), Anchors: []*cert.Certificate{anchor}, Time: at,
		Policies: chain.PolicyInputs{ExplicitPolicy: c.RequireExplicit, InhibitMapping: c.InhibitMapping, InhibitAny: c.InhibitAny},
	}
	for _, f := range c.Intermediates {
		r.Untrusted = append(r.Untrusted, parseCert(t, dir, f))
	}
	for _, f := range c.CRLs {
		crl, err := cert.ParseCRL(read(t, dir, f))
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		r.CRLs = append(r.CRLs, crl)
	}
	for _, p := range c.InitialPolicies {
		r.Policies.Initial = append(r.Policies.Initial, oid(t, p))
	}
	return r
}

func (c pkitsCase) judge(t *testing.T, r *chain.Result) {
	t.Helper()
	met := (r.Code == chain.OK) == (c.Expected == "valid")
	if why, listed := unmet[c.ID]; listed {
		if met {
			t.Errorf("is listed as unmet (%s) but is met", why)
		}
		return
	}
	if !met {
		t.Errorf("%s: got %q (%s), want %s %s", c.Name, r.Code, r.Detail, c.Expected, c.Reason)
		return
	}
	if c.Expected == "valid" {
		return
	}
	for _, code := range reasons[c.Reason] {
		if r.Code == code {
			return
		}
	}
	t.Errorf("%s: got %q (%s), which is not %q", c.Name, r.Code, r.Detail, c.Reason)
}

func pkitsDir(t testing.TB) string {
	t.Helper()
	root := os.Getenv("GOVSEAL_SAMPLES")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "samples")
	}
	dir := filepath.Join(root, "x509", "pkits")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no samples at %s: set GOVSEAL_SAMPLES", dir)
	}
	return dir
}

func read(t testing.TB, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parseCert(t testing.TB, dir, name string) *cert.Certificate {
	t.Helper()
	c, err := cert.Parse(read(t, dir, name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c
}

func oid(t testing.TB, s string) asn1.ObjectIdentifier {
	t.Helper()
	var id asn1.ObjectIdentifier
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			t.Fatal(err)
		}
		id = append(id, n)
	}
	return id
}
