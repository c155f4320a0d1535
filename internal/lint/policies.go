// SPDX-License-Identifier: Apache-2.0

package lint

import "github.com/govseal/govseal/internal/cert"

var policiesRule = rule{"policies", "RFC 5280 4.2.1.4, 4.2.1.5 and 4.2.1.11", checkPolicies}

func checkPolicies(s *candidate, r *report) {
	if s.Policies != nil && len(s.Policies.OIDs) == 0 {
		r.err("certificatePolicies is an empty list")
	}
	for _, m := range s.PolicyMappings {
		if m.IssuerDomain.Equal(cert.OIDAnyPolicy) || m.SubjectDomain.Equal(cert.OIDAnyPolicy) {
			r.err("policyMappings maps anyPolicy")
		}
	}
	if p := s.PolicyConstraints; p != nil && p.RequireExplicit == nil && p.InhibitMapping == nil {
		r.err("policyConstraints is empty")
	}
	if s.isCA() {
		return
	}
	for _, id := range [][]int{cert.OIDPolicyMappings, cert.OIDPolicyConstraints, cert.OIDInhibitAnyPolicy} {
		if s.Extension(id) != nil {
			r.err("%s stands in a certificate that is no authority's", label(id))
		}
	}
}
