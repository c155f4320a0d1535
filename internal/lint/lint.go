// SPDX-License-Identifier: Apache-2.0

// Package lint compares a certificate with the rules that it must keep:
// RFC 5280, GM/T 0015 as far as it is known, and what a profile promises. One
// file holds one rule with its citation. The certificate authority runs it on
// the exact octets that its key is about to sign, so that a mistake is found
// while it can still be taken back; anybody may run it on any certificate.
//
// A linter judges form, not trust: no signature is verified, no path built.
package lint

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// Severity of a finding.
type Severity string

const (
	Error   Severity = "error"   // a rule is broken; our own authority does not sign this
	Warning Severity = "warning" // allowed by the letter, and likely to be refused or misread somewhere
	Notice  Severity = "notice"  // worth knowing
)

// Finding is one thing that a rule found. Rule and Severity are stable and
// meant for programs; Problem is an English sentence for people, free of
// control characters.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Source   string   `json:"source"` // the clause that asks for it
	Problem  string   `json:"problem"`
}

// String is the finding on one line.
func (f Finding) String() string {
	return fmt.Sprintf("%s: %s: %s (%s)", f.Severity, f.Rule, f.Problem, f.Source)
}

// Context is what is known beside the octets; the zero value knows nothing.
type Context struct {
	Issuer  *cert.Certificate // the issuer's own certificate; nil when not at hand
	Own     bool              // a certificate of our own: good practice becomes a rule
	Profile *Profile          // what was promised, of our own; nil when nothing was
}

// Profile is what a certificate of one kind must look like.
type Profile struct {
	Name        string
	CA          bool
	PathLen     *int // nil means no limit; of a CA only
	Usage       cert.KeyUsageBits
	ExtKeyUsage [][]int // in any order; nil means that the extension must be absent
	NoCheck     bool    // id-pkix-ocsp-nocheck must be there; otherwise it must not
	Longest     time.Duration
	SM2         bool // the key must be an SM2 key
}

// maxFindings bounds a report; a hostile certificate can break one rule often.
const maxFindings = 100

// Certificate lints one DER certificate of any issuer. The findings stand in
// the order of the rules; none means that every rule is kept.
func Certificate(der []byte, ctx Context) []Finding {
	_, found := certificate(der, ctx)
	return found
}

func certificate(der []byte, ctx Context) (*cert.Certificate, []Finding) {
	c, err := cert.Parse(der)
	if err != nil {
		return nil, []Finding{unreadable(err.Error())}
	}
	o, ok := readOutline(der)
	if !ok {
		return nil, []Finding{unreadable("the outline cannot be read")}
	}
	return c, judge(c, o, ctx)
}

func judge(c *cert.Certificate, o outline, ctx Context) []Finding {
	s := &candidate{Certificate: c, outline: o, issuer: ctx.Issuer, profile: ctx.Profile}
	if s.issuer == nil && c.SelfIssued() && (c.AuthorityKeyID == nil || bytes.Equal(c.AuthorityKeyID.KeyID, c.SubjectKeyID)) {
		s.issuer = c // a root is its own issuer; a roll-over certificate names another key
	}
	var all []Finding
	for i := range rules {
		r := &report{rule: &rules[i], strict: ctx.Own || ctx.Profile != nil}
		rules[i].check(s, r)
		if all = append(all, r.findings...); len(all) > maxFindings {
			return all[:maxFindings]
		}
	}
	return append(all, leftovers(s, all)...)
}

// TBS lints the to-be-signed octets of a certificate before the issuer's key
// is touched: they are joined with a signature that fits nothing, and the
// certificate that this makes, which no one could verify, is linted and thrown
// away. The outer algorithm is therefore the inner one, as it will be. The
// certificate that was read is returned for comparison, nil when unreadable:
// all but its signature is what will be issued.
func TBS(tbs []byte, ctx Context) (*cert.Certificate, []Finding, error) {
	sig, err := throwAway()
	if err != nil {
		return nil, nil, fmt.Errorf("lint: %w", err)
	}
	der, err := cert.Assemble(tbs, sig)
	if err != nil {
		return nil, []Finding{unreadable(err.Error())}, nil
	}
	read, found := certificate(der, ctx)
	return read, found, nil
}

// throwAway makes the signature of linting certificates, once a process, with
// a key that is forgotten at once. It has the form of every SM2 signature, and
// form is all that a rule looks at: one made anew for each certificate was 8 %
// of the processor time of issuing it (docs/performance.md).
var throwAway = sync.OnceValues(func() ([]byte, error) {
	key, err := gm.GenerateKey()
	if err != nil {
		return nil, err
	}
	return gm.SignMessage(key, nil)
})

// Broken reports whether a finding is an error.
func Broken(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == Error })
}

// Errors returns the findings that are errors.
func Errors(findings []Finding) []Finding {
	var out []Finding
	for _, f := range findings {
		if f.Severity == Error {
			out = append(out, f)
		}
	}
	return out
}

func unreadable(problem string) Finding {
	return Finding{Rule: "readable", Severity: Error, Source: "RFC 5280 4.1, X.690", Problem: clean(problem)}
}

// leftovers makes errors of the deviations that package cert lets pass in
// certificates of others and that no rule above has named.
func leftovers(s *candidate, found []Finding) []Finding {
	if Broken(found) {
		return nil
	}
	var out []Finding
	for _, note := range s.Tolerated {
		out = append(out, unreadable(note))
	}
	return out
}
