// SPDX-License-Identifier: Apache-2.0

package cms

import (
	"bytes"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// readSigner reads one SignerInfo.
func readSigner(in *cryptobyte.String, d *SignedData) (SignerInfo, error) {
	var s SignerInfo
	var body, sig cryptobyte.String
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !body.ReadASN1Integer(&s.Version) {
		return s, bad("SignerInfo", "not a SEQUENCE with a version")
	}
	err := readIdentifier(&body, &s)
	if err != nil {
		return s, err
	}
	if s.DigestAlgorithm, err = readAlgorithm(&body, "SignerInfo.digestAlgorithm"); err != nil {
		return s, err
	}
	var sorted bool
	if s.SignedRaw, s.Signed, sorted, err = readImplicitSet(&body, tag0, "SignerInfo.signedAttrs"); err != nil {
		return s, err
	}
	if !sorted {
		d.Tolerated = append(d.Tolerated, "signed attributes not in DER order")
	}
	if s.SignatureAlgorithm, err = readAlgorithm(&body, "SignerInfo.signatureAlgorithm"); err != nil {
		return s, err
	}
	if !body.ReadASN1(&sig, cbasn1.OCTET_STRING) {
		return s, bad("SignerInfo.signature", "not an OCTET STRING")
	}
	s.Signature = sig
	if _, s.Unsigned, _, err = readImplicitSet(&body, tag1, "SignerInfo.unsignedAttrs"); err != nil {
		return s, err
	}
	if !body.Empty() {
		return s, bad("SignerInfo", "something stands behind the last field")
	}
	return s, nil
}

// readImplicitSet reads optional attributes under an IMPLICIT tag; raw has the
// tag of SET OF, as it is signed (RFC 5652 5.4).
func readImplicitSet(body *cryptobyte.String, tag cbasn1.Tag, part string) (raw []byte, attrs []Attribute, sorted bool, err error) {
	if !body.PeekASN1Tag(tag) {
		return nil, nil, true, nil
	}
	var el cryptobyte.String
	if !body.ReadASN1Element(&el, tag) {
		return nil, nil, false, bad(part, "malformed")
	}
	raw = bytes.Clone(el)
	raw[0] = 0x31
	attrs, sorted, err = readAttributes(raw, part)
	return raw, attrs, sorted, err
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
