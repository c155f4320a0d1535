// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"slices"

	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cert"
)

var stringTypesRule = rule{"string-types", "RFC 5280 4.1.2.4 and appendix A; X.520", checkStringTypes}

// stringTypes of attributes that are no DirectoryString.
var stringTypes = []struct {
	oid  []int
	tag  cbasn1.Tag
	name string
}{
	{cert.OIDCountry, cbasn1.PrintableString, "PrintableString"},
	{cert.OIDSerialNumber, cbasn1.PrintableString, "PrintableString"},
	{[]int{2, 5, 4, 46}, cbasn1.PrintableString, "PrintableString"}, // dnQualifier
	{cert.OIDEmailAddress, cbasn1.IA5String, "IA5String"},
	{[]int{0, 9, 2342, 19200300, 100, 1, 25}, cbasn1.IA5String, "IA5String"}, // domainComponent
}

// checkStringTypes: of the five forms of a DirectoryString only two are for
// new certificates; BMPString and T61String are read differently by readers.
func checkStringTypes(s *candidate, r *report) {
	eachAttribute(s.Subject, func(a cert.Attribute) {
		if len(a.Raw) == 0 {
			return
		}
		tag := cbasn1.Tag(a.Raw[0])
		i := slices.IndexFunc(stringTypes, func(t struct {
			oid  []int
			tag  cbasn1.Tag
			name string
		}) bool {
			return slices.Equal(t.oid, a.Type)
		})
		switch {
		case i >= 0 && tag != stringTypes[i].tag:
			r.err("%s in the subject is not a %s", label(a.Type), stringTypes[i].name)
		case i < 0 && tag != cbasn1.PrintableString && tag != cbasn1.UTF8String && s.isCA() && s.profile == nil:
			// A cross-certificate copies another authority's name octet for octet.
			r.warn("%s in the subject is an old form of string (tag %d)", label(a.Type), tag)
		case i < 0 && tag != cbasn1.PrintableString && tag != cbasn1.UTF8String:
			r.err("%s in the subject is neither PrintableString nor UTF8String (tag %d)", label(a.Type), tag)
		}
	})
}

func eachAttribute(n cert.Name, do func(cert.Attribute)) {
	for _, rdn := range n {
		for _, a := range rdn {
			do(a)
		}
	}
}
