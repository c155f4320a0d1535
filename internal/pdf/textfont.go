// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"strings"
	"unicode/utf16"
)

// textFont turns the codes of a font into text: by its /ToUnicode, or by an
// encoding that leaves no doubt.
type textFont struct {
	wide    bool            // two octets a code
	unicode map[int]string  // /ToUnicode; nil when there is none
	utf16   bool            // codes are UTF-16BE
	named   map[byte]string // /Differences of a simple font; "" for a name that is not known here
}

// textFont is nil for a font that cannot be read.
func (v view) textFont(o Object) *textFont {
	d, err := v.dict(o, "a font")
	if err != nil || d == nil {
		return nil
	}
	f := &textFont{wide: d["Subtype"] == Name("Type0")}
	if d["ToUnicode"] != nil {
		if f.unicode = v.toUnicode(d["ToUnicode"]); f.unicode == nil {
			return nil
		}
		return f
	}
	encoding, err := v.resolve(d["Encoding"])
	if err != nil {
		return nil
	}
	switch e := encoding.(type) {
	case Name:
		f.utf16 = f.wide && (strings.Contains(string(e), "UCS2-H") || strings.Contains(string(e), "UTF16-H"))
		return f
	case Dict:
		if !v.differences(e, f) {
			return nil
		}
		return f
	case nil:
		return f
	}
	return nil
}

// differences reads glyph names of one character, and the few others that
// stand for ASCII; any other name makes its code unreadable.
func (v view) differences(encoding Dict, f *textFont) bool {
	list, err := v.array(encoding["Differences"], "/Differences")
	if err != nil || len(list) > 1000 {
		return false
	}
	f.named = map[byte]string{}
	code := int64(0)
	for _, o := range list {
		switch e := o.(type) {
		case int64:
			code = e
		case Name:
			if code < 0 || code > 255 {
				return false
			}
			text := string(e)
			if len(text) != 1 {
				text = glyphNames[e]
			}
			f.named[byte(code)] = text
			code++
		default:
			return false
		}
	}
	return true
}

var glyphNames = map[Name]string{"space": " ", "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
	"six": "6", "seven": "7", "eight": "8", "nine": "9", "period": ".", "comma": ",", "hyphen": "-", "colon": ":", "slash": "/",
	"parenleft": "(", "parenright": ")"}

// decode is false when a code has no certain meaning.
func (f *textFont) decode(s string) (string, bool) {
	var out strings.Builder
	switch {
	case f.utf16:
		if len(s)%2 != 0 {
			return "", false
		}
		return string(utf16.Decode(units(s))), true
	case f.wide:
		if f.unicode == nil || len(s)%2 != 0 {
			return "", false
		}
		for _, code := range units(s) {
			text, ok := f.unicode[int(code)]
			if !ok {
				return "", false
			}
			out.WriteString(text)
		}
		return out.String(), true
	}
	for i := range len(s) {
		text, ok := f.simple(s[i])
		if !ok {
			return "", false
		}
		out.WriteString(text)
	}
	return out.String(), true
}

// simple takes ASCII for itself: every standard encoding of Latin text agrees
// there, quotation marks aside.
func (f *textFont) simple(c byte) (string, bool) {
	if f.unicode != nil {
		text, ok := f.unicode[int(c)]
		return text, ok
	}
	if text, ok := f.named[c]; ok {
		return text, text != ""
	}
	return string(rune(c)), c >= 0x20 && c < 0x7f && c != '\'' && c != '`'
}

func units(s string) []uint16 {
	u := make([]uint16, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		u = append(u, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return u
}
