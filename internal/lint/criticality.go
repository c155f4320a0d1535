// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"slices"

	"github.com/govseal/govseal/internal/cert"
)

var criticalityRule = rule{"criticality", "RFC 5280 4.2", checkCriticality}

// mustBeCritical and mustNotBeCritical are the demands of RFC 5280 4.2.1 and
// 4.2.2 that hold whatever the certificate is for.
var (
	mustBeCritical = [][]int{cert.OIDNameConstraints, cert.OIDPolicyConstraints, cert.OIDInhibitAnyPolicy}

	mustNotBeCritical = [][]int{cert.OIDSubjectKeyID, cert.OIDAuthorityKeyID, cert.OIDIssuerAltName, {2, 5, 29, 9},
		cert.OIDFreshestCRL, cert.OIDAuthorityInfoAccess, {1, 3, 6, 1, 5, 5, 7, 1, 11}, cert.OIDOCSPNoCheck}

	known = [][]int{cert.OIDKeyUsage, cert.OIDSubjectAltName, cert.OIDBasicConstraints, cert.OIDCRLDistributionPoints,
		cert.OIDCertificatePolicies, cert.OIDPolicyMappings, cert.OIDExtKeyUsage}
)

// checkCriticality: a critical extension that a reader does not know makes the
// certificate useless to it, which is right for its author alone.
func checkCriticality(s *candidate, r *report) {
	for _, e := range s.Extensions {
		is := func(list [][]int) bool {
			return slices.ContainsFunc(list, func(id []int) bool { return slices.Equal(id, e.ID) })
		}
		switch {
		case is(mustBeCritical):
			if !e.Critical {
				r.err("%s is not critical", label(e.ID))
			}
		case is(mustNotBeCritical):
			if e.Critical {
				r.err("%s is critical", label(e.ID))
			}
		case !is(known) && e.Critical:
			r.err("the critical extension %s is not known: most readers refuse the certificate", label(e.ID))
		}
	}
	if e := s.Extension(cert.OIDCRLDistributionPoints); e != nil && e.Critical {
		r.should("cRLDistributionPoints is critical")
	}
}
