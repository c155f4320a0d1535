// SPDX-License-Identifier: Apache-2.0

package cms

import (
	"bytes"
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cert"
)

var (
	tag0 = cbasn1.Tag(0).Constructed().ContextSpecific()
	tag1 = cbasn1.Tag(1).Constructed().ContextSpecific()
)

// Parse reads a DER (or bounded BER) ContentInfo with nothing behind it. Zero
// padding, as PDF Contents carry it, must be cut by the caller; see Trim.
func Parse(raw []byte) (*SignedData, error) {
	if len(raw) > MaxSize {
		return nil, bad("ContentInfo", "longer than %d octets", MaxSize)
	}
	der, changed, err := definite(raw)
	if err != nil {
		return nil, err
	}
	d := &SignedData{Raw: raw}
	if changed {
		d.Tolerated = append(d.Tolerated, "BER indefinite lengths in SignedData")
	}
	in := cryptobyte.String(der)
	var info, content cryptobyte.String
	if !in.ReadASN1(&info, cbasn1.SEQUENCE) || !in.Empty() {
		return nil, bad("ContentInfo", "not one DER SEQUENCE")
	}
	if !info.ReadASN1ObjectIdentifier(&d.ContentType) || !info.ReadASN1(&content, tag0) || !info.Empty() {
		return nil, bad("ContentInfo", "not contentType and [0] content")
	}
	if !d.ContentType.Equal(OIDSignedData) && !d.ContentType.Equal(OIDGBSignedData) {
		return nil, bad("ContentInfo.contentType", "%v is not signedData", d.ContentType)
	}
	return d, d.parseSignedData(content)
}

func (d *SignedData) parseSignedData(content cryptobyte.String) error {
	var body, algs, encap, signers cryptobyte.String
	var version int
	if !content.ReadASN1(&body, cbasn1.SEQUENCE) || !content.Empty() {
		return bad("SignedData", "not one SEQUENCE")
	}
	if !body.ReadASN1Integer(&version) || version < 1 || version > 5 {
		return bad("SignedData.version", "not 1 to 5")
	}
	if !body.ReadASN1(&algs, cbasn1.SET) {
		return bad("SignedData.digestAlgorithms", "not a SET")
	}
	for !algs.Empty() {
		alg, err := readAlgorithm(&algs, "SignedData.digestAlgorithms")
		if err != nil {
			return err
		}
		if d.Digests = append(d.Digests, alg.OID); len(d.Digests) > maxSigners {
			return bad("SignedData.digestAlgorithms", "more than %d", maxSigners)
		}
	}
	if !body.ReadASN1(&encap, cbasn1.SEQUENCE) {
		return bad("SignedData.encapContentInfo", "not a SEQUENCE")
	}
	if err := d.parseContent(encap); err != nil {
		return err
	}
	var err error
	if d.Certificates, err = readSet(&body, tag0, maxCerts, "SignedData.certificates"); err != nil {
		return err
	}
	if d.CRLs, err = readSet(&body, tag1, maxCRLs, "SignedData.crls"); err != nil {
		return err
	}
	if !body.ReadASN1(&signers, cbasn1.SET) || !body.Empty() {
		return bad("SignedData.signerInfos", "not a SET at the end")
	}
	for !signers.Empty() {
		s, err := readSigner(&signers, d)
		if err != nil {
			return err
		}
		if d.Signers = append(d.Signers, s); len(d.Signers) > maxSigners {
			return bad("SignedData.signerInfos", "more than %d", maxSigners)
		}
	}
	return nil
}

func (d *SignedData) parseContent(encap cryptobyte.String) error {
	var explicit, content cryptobyte.String
	var present bool
	if !encap.ReadASN1ObjectIdentifier(&d.EContentType) ||
		!encap.ReadOptionalASN1(&explicit, &present, tag0) || !encap.Empty() {
		return bad("encapContentInfo", "not eContentType and optional [0]")
	}
	d.Detached = !present
	if !present {
		return nil
	}
	if !explicit.ReadASN1(&content, cbasn1.OCTET_STRING) || !explicit.Empty() {
		return bad("encapContentInfo.eContent", "not one OCTET STRING")
	}
	d.EContent = append([]byte{}, content...)
	return nil
}

// readSet reads an optional IMPLICIT SET OF and returns its elements raw.
func readSet(in *cryptobyte.String, tag cbasn1.Tag, most int, part string) ([][]byte, error) {
	var set cryptobyte.String
	var present bool
	if !in.ReadOptionalASN1(&set, &present, tag) {
		return nil, bad(part, "malformed")
	}
	var all [][]byte
	for !set.Empty() {
		var one cryptobyte.String
		var tag cbasn1.Tag
		if !set.ReadAnyASN1Element(&one, &tag) {
			return nil, bad(part, "malformed element")
		}
		if tag != cbasn1.SEQUENCE {
			continue // attribute and other certificates, other revocation formats: not understood, not used
		}
		if all = append(all, one); len(all) > most {
			return nil, bad(part, "more than %d", most)
		}
	}
	return all, nil
}

func readAlgorithm(in *cryptobyte.String, part string) (cert.Algorithm, error) {
	var seq cryptobyte.String
	var alg cert.Algorithm
	if !in.ReadASN1(&seq, cbasn1.SEQUENCE) || !seq.ReadASN1ObjectIdentifier(&alg.OID) {
		return alg, bad(part, "not an AlgorithmIdentifier")
	}
	if seq.Empty() {
		return alg, nil
	}
	var params cryptobyte.String
	var tag cbasn1.Tag
	if !seq.ReadAnyASN1Element(&params, &tag) || !seq.Empty() {
		return alg, bad(part, "parameters malformed")
	}
	alg.Parameters = params
	return alg, nil
}

