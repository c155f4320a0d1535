// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// nameLetter marks what may stand in a name. ASCII by XML 1.0 section 2.3;
// above it every letter is taken, encoding/xml is stricter (none of OFD's
// names has any).
func nameLetter(c byte, first bool) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == ':':
		return true
	case c >= '0' && c <= '9', c == '-', c == '.':
		return !first
	}
	return false
}

// rawName reads a name of ASCII letters; other letters stand in names of no
// OFD file seen, and are refused.
func (s *scanner) rawName() (string, error) {
	from := s.pos
	for s.pos < len(s.b) && nameLetter(s.b[s.pos], s.pos == from) {
		s.pos++
	}
	if s.pos == from || s.pos-from > maxName {
		return "", s.fail(from, "no name where one must stand")
	}
	if s.pos < len(s.b) && s.b[s.pos] >= utf8.RuneSelf {
		return "", s.fail(s.pos, "a name with other letters than ASCII ones")
	}
	if known, ok := s.names[string(s.b[from:s.pos])]; ok {
		return known, nil
	}
	raw := string(s.b[from:s.pos])
	if len(s.names) < maxInterned {
		s.names[raw] = raw
	}
	return raw, nil
}

// split takes a raw name apart.
func (s *scanner) split(raw string, at int) (name, error) {
	prefix, local, qualified := strings.Cut(raw, ":")
	if !qualified {
		return name{local: raw}, nil
	}
	if prefix == "" || local == "" || strings.Contains(local, ":") || !nameLetter(local[0], true) {
		return name{}, s.fail(at, "illegal name %q", raw)
	}
	return name{prefix: prefix, local: local}, nil
}

// pair reads name="value".
func (s *scanner) pair() (key, value string, err error) {
	if key, err = s.rawName(); err != nil {
		return "", "", err
	}
	s.skipSpace()
	if s.pos == len(s.b) || s.b[s.pos] != '=' {
		return "", "", s.fail(s.pos, "attribute %q has no value", key)
	}
	s.pos++
	s.skipSpace()
	if s.pos == len(s.b) || (s.b[s.pos] != '"' && s.b[s.pos] != '\'') {
		return "", "", s.fail(s.pos, "the value of attribute %q is not quoted", key)
	}
	quote := s.b[s.pos]
	s.pos++
	n := bytes.IndexByte(s.b[s.pos:], quote)
	if n < 0 {
		return "", "", s.fail(s.pos, "the value of attribute %q does not end", key)
	}
	raw := s.b[s.pos : s.pos+n]
	if bytes.IndexByte(raw, '<') >= 0 {
		return "", "", s.fail(s.pos, "a tag within the value of attribute %q", key)
	}
	value, err = s.unescape(raw, s.pos)
	s.pos += n + 1
	return key, value, err
}

func (s *scanner) startTag() (*token, error) {
	from := s.pos
	s.pos++
	raw, err := s.rawName()
	if err != nil {
		return nil, err
	}
	tag, err := s.split(raw, from)
	if err != nil {
		return nil, err
	}
	switch {
	case len(s.open) == 0 && s.rooted:
		return nil, s.fail(from, "a second root element")
	case len(s.open) >= s.depth:
		return nil, tooMuchIn(s.entry, from, "elements nested more than %d deep", s.depth)
	}
	s.rooted = true
	empty, err := s.attributes(from)
	if err != nil {
		return nil, err
	}
	s.scopes = append(s.scopes, len(s.bound))
	if err := s.bind(from); err != nil {
		return nil, err
	}
	if tag, err = s.resolve(tag, from, true); err != nil {
		return nil, err
	}
	s.open = append(s.open, tag)
	s.pending = empty
	s.last = token{kind: tokenOpen, name: tag, attrs: s.attrs, from: from, to: s.pos, empty: empty}
	return &s.last, nil
}

// attributes reads up to the end of the tag and says whether the element is empty.
func (s *scanner) attributes(from int) (empty bool, err error) {
	s.attrs = s.attrs[:0]
	for {
		gap := s.skipSpace()
		rest := s.b[s.pos:]
		switch {
		case len(rest) > 0 && rest[0] == '>':
			s.pos++
			return false, nil
		case len(rest) > 1 && rest[0] == '/' && rest[1] == '>':
			s.pos += 2
			return true, nil
		case !gap:
			return false, s.fail(s.pos, "the tag is not well-formed")
		case len(s.attrs) == maxAttributes:
			return false, tooMuchIn(s.entry, from, "more than %d attributes", maxAttributes)
		}
		at := s.pos
		key, value, err := s.pair()
		if err != nil {
			return false, err
		}
		n, err := s.split(key, at)
		if err != nil {
			return false, err
		}
		for _, a := range s.attrs {
			if a.prefix == n.prefix && a.local == n.local {
				return false, s.fail(at, "attribute %q stands twice", key)
			}
		}
		s.attrs = append(s.attrs, attribute{n, value})
	}
}

