// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// The XML reader is our own: it knows at which octet each element stands, so
// that edits leave everything else as it is, its cost is bounded by the size
// of the file, and it takes less than any other: UTF-8 only, no document
// type, no entities but the five predefined ones, no attribute twice, every
// prefix declared. encoding/xml accepts what it accepts, with the same
// meaning (held by a fuzz test).

const (
	maxAttributes = 256
	maxBindings   = 64  // namespace prefixes in force at one place
	maxInterned   = 512 // names kept once each
)

type tokenKind uint8

const (
	tokenEnd  tokenKind = iota // of the file
	tokenOpen                  // start tag; also of an empty element, before its tokenClose
	tokenClose
	tokenText // a piece of character data, possibly empty
)

// name is a qualified name: the raw prefix and local part, and the namespace
// that the prefix stands for.
type name struct{ prefix, local, space string }

type attribute struct {
	name
	value string
}

// token is one event. The attributes are valid until the next call.
type token struct {
	kind     tokenKind
	name     name
	attrs    []attribute
	text     string
	from, to int  // octets of the tag or text
	empty    bool // of an element without an end tag
}

// scanner reads one XML file from memory.
type scanner struct {
	entry   string
	b       []byte
	pos     int
	depth   int
	open    []name
	scopes  []int // length of bound before the element, one per open element
	bound   []binding
	attrs   []attribute
	names   map[string]string // raw names seen
	pending bool              // the end of an empty element comes next
	rooted  bool              // the root element has begun
	last    token
}

type binding struct{ prefix, space string }

const xmlSpace = "http://www.w3.org/XML/1998/namespace"

// newScanner checks the characters and the declaration, and stands before
// the root element.
func newScanner(entry string, b []byte, depth int) (*scanner, error) {
	s := &scanner{entry: entry, b: b, depth: depth, names: map[string]string{},
		bound: []binding{{"", ""}, {"xml", xmlSpace}}}
	if i := illegalCharacter(b); i >= 0 {
		return nil, s.fail(i, "not UTF-8 text, or a control character in it")
	}
	s.pos = len(b) - len(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))
	return s, s.declaration()
}

func (s *scanner) fail(at int, format string, args ...any) error {
	return brokenIn(s.entry, at, format, args...)
}

// illegalCharacter returns the offset of the first octet that is not part of
// an XML character (XML 1.0 section 2.2), or -1.
func illegalCharacter(b []byte) int {
	for i := 0; i < len(b); {
		c := b[i]
		if c < utf8.RuneSelf {
			if c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if (r == utf8.RuneError && n == 1) || r == 0xfffe || r == 0xffff {
			return i
		}
		i += n
	}
	return -1
}

// declaration reads <?xml …?> when it is there: version 1.0 and UTF-8 only.
func (s *scanner) declaration() error {
	rest := s.b[s.pos:]
	if !bytes.HasPrefix(rest, []byte("<?xml")) || len(rest) < 6 || !isSpace(rest[5]) {
		return nil
	}
	end := bytes.Index(rest, []byte("?>"))
	if end < 0 {
		return s.fail(s.pos, "the XML declaration does not end")
	}
	at, stop := s.pos, s.pos+end
	s.pos += 5
	allowed, versioned := []string{"version", "encoding", "standalone"}, false
	for {
		gap := s.skipSpace()
		if s.pos == stop {
			break
		}
		key, value, err := s.pair()
		if err != nil {
			return err
		}
		for len(allowed) > 0 && allowed[0] != key {
			allowed = allowed[1:]
		}
		ok := key == "version" && value == "1.0" || key == "encoding" && strings.EqualFold(value, "utf-8") ||
			key == "standalone" && (value == "yes" || value == "no")
		if len(allowed) == 0 || !ok || !gap || s.pos > stop {
			return s.fail(at, "an XML declaration other than version 1.0 in UTF-8")
		}
		allowed, versioned = allowed[1:], versioned || key == "version"
	}
	if !versioned {
		return s.fail(at, "an XML declaration without a version")
	}
	s.pos = stop + 2
	return nil
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func (s *scanner) skipSpace() bool {
	from := s.pos
	for s.pos < len(s.b) && isSpace(s.b[s.pos]) {
		s.pos++
	}
	return s.pos > from
}

// next returns the next event.
func (s *scanner) next() (*token, error) {
	for {
		if s.pending {
			s.pending = false
			return s.close(s.last.from, s.pos)
		}
		if s.pos == len(s.b) {
			if len(s.open) > 0 || !s.rooted {
				return nil, s.fail(s.pos, "the file ends within an element, or before the first")
			}
			s.last = token{kind: tokenEnd, from: s.pos, to: s.pos}
			return &s.last, nil
		}
		rest := s.b[s.pos:]
		if rest[0] != '<' {
			return s.characters()
		}
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			if err := s.comment(); err != nil {
				return nil, err
			}
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			return s.cdata()
		case bytes.HasPrefix(rest, []byte("<!")):
			return nil, s.fail(s.pos, "a document type or other declaration")
		case bytes.HasPrefix(rest, []byte("<?")):
			if err := s.instruction(); err != nil {
				return nil, err
			}
		case bytes.HasPrefix(rest, []byte("</")):
			return s.endTag()
		default:
			return s.startTag()
		}
	}
}

func (s *scanner) comment() error {
	body := s.b[s.pos+4:]
	end := bytes.Index(body, []byte("--"))
	if end < 0 || end+2 >= len(body) || body[end+2] != '>' {
		return s.fail(s.pos, "a comment that does not end, or has two hyphens in it")
	}
	s.pos += 4 + end + 3
	return nil
}

// instruction skips a processing instruction; it means nothing to OFD.
func (s *scanner) instruction() error {
	end := bytes.Index(s.b[s.pos:], []byte("?>"))
	at := s.pos
	s.pos += 2
	target, err := s.rawName()
	if err != nil || end < 0 || s.pos > at+end || (s.pos < at+end && !isSpace(s.b[s.pos])) ||
		strings.EqualFold(target, "xml") || strings.ContainsRune(target, ':') {
		return s.fail(at, "an illegal processing instruction")
	}
	s.pos = at + end + 2
	return nil
}

func (s *scanner) cdata() (*token, error) {
	from := s.pos
	end := bytes.Index(s.b[from:], []byte("]]>"))
	if end < 0 || len(s.open) == 0 {
		return nil, s.fail(from, "a CDATA section that does not end, or stands outside of the root element")
	}
	s.pos = from + end + 3
	s.last = token{kind: tokenText, text: string(s.b[from+9 : from+end]), from: from, to: s.pos}
	return &s.last, nil
}

func (s *scanner) characters() (*token, error) {
	from := s.pos
	n := bytes.IndexByte(s.b[from:], '<')
	if n < 0 {
		n = len(s.b) - from
	}
	raw := s.b[from : from+n]
	s.pos += n
	if len(s.open) == 0 && len(bytes.Trim(raw, " \t\r\n")) > 0 {
		return nil, s.fail(from, "text outside of the root element")
	}
	if bytes.Contains(raw, []byte("]]>")) {
		return nil, s.fail(from, "the end of a CDATA section that did not begin")
	}
	text, err := s.unescape(raw, from)
	if err != nil {
		return nil, err
	}
	s.last = token{kind: tokenText, text: text, from: from, to: s.pos}
	return &s.last, nil
}
