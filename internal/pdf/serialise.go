// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// appendObject appends the serialised form of o. Dictionaries come out in the
// order of their keys, so that the same object gives the same octets.
func appendObject(b []byte, o Object) ([]byte, error) {
	switch v := o.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case float64:
		return appendReal(b, v)
	case Name:
		return appendName(b, v), nil
	case String:
		return appendString(b, v), nil
	case Ref:
		return fmt.Appendf(b, "%d %d R", v.Num, v.Gen), nil
	case Raw:
		return append(b, v...), nil
	case Array:
		return appendArray(b, v)
	case Dict:
		return appendDict(b, v)
	}
	return b, fmt.Errorf("write PDF object: no form for %T", o)
}

func appendArray(b []byte, a Array) ([]byte, error) {
	b = append(b, '[')
	for i, e := range a {
		if i > 0 {
			b = append(b, ' ')
		}
		var err error
		if b, err = appendObject(b, e); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

func appendDict(b []byte, d Dict) ([]byte, error) {
	keys := make([]Name, 0, len(d))
	for k := range d {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	b = append(b, "<<"...)
	for _, k := range keys {
		b = append(appendName(b, k), ' ')
		var err error
		if b, err = appendObject(b, d[k]); err != nil {
			return b, err
		}
	}
	return append(b, ">>"...), nil
}

// appendReal writes at most five decimals: a hundredth of a device pixel at
// any resolution in use, and no exponent, which PDF does not know.
func appendReal(b []byte, f float64) ([]byte, error) {
	if math.IsNaN(f) || math.Abs(f) > 1e9 {
		return b, fmt.Errorf("write PDF object: number %g out of range", f)
	}
	s := strconv.FormatFloat(f, 'f', 5, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		s = "0"
	}
	return append(b, s...), nil
}

func appendName(b []byte, n Name) []byte {
	b = append(b, '/')
	for i := range len(n) {
		if c := n[i]; c <= ' ' || c >= 0x7f || c == '#' || isDelimiter(c) {
			b = fmt.Appendf(b, "#%02X", c)
		} else {
			b = append(b, c)
		}
	}
	return b
}

// appendString writes printable ASCII as a literal and everything else as
// hex: nothing in it can then end the string early (facts/pdf.md 2, Chinese).
func appendString(b []byte, s String) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '(' || c == ')' || c == '\\' {
			b = append(b, '<')
			b = append(b, strings.ToUpper(hex.EncodeToString([]byte(s)))...)
			return append(b, '>')
		}
	}
	return append(append(append(b, '('), s...), ')')
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func isSpace(c byte) bool {
	switch c {
	case 0, '\t', '\n', '\f', '\r', ' ':
		return true
	}
	return false
}
