// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"errors"
	"fmt"
	"strings"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/lint"
)

// cleared is a TBSCertificate that the linter passed. It is the only thing
// that the issuer's key signs, and clear is the only function that makes one.
type cleared struct {
	tbs  []byte
	read *cert.Certificate // the same octets, as the linter read them
}

// Finding is what the linter says about one rule.
type Finding struct {
	Rule     string `json:"rule"`     // stable
	Severity string `json:"severity"` // error, warning or notice
	Source   string `json:"source"`   // the clause that asks for it
	Problem  string `json:"problem"`
}

// LintError means that the linter refused the octets that were to be signed;
// no key was touched and nothing recorded. Findings are the errors alone.
type LintError struct{ Findings []Finding }

// Error names the findings.
func (e *LintError) Error() string {
	var all []string
	for _, f := range e.Findings {
		all = append(all, f.Rule+": "+f.Problem+" ("+f.Source+")")
	}
	return "ca: the linter refuses the certificate: " + strings.Join(all, "; ")
}

// Lint compares any DER certificate with the rules of RFC 5280 and GM/T 0015
// as far as they are known; issuer, when not nil, is its issuer's certificate,
// DER. None of the findings is about trust: no signature is verified.
func Lint(der, issuer []byte) ([]Finding, error) {
	var ctx lint.Context
	if issuer != nil {
		parsed, err := cert.Parse(issuer)
		if err != nil {
			return nil, fmt.Errorf("ca: the issuer's certificate: %w", err)
		}
		ctx.Issuer = parsed
	}
	return findings(lint.Certificate(der, ctx)), nil
}

func findings(all []lint.Finding) []Finding {
	out := make([]Finding, len(all))
	for i, f := range all {
		out[i] = Finding{f.Rule, string(f.Severity), f.Source, f.Problem}
	}
	return out
}

// clear has the linter judge the exact octets that are to be signed. The error
// is a *LintError when a rule is broken.
func (p *plan) clear(tbs []byte) (*cleared, error) {
	ctx := lint.Context{Own: true, Profile: p.promise}
	if p.issuer != nil && p.issuer.cert.Raw != nil { // a root's issuer does not exist yet
		ctx.Issuer = p.issuer.cert
	}
	read, found, err := lint.TBS(tbs, ctx)
	if err != nil {
		return nil, fmt.Errorf("ca: lint the certificate: %w", err)
	}
	if bad := lint.Errors(found); len(bad) > 0 {
		return nil, &LintError{findings(bad)}
	}
	return &cleared{tbs, read}, nil
}

var errNotCleared = errors.New("ca: the linter has not passed these octets")

// promise is what the linter holds a certificate of the profile to.
func (p Profile) promise(arc cert.Arc) *lint.Profile {
	l := &lint.Profile{Name: p.s.name, CA: p.s.ca, Usage: p.s.usage, NoCheck: p.s.noCheck, Longest: p.s.longest, SM2: p.s.key == KeySM2}
	if p.s.ca && p.s.pathLen >= 0 {
		l.PathLen = &p.s.pathLen
	}
	for _, u := range p.s.extended {
		l.ExtKeyUsage = append(l.ExtKeyUsage, u.id(arc))
	}
	return l
}