func readSigner(in *cryptobyte.String, d *SignedData) (SignerInfo, error) {
	var s SignerInfo
	var body, sig cryptobyte.String
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !body.ReadASN1Integer(&s.Version) {
		return s, bad("SignerInfo", "not a SEQUENCE with a version")
	}
	if err := readIdentifier(&body, &s); err != nil {
		return s, err
	}
	var err error
	if s.DigestAlgorithm, err = readAlgorithm(&body, "SignerInfo.digestAlgorithm"); err != nil {
		return s, err
	}
	if body.PeekASN1Tag(tag0) {
		var el cryptobyte.String
		if !body.ReadASN1Element(&el, tag0) {
			return s, bad("SignerInfo.signedAttrs", "malformed")
		}
		s.SignedRaw = bytes.Clone(el)
		s.SignedRaw[0] = 0x31 // signed as SET OF, RFC 5652 5.4
		var sorted bool
		if s.Signed, sorted, err = readAttributes(s.SignedRaw, "SignerInfo.signedAttrs"); err != nil {
			return s, err
		}
		if !sorted {
			d.Tolerated = append(d.Tolerated, "signed attributes not in DER order")
		}
	}
	if s.SignatureAlgorithm, err = readAlgorithm(&body, "SignerInfo.signatureAlgorithm"); err != nil {
		return s, err
	}
	if !body.ReadASN1(&sig, cbasn1.OCTET_STRING) {
		return s, bad("SignerInfo.signature", "not an OCTET STRING")
	}
	s.Signature = sig
	if body.PeekASN1Tag(tag1) {
		var el cryptobyte.String
		if !body.ReadASN1Element(&el, tag1) {
			return s, bad("SignerInfo.unsignedAttrs", "malformed")
		}
		set := bytes.Clone(el)
		set[0] = 0x31
		if s.Unsigned, _, err = readAttributes(set, "SignerInfo.unsignedAttrs"); err != nil {
			return s, err
		}
	}
	if !body.Empty() {
		return s, bad("SignerInfo", "something stands behind the last field")
	}
	return s, nil
}

func readIdentifier(body *cryptobyte.String, s *SignerInfo) error {
	skiTag := cbasn1.Tag(0).ContextSpecific()
	if body.PeekASN1Tag(skiTag) {
		var ski cryptobyte.String
		if !body.ReadASN1(&ski, skiTag) || len(ski) == 0 {
			return bad("SignerInfo.sid", "subjectKeyIdentifier malformed")
		}
		s.SubjectKeyID = ski
		return nil
	}
	var sid, name, serial cryptobyte.String
	if !body.ReadASN1(&sid, cbasn1.SEQUENCE) || !sid.ReadASN1Element(&name, cbasn1.SEQUENCE) ||
		!sid.ReadASN1(&serial, cbasn1.INTEGER) || len(serial) == 0 || !sid.Empty() {
		return bad("SignerInfo.sid", "neither issuerAndSerialNumber nor subjectKeyIdentifier")
	}
	s.IssuerRaw, s.Serial = name, serial
	return nil
}

// readAttributes reads a SET OF Attribute; sorted says whether it is in DER order.
func readAttributes(set []byte, part string) (attrs []Attribute, sorted bool, err error) {
	in := cryptobyte.String(set)
	var body cryptobyte.String
	if !in.ReadASN1(&body, cbasn1.SET) || !in.Empty() {
		return nil, false, bad(part, "not a SET")
	}
	sorted = true
	var before []byte
	for !body.Empty() {
		var el, seq, values cryptobyte.String
		var a Attribute
		if !body.ReadASN1Element(&el, cbasn1.SEQUENCE) {
			return nil, false, bad(part, "attribute is not a SEQUENCE")
		}
		if before != nil && bytes.Compare(before, el) > 0 {
			sorted = false
		}
		before = el
		if !el.ReadASN1(&seq, cbasn1.SEQUENCE) || !seq.ReadASN1ObjectIdentifier(&a.Type) ||
			!seq.ReadASN1(&values, cbasn1.SET) || !seq.Empty() {
			return nil, false, bad(part, "not attrType and attrValues")
		}
		for !values.Empty() {
			var v cryptobyte.String
			var tag cbasn1.Tag
			if !values.ReadAnyASN1Element(&v, &tag) || len(a.Values) >= maxValues {
				return nil, false, bad(part, "attribute value malformed, or too many")
			}
			a.Values = append(a.Values, v)
		}
		if attrs = append(attrs, a); len(attrs) > maxAttributes {
			return nil, false, bad(part, "more than %d", maxAttributes)
		}
	}
	return attrs, sorted, nil
}

// Find returns the single value of an attribute; ok is false when it is absent,
// an error when it occurs twice or has more than one value (RFC 5652 11).
func Find(attrs []Attribute, t asn1.ObjectIdentifier) (value []byte, ok bool, err error) {
	for _, a := range attrs {
		if !a.Type.Equal(t) {
			continue
		}
		if ok || len(a.Values) != 1 {
			return nil, false, bad("attribute "+t.String(), "not exactly one value")
		}
		value, ok = a.Values[0], true
	}
	return value, ok, nil
}
