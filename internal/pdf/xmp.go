// SPDX-License-Identifier: Apache-2.0

package pdf

import "bytes"

// The XMP packet is searched by hand: package regexp would make the verifier
// for browsers larger by a twentieth.

// span is where a value stands in an XMP packet.
type span struct{ from, to int }

const maxXMPValue = 80

// xmpValues finds the values of properties, as elements or as attributes: runs
// of letters, digits and the marks of dates and identifiers.
func xmpValues(packet []byte, names ...string) []span {
	var found []span
	for at := 0; at < len(packet); at++ {
		if packet[at] != '<' && !isXMPSpace(packet[at]) {
			continue
		}
		for _, name := range names {
			if s, ok := xmpValue(packet, at, name); ok {
				found = append(found, s)
				at = s.to - 1
				break
			}
		}
	}
	return found
}

// xmpValue reads <name>value< or, behind a space, name="value".
func xmpValue(packet []byte, at int, name string) (span, bool) {
	rest, ok := bytes.CutPrefix(packet[at+1:], []byte(name))
	if !ok || len(rest) < 2 {
		return span{}, false
	}
	end, open := byte('<'), 1
	switch {
	case packet[at] == '<' && rest[0] == '>':
	case packet[at] != '<' && rest[0] == '=' && (rest[1] == '"' || rest[1] == '\''):
		end, open = rest[1], 2
	default:
		return span{}, false
	}
	from := at + 1 + len(name) + open
	to := from
	for to < len(packet) && to-from <= maxXMPValue && isXMPValue(packet[to]) {
		to++
	}
	return span{from, to}, to > from && to-from <= maxXMPValue && to < len(packet) && packet[to] == end
}

// replaceSpans puts repl in the place of each span.
func replaceSpans(packet []byte, spans []span, repl string) []byte {
	var out []byte
	at := 0
	for _, s := range spans {
		out = append(append(out, packet[at:s.from]...), repl...)
		at = s.to
	}
	return append(out, packet[at:]...)
}

func isXMPSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

func isXMPValue(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '-' || c == '+' || c == ':' || c == '.'
}

// xmpPart reads the digit 1 to 4 behind pdfaid:part, 0 when there is none.
func xmpPart(packet []byte) int {
	skip := func(b []byte) []byte { return bytes.TrimLeft(b, " \t\n\r\f") }
	for {
		_, rest, found := bytes.Cut(packet, []byte("pdfaid:part"))
		if !found {
			return 0
		}
		packet = rest
		value, element := bytes.CutPrefix(rest, []byte(">"))
		if !element {
			var equals bool
			if value, equals = bytes.CutPrefix(skip(rest), []byte("=")); !equals {
				continue
			}
			if value = skip(value); len(value) == 0 || value[0] != '"' && value[0] != '\'' {
				continue
			}
			value = value[1:]
		}
		if value = skip(value); len(value) > 0 && value[0] >= '1' && value[0] <= '4' {
			return int(value[0] - '0')
		}
	}
}
