// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"slices"
	"unicode/utf8"

	"github.com/govseal/govseal/internal/cert"
)

var lengthsRule = rule{"name-lengths", "RFC 5280 appendix A, upper bounds", checkLengths}

// upperBounds in characters: ub-name and its kin.
var upperBounds = []struct {
	oid []int
	max int
}{
	{cert.OIDCommonName, 64}, {cert.OIDOrganization, 64}, {cert.OIDUnit, 64}, {cert.OIDSerialNumber, 64},
	{cert.OIDProvince, 128}, {cert.OIDLocality, 128}, {cert.OIDCountry, 2}, {cert.OIDEmailAddress, 255},
	{[]int{2, 5, 4, 12}, 64},                                                             // title
	{[]int{2, 5, 4, 4}, 32768}, {[]int{2, 5, 4, 42}, 32768}, {[]int{2, 5, 4, 43}, 32768}, // surname, givenName, initials
	{[]int{2, 5, 4, 65}, 128}, // pseudonym
}

func checkLengths(s *candidate, r *report) {
	eachAttribute(s.Subject, func(a cert.Attribute) {
		n := utf8.RuneCountInString(a.Value)
		if n == 0 {
			r.err("%s in the subject is empty", label(a.Type))
			return
		}
		i := slices.IndexFunc(upperBounds, func(b struct {
			oid []int
			max int
		}) bool {
			return slices.Equal(b.oid, a.Type)
		})
		if i >= 0 && n > upperBounds[i].max {
			r.err("%s in the subject has %d characters, %d are allowed", label(a.Type), n, upperBounds[i].max)
		}
	})
	if c := s.Subject.Get(cert.OIDCountry); c != "" && (len(c) != 2 || c[0] < 'A' || c[0] > 'Z' || c[1] < 'A' || c[1] > 'Z') {
		r.err("the country is not two capital letters of ISO 3166")
	}
}
