// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"slices"
	"time"

	"github.com/govseal/govseal/internal/cert"
)

var profileRule = rule{"profile", "the profile of the certificate", checkProfile}

// clockSlack is how much longer than its profile a certificate may be: it
// begins a little before it is made.
const clockSlack = time.Hour

// checkProfile compares the octets with the profile's promise, so that a
// mistake between profile and encoder is found by a reader that shares no code
// with either.
func checkProfile(s *candidate, r *report) {
	p := s.profile
	if p == nil {
		return
	}
	if s.isCA() != p.CA {
		r.err("profile %s: the cA flag is %t", p.Name, s.isCA())
	}
	if p.CA && !samePathLen(s.BasicConstraints, p.PathLen) {
		r.err("profile %s: the path length is not the profile's", p.Name)
	}
	if s.usage() != p.Usage {
		r.err("profile %s: keyUsage is %b and not %b", p.Name, s.usage(), p.Usage)
	}
	if s.OCSPNoCheck != p.NoCheck {
		r.err("profile %s: ocsp-nocheck present: %t", p.Name, s.OCSPNoCheck)
	}
	if !sameUsages(s.ExtKeyUsage, p.ExtKeyUsage) || (s.ExtKeyUsage == nil) != (p.ExtKeyUsage == nil) {
		r.err("profile %s: extKeyUsage is %v and not %v", p.Name, s.ExtKeyUsage, p.ExtKeyUsage)
	}
	if length := s.NotAfter.Sub(s.NotBefore); p.Longest > 0 && length > p.Longest+clockSlack {
		r.err("profile %s: is valid for %d days, longer than %d", p.Name, length/(24*time.Hour), p.Longest/(24*time.Hour))
	}
}

func samePathLen(b *cert.BasicConstraints, want *int) bool {
	if b == nil || b.PathLen == nil || want == nil {
		return want == nil && (b == nil || b.PathLen == nil)
	}
	return *b.PathLen == *want
}

// sameUsages compares two lists as sets.
func sameUsages[A, B ~[]int](have []A, want []B) bool {
	if len(have) != len(want) {
		return false
	}
	for _, w := range want {
		if !slices.ContainsFunc(have, func(h A) bool { return slices.Equal([]int(h), []int(w)) }) {
			return false
		}
	}
	return true
}
