// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"slices"

	"github.com/govseal/govseal/internal/cert"
)

var repeatedNamesRule = rule{"repeated-names", "X.520; practice of CA/Browser Forum BR 7.1.4", checkRepeatedNames}

// checkRepeatedNames: software shows the first or the last of two common
// names, as it likes; a name that reads in two ways misleads one reader.
// Units and domain components do repeat, level by level.
func checkRepeatedNames(s *candidate, r *report) {
	single := [][]int{cert.OIDCountry, cert.OIDProvince, cert.OIDLocality, cert.OIDOrganization, cert.OIDCommonName, cert.OIDSerialNumber}
	seen := map[string]int{}
	eachAttribute(s.Subject, func(a cert.Attribute) {
		if seen[a.Type.String()]++; seen[a.Type.String()] != 2 {
			return
		}
		if slices.ContainsFunc(single, func(id []int) bool { return slices.Equal(id, a.Type) }) {
			r.should("%s stands in the subject more than once", label(a.Type))
		}
	})
}
