// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"strings"
)

// crockford is the alphabet of Crockford's base32: no I, L, O, U.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const codeLength = 16

var errCode = errors.New("not a verification code: 16 characters are expected")

// NewCode draws a verification code: 80 random bits, Crockford base32.
func NewCode() (string, error) {
	var bits [10]byte
	if _, err := io.ReadFull(rand.Reader, bits[:]); err != nil {
		return "", fmt.Errorf("draw verification code: %w", err)
	}
	return base32.NewEncoding(crockford).EncodeToString(bits[:]), nil
}

// ParseCode accepts a code as people type it (spaces, hyphens, lower case,
// o/i/l for 0/1/1, full-width letters of Chinese keyboards) and returns its one
// form.
func ParseCode(s string) (string, error) {
	if len(s) > 256 {
		return "", errCode
	}
	var out []byte
	for _, r := range s {
		if r >= '！' && r <= '～' { // full-width forms of ASCII
			r -= '！' - '!'
		}
		switch {
		case r == ' ', r == '-', r == '\t', r == '\u3000', r == '\u00A0', r >= '\u2010' && r <= '\u2015', r == '\u2212':
			continue
		case r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		}
		switch r {
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if r > 'Z' || strings.IndexByte(crockford, byte(r)) < 0 || len(out) == codeLength {
			return "", errCode
		}
		out = append(out, byte(r))
	}
	if len(out) != codeLength {
		return "", errCode
	}
	return string(out), nil
}

// validCode reports the one form that a file holds.
func validCode(s string) bool {
	return len(s) == codeLength && strings.Trim(s, crockford) == ""
}

// FormatCode prints a code in fours: "ABCD-EFGH-JKMN-PQRS".
func FormatCode(code string) string {
	var groups []string
	for len(code) > 4 {
		groups, code = append(groups, code[:4]), code[4:]
	}
	return strings.Join(append(groups, code), "-")
}
