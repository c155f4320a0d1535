// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// FieldError says which field of a record cannot stand, and why. Problem
// never repeats the value.
type FieldError struct{ Field, Problem string }

// Error names the field and what is wrong with it.
func (e *FieldError) Error() string { return "registry: " + e.Field + ": " + e.Problem }

// creditAlphabet is the code characters of GB 32100 in the order of their
// values: digits and capitals without I, O, S, V, Z.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CheckCreditCode checks the GB 32100 check digit: the values of the first 17
// characters, weighted by powers of 3, and the last one sum to 0 modulo 31.
// Codes are 18 characters, capitals only.
func CheckCreditCode(code string) error {
	if len(code) != 18 {
		return errors.New("a unified social credit code has 18 characters")
	}
	sum, weight := 0, 1
	for i := range 18 {
		value := strings.IndexByte(creditAlphabet, code[i])
		if value < 0 {
			return fmt.Errorf("character %d cannot stand in a unified social credit code", i+1)
		}
		if i >= 2 && i < 8 && value > 9 {
			return errors.New("characters 3 to 8, the area, must be digits")
		}
		if i == 17 {
			weight = 1
		}
		sum += value * weight
		weight = weight * 3 % 31
	}
	if sum%31 != 0 {
		return errors.New("the check character of the unified social credit code is wrong")
	}
	return nil
}

// checkText holds a text that people read to visible characters: what is
// printed on a seal or a report must be what is stored.
func checkText(field, s string, maxRunes int) error {
	switch n := utf8.RuneCountInString(s); {
	case s == "":
		return &FieldError{field, "is empty"}
	case !utf8.ValidString(s):
		return &FieldError{field, "is not UTF-8"}
	case n > maxRunes:
		return &FieldError{field, fmt.Sprintf("has more than %d characters", maxRunes)}
	case strings.TrimSpace(s) != s:
		return &FieldError{field, "begins or ends with a space"}
	}
	for _, r := range s {
		if !unicode.IsPrint(r) || isBidi(r) {
			return &FieldError{field, fmt.Sprintf("holds the character U+%04X, which cannot be seen", r)}
		}
	}
	return nil
}

// isBidi reports a bidirectional control. unicode.IsPrint refuses them too;
// the rule is too important to hang on that.
func isBidi(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

// checkCode holds an identifier to letters, digits and a few marks.
func checkCode(field, s string, maxLen int) error {
	if s == "" || len(s) > maxLen {
		return &FieldError{field, fmt.Sprintf("must have 1 to %d characters", maxLen)}
	}
	for _, c := range []byte(s) {
		alnum := c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
		if !alnum && !strings.ContainsRune("-_.:/", rune(c)) {
			return &FieldError{field, "may hold letters, digits and - _ . : / only"}
		}
	}
	return nil
}

func checkArea(code string) error {
	bad := len(code) != 6 || code[0] == '0'
	for _, c := range []byte(code) {
		bad = bad || c < '0' || c > '9'
	}
	if bad {
		return &FieldError{"area code", "must be six digits (GB/T 2260), the first not 0"}
	}
	return nil
}

func (d Department) check() error {
	if err := checkText("name", d.Name, 100); err != nil {
		return err
	}
	if err := CheckCreditCode(d.CreditCode); err != nil {
		return &FieldError{"credit code", err.Error()}
	}
	return checkArea(d.AreaCode)
}

func (o Officer) check() error {
	if err := checkText("name", o.Name, 50); err != nil {
		return err
	}
	if err := checkCode("staff number", o.StaffNo, 32); err != nil {
		return err
	}
	if looksLikeResidentID(o.StaffNo) {
		return &FieldError{"staff number", "looks like a resident identity number; govseal keeps none"}
	}
	return nil
}

// looksLikeResidentID reports 18 characters of which the first 17 are digits
// and the last is a digit or X (GB 11643).
func looksLikeResidentID(s string) bool {
	if len(s) != 18 {
		return false
	}
	digits := strings.Trim(s[:17], "0123456789") == ""
	return digits && strings.ContainsRune("0123456789Xx", rune(s[17]))
}

// maxMatters bounds the matters that one grant lists.
const maxMatters = 500

func (g Grant) check() error {
	if err := checkCode("seal", g.Seal, 64); err != nil {
		return err
	}
	if len(g.Matters) == 0 || len(g.Matters) > maxMatters {
		return &FieldError{"matters", fmt.Sprintf("must be 1 to %d codes, or %q alone", maxMatters, AllMatters)}
	}
	if all := slices.Equal(g.Matters, []string{AllMatters}); !all {
		for _, m := range g.Matters {
			if err := checkCode("matters", m, 64); err != nil {
				return err
			}
		}
	}
	if len(g.Kinds) > len(allKinds) {
		return &FieldError{"kinds", "are too many"}
	}
	for _, k := range g.Kinds {
		if !slices.Contains(allKinds, k) {
			return &FieldError{"kinds", "may be " + strings.Join(allKinds, ", ")}
		}
	}
	if !g.NotAfter.After(g.NotBefore) {
		return &FieldError{"validity", "must end after it begins"}
	}
	return nil
}
