// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"cmp"
	"fmt"
	"slices"
	"unicode/utf16"
)

// canonical appends the RFC 8785 form of n: no white space, members sorted by
// their names' UTF-16 code units (3.2.3), strings with the shortest escapes
// (3.2.2.2).
func (n *node) canonical(out []byte) []byte {
	switch n.kind {
	case textNode:
		return appendText(out, n.text)
	case arrayNode:
		out = append(out, '[')
		for i, item := range n.items {
			if i > 0 {
				out = append(out, ',')
			}
			out = item.canonical(out)
		}
		return append(out, ']')
	}
	out = append(out, '{')
	for i, at := range n.sortedMembers() {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendText(out, n.names[at]), ':')
		out = n.items[at].canonical(out)
	}
	return append(out, '}')
}

func (n *node) sortedMembers() []int {
	order := make([]int, len(n.names))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return compareUTF16(n.names[a], n.names[b]) })
	return order
}

// compareUTF16 differs from comparing UTF-8 where characters beyond the basic
// plane meet U+E000 to U+FFFF.
func compareUTF16(a, b string) int {
	return slices.CompareFunc(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)), cmp.Compare[uint16])
}

// appendText writes a string with the escapes of RFC 8785 3.2.2.2; everything
// that needs none stands as itself.
func appendText(out []byte, s string) []byte {
	const short = "\b\t\n\f\r\"\\"
	const letter = `btnfr"\`
	out = append(out, '"')
	for i := range len(s) {
		c := s[i]
		switch at := slices.Index([]byte(short), c); {
		case at >= 0:
			out = append(out, '\\', letter[at])
		case c < 0x20:
			out = fmt.Appendf(out, `\u%04x`, c)
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

// indented appends n for people: members in the schema's order, one a line.
func (n *node) indented(out []byte, depth int) []byte {
	if n.kind == textNode {
		return appendText(out, n.text)
	}
	brackets := "[]"
	if n.kind == objectNode {
		brackets = "{}"
	}
	out = append(out, brackets[0])
	for i, item := range n.items {
		if i > 0 {
			out = append(out, ',')
		}
		out = newline(out, depth+1)
		if n.kind == objectNode {
			out = append(appendText(out, n.names[i]), ": "...)
		}
		out = item.indented(out, depth+1)
	}
	return append(newline(out, depth), brackets[1])
}

func newline(out []byte, depth int) []byte {
	out = append(out, '\n')
	for range depth {
		out = append(out, "  "...)
	}
	return out
}
