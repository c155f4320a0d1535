// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"encoding/asn1"
	"fmt"
	"strings"
	"unicode"
)

// Name is a distinguished name: RDNs in encoded order, each a set of attributes.
type Name []RDN

// RDN is one relative distinguished name.
type RDN []Attribute

// Attribute is one type and value; Value is the decoded text, Raw the DER
// value. A value that is no string has "#" and its DER in hexadecimal as text.
// A name made by hand leaves Raw nil.
type Attribute struct {
	Type  asn1.ObjectIdentifier
	Value string
	Raw   []byte
}

// Attribute types written by govseal (X.520).
var (
	OIDCountry      = asn1.ObjectIdentifier{2, 5, 4, 6}
	OIDProvince     = asn1.ObjectIdentifier{2, 5, 4, 8}
	OIDLocality     = asn1.ObjectIdentifier{2, 5, 4, 7}
	OIDOrganization = asn1.ObjectIdentifier{2, 5, 4, 10}
	OIDUnit         = asn1.ObjectIdentifier{2, 5, 4, 11}
	OIDCommonName   = asn1.ObjectIdentifier{2, 5, 4, 3}
	OIDSerialNumber = asn1.ObjectIdentifier{2, 5, 4, 5}
	// OIDEmailAddress is read, not written: name constraints on mail apply to it.
	OIDEmailAddress = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}
)

// oidDomainComponent, like the mail address, is an IA5String by definition
// (RFC 4519 2.4).
var oidDomainComponent = asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 25}

// shortNames are the customary abbreviations.
var shortNames = map[string]string{
	"2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST",
	"2.5.4.9": "street", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "title", "2.5.4.42": "GN",
	"2.5.4.97": "organizationIdentifier", "1.2.840.113549.1.9.1": "emailAddress",
	"0.9.2342.19200300.100.1.25": "DC", "0.9.2342.19200300.100.1.1": "UID",
}

// Get returns the first value of the attribute type, or "".
func (n Name) Get(t asn1.ObjectIdentifier) string {
	for _, rdn := range n {
		for _, a := range rdn {
			if a.Type.Equal(t) {
				return a.Value
			}
		}
	}
	return ""
}

// String renders the name for people, in encoded order: "C=CN, O=示例市…, CN=…".
// Separators within a value are escaped with a backslash; control and
// formatting characters, which could turn a line of a log, as \u.
func (n Name) String() string {
	var b strings.Builder
	for i, rdn := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		for j, a := range rdn {
			if j > 0 {
				b.WriteString(" + ")
			}
			b.WriteString(typeName(a.Type))
			b.WriteByte('=')
			writeEscaped(&b, a.Value)
		}
	}
	return b.String()
}

func typeName(t asn1.ObjectIdentifier) string {
	if s, ok := shortNames[t.String()]; ok {
		return s
	}
	return t.String()
}

func writeEscaped(b *strings.Builder, value string) {
	for _, r := range value {
		switch {
		case strings.ContainsRune(`,+=\"<>;`, r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			fmt.Fprintf(b, "\\u%04X", r)
		default:
			b.WriteRune(r)
		}
	}
}
