// SPDX-License-Identifier: Apache-2.0

package lint

var versionRule = rule{"version", "RFC 5280 4.1.2.1", checkVersion}

// checkVersion: a certificate with extensions is version 3, and without
// extensions nothing says what its key is for.
func checkVersion(s *candidate, r *report) {
	if s.Version != 3 {
		r.err("is version %d; only version 3 carries extensions", s.Version)
	}
}
