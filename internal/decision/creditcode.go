// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"errors"
	"strings"
	"time"
)

// creditDigits are the 31 digits of GB 32100: no I, O, S, V, Z.
const creditDigits = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CheckCreditCode says why s is not a 统一社会信用代码 of GB 32100 (18
// characters, the last a check digit). A resident ID number has the same
// length and passes the check digit by chance once in 31 times, so its own
// form is refused by name.
func CheckCreditCode(s string) error {
	switch {
	case isResidentID(s):
		return errors.New("is a resident ID number, not a credit code")
	case len(s) != 18 || strings.Trim(s, creditDigits) != "":
		return errors.New("credit code must be 18 characters of GB 32100")
	case strings.Trim(s[2:8], "0123456789") != "":
		return errors.New("credit code must name an area by 6 digits")
	case s[17] != creditCheck(s[:17]):
		return errors.New("credit code has a wrong check digit")
	}
	return nil
}

// creditCheck is the check digit over the first 17: weights 3^i mod 31, the
// weighted sum with the check digit a multiple of 31.
func creditCheck(s string) byte {
	sum, weight := 0, 1
	for i := range len(s) {
		sum += strings.IndexByte(creditDigits, s[i]) * weight
		weight = weight * 3 % 31
	}
	return creditDigits[(31-sum%31)%31]
}

// isResidentID reports the form of GB 11643: 17 digits with a date of birth in
// the middle, and an ISO 7064 MOD 11-2 check character.
func isResidentID(s string) bool {
	if len(s) != 18 || strings.Trim(s[:17], "0123456789") != "" {
		return false
	}
	born, err := time.Parse("20060102", s[6:14])
	if err != nil || born.Year() < 1850 || born.Year() > 2100 {
		return false
	}
	sum := 0
	for i := range 17 {
		sum = (sum + int(s[i]-'0')) * 2 % 11
	}
	check := "0123456789X"[(12-sum)%11]
	return s[17] == check || check == 'X' && s[17] == 'x'
}

// HoldsResidentID looks for a resident ID number of GB 11643 anywhere in s.
func HoldsResidentID(s string) bool {
	for i := 0; i+18 <= len(s); i++ {
		if isResidentID(s[i : i+18]) {
			return true
		}
	}
	return false
}
