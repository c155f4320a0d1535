// SPDX-License-Identifier: Apache-2.0

package cms

import (
	"bytes"
	"crypto/sha1"
	"encoding/asn1"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

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

// MessageDigest returns the messageDigest signed attribute (RFC 5652 11.2).
func (s *SignerInfo) MessageDigest() ([]byte, error) {
	v, ok, err := Find(s.Signed, OIDMessageDigest)
	if err != nil {
		return nil, err
	}
	in, digest := cryptobyte.String(v), cryptobyte.String(nil)
	if !ok || !in.ReadASN1(&digest, cbasn1.OCTET_STRING) || !in.Empty() {
		return nil, bad("messageDigest", "absent or not an OCTET STRING")
	}
	return digest, nil
}

// ContentType returns the contentType signed attribute (RFC 5652 11.1).
func (s *SignerInfo) ContentType() (asn1.ObjectIdentifier, error) {
	v, ok, err := Find(s.Signed, OIDContentType)
	if err != nil {
		return nil, err
	}
	in := cryptobyte.String(v)
	var oid asn1.ObjectIdentifier
	if !ok || !in.ReadASN1ObjectIdentifier(&oid) || !in.Empty() {
		return nil, bad("contentType", "absent or not an OBJECT IDENTIFIER")
	}
	return oid, nil
}

// CheckContentType holds the contentType attribute to the content's type.
// Real writers mix the data types of RFC 5652 and GB/T 35275
// (facts/seal-formats.md 4): that is let pass, and mixed says so.
func (s *SignerInfo) CheckContentType(eContentType asn1.ObjectIdentifier) (mixed bool, err error) {
	t, err := s.ContentType()
	if err != nil {
		return false, err
	}
	if t.Equal(eContentType) {
		return false, nil
	}
	data := func(o asn1.ObjectIdentifier) bool { return o.Equal(OIDData) || o.Equal(OIDGBData) }
	if data(t) && data(eContentType) {
		return true, nil
	}
	return false, bad("contentType", "%v, but the content is %v", t, eContentType)
}

// SigningTime returns the signingTime signed attribute: claimed, proven by nobody.
func (s *SignerInfo) SigningTime() (t time.Time, ok bool, err error) {
	v, ok, err := Find(s.Signed, OIDSigningTime)
	if err != nil || !ok {
		return time.Time{}, false, err
	}
	in := cryptobyte.String(v)
	if in.PeekASN1Tag(cbasn1.UTCTime) {
		ok = in.ReadASN1UTCTime(&t)
	} else {
		ok = in.ReadASN1GeneralizedTime(&t)
	}
	if !ok || !in.Empty() {
		return time.Time{}, false, bad("signingTime", "not a time")
	}
	return t.UTC(), true, nil
}

// MatchESS reports, as nil, that the signing-certificate attribute (RFC 5035
// version 2, or RFC 2634 version 1) names the certificate; ok is false when
// neither is there.
func (s *SignerInfo) MatchESS(certDER []byte) (ok bool, err error) {
	v, v2, err := Find(s.Signed, OIDSigningCertV2)
	if err != nil {
		return true, err
	}
	if !v2 {
		var v1 bool
		if v, v1, err = Find(s.Signed, OIDSigningCertV1); err != nil || !v1 {
			return v1 || err != nil, err
		}
	}
	in := cryptobyte.String(v)
	var seq, certs, first, digest cryptobyte.String
	if !in.ReadASN1(&seq, cbasn1.SEQUENCE) || !in.Empty() || !seq.ReadASN1(&certs, cbasn1.SEQUENCE) ||
		!certs.ReadASN1(&first, cbasn1.SEQUENCE) {
		return true, bad("signing-certificate", "no ESSCertID")
	}
	sum, err := essDigest(&first, certDER, v2)
	if err != nil {
		return true, err
	}
	if !first.ReadASN1(&digest, cbasn1.OCTET_STRING) {
		return true, bad("signing-certificate", "certHash is not an OCTET STRING")
	}
	if !bytes.Equal(digest, sum) {
		return true, bad("signing-certificate", "names another certificate")
	}
	return true, matchIssuerSerial(first, certDER)
}

// essDigest hashes the certificate as the ESSCertID says: version 1 always
// means SHA-1, version 2 SHA-256 unless it names another.
func essDigest(id *cryptobyte.String, certDER []byte, v2 bool) ([]byte, error) {
	if !v2 {
		sum := sha1.Sum(certDER)
		return sum[:], nil
	}
	oid := oidSHA256
	if id.PeekASN1Tag(cbasn1.SEQUENCE) {
		alg, err := readAlgorithm(id, "signing-certificate-v2")
		if err != nil {
			return nil, err
		}
		oid = alg.OID
	}
	h, err := NewHash(oid)
	if err != nil {
		return nil, err
	}
	h.Write(certDER)
	return h.Sum(nil), nil
}

// matchIssuerSerial checks the optional IssuerSerial of an ESSCertID.
func matchIssuerSerial(rest cryptobyte.String, certDER []byte) error {
	if rest.Empty() {
		return nil
	}
	directory := cbasn1.Tag(4).Constructed().ContextSpecific()
	var seq, names, explicit, serial cryptobyte.String
	if !rest.ReadASN1(&seq, cbasn1.SEQUENCE) || !rest.Empty() || !seq.ReadASN1(&names, cbasn1.SEQUENCE) ||
		!names.ReadASN1(&explicit, directory) || !names.Empty() ||
		!seq.ReadASN1(&serial, cbasn1.INTEGER) || !seq.Empty() {
		return bad("signing-certificate", "issuerSerial malformed")
	}
	issuer, number, err := issuerAndSerial(certDER)
	if err != nil {
		return err
	}
	if !bytes.Equal(explicit, issuer) || !bytes.Equal(serial, number) {
		return bad("signing-certificate", "issuerSerial names another certificate")
	}
	return nil
}

// issuerAndSerial cuts the raw issuer Name and the serial's content octets out
// of a certificate.
func issuerAndSerial(certDER []byte) (issuer, serial []byte, err error) {
	in := cryptobyte.String(certDER)
	var outer, tbs, number, alg, name cryptobyte.String
	var present bool
	var version cryptobyte.String
	if !in.ReadASN1(&outer, cbasn1.SEQUENCE) || !outer.ReadASN1(&tbs, cbasn1.SEQUENCE) ||
		!tbs.ReadOptionalASN1(&version, &present, tag0) || !tbs.ReadASN1(&number, cbasn1.INTEGER) ||
		!tbs.ReadASN1(&alg, cbasn1.SEQUENCE) || !tbs.ReadASN1Element(&name, cbasn1.SEQUENCE) {
		return nil, nil, bad("certificate", "no issuer and serial number")
	}
	return name, number, nil
}
