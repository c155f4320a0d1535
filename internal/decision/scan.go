// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads the part of RFC 8259 JSON that decisions use: objects, arrays
// and strings. It refuses what JSON parsers are known to read differently:
// duplicate members, invalid UTF-8, lone surrogates, trailing data.
type scanner struct {
	raw   []byte
	pos   int
	nodes int
}

// scan reads one value that fills raw.
func scan(raw []byte, limit int) (*node, *ParseError) {
	if len(raw) > limit {
		return nil, refuse("", 0, "longer than %d octets", limit)
	}
	s := &scanner{raw: raw}
	n, err := s.value("", 0)
	if err != nil {
		return nil, err
	}
	s.space()
	if s.pos != len(raw) {
		return nil, refuse("", s.pos, "data after the end of the document")
	}
	return n, nil
}

func (s *scanner) space() {
	for s.pos < len(s.raw) {
		switch s.raw[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// take consumes c if it comes next after white space.
func (s *scanner) take(c byte) bool {
	s.space()
	if s.pos < len(s.raw) && s.raw[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) value(path string, depth int) (*node, *ParseError) {
	s.space()
	if s.nodes++; s.nodes > maxNodes {
		return nil, refuse(path, s.pos, "more than %d values", maxNodes)
	}
	if depth > maxDepth {
		return nil, refuse(path, s.pos, "nested deeper than %d", maxDepth)
	}
	if s.pos == len(s.raw) {
		return nil, refuse(path, s.pos, "ends where a value should stand")
	}
	switch c := s.raw[s.pos]; {
	case c == '{':
		return s.object(path, depth)
	case c == '[':
		return s.array(path, depth)
	case c == '"':
		start := s.pos
		text, err := s.text(path)
		return &node{kind: textNode, offset: start, text: text}, err
	case c == '-' || c >= '0' && c <= '9':
		return nil, refuse(path, s.pos, "numbers are not used: write text")
	case c == 't' || c == 'f' || c == 'n':
		return nil, refuse(path, s.pos, "true, false and null are not used")
	}
	return nil, refuse(path, s.pos, "not a value")
}

func (s *scanner) object(path string, depth int) (*node, *ParseError) {
	n := &node{kind: objectNode, offset: s.pos}
	s.pos++
	for first := true; !s.take('}'); first = false {
		if !first && !s.take(',') {
			return nil, refuse(path, s.pos, "expected a comma or the end of the object")
		}
		if s.space(); s.pos == len(s.raw) || s.raw[s.pos] != '"' {
			return nil, refuse(path, s.pos, "expected a member name")
		}
		if len(n.names) == maxMembers {
			return nil, refuse(path, s.pos, "more than %d members", maxMembers)
		}
		start := s.pos
		name, err := s.text(path)
		if err != nil {
			return nil, err
		}
		if n.member(name) != nil {
			return nil, refuse(path, start, "duplicate member%s", quoted(name))
		}
		if !s.take(':') {
			return nil, refuse(path, s.pos, "expected a colon")
		}
		item, err := s.value(path+"/"+pointerToken(name), depth+1)
		if err != nil {
			return nil, err
		}
		n.names, n.items = append(n.names, name), append(n.items, item)
		n.nameOffsets = append(n.nameOffsets, start)
	}
	return n, nil
}

func (s *scanner) array(path string, depth int) (*node, *ParseError) {
	n := &node{kind: arrayNode, offset: s.pos}
	s.pos++
	for first := true; !s.take(']'); first = false {
		if !first && !s.take(',') {
			return nil, refuse(path, s.pos, "expected a comma or the end of the array")
		}
		item, err := s.value(path+"/"+strconv.Itoa(len(n.items)), depth+1)
		if err != nil {
			return nil, err
		}
		n.items = append(n.items, item)
	}
	return n, nil
}

// text reads a string; s.pos stands on its opening quotation mark.
func (s *scanner) text(path string) (string, *ParseError) {
	s.pos++
	start := s.pos
	var out []byte // nil while the text is its own spelling
	for s.pos < len(s.raw) {
		switch c := s.raw[s.pos]; {
		case c == '"':
			plain := s.raw[start:s.pos]
			s.pos++
			return string(append(out, plain...)), nil
		case c == '\\':
			out = append(out, s.raw[start:s.pos]...)
			r, err := s.escape(path)
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
			start = s.pos
		case c < 0x20:
			return "", refuse(path, s.pos, "control character in a string")
		case c < utf8.RuneSelf:
			s.pos++
		default:
			r, size := utf8.DecodeRune(s.raw[s.pos:])
			if r == utf8.RuneError && size == 1 {
				return "", refuse(path, s.pos, "not UTF-8")
			}
			s.pos += size
		}
	}
	return "", refuse(path, s.pos, "string without an end")
}

var escapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads one escaped character, a surrogate pair included.
func (s *scanner) escape(path string) (rune, *ParseError) {
	start := s.pos
	if s.pos+1 < len(s.raw) {
		if r, ok := escapes[s.raw[s.pos+1]]; ok {
			s.pos += 2
			return r, nil
		}
	}
	r, ok := s.hexEscape()
	if !ok {
		return 0, refuse(path, start, "not an escape")
	}
	if !utf16.IsSurrogate(r) {
		return r, nil
	}
	low, ok := s.hexEscape()
	if full := utf16.DecodeRune(r, low); ok && full != utf8.RuneError {
		return full, nil
	}
	return 0, refuse(path, start, "lone surrogate")
}

// hexEscape reads \uXXXX.
func (s *scanner) hexEscape() (rune, bool) {
	rest := s.raw[s.pos:]
	if len(rest) < 6 || rest[0] != '\\' || rest[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range rest[2:6] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	s.pos += 6
	return r, true
}
