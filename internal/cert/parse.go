// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"bytes"
	"encoding/asn1"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// maxExtensions bounds the extensions of a certificate, a CRL or an entry.
const maxExtensions = 64

var (
	tag0 = cbasn1.Tag(0).ContextSpecific()
	tag1 = cbasn1.Tag(1).ContextSpecific()
	tag2 = cbasn1.Tag(2).ContextSpecific()
	tag3 = cbasn1.Tag(3).ContextSpecific()
	tag4 = cbasn1.Tag(4).ContextSpecific()
	tag5 = cbasn1.Tag(5).ContextSpecific()
)

// Parse reads one DER certificate of at most MaxCertificate octets with
// nothing behind it. The error is a *ParseError that says what and where.
func Parse(der []byte) (*Certificate, error) {
	if len(der) > MaxCertificate {
		return nil, &ParseError{Object: "certificate", Field: "Certificate", Reason: "too long"}
	}
	d, s := newDecoder("certificate", der)
	c := &Certificate{Raw: s}
	body, err := d.sequence(s, "Certificate")
	if err != nil {
		return nil, err
	}
	tbs, err := d.signed(body, "tbsCertificate", &c.RawTBS, &c.Signature)
	if err != nil {
		return nil, err
	}
	if err := c.parseTBS(d, tbs.tbs); err != nil {
		return nil, err
	}
	if !c.SignatureAlgorithm.equal(tbs.outer) {
		return nil, d.fail(body, "signatureAlgorithm", "differs from tbsCertificate.signature")
	}
	c.Tolerated = d.notes
	return c, nil
}

// Resigned reports, as nil, that der is this certificate with nothing changed
// but its signature, which is the one given.
func (c *Certificate) Resigned(der, signature []byte) error {
	d, s := newDecoder("certificate", der)
	body, err := d.sequence(s, "Certificate")
	if err != nil {
		return err
	}
	var tbs, got []byte
	o, err := d.signed(body, "tbsCertificate", &tbs, &got)
	if err != nil {
		return err
	}
	if !bytes.Equal(tbs, c.RawTBS) || !o.outer.equal(c.SignatureAlgorithm) || !bytes.Equal(got, signature) {
		return d.fail(body, "Certificate", "more than the signature differs, or the signature is another one")
	}
	return nil
}

// outline is what the SIGNED form of a certificate or CRL holds.
type outline struct {
	tbs   cryptobyte.String // content of the to-be-signed SEQUENCE
	outer Algorithm
}

// signed reads tbs, signatureAlgorithm, signatureValue.
func (d *decoder) signed(body cryptobyte.String, field string, rawTBS, signature *[]byte) (outline, error) {
	var o outline
	var element cryptobyte.String
	at := body
	if !body.ReadASN1Element(&element, cbasn1.SEQUENCE) {
		return o, d.fail(at, field, "not a SEQUENCE")
	}
	*rawTBS = element
	element.ReadASN1(&o.tbs, cbasn1.SEQUENCE)
	var err error
	if o.outer, err = d.algorithm(&body, "signatureAlgorithm"); err != nil {
		return o, err
	}
	at = body
	var bits asn1.BitString
	if !body.ReadASN1BitString(&bits) || !body.Empty() {
		return o, d.fail(at, "signatureValue", "not a BIT STRING at the end")
	}
	if bits.BitLength%8 != 0 {
		d.note("the signature is no whole number of octets and cannot verify")
		return o, nil // as in PKITS 4.1.2
	}
	*signature = bits.Bytes
	return o, nil
}

func (a Algorithm) equal(b Algorithm) bool {
	return a.OID.Equal(b.OID) && bytes.Equal(a.Parameters, b.Parameters)
}

