// SPDX-License-Identifier: Apache-2.0

package lint

import "github.com/govseal/govseal/internal/cert"

var keyUsageRule = rule{"key-usage", "RFC 5280 4.2.1.3", checkKeyUsage}

func checkKeyUsage(s *candidate, r *report) {
	switch {
	case s.KeyUsage == nil && s.isCA():
		r.err("is missing in a certificate of an authority")
		return
	case s.KeyUsage == nil:
		r.should("is missing: the key may be used for anything")
		return
	case s.usage() == 0:
		r.err("sets no bit")
	case !s.KeyUsage.Critical:
		r.should("is not critical")
	}
	if u := s.usage(); u&(cert.EncipherOnly|cert.DecipherOnly) != 0 && u&cert.KeyAgreement == 0 {
		r.err("encipherOnly and decipherOnly mean nothing without keyAgreement")
	}
	if s.isCA() && s.usage()&crlSign == 0 {
		r.notice("an authority without cRLSign cannot revoke what it issues")
	}
}
