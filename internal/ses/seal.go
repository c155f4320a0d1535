// SPDX-License-Identifier: Apache-2.0

package ses

import (
	"bytes"
	"crypto/sha256"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm"
)

// ParseSeal reads an SESeal of version 1, 4 or 5 with nothing behind it.
func ParseSeal(raw []byte) (*Seal, error) {
	if len(raw) > MaxSeal {
		return nil, bad("SESeal", "longer than %d octets", MaxSeal)
	}
	r := &reader{}
	body := r.one(raw, "SESeal")
	s := &Seal{Raw: raw, Version: sealVersion(body)}
	switch {
	case r.err != nil:
	case s.Version == 1:
		s.readV1(r, body)
	case s.Version == 4:
		s.readV4(r, body)
	default:
		r.fail("SESeal", "neither 2 (version 1) nor 4 or 5 (version 4, 5) elements")
	}
	if r.err != nil {
		return nil, r.err
	}
	s.Tolerated = r.tolerated
	return s, nil
}

// sealVersion tells the generations apart by the count of elements, never by
// the number written (facts/seal-formats.md 1); 4 may still turn out as 5.
func sealVersion(body cryptobyte.String) int {
	switch countElements(body) {
	case 2:
		return 1
	case 4, 5:
		return 4
	}
	return 0
}

func countElements(body cryptobyte.String) int {
	n := 0
	for !body.Empty() && n < 10 {
		var el cryptobyte.String
		var tag cbasn1.Tag
		if !body.ReadAnyASN1Element(&el, &tag) {
			return 0
		}
		n++
	}
	return n
}

// readV4 reads { eSealInfo, cert, signAlgID, signedValue, timeStamp [0] }.
func (s *Seal) readV4(r *reader, body cryptobyte.String) {
	info := r.element(&body, cbasn1.SEQUENCE, "eSealInfo")
	s.MakerCert = r.octets(&body, "SESeal.cert")
	s.SignAlg = r.oid(&body, "SESeal.signAlgID")
	s.Signature = r.signature(r.bits(&body, "SESeal.signedValue"), "SESeal.signedValue")
	s.TimeStamp = r.stamp(&body, "SESeal.timeStamp")
	r.end(body, "SESeal")
	s.Signed = info
	s.readInfo(r, info)
	if s.HeaderVersion == 5 {
		s.Version = 5
	} else if s.TimeStamp != nil {
		r.tolerate("timeStamp in a seal that is not of version 5")
	}
}

// readV1 reads { esealInfo, signInfo }; the maker signs the SEQUENCE of
// SealInfo, cert and algorithm (facts/seal-formats.md 2.3).
func (s *Seal) readV1(r *reader, body cryptobyte.String) {
	info := r.element(&body, cbasn1.SEQUENCE, "esealInfo")
	var sign cryptobyte.String
	if r.err == nil && body.PeekASN1Tag(cbasn1.BIT_STRING) {
		r.tolerate("SES_SignInfo inside a BIT STRING")
		sign = r.one(r.bits(&body, "signInfo"), "signInfo")
	} else {
		sign = r.sequence(&body, "signInfo")
	}
	r.end(body, "SESeal")
	certEl := r.element(&sign, cbasn1.OCTET_STRING, "signInfo.cert")
	algEl := r.element(&sign, cbasn1.OBJECT_IDENTIFIER, "signInfo.signatureAlgorithm")
	s.Signature = r.signature(r.bits(&sign, "signInfo.signData"), "signInfo.signData")
	r.end(sign, "signInfo")
	if r.err != nil {
		return
	}
	signed, err := joinV1(info, certEl, algEl)
	if err != nil {
		r.fail("SESeal", "signed octets cannot be assembled")
		return
	}
	s.Signed = signed
	s.MakerCert = r.octets(&certEl, "signInfo.cert")
	s.SignAlg = r.oid(&algEl, "signInfo.signatureAlgorithm")
	s.readInfo(r, info)
}

