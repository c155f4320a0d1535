// SPDX-License-Identifier: Apache-2.0

package lint

var nameConstraintsRule = rule{"name-constraints", "RFC 5280 4.2.1.10", checkNameConstraints}

func checkNameConstraints(s *candidate, r *report) {
	n := s.NameConstraints
	if n == nil {
		return
	}
	if !s.isCA() {
		r.err("stands in a certificate that is no authority's")
	}
	if len(n.Permitted)+len(n.Excluded) == 0 {
		r.err("names no subtree")
	}
}
