// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"encoding/asn1"

	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The two extensions that carry the unified social credit code: the first as
// most certificate authorities write it, the second after GM/T 0015-2023 as
// read in XiPKI (facts/ca-and-crypto.md section 6; not confirmed with the text).
var (
	OIDCreditCode     = asn1.ObjectIdentifier{1, 2, 156, 10260, 4, 1, 4}
	OIDCreditCode2023 = asn1.ObjectIdentifier{1, 2, 156, 10260, 4, 4}
)

// ExtCreditCode carries the 18-character unified social credit code
// (统一社会信用代码) under 1.2.156.10260.4.1.4; facts/ca-and-crypto.md section 6.
func ExtCreditCode(code string) Extension {
	return Extension{ID: OIDCreditCode, Value: tlv(cbasn1.PrintableString, []byte(code))}
}

// CreditCode returns the unified social credit code of the subject from either
// extension in use (1.2.156.10260.4.1.4 and 1.2.156.10260.4.4), or "".
// Only a value of 18 upper-case letters and digits is one: the first extension
// also carries the older organisation codes.
func (c *Certificate) CreditCode() string {
	for _, id := range []asn1.ObjectIdentifier{OIDCreditCode, OIDCreditCode2023} {
		e := c.Extension(id)
		if e == nil {
			continue
		}
		if text, note := decodeText(e.Value); note == "" && isCreditCode(text) {
			return text
		}
	}
	return ""
}

func isCreditCode(s string) bool {
	if len(s) != 18 {
		return false
	}
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
