// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"strings"
	"unicode"

	"github.com/govseal/govseal/internal/cert"
)

var charactersRule = rule{"name-characters", "RFC 5280 7.1; Unicode TR 36", checkCharacters}

// checkCharacters refuses what a reader cannot see or sees in another order:
// the name in a certificate is what people go by.
func checkCharacters(s *candidate, r *report) {
	eachAttribute(s.Subject, func(a cert.Attribute) {
		if strings.TrimSpace(a.Value) != a.Value {
			r.should("%s in the subject begins or ends with white space", label(a.Type))
		}
		for _, c := range a.Value {
			// Cf holds the bidirectional controls and the zero-width characters.
			if c == unicode.ReplacementChar || unicode.In(c, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp) {
				r.err("%s in the subject holds the invisible or unassigned character %U", label(a.Type), c)
				return
			}
		}
	})
}
