// SPDX-License-Identifier: Apache-2.0

package lint

var uniqueIDRule = rule{"unique-identifiers", "RFC 5280 4.1.2.8", checkUniqueID}

func checkUniqueID(s *candidate, r *report) {
	if s.outline.uniqueIDs {
		r.err("issuerUniqueID or subjectUniqueID is present; conforming authorities must not write them")
	}
}
