// SPDX-License-Identifier: Apache-2.0

package lint

import "github.com/govseal/govseal/internal/cert"

var timeStampingRule = rule{"time-stamping", "RFC 3161 2.3", checkTimeStamping}

func checkTimeStamping(s *candidate, r *report) {
	if s.isCA() || !s.holds(cert.OIDTimeStamping) {
		return
	}
	if e := s.Extension(cert.OIDExtKeyUsage); !e.Critical {
		r.err("extKeyUsage of a time-stamp authority is not critical")
	}
	if len(s.ExtKeyUsage) != 1 {
		r.err("extKeyUsage of a time-stamp authority holds %d purposes, and must hold timeStamping alone", len(s.ExtKeyUsage))
	}
	if u := s.usage(); u != 0 && u&^(cert.DigitalSignature|cert.NonRepudiation) != 0 {
		r.err("keyUsage of a time-stamp authority allows more than to sign")
	}
}
