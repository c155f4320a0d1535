// SPDX-License-Identifier: Apache-2.0

package pdf

// literal reads a (string) with balanced parentheses and escapes
// (ISO 32000-1 7.3.4.2). Parentheses are counted, never recursed into.
func (l *lexer) literal() token {
	at := l.pos
	l.pos++
	l.tmp = l.tmp[:0]
	for open := 1; ; {
		if len(l.tmp) > maxString {
			return l.fail(at, "a string of more than %d octets", maxString)
		}
		c := l.take()
		switch c {
		case -1:
			return l.fail(at, "a string without end")
		case '\\':
			l.escape()
			continue
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return token{kind: tokLiteral, at: at, text: string(l.tmp)}
			}
		case '\r': // an end of line in whatever spelling is one \n
			if l.peek() == '\n' {
				l.pos++
			}
			c = '\n'
		}
		l.tmp = append(l.tmp, byte(c))
	}
}

func (l *lexer) escape() {
	c := l.take()
	switch c {
	case -1: // the caller meets the end again
	case 'n':
		l.tmp = append(l.tmp, '\n')
	case 'r':
		l.tmp = append(l.tmp, '\r')
	case 't':
		l.tmp = append(l.tmp, '\t')
	case 'b':
		l.tmp = append(l.tmp, '\b')
	case 'f':
		l.tmp = append(l.tmp, '\f')
	case '\n':
	case '\r':
		if l.peek() == '\n' {
			l.pos++
		}
	case '0', '1', '2', '3', '4', '5', '6', '7':
		v := c - '0'
		for range 2 {
			if d := l.peek(); d >= '0' && d <= '7' {
				v = v<<3 | (d - '0')
				l.pos++
			} else {
				break
			}
		}
		l.tmp = append(l.tmp, byte(v)) // high-order overflow is ignored, as the clause says
	default: // also \( \) \\ ; before any other character the backslash is dropped
		l.tmp = append(l.tmp, byte(c))
	}
}

func (l *lexer) angle() token {
	at := l.pos
	switch {
	case l.match("<<"):
		return token{kind: tokDict, at: at}
	case l.match(">>"):
		return token{kind: tokDictEnd, at: at}
	case l.peek() == '>':
		return l.fail(at, "stray >")
	}
	l.pos++
	return l.hex(at)
}

func (l *lexer) hex(at int64) token {
	l.tmp = l.tmp[:0]
	high := -1
	for {
		c := l.take()
		switch v := hexDigit(c); {
		case c < 0:
			return l.fail(at, "a hex string without end")
		case c == '>':
			if high >= 0 {
				l.tmp = append(l.tmp, byte(high<<4))
			}
			return token{kind: tokHex, at: at, text: string(l.tmp)}
		case isSpace(byte(c)):
		case v < 0:
			return l.fail(l.pos-1, "%q in a hex string", byte(c))
		case high < 0:
			high = v
		case len(l.tmp) == maxString:
			return l.fail(at, "a string of more than %d octets", maxString)
		default:
			l.tmp = append(l.tmp, byte(high<<4|v))
			high = -1
		}
	}
}

func hexDigit(c int) int {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return -1
}
