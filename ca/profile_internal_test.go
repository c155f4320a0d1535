// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"testing"

	"github.com/govseal/govseal/internal/cert"
)

// Shapes that must not exist are refused whoever writes them into the table.
func TestImpossibleProfiles(t *testing.T) {
	good := spec{name: "x", usage: holder, validity: year, longest: year, subject: officerSubject}
	if _, err := newProfile(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*spec){
		"no name":                      func(s *spec) { s.name = "" },
		"no subject rule":              func(s *spec) { s.subject = subjectRule{} },
		"no key usage":                 func(s *spec) { s.usage = 0 },
		"an end entity that certifies": func(s *spec) { s.usage |= cert.KeyCertSign },
		"an end entity that lists":     func(s *spec) { s.usage |= cert.CRLSign },
		"a CA that does not certify":   func(s *spec) { s.ca = true },
		"a path length without CA":     func(s *spec) { s.pathLen = 1 },
		"a CA with an office":          func(s *spec) { s.ca, s.usage, s.office = true, cert.KeyCertSign, cert.Arc.SealMaker },
		"nocheck without office":       func(s *spec) { s.noCheck = true },
		"no validity":                  func(s *spec) { s.validity = 0 },
		"default beyond the longest":   func(s *spec) { s.validity = 2 * year },
	} {
		s := good
		change(&s)
		if _, err := newProfile(s); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}
