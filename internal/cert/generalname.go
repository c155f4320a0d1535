// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"fmt"
	"net/netip"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Tag numbers of a GeneralName (RFC 5280 4.2.1.6).
const (
	TagOtherName     = 0
	TagEmail         = 1 // rfc822Name
	TagDNS           = 2
	TagX400          = 3
	TagDirectoryName = 4 // Value is the DER Name
	TagEDIParty      = 5
	TagURI           = 6
	TagIP            = 7 // 4 or 16 octets; twice that in a name constraint
	TagRegisteredID  = 8
)

// NewURI returns a uniformResourceIdentifier.
func NewURI(uri string) GeneralName { return GeneralName{TagURI, []byte(uri)} }

// NewDNS returns a dNSName.
func NewDNS(name string) GeneralName { return GeneralName{TagDNS, []byte(name)} }

// NewEmail returns an rfc822Name.
func NewEmail(address string) GeneralName { return GeneralName{TagEmail, []byte(address)} }

// NewDirectoryName returns a directoryName from the DER of a Name.
func NewDirectoryName(rawName []byte) GeneralName { return GeneralName{TagDirectoryName, rawName} }

// String renders the name for people, its kind in front.
func (g GeneralName) String() string {
	switch g.Tag {
	case TagEmail:
		return "email:" + eightBit(g.Value)
	case TagDNS:
		return "DNS:" + eightBit(g.Value)
	case TagURI:
		return "URI:" + eightBit(g.Value)
	case TagDirectoryName:
		if n, err := ParseName(g.Value); err == nil {
			return "directory:" + n.String()
		}
	case TagIP:
		if a, ok := netip.AddrFromSlice(g.Value); ok {
			return "IP:" + a.String()
		}
	}
	return fmt.Sprintf("[%d]:%x", g.Tag, g.Value)
}

// generalNames reads a non-empty GeneralNames under the tag given.
func (d *decoder) generalNames(s *cryptobyte.String, tag cbasn1.Tag, field string) ([]GeneralName, error) {
	var body cryptobyte.String
	at := *s
	if !s.ReadASN1(&body, tag) {
		return nil, d.fail(at, field, "not a GeneralNames")
	}
	list := []GeneralName{}
	for !body.Empty() {
		if len(list) == maxListed {
			return nil, d.fail(body, field, "more than %d names", maxListed)
		}
		g, err := d.generalName(&body, field)
		if err != nil {
			return nil, err
		}
		list = append(list, g)
	}
	if len(list) == 0 {
		d.note("%s is an empty list", field)
	}
	return list, nil
}

func (d *decoder) generalName(s *cryptobyte.String, field string) (GeneralName, error) {
	var body cryptobyte.String
	var tag cbasn1.Tag
	at := *s
	if !s.ReadAnyASN1(&body, &tag) || tag&0xC0 != 0x80 || tag&0x1F > TagRegisteredID {
		return GeneralName{}, d.fail(at, field, "not a GeneralName")
	}
	g := GeneralName{Tag: int(tag & 0x1F), Value: body}
	constructed := tag&0x20 != 0
	want := g.Tag == TagOtherName || g.Tag == TagX400 || g.Tag == TagDirectoryName || g.Tag == TagEDIParty
	if constructed != want {
		return g, d.fail(at, field, "GeneralName [%d] in the wrong form", g.Tag)
	}
	switch g.Tag {
	case TagEmail, TagDNS, TagURI:
		if !isASCII(body) {
			d.note("%s: name [%d] is not an IA5String", field, g.Tag)
		}
	case TagDirectoryName:
		rest := body
		if _, _, err := d.name(&rest, field); err != nil {
			return g, err
		}
		if !rest.Empty() {
			return g, d.fail(rest, field, "octets behind a directoryName")
		}
	}
	return g, nil
}
