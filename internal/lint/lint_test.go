// SPDX-License-Identifier: Apache-2.0

package lint_test

import (
	"bytes"
	"testing"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/lint"
	"github.com/govseal/govseal/internal/testpki"
)

// finds reports the findings of one rule.
func finds(all []lint.Finding, rule string) (severity lint.Severity, problem string) {
	for _, f := range all {
		if f.Rule == rule {
			return f.Severity, f.Problem
		}
	}
	return "", ""
}

// TestSoundCertificates: the fixture's certificates, but for their short
// serial numbers, break nothing.
func TestSoundCertificates(t *testing.T) {
	p := testpki.New(t)
	for name, e := range map[string]*testpki.Entity{"root": p.Root, "issuing": p.Issuing, "department": p.Department,
		"officer": p.Officer, "seal maker": p.SealMaker, "tsa": p.TSA, "ocsp": p.OCSP, "ledger": p.Ledger} {
		issuer := p.Issuing.Cert
		switch e {
		case p.Root:
			issuer = nil
		case p.Issuing:
			issuer = p.Root.Cert
		}
		for _, f := range lint.Certificate(e.DER, lint.Context{Issuer: issuer}) {
			if f.Rule != "serial-number" && f.Severity != lint.Notice {
				t.Errorf("%s: %s", name, f)
			}
		}
	}
}

// TestTBS: the octets to be signed are linted like the whole, and a mistake is
// found before the real key is touched.
func TestTBS(t *testing.T) {
	p := testpki.New(t)
	read, got, err := lint.TBS(p.Seal.Cert.RawTBS, lint.Context{Issuer: p.Issuing.Cert})
	if err != nil {
		t.Fatal(err)
	}
	if lint.Broken(got) || read == nil || !bytes.Equal(read.RawTBS, p.Seal.Cert.RawTBS) {
		t.Errorf("a sound certificate: %v", got)
	}
	bad := p.Issue(t, testpki.Spec{Label: "bad", KeyUsage: cert.KeyCertSign})
	if _, got, err = lint.TBS(bad.Cert.RawTBS, lint.Context{Issuer: p.Issuing.Cert}); err != nil {
		t.Fatal(err)
	}
	if s, _ := finds(got, "basic-constraints"); s != lint.Error {
		t.Errorf("certificate signing without cA: got %v", got)
	}
	if read, got, err = lint.TBS([]byte{0x30, 0}, lint.Context{}); err != nil || read != nil || !lint.Broken(got) {
		t.Errorf("an empty TBS: got %v, %v", got, err)
	}
}

// TestRulesAreNamedOnce: reports and scripts go by the names.
func TestRulesAreNamedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range lint.Rules() {
		if seen[r.Name] || r.Name == "" || r.Source == "" {
			t.Errorf("rule %q: twice, or without name or source", r.Name)
		}
		seen[r.Name] = true
	}
}

// TestFindingsArePrintable: what a hostile name says does not reach a terminal.
func TestFindingsArePrintable(t *testing.T) {
	p := testpki.New(t)
	evil := p.Issue(t, testpki.Spec{Label: "evil", Extensions: []cert.Extension{cert.ExtSubjectAltNames(cert.NewDNS("a\x1b[2J\x07"))}})
	got := lint.Certificate(evil.DER, lint.Context{})
	if s, _ := finds(got, "subject-alt-names"); s != lint.Error {
		t.Fatalf("got %v", got)
	}
	for _, f := range got {
		if bytes.ContainsAny([]byte(f.String()), "\x1b\x07\n") {
			t.Errorf("%q", f.String())
		}
	}
}

func FuzzCertificate(f *testing.F) {
	p := testpki.New(f)
	f.Add(p.Root.DER)
	f.Add(p.Seal.DER)
	f.Add(p.TSA.DER)
	f.Fuzz(func(t *testing.T, der []byte) {
		all := lint.Certificate(der, lint.Context{Issuer: p.Issuing.Cert, Profile: &lint.Profile{Name: "x"}})
		for _, x := range all {
			if x.Rule == "" || x.Problem == "" || len(x.Problem) > 2000 {
				t.Errorf("%+v", x)
			}
		}
		if c, err := cert.Parse(der); err != nil && !lint.Broken(all) {
			t.Errorf("unreadable (%v), and no finding", err)
		} else if err == nil && len(c.Tolerated) > 0 && !lint.Broken(all) {
			t.Errorf("tolerated %v, and no error", c.Tolerated)
		}
	})
}
