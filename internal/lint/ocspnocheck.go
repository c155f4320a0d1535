// SPDX-License-Identifier: Apache-2.0

package lint

import "github.com/govseal/govseal/internal/cert"

var ocspNoCheckRule = rule{"ocsp-responder", "RFC 6960 4.2.2.2", checkOCSPNoCheck}

func checkOCSPNoCheck(s *candidate, r *report) {
	responder := s.holds(cert.OIDOCSPSigning) && !s.isCA()
	switch {
	case s.OCSPNoCheck && !responder:
		r.err("ocsp-nocheck stands in a certificate that is not an OCSP responder's")
	case responder && !s.OCSPNoCheck && len(s.OCSPServers) == 0 && len(s.CRLDistributionPoints) == 0:
		r.should("an OCSP responder has neither ocsp-nocheck nor an address where its own status is known")
	}
	if responder && s.KeyUsage != nil && s.usage()&cert.DigitalSignature == 0 {
		r.err("an OCSP responder's keyUsage has no digitalSignature")
	}
	if e := s.Extension(cert.OIDOCSPNoCheck); e != nil && string(e.Value) != "\x05\x00" {
		r.err("the content of ocsp-nocheck is not NULL")
	}
}
