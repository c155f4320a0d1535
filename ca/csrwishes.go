// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"github.com/govseal/govseal/internal/cert"
)

// checkWishes compares what a request asks for with what the plan gives. A
// request may leave out what it likes; it must not ask for more, since an
// applicant who is given less than was asked would not know.
func (q asked) checkWishes(p *plan) error {
	if err := q.checkSubject(p.template.Subject); err != nil {
		return err
	}
	for _, a := range q.Attributes {
		harmless := a.AsksExtensions() || a.ID.Equal(cert.OIDChallengePassword) || a.ID.Equal(cert.OIDUnstructuredName)
		if !harmless { // the two name no right, and nobody here reads them
			return refuseCSR(CSRAsksAttribute, "attribute %s is not understood; leave it out", a.ID)
		}
	}
	for _, e := range q.Extensions {
		if err := q.checkExtension(e, p); err != nil {
			return err
		}
	}
	return nil
}

// checkSubject: each attribute of the request's name, if it has any, must be
// one that the certificate will have.
func (q asked) checkSubject(given cert.Name) error {
	for _, rdn := range q.Subject {
		for _, a := range rdn {
			one := cert.RDN{a}
			if !slices.ContainsFunc(given, func(have cert.RDN) bool { return have.Equal(one) }) {
				return refuseCSR(CSRAsksSubject, "the request names %s, and the certificate will name %s: leave the subject empty, or let it agree",
					cert.Name{one}, given)
			}
		}
	}
	return nil
}

func (q asked) checkExtension(e cert.Extension, p *plan) error {
	same := func(g cert.Extension) bool { return g.ID.Equal(e.ID) && bytes.Equal(g.Value, e.Value) }
	switch {
	case slices.ContainsFunc(p.template.Extensions, same):
		return nil
	case e.ID.Equal(cert.OIDBasicConstraints):
		if q.Asked.BasicConstraints.CA {
			return refuseCSR(CSRAsksAuthority, "the request asks for a certificate of an authority (basicConstraints cA)")
		}
		return nil
	case e.ID.Equal(cert.OIDKeyUsage):
		return q.checkUsage(p)
	case e.ID.Equal(cert.OIDExtKeyUsage):
		return q.checkOffices(p)
	case e.ID.Equal(cert.OIDSubjectAltName):
		return q.checkAltNames(p)
	}
	return refuseCSR(CSRAsksExtension, "the request asks for extension %s, or for another content than it will have", e.ID)
}

func (q asked) checkUsage(p *plan) error {
	more := q.Asked.KeyUsage.Bits &^ p.promise.Usage
	for i, name := range usageNames {
		if more&(1<<i) != 0 {
			return refuseCSR(CSRAsksUsage, "the request asks for the key usage %s, which the profile does not give", name)
		}
	}
	if more != 0 {
		return refuseCSR(CSRAsksUsage, "the request asks for a key usage that there is not")
	}
	return nil
}

func (q asked) checkOffices(p *plan) error {
	for _, id := range q.Asked.ExtKeyUsage {
		if !slices.ContainsFunc(p.promise.ExtKeyUsage, func(given []int) bool { return slices.Equal(given, []int(id)) }) {
			return refuseCSR(CSRAsksOffice, "the request asks for the extended key usage %s, which the profile does not give", id)
		}
	}
	return nil
}

func (q asked) checkAltNames(p *plan) error {
	for _, n := range q.Asked.SubjectAltNames {
		if n.Tag != cert.TagDNS || !slices.Contains(p.hosts, string(n.Value)) {
			return refuseCSR(CSRAsksName, "the request asks for the name %s, which was not granted", n)
		}
	}
	return nil
}

// maxDetail bounds the sentence of a refusal in characters.
const maxDetail = 400

// clip makes a sentence that quotes a request safe to log and print.
func clip(text string) string {
	runes := []rune(strings.ToValidUTF8(text, "\uFFFD"))
	if len(runes) > maxDetail {
		runes = append(runes[:maxDetail], '…')
	}
	for i, r := range runes {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			runes[i] = unicode.ReplacementChar
		}
	}
	return string(runes)
}
