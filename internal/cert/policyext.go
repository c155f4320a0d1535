// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"encoding/asn1"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

func (c *Certificate) readPolicies(d *decoder, s cryptobyte.String, critical bool) error {
	const field = "certificatePolicies"
	body, err := d.sequence(s, field)
	if err != nil {
		return err
	}
	p := &Policies{Critical: critical}
	for n := 0; !body.Empty(); n++ {
		at := body
		var one, qualifiers cryptobyte.String
		var id asn1.ObjectIdentifier
		var present bool
		if n == maxListed || !body.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&id) ||
			!one.ReadOptionalASN1(&qualifiers, &present, cbasn1.SEQUENCE) || !one.Empty() {
			return d.fail(at, field, "malformed PolicyInformation")
		}
		if slices.ContainsFunc(p.OIDs, id.Equal) {
			d.note("%s lists %s twice", field, id)
			continue
		}
		p.OIDs = append(p.OIDs, id)
	}
	if len(p.OIDs) == 0 {
		d.note("%s is an empty list", field)
	}
	c.Policies = p
	return nil
}

func (c *Certificate) readPolicyMappings(d *decoder, s cryptobyte.String, _ bool) error {
	const field = "policyMappings"
	body, err := d.sequence(s, field)
	if err != nil {
		return err
	}
	for !body.Empty() {
		at := body
		var one cryptobyte.String
		var m PolicyMapping
		if len(c.PolicyMappings) == maxListed || !body.ReadASN1(&one, cbasn1.SEQUENCE) ||
			!one.ReadASN1ObjectIdentifier(&m.IssuerDomain) || !one.ReadASN1ObjectIdentifier(&m.SubjectDomain) || !one.Empty() {
			return d.fail(at, field, "malformed mapping")
		}
		c.PolicyMappings = append(c.PolicyMappings, m)
	}
	return nil
}

func (c *Certificate) readPolicyConstraints(d *decoder, s cryptobyte.String, _ bool) error {
	const field = "policyConstraints"
	body, err := d.sequence(s, field)
	if err != nil {
		return err
	}
	p := &PolicyConstraints{}
	for _, f := range []struct {
		tag cbasn1.Tag
		to  **int
	}{{tag0, &p.RequireExplicit}, {tag1, &p.InhibitMapping}} {
		if !body.PeekASN1Tag(f.tag) {
			continue
		}
		if *f.to, err = d.count(&body, f.tag, field); err != nil {
			return err
		}
	}
	if !body.Empty() {
		return d.fail(body, field, "octets behind the end")
	}
	c.PolicyConstraints = p
	return nil
}

func (c *Certificate) readInhibitAnyPolicy(d *decoder, s cryptobyte.String, _ bool) error {
	n, err := d.count(&s, cbasn1.INTEGER, "inhibitAnyPolicy")
	if err != nil {
		return err
	}
	if !s.Empty() {
		return d.fail(s, "inhibitAnyPolicy", "octets behind the end")
	}
	c.InhibitAnyPolicy = n
	return nil
}

// readNameConstraints reads RFC 5280 4.2.1.10. minimum and maximum must be 0
// and absent there; a subtree that uses them is refused rather than widened.
func (c *Certificate) readNameConstraints(d *decoder, s cryptobyte.String, critical bool) error {
	const field = "nameConstraints"
	body, err := d.sequence(s, field)
	if err != nil {
		return err
	}
	nc := &NameConstraints{Critical: critical}
	for _, f := range []struct {
		tag cbasn1.Tag
		to  *[]GeneralName
	}{{tag0.Constructed(), &nc.Permitted}, {tag1.Constructed(), &nc.Excluded}} {
		var subtrees cryptobyte.String
		var present bool
		at := body
		if !body.ReadOptionalASN1(&subtrees, &present, f.tag) {
			return d.fail(at, field, "malformed GeneralSubtrees")
		}
		if *f.to, err = d.subtrees(subtrees, field); err != nil {
			return err
		}
	}
	if !body.Empty() {
		return d.fail(body, field, "octets behind the end")
	}
	if len(nc.Permitted)+len(nc.Excluded) == 0 {
		d.note("%s names no subtree", field)
	}
	c.NameConstraints = nc
	return nil
}

func (d *decoder) subtrees(s cryptobyte.String, field string) ([]GeneralName, error) {
	var list []GeneralName
	for !s.Empty() {
		at := s
		var one cryptobyte.String
		if len(list) == maxListed || !s.ReadASN1(&one, cbasn1.SEQUENCE) {
			return nil, d.fail(at, field, "malformed GeneralSubtree, or too many")
		}
		g, err := d.generalName(&one, field)
		if err != nil {
			return nil, err
		}
		var minimum cryptobyte.String
		var present bool
		if !one.ReadOptionalASN1(&minimum, &present, tag0) || !one.Empty() || (present && string(minimum) != "\x00") {
			return nil, d.fail(at, field, "a subtree with minimum or maximum")
		}
		if present {
			d.note("%s spells out the default minimum 0", field)
		}
		list = append(list, g)
	}
	return list, nil
}
