// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

func (c *Certificate) readCRLDistributionPoints(d *decoder, s cryptobyte.String, _ bool) (err error) {
	c.CRLDistributionPoints, err = d.distributionPoints(s, "cRLDistributionPoints")
	return err
}

func (c *Certificate) readFreshestCRL(d *decoder, s cryptobyte.String, _ bool) (err error) {
	c.FreshestCRL, err = d.distributionPoints(s, "freshestCRL")
	return err
}

func (d *decoder) distributionPoints(s cryptobyte.String, field string) ([]DistributionPoint, error) {
	body, err := d.sequence(s, field)
	if err != nil {
		return nil, err
	}
	var list []DistributionPoint
	for !body.Empty() {
		at := body
		var one cryptobyte.String
		if len(list) == maxListed || !body.ReadASN1(&one, cbasn1.SEQUENCE) {
			return nil, d.fail(at, field, "malformed DistributionPoint, or too many")
		}
		p, err := d.distributionPoint(one, field)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	if len(list) == 0 {
		d.note("%s is an empty list", field)
	}
	return list, nil
}

func (d *decoder) distributionPoint(s cryptobyte.String, field string) (p DistributionPoint, err error) {
	if p.FullName, p.RelativeName, err = d.distributionPointName(&s, field); err != nil {
		return p, err
	}
	if s.PeekASN1Tag(tag1) {
		reasons, err := d.flags(&s, tag1, field+".reasons")
		if err != nil {
			return p, err
		}
		p.Reasons = &reasons
	}
	if s.PeekASN1Tag(tag2.Constructed()) {
		if p.CRLIssuer, err = d.generalNames(&s, tag2.Constructed(), field+".cRLIssuer"); err != nil {
			return p, err
		}
	}
	if !s.Empty() {
		return p, d.fail(s, field, "octets behind the end")
	}
	return p, nil
}

// distributionPointName reads an optional [0] DistributionPointName, a CHOICE
// and therefore tagged explicitly.
func (d *decoder) distributionPointName(s *cryptobyte.String, field string) (full []GeneralName, relative []byte, err error) {
	var body cryptobyte.String
	var present bool
	at := *s
	if !s.ReadOptionalASN1(&body, &present, tag0.Constructed()) {
		return nil, nil, d.fail(at, field, "malformed DistributionPointName")
	}
	if !present {
		return nil, nil, nil
	}
	if body.PeekASN1Tag(tag0.Constructed()) {
		full, err = d.generalNames(&body, tag0.Constructed(), field+".fullName")
	} else {
		var set cryptobyte.String
		at = body
		if !body.ReadASN1(&set, tag1.Constructed()) {
			return nil, nil, d.fail(at, field, "malformed DistributionPointName")
		}
		_, err = d.rdn(set, field+".nameRelativeToCRLIssuer")
		relative = tlv(cbasn1.SET, set)
	}
	if err == nil && !body.Empty() {
		err = d.fail(body, field, "octets behind the DistributionPointName")
	}
	return full, relative, err
}

// ParseRDN reads a DER RelativeDistinguishedName (a SET) with nothing behind
// it, such as the RelativeName of a distribution point.
func ParseRDN(der []byte) (RDN, error) {
	d, s := newDecoder("name", der)
	var set cryptobyte.String
	at := s
	if !s.ReadASN1(&set, cbasn1.SET) || !s.Empty() {
		return nil, d.fail(at, "RelativeDistinguishedName", "not a SET")
	}
	return d.rdn(set, "RelativeDistinguishedName")
}
