// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Equal compares by RFC 5280 7.1: case and inner white space of strings fold,
// and the string type does not matter.
//
// Of the preparation of RFC 4518, full-width ASCII is folded to plain ASCII
// and invisible characters are dropped; other compatibility forms (NFKC) are
// not: names that differ in them are different names.
func (n Name) Equal(m Name) bool {
	if len(n) != len(m) {
		return false
	}
	for i := range n {
		if !n[i].Equal(m[i]) {
			return false
		}
	}
	return true
}

// Canonical returns a string that two names share exactly when they are
// Equal: a key for maps, not for people.
func (n Name) Canonical() string {
	var b strings.Builder
	for _, rdn := range n {
		c := rdn.canonical()
		b.WriteString(strconv.Itoa(len(c)))
		b.WriteByte(':')
		b.WriteString(c)
	}
	return b.String()
}

// HasPrefix reports whether m is n or stands above it in the tree: the test of
// a directoryName subtree (RFC 5280 4.2.1.10).
func (n Name) HasPrefix(m Name) bool {
	return len(m) <= len(n) && m.Equal(n[:len(m)])
}

// Equal compares two RDNs as sets of attributes.
func (r RDN) Equal(q RDN) bool {
	return len(r) == len(q) && r.canonical() == q.canonical()
}

// canonical joins the prepared attributes in sorted order, each with its
// length in front so that no value can imitate a neighbour.
func (r RDN) canonical() string {
	parts := make([]string, len(r))
	for i, a := range r {
		value := "t" + foldText(a.Value)
		if !a.isText() {
			value = "r" + string(a.Raw)
		}
		value = a.Type.String() + "=" + value
		parts[i] = strconv.Itoa(len(value)) + ":" + value
	}
	slices.Sort(parts)
	return strings.Join(parts, "")
}

// isText reports whether the value was decoded as characters; "#" begins the
// hexadecimal form of everything else.
func (a Attribute) isText() bool {
	if a.Raw == nil || !strings.HasPrefix(a.Value, "#") {
		return true
	}
	s := cryptobyte.String(a.Raw)
	var body cryptobyte.String
	var tag cbasn1.Tag
	if !s.ReadAnyASN1(&body, &tag) {
		return false
	}
	text, note := decodeText(a.Raw)
	return note == "" && (tag == cbasn1.UTF8String || tag == cbasn1.PrintableString || tag == cbasn1.IA5String) && text == a.Value
}

// foldText prepares a string for comparison: mapping, case folding, and white
// space to single inner spaces (RFC 4518 2.2, 2.6.1).
func foldText(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		if 0xFF01 <= r && r <= 0xFF5E { // full-width ASCII, common in Chinese names
			r -= 0xFEE0
		}
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Zs, r):
			space = b.Len() > 0
			continue
		case unicode.In(r, unicode.Cc, unicode.Cf) || unicode.Is(unicode.Variation_Selector, r):
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(unicode.ToLower(unicode.ToUpper(r)))
	}
	return b.String()
}
