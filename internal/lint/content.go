// SPDX-License-Identifier: Apache-2.0

package lint

var contentRule = rule{"extension-content", "RFC 5280 4.2.1", checkContent}

// checkContent names extensions whose content does not parse. Those that bear
// on trust make the whole certificate unreadable, which is found before.
func checkContent(s *candidate, r *report) {
	for _, id := range s.Unreadable {
		r.err("the content of %s is malformed", label(id))
	}
}
