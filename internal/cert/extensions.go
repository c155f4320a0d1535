// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"encoding/asn1"
	"math/big"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Identifiers of the extensions of RFC 5280 4.2 and 5.2, and of RFC 6960.
var (
	OIDSubjectKeyID          = asn1.ObjectIdentifier{2, 5, 29, 14}
	OIDKeyUsage              = asn1.ObjectIdentifier{2, 5, 29, 15}
	OIDSubjectAltName        = asn1.ObjectIdentifier{2, 5, 29, 17}
	OIDIssuerAltName         = asn1.ObjectIdentifier{2, 5, 29, 18}
	OIDBasicConstraints      = asn1.ObjectIdentifier{2, 5, 29, 19}
	OIDCRLNumber             = asn1.ObjectIdentifier{2, 5, 29, 20}
	OIDReasonCode            = asn1.ObjectIdentifier{2, 5, 29, 21}
	OIDInvalidityDate        = asn1.ObjectIdentifier{2, 5, 29, 24}
	OIDDeltaCRLIndicator     = asn1.ObjectIdentifier{2, 5, 29, 27}
	OIDIssuingDistribution   = asn1.ObjectIdentifier{2, 5, 29, 28}
	OIDCertificateIssuer     = asn1.ObjectIdentifier{2, 5, 29, 29}
	OIDNameConstraints       = asn1.ObjectIdentifier{2, 5, 29, 30}
	OIDCRLDistributionPoints = asn1.ObjectIdentifier{2, 5, 29, 31}
	OIDCertificatePolicies   = asn1.ObjectIdentifier{2, 5, 29, 32}
	OIDAnyPolicy             = asn1.ObjectIdentifier{2, 5, 29, 32, 0}
	OIDPolicyMappings        = asn1.ObjectIdentifier{2, 5, 29, 33}
	OIDAuthorityKeyID        = asn1.ObjectIdentifier{2, 5, 29, 35}
	OIDPolicyConstraints     = asn1.ObjectIdentifier{2, 5, 29, 36}
	OIDExtKeyUsage           = asn1.ObjectIdentifier{2, 5, 29, 37}
	OIDFreshestCRL           = asn1.ObjectIdentifier{2, 5, 29, 46}
	OIDInhibitAnyPolicy      = asn1.ObjectIdentifier{2, 5, 29, 54}
	OIDAuthorityInfoAccess   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 1}
	OIDOCSPNoCheck           = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}
	oidAccessOCSP            = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1}
	oidAccessCAIssuers       = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 2}
)

// maxListed bounds the entries of one list in an extension.
const maxListed = 1024

// reading is how one extension is read. A malformed one that bears on trust
// is an error; another only loses its fields, with a note: production signers
// carry subjectAltNames that do not parse (facts/seal-formats.md section 4).
type reading struct {
	id    asn1.ObjectIdentifier
	trust bool
	read  func(*Certificate, *decoder, cryptobyte.String, bool) error
}

var readings = []reading{
	{OIDBasicConstraints, true, (*Certificate).readBasicConstraints},
	{OIDKeyUsage, true, (*Certificate).readKeyUsage},
	{OIDExtKeyUsage, true, (*Certificate).readExtKeyUsage},
	{OIDCertificatePolicies, true, (*Certificate).readPolicies},
	{OIDPolicyMappings, true, (*Certificate).readPolicyMappings},
	{OIDPolicyConstraints, true, (*Certificate).readPolicyConstraints},
	{OIDInhibitAnyPolicy, true, (*Certificate).readInhibitAnyPolicy},
	{OIDNameConstraints, true, (*Certificate).readNameConstraints},
	{OIDSubjectKeyID, false, (*Certificate).readSubjectKeyID},
	{OIDAuthorityKeyID, false, (*Certificate).readAuthorityKeyID},
	{OIDSubjectAltName, false, (*Certificate).readSubjectAltName},
	{OIDCRLDistributionPoints, false, (*Certificate).readCRLDistributionPoints},
	{OIDFreshestCRL, false, (*Certificate).readFreshestCRL},
	{OIDAuthorityInfoAccess, false, (*Certificate).readAuthorityInfoAccess},
	{OIDOCSPNoCheck, false, (*Certificate).readOCSPNoCheck},
}

func (c *Certificate) readExtensions(d *decoder) error {
	for _, e := range c.Extensions {
		i := slices.IndexFunc(readings, func(r reading) bool { return r.id.Equal(e.ID) })
		if i < 0 {
			continue
		}
		err := readings[i].read(c, d, e.Value, e.Critical)
		switch {
		case err == nil:
		case readings[i].trust:
			return err
		default:
			d.note("extension %s is not readable: %v", e.ID, err)
			c.Unreadable = append(c.Unreadable, e.ID)
		}
	}
	return nil
}

func (c *Certificate) readBasicConstraints(d *decoder, s cryptobyte.String, critical bool) error {
	const field = "basicConstraints"
	body, err := d.sequence(s, field)
	if err != nil {
		return err
	}
	bc := &BasicConstraints{Critical: critical}
	if bc.CA, err = d.critical(&body, field+".cA"); err != nil {
		return err
	}
	if !body.Empty() {
		if bc.PathLen, err = d.count(&body, cbasn1.INTEGER, field+".pathLenConstraint"); err != nil {
			return err
		}
	}
	if !body.Empty() {
		return d.fail(body, field, "octets behind the end")
	}
	if bc.PathLen != nil && !bc.CA {
		d.note("a path length without cA")
	}
	c.BasicConstraints = bc
	return nil
}

