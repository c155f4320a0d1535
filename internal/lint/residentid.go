// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/decision"
)

var residentIDRule = rule{"resident-id", "Personal Information Protection Law of 2021, articles 6 and 28; GB 11643", checkResidentID}

// personalIDs are the personal identity code of GB/T 20518 and its form in
// GM/T 0015-2023 (facts/ca-and-crypto.md 6).
var personalIDs = [][]int{{1, 2, 156, 10260, 4, 1, 1}, {1, 2, 156, 10260, 4, 1, 1, 1}}

// checkResidentID: a certificate is published with every seal and cannot be
// called back, so the number of a person's identity card must not be in one.
func checkResidentID(s *candidate, r *report) {
	eachAttribute(s.Subject, func(a cert.Attribute) {
		if decision.HoldsResidentID(a.Value) {
			r.err("%s in the subject holds a resident ID number", label(a.Type))
		}
	})
	for _, id := range personalIDs {
		e := s.Extension(id)
		switch {
		case e == nil:
		case decision.HoldsResidentID(string(e.Value)):
			r.err("extension %s holds a resident ID number", label(id))
		default:
			r.should("extension %s identifies a person to everybody who reads the certificate", label(id))
		}
	}
	for _, n := range s.SubjectAltNames {
		if decision.HoldsResidentID(string(n.Value)) {
			r.err("subjectAltName holds a resident ID number")
		}
	}
}
