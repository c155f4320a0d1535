// SPDX-License-Identifier: Apache-2.0

package lint

import "time"

var validityRule = rule{"validity", "RFC 5280 4.1.2.5", checkValidity}

func checkValidity(s *candidate, r *report) {
	if !s.NotAfter.After(s.NotBefore) {
		r.err("notAfter is not after notBefore")
		return
	}
	if s.issuer != nil && !s.SelfIssued() {
		// Not asked for by RFC 5280, but a certificate that outlives its issuer
		// cannot be verified at its end. A roll-over certificate carries the
		// dates of the other key (RFC 4210 4.4.1).
		if s.NotBefore.Before(s.issuer.NotBefore) || s.NotAfter.After(s.issuer.NotAfter) {
			r.should("reaches beyond the issuer's own %s to %s", s.issuer.NotBefore.Format(time.DateOnly), s.issuer.NotAfter.Format(time.DateOnly))
		}
	}
	// GmSSL refuses more than ten years (facts/ca-and-crypto.md 3.3).
	if days := s.NotAfter.Sub(s.NotBefore) / (24 * time.Hour); days > 3653 && !s.selfSigned() {
		r.notice("is %d days; GmSSL refuses certificates of more than 3653", days)
	}
}
