// SPDX-License-Identifier: Apache-2.0

package lint

var subjectRule = rule{"subject", "RFC 5280 4.1.2.6 and 4.2.1.6", checkSubject}

func checkSubject(s *candidate, r *report) {
	if len(s.Subject) > 0 {
		for i, rdn := range s.Subject {
			if len(rdn) > 1 {
				r.should("RDN %d holds %d attributes; readers disagree on their order", i+1, len(rdn))
			}
		}
		return
	}
	alt := s.Extension(oidSubjectAltName)
	switch {
	case s.isCA() || s.usage()&(keyCertSign|crlSign) != 0:
		r.err("is empty in a certificate of an authority")
	case alt == nil:
		r.err("is empty and there is no subjectAltName")
	case !alt.Critical:
		r.err("is empty and subjectAltName is not critical")
	}
}
