// SPDX-License-Identifier: Apache-2.0

package lint

import "bytes"

var issuerRule = rule{"issuer", "RFC 5280 4.1.2.4 and 6.1.3", checkIssuer}

func checkIssuer(s *candidate, r *report) {
	if len(s.Issuer) == 0 {
		r.err("is empty")
	}
	if s.issuer == nil || bytes.Equal(s.RawIssuer, s.issuer.RawSubject) {
		return
	}
	if !s.Issuer.Equal(s.issuer.Subject) {
		r.err("is not the subject of the issuer's certificate: %s", s.Issuer)
		return
	}
	// Equal by RFC 5280 7.1, but many verifiers compare octets.
	r.should("is the issuer's subject in another encoding; verifiers that compare octets find no path")
}
