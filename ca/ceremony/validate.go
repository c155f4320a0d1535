// SPDX-License-Identifier: Apache-2.0

package ceremony

import (
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/govseal/govseal/ca"
)

const (
	day             = 24 * time.Hour
	longestWindow   = 92 * day
	maxParticipants = 32
	maxRevocations  = 1000
	maxText         = 500
)

var roles = []string{"administrator", "key-holder", "witness", "auditor"}

// validate checks what the file says by itself. What it says about names,
// usages and identifiers is checked by package ca when the act is prepared,
// before anybody is asked.
func (s *Script) validate() error {
	if s.Ceremony != ScriptSchema {
		return fmt.Errorf("ceremony: %.40q is not %s", s.Ceremony, ScriptSchema)
	}
	rule, known := rules[s.Kind]
	if !known {
		return fmt.Errorf("kind: %.40q is not root, subordinate, cross, crl or rollover", string(s.Kind))
	}
	if err := checkText("purpose", s.Purpose, maxText); err != nil {
		return err
	}
	if w := s.Window; w.From.IsZero() || w.Until.IsZero() || !w.Until.After(w.From.Time) || w.Until.Sub(w.From.Time) > longestWindow {
		return fmt.Errorf("window: from and until are two instants, the second later, at most %d days apart", longestWindow/day)
	}
	if err := s.checkParticipants(); err != nil {
		return err
	}
	if err := rule.check(s); err != nil {
		return err
	}
	if s.Authority != nil {
		return s.Authority.validate()
	}
	return s.CRL.validate()
}

func (s *Script) checkParticipants() error {
	if n := len(s.Participants); n == 0 || n > maxParticipants {
		return fmt.Errorf("participants: name at least one person and at most %d", maxParticipants)
	}
	for i, p := range s.Participants {
		if err := checkText("participants: name", p.Name, 64); err != nil {
			return err
		}
		if !slices.Contains(roles, p.Role) {
			return fmt.Errorf("participants: %s: role %.40q is not one of %s", p.Name, p.Role, strings.Join(roles, ", "))
		}
		for _, earlier := range s.Participants[:i] {
			if earlier.Name == p.Name {
				return fmt.Errorf("participants: %s stands twice; nobody is his own witness", p.Name)
			}
		}
	}
	return nil
}

// rule says which fields belong to an act: + must be given, - must not, and
// what is not listed may.
type rule struct {
	fields map[string]byte
	keys   []string // where the key may come from
}

var rules = map[Kind]rule{
	Root:        {fields: map[string]byte{"issuer": '-', "authority": '+', "crl": '-', "subject": '+', "path_length": '+', "publication": '-'}, keys: []string{"file"}},
	Subordinate: {fields: map[string]byte{"issuer": '+', "authority": '+', "crl": '-', "subject": '+', "path_length": '+'}, keys: []string{"store", "file", "request"}},
	Cross:       {fields: map[string]byte{"issuer": '+', "authority": '+', "crl": '-', "subject": '-', "path_length": '+', "permitted": '+'}, keys: []string{"certificate", "request"}},
	CRL:         {fields: map[string]byte{"issuer": '+', "authority": '-', "crl": '+'}},
	Rollover: {fields: map[string]byte{"issuer": '+', "authority": '+', "crl": '-', "subject": '-', "path_length": '-',
		"permitted": '-', "excluded": '-', "usages": '-', "publication": '-'}, keys: []string{"file"}},
}

func (r rule) check(s *Script) error {
	given := map[string]bool{"issuer": s.Issuer != "", "authority": s.Authority != nil, "crl": s.CRL != nil}
	if a := s.Authority; a != nil {
		given["subject"], given["path_length"], given["permitted"] = a.Subject != nil, a.PathLength != nil, len(a.Permitted) > 0
		given["excluded"], given["usages"], given["publication"] = len(a.Excluded) > 0, a.Usages != nil, a.Publication != nil
	}
	for _, field := range []string{"issuer", "authority", "crl", "subject", "path_length", "permitted", "excluded", "usages", "publication"} {
		switch want := r.fields[field]; {
		case want == '+' && !given[field]:
			return fmt.Errorf("%s: a %s ceremony needs it", field, s.Kind)
		case want == '-' && given[field]:
			return fmt.Errorf("%s: does not belong into a %s ceremony", field, s.Kind)
		}
	}
	if s.Authority != nil && !slices.Contains(r.keys, s.Authority.Key.From) {
		return fmt.Errorf("key.from: %.40q is not %s, where the key of a %s ceremony comes from", s.Authority.Key.From, strings.Join(r.keys, " or "), s.Kind)
	}
	return nil
}

func (a *Authority) validate() error {
	v := a.Validity
	if v.Until.IsZero() == (v.For == "") {
		return errors.New("validity: give either until or for")
	}
	if _, err := v.length(); err != nil {
		return err
	}
	outside := a.Key.From == "request" || a.Key.From == "certificate"
	switch {
	case (a.Key.From == "store") == (a.Key.File != ""):
		return errors.New("key.file: goes with every key but one of the store")
	case outside != (a.Key.SM3 != ""):
		return errors.New("key.sm3: goes with a request or certificate, and only with those")
	case outside && !isDigest(a.Key.SM3):
		return errors.New("key.sm3: is not the 64 hexadecimal digits of an SM3 digest")
	}
	if a.Key.File == "" {
		return nil
	}
	if err := checkText("key.file", a.Key.File, maxText); err != nil {
		return err
	}
	if clean := filepath.Clean(a.Key.File); clean != a.Key.File || clean == "." || clean == ".." || strings.HasSuffix(clean, string(filepath.Separator)) {
		return fmt.Errorf("key.file: %.80q is not the plain path of a file", a.Key.File)
	}
	return nil
}

func isDigest(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == 32 && s == strings.ToLower(s)
}

// length is how long the validity is, when it was said so; zero otherwise.
func (v Validity) length() (time.Duration, error) {
	if v.For == "" {
		return 0, nil
	}
	length, err := ca.ParseLifetime(v.For)
	if err != nil || strings.HasSuffix(v.For, "h") { // no CA is made for hours
		return 0, fmt.Errorf("validity.for: %.20q is not like 10y or 3650d", v.For)
	}
	return length, nil
}

func (l *List) validate() error {
	if l.Days < 1 || l.Days > 730 {
		return fmt.Errorf("crl.days: %d is not between 1 and 730", l.Days)
	}
	if len(l.Revoke) > maxRevocations {
		return fmt.Errorf("crl.revoke: more than %d", maxRevocations)
	}
	for i, r := range l.Revoke {
		if r.Serial == "" || r.Reason == "" {
			return errors.New("crl.revoke: each entry has a serial and a reason")
		}
		for _, earlier := range l.Revoke[:i] {
			if strings.EqualFold(earlier.Serial, r.Serial) {
				return fmt.Errorf("crl.revoke: %.60s stands twice", r.Serial)
			}
		}
	}
	return nil
}

// checkText refuses what people who review the file could not see.
func checkText(field, value string, most int) error {
	if value == "" || strings.TrimSpace(value) != value {
		return fmt.Errorf("%s: is missing, or begins or ends with white space", field)
	}
	if n := utf8.RuneCountInString(value); n > most {
		return fmt.Errorf("%s: has %d characters, %d are allowed", field, n, most)
	}
	for _, r := range value {
		if r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) {
			return fmt.Errorf("%s: holds the invisible character %U", field, r)
		}
	}
	return nil
}