// readInfo reads SES_SealInfo { header, esID, property, picture, extDatas }.
func (s *Seal) readInfo(r *reader, info []byte) {
	if r.err != nil {
		return
	}
	body := r.one(info, "SES_SealInfo")
	header := r.sequence(&body, "header")
	if id := r.text(&header, cbasn1.IA5String, "header.ID"); r.err == nil && id != "ES" {
		r.tolerate("header.ID is not \"ES\"")
	}
	if s.HeaderVersion = r.integer(&header, "header.version"); r.err == nil && s.HeaderVersion == 0 {
		r.tolerate("header.version 0, which no version of the standard has")
	}
	s.Vendor = r.text(&header, cbasn1.IA5String, "header.Vid")
	r.end(header, "header")
	s.ESID = r.text(&body, cbasn1.IA5String, "esID")
	s.readProperty(r, r.sequence(&body, "property"))
	s.readPicture(r, r.sequence(&body, "picture"))
	if r.err == nil && body.PeekASN1Tag(cbasn1.OCTET_STRING) {
		r.tolerate("extDatas inside an OCTET STRING")
		s.Extensions = r.extensions(r.one(r.octets(&body, "extDatas"), "extDatas"), "extDatas")
	} else if r.err == nil && !body.Empty() {
		if s.Extensions = r.extensions(r.sequence(&body, "extDatas"), "extDatas"); len(s.Extensions) == 0 {
			r.tolerate("extDatas present though empty")
		}
	}
	r.end(body, "SES_SealInfo")
}

// readProperty reads SES_ESPropertyInfo: 6 elements in version 1 (UTCTime, a
// list of certificates), 7 from version 4 on (certListType, GeneralizedTime).
func (s *Seal) readProperty(r *reader, p cryptobyte.String) {
	when := cbasn1.GeneralizedTime
	s.Type = r.integer(&p, "property.type")
	s.Name = r.text(&p, cbasn1.UTF8String, "property.name")
	s.CertListType = 1
	if s.Version == 1 {
		when = cbasn1.UTCTime
	} else {
		s.CertListType = r.integer(&p, "property.certListType")
	}
	s.readCertList(r, r.sequence(&p, "property.certList"))
	s.Created = r.time(&p, when, "property.createDate")
	s.ValidFrom = r.time(&p, when, "property.validStart")
	s.ValidTo = r.time(&p, when, "property.validEnd")
	r.end(p, "property")
}

func (s *Seal) readCertList(r *reader, list cryptobyte.String) {
	for n := 0; r.err == nil && !list.Empty(); n++ {
		switch {
		case n >= maxCertList:
			r.fail("certList", "too many entries")
		case s.CertListType == 1:
			s.Certs = append(s.Certs, r.octets(&list, "certList"))
		case s.CertListType == 2:
			seq := r.sequence(&list, "certDigestList")
			d := CertDigest{Type: r.text(&seq, cbasn1.PrintableString, "certDigestList.type")}
			d.Value = r.octets(&seq, "certDigestList.value")
			r.end(seq, "certDigestList")
			s.CertDigests = append(s.CertDigests, d)
		default:
			r.fail("property.certListType", "neither 1 nor 2")
		}
	}
}

func (s *Seal) readPicture(r *reader, p cryptobyte.String) {
	s.Picture.Type = r.text(&p, cbasn1.IA5String, "picture.type")
	s.Picture.Data = r.octets(&p, "picture.data")
	s.Picture.Width = r.integer(&p, "picture.width")
	s.Picture.Height = r.integer(&p, "picture.height")
	r.end(p, "picture")
}

// HasCertificate reports whether the seal's certificate list names certDER,
// octet for octet or by digest. The type of a digest is free text in the
// standard, so SM3 and SHA-256 are compared whatever it says: neither can be
// made to collide.
func (s *Seal) HasCertificate(certDER []byte) bool {
	for _, c := range s.Certs {
		if bytes.Equal(c, certDER) {
			return true
		}
	}
	sm3, sha := gm.SM3(certDER), sha256.Sum256(certDER)
	for _, d := range s.CertDigests {
		if bytes.Equal(d.Value, sm3[:]) || bytes.Equal(d.Value, sha[:]) {
			return true
		}
	}
	return false
}
