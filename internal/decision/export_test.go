// SPDX-License-Identifier: Apache-2.0

package decision

// CanonicalText is the RFC 8785 form of any text that the scanner reads.
func CanonicalText(raw []byte, drop ...string) ([]byte, error) {
	n, err := scan(raw, MaxFile)
	if err != nil {
		return nil, err
	}
	n.drop(drop...)
	return n.canonical(nil), nil
}

// CreditCheck completes the first 17 digits of a credit code.
func CreditCheck(first17 string) string { return first17 + string(creditCheck(first17)) }

// TextFault is the rule for characters.
func TextFault(s string) string { return textFault(s, maxShort) }
