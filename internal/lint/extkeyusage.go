// SPDX-License-Identifier: Apache-2.0

package lint

import "github.com/govseal/govseal/internal/cert"

var extKeyUsageRule = rule{"extended-key-usage", "RFC 5280 4.2.1.12", checkExtKeyUsage}

func checkExtKeyUsage(s *candidate, r *report) {
	e := s.Extension(cert.OIDExtKeyUsage)
	if e == nil {
		return
	}
	if len(s.ExtKeyUsage) == 0 {
		r.err("is an empty list")
	}
	seen := map[string]bool{}
	for _, id := range s.ExtKeyUsage {
		if seen[id.String()] {
			r.err("lists %s twice", id)
		}
		seen[id.String()] = true
	}
	if s.isCA() {
		return // of an authority it bounds what stands below
	}
	if s.holds(cert.OIDAnyUsage) {
		r.should("holds anyExtendedKeyUsage: the key may take any office")
		if e.Critical {
			r.should("is critical and holds anyExtendedKeyUsage")
		}
	}
	if s.holds(cert.OIDServerAuth) && len(s.SubjectAltNames) == 0 {
		r.should("is for TLS servers, and no subjectAltName says which")
	}
}
