// SPDX-License-Identifier: Apache-2.0

package lint

import "bytes"

var keyIdentifierRule = rule{"key-identifiers", "RFC 5280 4.2.1.1 and 4.2.1.2", checkKeyIdentifiers}

func checkKeyIdentifiers(s *candidate, r *report) {
	switch {
	case s.SubjectKeyID == nil && s.isCA():
		r.err("an authority has no subjectKeyIdentifier")
	case s.SubjectKeyID == nil:
		r.should("there is no subjectKeyIdentifier")
	case len(s.SubjectKeyID) == 0:
		r.err("subjectKeyIdentifier is empty")
	case len(s.SubjectKeyID) > 64:
		r.warn("subjectKeyIdentifier has %d octets", len(s.SubjectKeyID))
	}
	checkAuthorityKeyID(s, r)
}

func checkAuthorityKeyID(s *candidate, r *report) {
	a := s.AuthorityKeyID
	if a == nil {
		if !s.selfSigned() {
			r.err("there is no authorityKeyIdentifier")
		}
		return
	}
	if a.KeyID == nil {
		r.err("authorityKeyIdentifier holds no key identifier")
	}
	if a.Issuer != nil || a.Serial != nil {
		r.should("authorityKeyIdentifier names the issuer's certificate: after a roll-over the path is not found")
	}
	if s.issuer != nil && s.issuer.SubjectKeyID != nil && a.KeyID != nil && !bytes.Equal(a.KeyID, s.issuer.SubjectKeyID) {
		r.err("authorityKeyIdentifier is not the issuer's subjectKeyIdentifier")
	}
}
