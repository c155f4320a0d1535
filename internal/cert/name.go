// SPDX-License-Identifier: Apache-2.0

package cert

import "encoding/asn1"

// Name is a distinguished name: RDNs in encoded order, each a set of attributes.
type Name []RDN

// RDN is one relative distinguished name.
type RDN []Attribute

// Attribute is one type and value; Value is the decoded text, Raw the DER value.
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
)

// Get returns the first value of the attribute type, or "".
func (n Name) Get(t asn1.ObjectIdentifier) string { panic("unwritten") }

// String renders the name for people, in encoded order: "C=CN, O=示例市…, CN=…".
func (n Name) String() string { panic("unwritten") }

// Equal compares by RFC 5280 7.1: case and inner white space of strings fold,
// and the string type does not matter.
func (n Name) Equal(m Name) bool { panic("unwritten") }

// Marshal encodes the name: country as PrintableString, the rest as UTF8String
// where it is not printable.
func (n Name) Marshal() ([]byte, error) { panic("unwritten") }

// ParseName reads a DER Name with nothing behind it.
func ParseName(der []byte) (Name, error) { panic("unwritten") }
