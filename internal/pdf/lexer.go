// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"strconv"
)

const (
	maxString = 16 << 20 // octets of one string; a signature's Contents is the longest in practice
	maxWord   = 1024     // octets of one name (its escapes resolved), number or keyword
)

type tokenKind byte

const (
	tokEnd tokenKind = iota
	tokInt
	tokReal
	tokName
	tokLiteral // (string)
	tokHex     // <string>
	tokArray
	tokArrayEnd
	tokDict
	tokDictEnd
	tokKeyword
)

type token struct {
	kind tokenKind
	at   int64 // offset of its first octet
	text string
	num  int64
	real float64
}

// lexer cuts a file, or decoded octets, into tokens (ISO 32000-1 7.2).
// Positions are absolute. The first error sticks; tokens after it are tokEnd.
type lexer struct {
	src  *source // nil when win holds everything
	win  []byte
	base int64 // offset of win
	pos  int64
	end  int64
	tmp  []byte
	err  error
}

func (s *source) lexer(pos int64) *lexer { return &lexer{src: s, pos: pos, end: s.size} }

func lexBytes(b []byte) *lexer { return &lexer{win: b, end: int64(len(b))} }

// peek returns the next octet without taking it, or -1.
func (l *lexer) peek() int {
	if i := l.pos - l.base; uint64(i) < uint64(len(l.win)) {
		return int(l.win[i])
	}
	return l.fill()
}

func (l *lexer) fill() int {
	if l.err != nil || l.src == nil || l.pos < 0 || l.pos >= l.end {
		return -1
	}
	win, base, err := l.src.block(l.pos)
	if err != nil {
		l.err = err
		return -1
	}
	l.win, l.base = win, base
	return int(win[l.pos-base])
}

func (l *lexer) take() int {
	c := l.peek()
	if c >= 0 {
		l.pos++
	}
	return c
}

func (l *lexer) fail(at int64, format string, args ...any) token {
	if l.err == nil {
		l.err = broken(at, format, args...)
	}
	return token{kind: tokEnd, at: at}
}

// space skips white space only; comments are skipped by token.
func (l *lexer) space() {
	for c := l.peek(); c >= 0 && isSpace(byte(c)); c = l.peek() {
		l.pos++
	}
}

func (l *lexer) blank() {
	for l.space(); l.peek() == '%'; l.space() {
		for c := l.peek(); c >= 0 && c != '\n' && c != '\r'; c = l.peek() {
			l.pos++
		}
	}
}

// match takes the word if it stands next.
func (l *lexer) match(word string) bool {
	start := l.pos
	for i := range len(word) {
		if l.take() != int(word[i]) {
			l.pos = start
			return false
		}
	}
	return true
}

func (l *lexer) token() token {
	l.blank()
	at := l.pos
	if l.err != nil {
		return token{kind: tokEnd, at: at}
	}
	switch c := l.peek(); {
	case c < 0:
		return token{kind: tokEnd, at: at}
	case c == '/':
		return l.name()
	case c == '(':
		return l.literal()
	case c == '<' || c == '>':
		return l.angle()
	case c == '[':
		l.pos++
		return token{kind: tokArray, at: at}
	case c == ']':
		l.pos++
		return token{kind: tokArrayEnd, at: at}
	case c >= '0' && c <= '9', c == '+', c == '-', c == '.':
		return l.number()
	case isDelimiter(byte(c)):
		return l.fail(at, "stray %q", byte(c))
	}
	return token{kind: tokKeyword, at: at, text: l.word(maxWord)}
}

// word takes a run of at most limit regular characters.
func (l *lexer) word(limit int) string {
	l.tmp = l.tmp[:0]
	for c := l.peek(); c >= 0 && !isSpace(byte(c)) && !isDelimiter(byte(c)); c = l.peek() {
		if len(l.tmp) == limit {
			l.fail(l.pos, "a word of more than %d octets", limit)
			return ""
		}
		l.tmp = append(l.tmp, byte(c))
		l.pos++
	}
	return string(l.tmp)
}

func (l *lexer) number() token {
	at := l.pos
	w := l.word(maxWord)
	digits, dot := 0, false
	for i := range len(w) {
		switch c := w[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' && !dot:
			dot = true
		case i == 0 && (c == '+' || c == '-'):
		default:
			return l.fail(at, "malformed number %.20q", w)
		}
	}
	if digits == 0 {
		return l.fail(at, "malformed number %.20q", w)
	}
	if !dot {
		n, err := strconv.ParseInt(w, 10, 64)
		if err != nil {
			return l.fail(at, "integer %.30s out of range", w)
		}
		return token{kind: tokInt, at: at, num: n}
	}
	f, err := strconv.ParseFloat(w, 64)
	if err != nil {
		return l.fail(at, "number %.30s out of range", w)
	}
	return token{kind: tokReal, at: at, real: f}
}

// name bounds what a name says, not how it is spelled: each of its octets may
// be written as #xx, and a writer must be able to escape what was read raw.
func (l *lexer) name() token {
	at := l.pos
	l.pos++
	w := l.word(3 * maxWord)
	out := make([]byte, 0, len(w))
	for i := 0; i < len(w); i++ {
		c := w[i]
		if c == '#' {
			if i+2 >= len(w) || hexDigit(int(w[i+1])) < 0 || hexDigit(int(w[i+2])) < 0 {
				return l.fail(at, "malformed # escape in name %.40q", w)
			}
			c = byte(hexDigit(int(w[i+1]))<<4 | hexDigit(int(w[i+2])))
			i += 2
		}
		if c == 0 {
			return l.fail(at, "a zero octet in a name")
		}
		if len(out) == maxWord {
			return l.fail(at, "a name of more than %d octets", maxWord)
		}
		out = append(out, c)
	}
	return token{kind: tokName, at: at, text: string(out)}
}
