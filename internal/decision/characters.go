// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// textFault says why s cannot be a text of a decision, or "". What people read
// must be what was signed, so nothing invisible is let in: a citizen could not
// see two texts that differ by it apart.
func textFault(s string, max int) string {
	if s == "" {
		return "empty"
	}
	if !utf8.ValidString(s) {
		return "not UTF-8"
	}
	if utf8.RuneCountInString(s) > max {
		return fmt.Sprintf("longer than %d characters", max)
	}
	for _, r := range s {
		if reason := characterFault(r); reason != "" {
			return fmt.Sprintf("%s (U+%04X)", reason, r)
		}
	}
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	if unicode.IsSpace(first) || unicode.IsSpace(last) {
		return "begins or ends with a space"
	}
	return ""
}

func characterFault(r rune) string {
	switch {
	case r < 0x7F && r >= 0x20, r == '\u3000': // ASCII; the ideographic space
		return ""
	case unicode.Is(unicode.Bidi_Control, r):
		return "bidirectional control character"
	case unicode.Is(unicode.Cc, r):
		return "control character"
	case unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
		return "invisible character"
	case unicode.In(r, unicode.Zs, unicode.Zl, unicode.Zp):
		return "unusual space"
	case unicode.Is(unicode.Co, r):
		return "private-use character"
	case r == utf8.RuneError, unicode.Is(unicode.Noncharacter_Code_Point, r):
		return "not a character"
	}
	return ""
}