// bind takes the namespace declarations out of the attributes and resolves
// the prefixes of the others.
func (s *scanner) bind(at int) error {
	kept := s.attrs[:0]
	for _, a := range s.attrs {
		switch {
		case a.prefix == "" && a.local == "xmlns":
			s.bound = append(s.bound, binding{"", a.value})
		case a.prefix == "xmlns" && (a.local == "xml" || a.local == "xmlns" || a.value == ""):
			return s.fail(at, "illegal namespace declaration of prefix %q", a.local)
		case a.prefix == "xmlns":
			s.bound = append(s.bound, binding{a.local, a.value})
		default:
			kept = append(kept, a)
		}
	}
	s.attrs = kept
	if len(s.bound) > maxBindings {
		return tooMuchIn(s.entry, at, "more than %d namespace prefixes in force", maxBindings)
	}
	for i := range kept {
		n, err := s.resolve(kept[i].name, at, false)
		if err != nil {
			return err
		}
		kept[i].name = n
		for _, a := range kept[:i] {
			if a.space == n.space && a.local == n.local {
				return s.fail(at, "attribute %q stands twice under two prefixes", n.local)
			}
		}
	}
	return nil
}

// resolve finds the namespace of a prefix. An attribute without one is in none.
func (s *scanner) resolve(n name, at int, element bool) (name, error) {
	if n.prefix == "" && !element {
		return n, nil
	}
	for i := len(s.bound) - 1; i >= 0; i-- {
		if s.bound[i].prefix == n.prefix {
			n.space = s.bound[i].space
			return n, nil
		}
	}
	return n, s.fail(at, "prefix %q is not declared", n.prefix)
}

func (s *scanner) endTag() (*token, error) {
	from := s.pos
	s.pos += 2
	raw, err := s.rawName()
	if err != nil {
		return nil, err
	}
	s.skipSpace()
	if s.pos == len(s.b) || s.b[s.pos] != '>' {
		return nil, s.fail(s.pos, "the end tag is not well-formed")
	}
	s.pos++
	if len(s.open) == 0 || s.open[len(s.open)-1].raw() != raw {
		return nil, s.fail(from, "end tag %q closes nothing", raw)
	}
	return s.close(from, s.pos)
}

func (s *scanner) close(from, to int) (*token, error) {
	i := len(s.open) - 1
	s.last = token{kind: tokenClose, name: s.open[i], from: from, to: to}
	s.bound = s.bound[:s.scopes[i]]
	s.open, s.scopes = s.open[:i], s.scopes[:i]
	return &s.last, nil
}

func (n name) raw() string {
	if n.prefix == "" {
		return n.local
	}
	return n.prefix + ":" + n.local
}

var predefined = map[string]string{"lt": "<", "gt": ">", "amp": "&", "apos": "'", "quot": `"`}

// unescape replaces the predefined entities and character references; there
// are no others.
func (s *scanner) unescape(raw []byte, at int) (string, error) {
	if bytes.IndexByte(raw, '&') < 0 {
		return string(raw), nil
	}
	var out strings.Builder
	for {
		i := bytes.IndexByte(raw, '&')
		if i < 0 {
			out.Write(raw)
			return out.String(), nil
		}
		out.Write(raw[:i])
		raw = raw[i+1:]
		n := bytes.IndexByte(raw[:min(len(raw), 12)], ';')
		if n < 0 {
			return "", s.fail(at, "an ampersand that begins no entity")
		}
		text, ok := character(string(raw[:n]))
		if !ok {
			return "", s.fail(at, "entity %q is not one of the predefined ones", raw[:n])
		}
		out.WriteString(text)
		raw = raw[n+1:]
	}
}

func character(entity string) (string, bool) {
	digits, numeric := strings.CutPrefix(entity, "#")
	if !numeric {
		text, ok := predefined[entity]
		return text, ok
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return "", false
	}
	text := string(rune(n))
	return text, illegalCharacter([]byte(text)) < 0
}
