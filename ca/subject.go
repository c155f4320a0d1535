// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"encoding/asn1"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/registry"
)

// RequestError says which field of a request is wrong, and why. Nothing was
// stored or signed.
type RequestError struct{ Field, Problem string }

// Error names the field and what is wrong with it.
func (e *RequestError) Error() string { return "ca: " + e.Field + ": " + e.Problem }

// Subject of a certificate; fields that a profile does not use must be empty.
// Texts are UTF-8 without control, format or private characters.
type Subject struct {
	Organization string // official name
	Unit         string
	CommonName   string // officers and offices; a department's is its name
	SerialNumber string // staff number, or seal number
	CreditCode   string // 统一社会信用代码, 18 characters
	Province     string
	Locality     string
}

// Upper bounds in characters, RFC 5280 appendix A (ub-organization-name and
// its kin).
const (
	maxName  = 64
	maxPlace = 128
)

// need says what a profile wants of a field.
type need int

const (
	unused need = iota
	optional
	required
)

// subjectRule says what a profile wants of each field that differs between
// profiles; organization is always required, places are always optional.
type subjectRule struct{ unit, commonName, serialNumber, creditCode need }

// authoritySubject is the rule of every CA's own name.
var authoritySubject = subjectRule{commonName: required}

// check compares the subject with the profile's rule.
func (s Subject) check(r subjectRule) error {
	for _, f := range []struct {
		name, value string
		need        need
		max         int
	}{
		{"organization", s.Organization, required, maxName},
		{"unit", s.Unit, r.unit, maxName},
		{"common name", s.CommonName, r.commonName, maxName},
		{"serial number", s.SerialNumber, r.serialNumber, maxName},
		{"credit code", s.CreditCode, r.creditCode, 18},
		{"province", s.Province, optional, maxPlace},
		{"locality", s.Locality, optional, maxPlace},
	} {
		switch {
		case f.value == "" && f.need == required:
			return &RequestError{f.name, "is missing"}
		case f.value != "" && f.need == unused:
			return &RequestError{f.name, "does not belong into this profile"}
		}
		if err := checkText(f.name, f.value, f.max); err != nil {
			return err
		}
	}
	if err := checkSerialNumber(s.SerialNumber); err != nil {
		return err
	}
	if s.CreditCode == "" {
		return nil
	}
	if err := registry.CheckCreditCode(s.CreditCode); err != nil {
		return &RequestError{"credit code", err.Error()}
	}
	return nil
}

// checkText refuses what a reader could not see or would see in another order:
// a name in a certificate is read by people who must not be misled.
func checkText(field, value string, max int) error {
	if !utf8.ValidString(value) {
		return &RequestError{field, "is not valid UTF-8"}
	}
	if n := utf8.RuneCountInString(value); n > max {
		return &RequestError{field, fmt.Sprintf("has %d characters, %d are allowed (RFC 5280 appendix A)", n, max)}
	}
	if strings.TrimSpace(value) != value {
		return &RequestError{field, "begins or ends with white space"}
	}
	for _, r := range value {
		// Cf holds the bidirectional controls and the zero-width characters.
		if r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) {
			return &RequestError{field, fmt.Sprintf("holds the invisible or unassigned character %U", r)}
		}
	}
	return nil
}

// checkSerialNumber keeps to PrintableString, the type X.520 gives the attribute.
func checkSerialNumber(s string) error {
	for _, r := range s {
		if r > unicode.MaxASCII || !strings.ContainsRune(" '()+,-./:=?", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return &RequestError{"serial number", fmt.Sprintf("holds %q; digits, Latin letters and ' ( ) + , - . / : = ? are allowed", r)}
		}
	}
	return nil
}

// name builds the distinguished name in the order C, ST, L, O, OU, CN,
// serialNumber (facts/ca-and-crypto.md section 6).
func (s Subject) name() cert.Name {
	cn := s.CommonName
	if cn == "" {
		cn = s.Organization
		if s.Unit != "" {
			cn = s.Unit
		}
	}
	var n cert.Name
	add := func(t asn1.ObjectIdentifier, v string) {
		if v != "" {
			n = append(n, cert.RDN{{Type: t, Value: v}})
		}
	}
	add(cert.OIDCountry, "CN")
	add(cert.OIDProvince, s.Province)
	add(cert.OIDLocality, s.Locality)
	add(cert.OIDOrganization, s.Organization)
	add(cert.OIDUnit, s.Unit)
	add(cert.OIDCommonName, cn)
	add(cert.OIDSerialNumber, s.SerialNumber)
	return n
}