func (c *Certificate) readKeyUsage(d *decoder, s cryptobyte.String, critical bool) error {
	bits, err := d.flags(&s, cbasn1.BIT_STRING, "keyUsage")
	if err != nil {
		return err
	}
	if !s.Empty() {
		return d.fail(s, "keyUsage", "octets behind the end")
	}
	if bits == 0 {
		d.note("keyUsage sets no bit")
	}
	c.KeyUsage = &KeyUsage{Critical: critical, Bits: KeyUsageBits(bits)}
	return nil
}

func (c *Certificate) readExtKeyUsage(d *decoder, s cryptobyte.String, _ bool) error {
	const field = "extKeyUsage"
	body, err := d.sequence(s, field)
	if err != nil {
		return err
	}
	c.ExtKeyUsage = []asn1.ObjectIdentifier{}
	for !body.Empty() {
		at := body
		var id asn1.ObjectIdentifier
		if !body.ReadASN1ObjectIdentifier(&id) || len(c.ExtKeyUsage) == maxListed {
			return d.fail(at, field, "not an OBJECT IDENTIFIER, or too many")
		}
		c.ExtKeyUsage = append(c.ExtKeyUsage, id)
	}
	if len(c.ExtKeyUsage) == 0 {
		d.note("extKeyUsage is an empty list")
	}
	return nil
}

func (c *Certificate) readSubjectKeyID(d *decoder, s cryptobyte.String, _ bool) error {
	at := s
	if !s.ReadASN1Bytes(&c.SubjectKeyID, cbasn1.OCTET_STRING) || !s.Empty() {
		c.SubjectKeyID = nil
		return d.fail(at, "subjectKeyIdentifier", "not an OCTET STRING")
	}
	return nil
}

func (c *Certificate) readAuthorityKeyID(d *decoder, s cryptobyte.String, _ bool) (err error) {
	c.AuthorityKeyID, err = d.authorityKeyID(s)
	return err
}

func (d *decoder) authorityKeyID(s cryptobyte.String) (*AuthorityKeyID, error) {
	const field = "authorityKeyIdentifier"
	body, err := d.sequence(s, field)
	if err != nil {
		return nil, err
	}
	a := &AuthorityKeyID{}
	var key, serial cryptobyte.String
	var hasKey, hasSerial bool
	at := body
	if !body.ReadOptionalASN1(&key, &hasKey, tag0) {
		return nil, d.fail(at, field, "malformed keyIdentifier")
	}
	if hasKey {
		a.KeyID = key
	}
	if body.PeekASN1Tag(tag1.Constructed()) {
		if a.Issuer, err = d.generalNames(&body, tag1.Constructed(), field+".authorityCertIssuer"); err != nil {
			return nil, err
		}
	}
	at = body
	if !body.ReadOptionalASN1(&serial, &hasSerial, tag2) || !body.Empty() {
		return nil, d.fail(at, field, "malformed authorityCertSerialNumber")
	}
	if hasSerial {
		a.Serial = new(big.Int)
		whole := cryptobyte.String(tlv(cbasn1.INTEGER, serial))
		if len(serial) > maxSerial || !whole.ReadASN1Integer(a.Serial) {
			return nil, d.fail(at, field, "malformed authorityCertSerialNumber")
		}
	}
	return a, nil
}

func (c *Certificate) readSubjectAltName(d *decoder, s cryptobyte.String, _ bool) (err error) {
	c.SubjectAltNames, err = d.generalNames(&s, cbasn1.SEQUENCE, "subjectAltName")
	if err == nil && !s.Empty() {
		err = d.fail(s, "subjectAltName", "octets behind the end")
	}
	if err != nil {
		c.SubjectAltNames = nil
	}
	return err
}

func (c *Certificate) readAuthorityInfoAccess(d *decoder, s cryptobyte.String, _ bool) error {
	const field = "authorityInfoAccess"
	body, err := d.sequence(s, field)
	if err != nil {
		return err
	}
	var ocsp, issuers []string
	for n := 0; !body.Empty(); n++ {
		at := body
		var one cryptobyte.String
		var method asn1.ObjectIdentifier
		if n == maxListed || !body.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&method) {
			return d.fail(at, field, "malformed AccessDescription")
		}
		g, err := d.generalName(&one, field)
		if err != nil {
			return err
		}
		switch {
		case g.Tag != TagURI:
		case method.Equal(oidAccessOCSP):
			ocsp = append(ocsp, string(g.Value))
		case method.Equal(oidAccessCAIssuers):
			issuers = append(issuers, string(g.Value))
		}
	}
	c.OCSPServers, c.CAIssuers = ocsp, issuers
	return nil
}

func (c *Certificate) readOCSPNoCheck(*decoder, cryptobyte.String, bool) error {
	c.OCSPNoCheck = true // its content is NULL and means nothing (RFC 6960 4.2.2.2.1)
	return nil
}