func (c *Certificate) parseTBS(d *decoder, s cryptobyte.String) error {
	if err := c.parseVersion(d, &s); err != nil {
		return err
	}
	c.Serial = new(big.Int)
	if err := d.serial(&s, c.Serial, "serialNumber"); err != nil {
		return err
	}
	var err error
	if c.SignatureAlgorithm, err = d.algorithm(&s, "signature"); err != nil {
		return err
	}
	if c.Issuer, c.RawIssuer, err = d.name(&s, "issuer"); err != nil {
		return err
	}
	if err := c.parseValidity(d, &s); err != nil {
		return err
	}
	if c.Subject, c.RawSubject, err = d.name(&s, "subject"); err != nil {
		return err
	}
	at := s
	var spki, body cryptobyte.String
	if !s.ReadASN1Element(&spki, cbasn1.SEQUENCE) {
		return d.fail(at, "subjectPublicKeyInfo", "not a SEQUENCE")
	}
	c.RawSPKI = spki
	spki.ReadASN1(&body, cbasn1.SEQUENCE)
	if c.PublicKey, err = d.publicKey(body); err != nil {
		return err
	}
	return c.parseTail(d, s)
}

func (c *Certificate) parseVersion(d *decoder, s *cryptobyte.String) error {
	var body cryptobyte.String
	var present bool
	at := *s
	if !s.ReadOptionalASN1(&body, &present, tag0.Constructed()) {
		return d.fail(at, "version", "malformed")
	}
	c.Version = 1
	if !present {
		return nil
	}
	var v int
	if !body.ReadASN1Integer(&v) || !body.Empty() || v < 0 || v > 2 {
		return d.fail(at, "version", "not v1, v2 or v3")
	}
	if v == 0 {
		d.note("version spells out the default v1")
	}
	c.Version = v + 1
	return nil
}

func (c *Certificate) parseValidity(d *decoder, s *cryptobyte.String) error {
	var body cryptobyte.String
	at := *s
	if !s.ReadASN1(&body, cbasn1.SEQUENCE) {
		return d.fail(at, "validity", "not a SEQUENCE")
	}
	var err error
	if c.NotBefore, err = d.time(&body, "notBefore"); err != nil {
		return err
	}
	if c.NotAfter, err = d.time(&body, "notAfter"); err != nil {
		return err
	}
	if !body.Empty() {
		return d.fail(body, "validity", "octets behind notAfter")
	}
	return nil
}

// parseTail reads the unique identifiers, which nobody uses, and the
// extensions.
func (c *Certificate) parseTail(d *decoder, s cryptobyte.String) error {
	for _, tag := range []cbasn1.Tag{tag1, tag2} {
		at := s
		if s.PeekASN1Tag(tag) {
			d.note("a unique identifier is present")
		}
		if !s.SkipOptionalASN1(tag) {
			return d.fail(at, "uniqueIdentifier", "malformed")
		}
	}
	at := s
	var body cryptobyte.String
	var present bool
	if !s.ReadOptionalASN1(&body, &present, tag3.Constructed()) || !s.Empty() {
		return d.fail(at, "extensions", "malformed, or octets behind them")
	}
	if !present {
		return nil
	}
	if c.Version != 3 {
		return d.fail(at, "extensions", "in a certificate of version %d", c.Version)
	}
	var err error
	if c.Extensions, err = d.extensions(body, "extensions"); err != nil {
		return err
	}
	return c.readExtensions(d)
}

// extensions reads an Extensions; two with one identifier are an error
// (RFC 5280 4.2), because readers would disagree on which one counts.
func (d *decoder) extensions(s cryptobyte.String, field string) ([]Extension, error) {
	body, err := d.sequence(s, field)
	if err != nil {
		return nil, err
	}
	var list []Extension
	for !body.Empty() {
		at := body
		var one cryptobyte.String
		var e Extension
		if !body.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&e.ID) {
			return nil, d.fail(at, field, "malformed Extension")
		}
		if e.Critical, err = d.critical(&one, "extension "+e.ID.String()+" critical"); err != nil {
			return nil, err
		}
		if !one.ReadASN1Bytes(&e.Value, cbasn1.OCTET_STRING) || !one.Empty() {
			return nil, d.fail(at, field, "malformed value of extension %s", e.ID)
		}
		if findExtension(list, e.ID) != nil {
			return nil, d.fail(at, field, "extension %s appears twice", e.ID)
		}
		if len(list) == maxExtensions {
			return nil, d.fail(at, field, "more than %d extensions", maxExtensions)
		}
		list = append(list, e)
	}
	if len(list) == 0 {
		d.note("%s is an empty list", field)
	}
	return list, nil
}

func findExtension(list []Extension, id asn1.ObjectIdentifier) *Extension {
	for i := range list {
		if list[i].ID.Equal(id) {
			return &list[i]
		}
	}
	return nil
}
