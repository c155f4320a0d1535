// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Marshal encodes the name: country as PrintableString, the rest as UTF8String
// where it is not printable. An attribute that was parsed keeps its own DER
// value; it is an error if Value was changed beside it.
func (n Name) Marshal() ([]byte, error) {
	if len(n) > maxRDNs {
		return nil, fmt.Errorf("marshal name: more than %d RDNs", maxRDNs)
	}
	var rdns []byte
	for _, rdn := range n {
		der, err := rdn.marshal()
		if err != nil {
			return nil, fmt.Errorf("marshal name: %w", err)
		}
		rdns = append(rdns, der...)
	}
	return tlv(cbasn1.SEQUENCE, rdns), nil
}

func (r RDN) marshal() ([]byte, error) {
	if len(r) == 0 || len(r) > maxAttributes {
		return nil, fmt.Errorf("an RDN has %d attributes", len(r))
	}
	attributes := make([][]byte, len(r))
	for i, a := range r {
		value, err := a.marshalValue()
		if err != nil {
			return nil, err
		}
		var b cryptobyte.Builder
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(a.Type)
			b.AddBytes(value)
		})
		if attributes[i], err = b.Bytes(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(attributes, bytes.Compare) // DER order of a SET OF
	return tlv(cbasn1.SET, slices.Concat(attributes...)), nil
}

func (a Attribute) marshalValue() ([]byte, error) {
	if a.Raw != nil {
		if text, _ := decodeText(a.Raw); text != a.Value {
			return nil, fmt.Errorf("%s: Value and Raw differ", typeName(a.Type))
		}
		return a.Raw, nil
	}
	switch {
	case !utf8.ValidString(a.Value):
		return nil, fmt.Errorf("%s: not UTF-8", typeName(a.Type))
	case a.Value == "":
		return nil, fmt.Errorf("%s: empty", typeName(a.Type))
	case a.Type.Equal(OIDCountry):
		if len(a.Value) != 2 || !isPrintable(a.Value) {
			return nil, errors.New("country: not a two-letter code")
		}
	case a.Type.Equal(OIDEmailAddress) || a.Type.Equal(oidDomainComponent):
		if !isASCII([]byte(a.Value)) {
			return nil, fmt.Errorf("%s: not ASCII", typeName(a.Type))
		}
		return tlv(cbasn1.IA5String, []byte(a.Value)), nil
	}
	if isPrintable(a.Value) {
		return tlv(cbasn1.PrintableString, []byte(a.Value)), nil
	}
	return tlv(cbasn1.UTF8String, []byte(a.Value)), nil
}

// tlv wraps content in one DER header.
func tlv(tag cbasn1.Tag, content []byte) []byte {
	n := len(content)
	header := []byte{byte(tag)}
	switch {
	case n < 0x80:
		header = append(header, byte(n))
	case n < 1<<8:
		header = append(header, 0x81, byte(n))
	case n < 1<<16:
		header = append(header, 0x82, byte(n>>8), byte(n))
	case n < 1<<24:
		header = append(header, 0x83, byte(n>>16), byte(n>>8), byte(n))
	default:
		header = append(header, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(header, content...)
}
