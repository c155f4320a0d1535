// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"bytes"
	"encoding/hex"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Bounds of a name; the largest seen in the field has 9 RDNs.
const (
	maxRDNs       = 64
	maxAttributes = 16
)

// String tags of X.680 that cryptobyte/asn1 does not name.
const (
	tagNumericString   = cbasn1.Tag(18)
	tagVisibleString   = cbasn1.Tag(26)
	tagUniversalString = cbasn1.Tag(28)
	tagBMPString       = cbasn1.Tag(30)
)

// ParseName reads a DER Name with nothing behind it.
func ParseName(der []byte) (Name, error) {
	if len(der) > MaxCertificate {
		return nil, &ParseError{Object: "name", Field: "Name", Reason: "too long"}
	}
	d, s := newDecoder("name", der)
	name, raw, err := d.name(&s, "Name")
	if err != nil {
		return nil, err
	}
	if len(raw) != len(der) {
		return nil, d.fail(s, "Name", "octets behind the end")
	}
	return name, nil
}

// name reads a Name and returns its raw octets too.
func (d *decoder) name(s *cryptobyte.String, field string) (Name, []byte, error) {
	start := *s
	var raw, body cryptobyte.String
	if !s.ReadASN1Element(&raw, cbasn1.SEQUENCE) {
		return nil, nil, d.fail(start, field, "not a Name")
	}
	whole := raw
	raw.ReadASN1(&body, cbasn1.SEQUENCE)
	name := Name{}
	for !body.Empty() {
		at := body
		var set cryptobyte.String
		if !body.ReadASN1(&set, cbasn1.SET) {
			return nil, nil, d.fail(at, field, "RelativeDistinguishedName is not a SET")
		}
		if len(name) == maxRDNs {
			return nil, nil, d.fail(at, field, "more than %d RDNs", maxRDNs)
		}
		rdn, err := d.rdn(set, field)
		if err != nil {
			return nil, nil, err
		}
		name = append(name, rdn)
	}
	return name, whole, nil
}

// rdn reads the content of the SET of one RDN.
func (d *decoder) rdn(set cryptobyte.String, field string) (RDN, error) {
	if set.Empty() {
		return nil, d.fail(set, field, "empty RelativeDistinguishedName")
	}
	var rdn RDN
	var last []byte
	for !set.Empty() {
		at := set
		var raw, body, value cryptobyte.String
		var a Attribute
		var tag cbasn1.Tag
		if !set.ReadASN1Element(&raw, cbasn1.SEQUENCE) {
			return nil, d.fail(at, field, "AttributeTypeAndValue is not a SEQUENCE")
		}
		element := raw
		if !raw.ReadASN1(&body, cbasn1.SEQUENCE) || !body.ReadASN1ObjectIdentifier(&a.Type) ||
			!body.ReadAnyASN1Element(&value, &tag) || !body.Empty() {
			return nil, d.fail(at, field, "malformed AttributeTypeAndValue")
		}
		if len(rdn) == maxAttributes {
			return nil, d.fail(at, field, "more than %d attributes in an RDN", maxAttributes)
		}
		if bytes.Compare(last, element) > 0 {
			d.note("%s: attributes of an RDN are not in DER order", field)
		}
		last = element
		a.Raw = value
		a.Value = d.attributeText(value, field+" "+typeName(a.Type))
		rdn = append(rdn, a)
	}
	return rdn, nil
}

// attributeText decodes a string value. A value outside its type's repertoire
// is read as what it most likely is and noted: production signers carry
// Chinese text in an IA5String (facts/seal-formats.md section 4).
func (d *decoder) attributeText(raw []byte, field string) string {
	text, note := decodeText(raw)
	if note != "" {
		d.note("%s: %s", field, note)
	}
	return text
}

func decodeText(raw []byte) (text, note string) {
	s := cryptobyte.String(raw)
	var body cryptobyte.String
	var tag cbasn1.Tag
	if !s.ReadAnyASN1(&body, &tag) || !s.Empty() {
		return "#" + hex.EncodeToString(raw), "malformed value"
	}
	switch tag {
	case cbasn1.UTF8String:
		if !utf8.Valid(body) {
			return eightBit(body), "invalid UTF8String"
		}
		return string(body), ""
	case cbasn1.PrintableString, tagNumericString:
		if !isPrintable(string(body)) {
			return eightBit(body), "characters outside PrintableString"
		}
		return string(body), ""
	case cbasn1.IA5String, tagVisibleString:
		if !isASCII(body) {
			return eightBit(body), "invalid IA5String"
		}
		return string(body), ""
	case cbasn1.T61String, cbasn1.GeneralString:
		return eightBit(body), ""
	case tagBMPString, tagUniversalString:
		return wideText(body, tag)
	}
	return "#" + hex.EncodeToString(raw), ""
}

// eightBit reads octets of an unsure character set: UTF-8 if they are, else
// Latin-1, which keeps different octets different.
func eightBit(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

func wideText(b []byte, tag cbasn1.Tag) (text, note string) {
	width := 2
	if tag == tagUniversalString {
		width = 4
	}
	if len(b)%width != 0 {
		return "#" + hex.EncodeToString(b), "odd length of a wide string"
	}
	if width == 4 {
		var t strings.Builder
		for ; len(b) > 0; b = b[4:] {
			t.WriteRune(rune(uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])))
		}
		return t.String(), ""
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	return string(utf16.Decode(units)), ""
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// isPrintable reports whether s keeps to PrintableString (X.680 41.4).
func isPrintable(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && !strings.ContainsRune(" '()+,-./:=?", rune(c)) {
			return false
		}
	}
	return true
}
