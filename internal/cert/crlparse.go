// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"encoding/asn1"
	"math/big"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// ParseCRL reads one DER CRL with nothing behind it.
func ParseCRL(der []byte) (*CRL, error) {
	if len(der) > MaxCRL {
		return nil, &ParseError{Object: "CRL", Field: "CertificateList", Reason: "too long"}
	}
	d, s := newDecoder("CRL", der)
	c := &CRL{Raw: s}
	body, err := d.sequence(s, "CertificateList")
	if err != nil {
		return nil, err
	}
	o, err := d.signed(body, "tbsCertList", &c.RawTBS, &c.Signature)
	if err != nil {
		return nil, err
	}
	if err := c.parseTBS(d, o.tbs); err != nil {
		return nil, err
	}
	if !c.SignatureAlgorithm.equal(o.outer) {
		return nil, d.fail(body, "signatureAlgorithm", "differs from tbsCertList.signature")
	}
	c.index()
	c.Tolerated = d.notes
	return c, nil
}

func (c *CRL) parseTBS(d *decoder, s cryptobyte.String) error {
	c.Version = 1
	if s.PeekASN1Tag(cbasn1.INTEGER) {
		at := s
		var v int
		if !s.ReadASN1Integer(&v) || v != 1 {
			return d.fail(at, "version", "not v2")
		}
		c.Version = 2
	}
	var err error
	if c.SignatureAlgorithm, err = d.algorithm(&s, "signature"); err != nil {
		return err
	}
	if c.Issuer, c.RawIssuer, err = d.name(&s, "issuer"); err != nil {
		return err
	}
	if c.ThisUpdate, err = d.time(&s, "thisUpdate"); err != nil {
		return err
	}
	if s.PeekASN1Tag(cbasn1.UTCTime) || s.PeekASN1Tag(cbasn1.GeneralizedTime) {
		if c.NextUpdate, err = d.time(&s, "nextUpdate"); err != nil {
			return err
		}
	}
	if s.PeekASN1Tag(cbasn1.SEQUENCE) {
		if err := c.parseEntries(d, &s); err != nil {
			return err
		}
	}
	return c.parseExtensions(d, s)
}

func (c *CRL) addUnknown(id asn1.ObjectIdentifier) {
	if !slices.ContainsFunc(c.UnknownCritical, id.Equal) && len(c.UnknownCritical) < maxExtensions {
		c.UnknownCritical = append(c.UnknownCritical, id)
	}
}

func (c *CRL) parseExtensions(d *decoder, s cryptobyte.String) error {
	at := s
	var body cryptobyte.String
	var present bool
	if !s.ReadOptionalASN1(&body, &present, tag0.Constructed()) || !s.Empty() {
		return d.fail(at, "crlExtensions", "malformed, or octets behind them")
	}
	if !present {
		return nil
	}
	if c.Version == 1 {
		return d.fail(at, "crlExtensions", "in a CRL of version 1")
	}
	var err error
	if c.Extensions, err = d.extensions(body, "crlExtensions"); err != nil {
		return err
	}
	for _, e := range c.Extensions {
		if err := c.readExtension(d, e); err != nil {
			return err
		}
	}
	return nil
}

func (c *CRL) readExtension(d *decoder, e Extension) (err error) {
	switch {
	case e.ID.Equal(OIDCRLNumber):
		c.Number, err = d.crlNumber(e.Value, "cRLNumber")
	case e.ID.Equal(OIDDeltaCRLIndicator):
		c.DeltaBase, err = d.crlNumber(e.Value, "deltaCRLIndicator")
	case e.ID.Equal(OIDAuthorityKeyID):
		c.AuthorityKeyID, err = d.authorityKeyID(e.Value)
	case e.ID.Equal(OIDIssuingDistribution):
		c.IDP, err = d.issuingDistributionPoint(e.Value, e.Critical)
	case e.ID.Equal(OIDFreshestCRL):
		c.FreshestCRL, err = d.distributionPoints(e.Value, "freshestCRL")
	case e.Critical:
		c.addUnknown(e.ID)
	}
	return err
}

func (d *decoder) crlNumber(s cryptobyte.String, field string) (*big.Int, error) {
	n := new(big.Int)
	at := s
	if !s.ReadASN1Integer(n) || !s.Empty() || n.Sign() < 0 || n.BitLen() > 8*maxSerial {
		return nil, d.fail(at, field, "not a number")
	}
	return n, nil
}

func (d *decoder) issuingDistributionPoint(s cryptobyte.String, critical bool) (*IssuingDistributionPoint, error) {
	const field = "issuingDistributionPoint"
	body, err := d.sequence(s, field)
	if err != nil {
		return nil, err
	}
	p := &IssuingDistributionPoint{Critical: critical}
	if p.FullName, p.RelativeName, err = d.distributionPointName(&body, field); err != nil {
		return nil, err
	}
	for _, f := range []struct {
		tag cbasn1.Tag
		to  *bool
	}{{tag1, &p.OnlyUserCerts}, {tag2, &p.OnlyCACerts}, {tag3, nil}, {tag4, &p.Indirect}, {tag5, &p.OnlyAttrCerts}} {
		if f.to == nil {
			if body.PeekASN1Tag(tag3) {
				reasons, err := d.flags(&body, tag3, field+".onlySomeReasons")
				if err != nil {
					return nil, err
				}
				p.OnlySomeReasons = &reasons
			}
			continue
		}
		at := body
		var v cryptobyte.String
		var present bool
		if !body.ReadOptionalASN1(&v, &present, f.tag) || (present && string(v) != "\xff" && string(v) != "\x00") {
			return nil, d.fail(at, field, "malformed flag")
		}
		*f.to = string(v) == "\xff"
	}
	if !body.Empty() {
		return nil, d.fail(body, field, "octets behind the end")
	}
	return p, nil
}
