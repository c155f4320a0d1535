// SPDX-License-Identifier: Apache-2.0

package web

import (
	"strings"
	"unicode"
)

// Text is one sentence in both languages.
type Text struct{ ZH, EN string }

// In returns the sentence in a language, "zh" or "en".
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.ZH
}

// plain makes a stranger's text harmless to look at: control characters and
// the bidirectional ones, with which a name can be made to read as another,
// become the replacement character. Markup is html/template's business.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r), unicode.IsControl(r) && r != '\n' && r != '\t':
			return unicode.ReplacementChar
		case r == '\uFFFE', r == '\uFFFF':
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// onlyAlphanumeric takes the separators out of a code printed in fours, for an
// address.
func onlyAlphanumeric(code string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsDigit(r) || unicode.IsLetter(r)) {
			return r
		}
		return -1
	}, code)
}
