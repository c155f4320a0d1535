// SPDX-License-Identifier: Apache-2.0

// Package glyph embeds a subset of Noto Serif CJK SC that covers GB 2312, gives
// outlines of its characters, and draws the pictures of seals.
//
// A character without a glyph is always a refusal that names it: a seal or a
// decision with a gap in it must not come to be.
package glyph

import (
	"fmt"
	"strings"
)

// MissingError names characters that the embedded fonts have no glyph for.
type MissingError struct{ Characters []rune }

func (e *MissingError) Error() string {
	var list []string
	for _, r := range e.Characters {
		if len(list) == 16 {
			list = append(list, "…")
			break
		}
		list = append(list, fmt.Sprintf("%q (%U)", r, r))
	}
	return "no glyph for " + strings.Join(list, ", ")
}

// Missing returns the characters of s without a glyph, each once, in the order
// of their first appearance.
func Missing(s string) []rune {
	var missing []rune
	face, seen := Regular(), map[rune]bool{}
	for _, r := range s {
		if !seen[r] && !face.Has(r) {
			missing = append(missing, r)
		}
		seen[r] = true
	}
	return missing
}

// Check returns a *MissingError when a character of s has no glyph.
func Check(s string) error {
	if missing := Missing(s); missing != nil {
		return &MissingError{Characters: missing}
	}
	return nil
}
