// SPDX-License-Identifier: Apache-2.0

package pdf

import "fmt"

// Permission is what the signature permits afterwards (ISO 32000-1 table 254),
// by its certification or its field's lock, the stricter: 1 nothing but
// validation material and document time-stamps, 2 forms and signatures, 3
// annotations too; 0 when it says nothing.
func (s *Signature) Permission() int {
	p := s.DocMDP
	for _, l := range s.Locks {
		if l.P != 0 && (p == 0 || l.P < p) {
			p = l.P
		}
	}
	return p
}

// Forbids says why a later change is not permitted by the rules of its level
// and by this signature; "" when nothing in the file forbids it.
func (s *Signature) Forbids(c Change) string {
	p := s.Permission()
	switch {
	case c.Level <= LevelLTA:
		return ""
	case c.Level >= LevelOther:
		return "no rule permits it"
	case p == 1:
		return "the signature permits no change"
	case c.Level == LevelAnnotation && p == 2:
		return "the signature permits no annotations"
	}
	for _, l := range s.Locks {
		if c.Level != LevelAnnotation && l.covers(c.Field) {
			return fmt.Sprintf("the signature locks field %q", c.Field)
		}
	}
	return ""
}
