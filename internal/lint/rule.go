// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"bytes"
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/govseal/govseal/internal/cert"
)

// rule is one requirement. check reports what breaks it and nothing else.
type rule struct {
	name   string // stable: reports and scripts name it
	source string // the clause, and how it is known when its text was not read
	check  func(*candidate, *report)
}

// rules in the order of the fields of a certificate.
var rules = []rule{
	versionRule, serialRule, signatureAlgorithmRule,
	issuerRule, timeFormRule, validityRule,
	subjectRule, stringTypesRule, lengthsRule, repeatedNamesRule, charactersRule,
	keyFormRule, weakKeyRule, rocaRule,
	uniqueIDRule, criticalityRule, contentRule,
	basicConstraintsRule, keyUsageRule, extKeyUsageRule, timeStampingRule, ocspNoCheckRule, keySplitRule,
	keyIdentifierRule, altNamesRule, nameConstraintsRule, policiesRule, publicationRule,
	residentIDRule, creditCodeRule, profileRule,
	encodingRule,
}

// Rule describes one rule, for help and documentation.
type Rule struct{ Name, Source string }

// Rules lists all rules in the order in which they run.
func Rules() []Rule {
	out := make([]Rule, len(rules))
	for i, r := range rules {
		out[i] = Rule{r.name, r.source}
	}
	return out
}

// candidate is the certificate under the linter with what is known of it.
type candidate struct {
	*cert.Certificate
	outline outline
	issuer  *cert.Certificate // itself for a root, nil when unknown
	profile *Profile
}

func (s *candidate) isCA() bool { return s.BasicConstraints != nil && s.BasicConstraints.CA }

// usage returns the key usage bits, none when the extension is absent.
func (s *candidate) usage() cert.KeyUsageBits {
	if s.KeyUsage == nil {
		return 0
	}
	return s.KeyUsage.Bits
}

func (s *candidate) holds(id []int) bool {
	return slices.ContainsFunc(s.ExtKeyUsage, func(have asn1.ObjectIdentifier) bool { return have.Equal(id) })
}

func (s *candidate) selfSigned() bool {
	return s.issuer != nil && bytes.Equal(s.issuer.RawSPKI, s.RawSPKI) && s.SelfIssued()
}

// report collects the findings of one rule.
type report struct {
	rule     *rule
	strict   bool // a certificate of our own
	findings []Finding
}

func (r *report) err(format string, args ...any)    { r.add(Error, format, args...) }
func (r *report) warn(format string, args ...any)   { r.add(Warning, format, args...) }
func (r *report) notice(format string, args ...any) { r.add(Notice, format, args...) }

// should is good practice: a warning about others' certificates, an error in
// our own.
func (r *report) should(format string, args ...any) {
	if r.strict {
		r.err(format, args...)
		return
	}
	r.warn(format, args...)
}

func (r *report) add(s Severity, format string, args ...any) {
	if len(r.findings) < maxFindings {
		r.findings = append(r.findings, Finding{r.rule.name, s, r.rule.source, clean(fmt.Sprintf(format, args...))})
	}
}

// maxProblem bounds the sentence of a finding in characters.
const maxProblem = 300

// clean makes text that quotes a certificate safe to print: it must not move
// a cursor, turn a line around, or fill a screen.
func clean(text string) string {
	n := 0
	for i := range text {
		if n++; n > maxProblem {
			text = text[:i] + "…"
			break
		}
	}
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
