// SPDX-License-Identifier: Apache-2.0

package ses

import (
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cms"
)

// ParseSignature reads an SES_Signature of version 1, 4 or 5 with nothing
// behind it.
func ParseSignature(raw []byte) (*Signature, error) {
	if len(raw) > MaxSignature {
		return nil, bad("SES_Signature", "longer than %d octets", MaxSignature)
	}
	r := &reader{}
	body := r.one(raw, "SES_Signature")
	s := &Signature{Raw: raw}
	if r.err == nil {
		switch countElements(body) {
		case 2:
			s.readV1(r, body)
		case 4, 5:
			s.readV4(r, body)
		default:
			r.fail("SES_Signature", "neither 2 (version 1) nor 4 or 5 (version 4, 5) elements")
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	s.Tolerated = r.tolerated
	return s, nil
}

// readV4 reads { toSign, cert, signatureAlgID, signature, timeStamp [0] }.
func (s *Signature) readV4(r *reader, body cryptobyte.String) {
	tbs := r.element(&body, cbasn1.SEQUENCE, "toSign")
	s.Cert = r.octets(&body, "SES_Signature.cert")
	s.SignAlg = r.oid(&body, "SES_Signature.signatureAlgID")
	s.Signature = r.signature(r.bits(&body, "SES_Signature.signature"), "SES_Signature.signature")
	s.TimeStamp = r.stamp(&body, "SES_Signature.timeStamp")
	r.end(body, "SES_Signature")
	s.TBS = tbs
	in := s.readHead(r)
	s.Time = r.time(&in, cbasn1.GeneralizedTime, "timeInfo")
	s.DataHash = r.bits(&in, "dataHash")
	s.PropertyInfo = r.text(&in, cbasn1.IA5String, "propertyInfo")
	if r.err == nil && in.PeekASN1Tag(tag0) {
		var explicit cryptobyte.String
		if !in.ReadASN1(&explicit, tag0) {
			r.fail("extDatas", "malformed")
		}
		if s.Extensions = r.extensions(r.sequence(&explicit, "extDatas"), "extDatas"); len(s.Extensions) == 0 {
			r.tolerate("extDatas present though empty")
		}
		r.end(explicit, "extDatas")
	}
	r.end(in, "TBS_Sign")
	if r.err == nil && s.Seal.Version == 1 {
		r.fail("TBS_Sign.eseal", "a seal of version 1 in a signature of version 4 or 5")
	}
}

// readV1 reads { toSign, signature }.
func (s *Signature) readV1(r *reader, body cryptobyte.String) {
	s.TBS = r.element(&body, cbasn1.SEQUENCE, "toSign")
	s.Signature = r.signature(r.bits(&body, "SES_Signature.signature"), "SES_Signature.signature")
	r.end(body, "SES_Signature")
	in := s.readHead(r)
	if r.err == nil && (in.PeekASN1Tag(cbasn1.UTCTime) || in.PeekASN1Tag(cbasn1.GeneralizedTime)) {
		r.tolerate("timeInfo without its BIT STRING")
		s.Time = r.time(&in, cbasn1.UTCTime, "timeInfo")
	} else {
		s.readTimeInfoV1(r, r.bitsOrOctets(&in, "timeInfo"))
	}
	s.DataHash = r.bitsOrOctets(&in, "dataHash")
	s.PropertyInfo = r.text(&in, cbasn1.IA5String, "propertyInfo")
	s.Cert = r.octets(&in, "TBS_Sign.cert")
	s.SignAlg = r.oid(&in, "TBS_Sign.signatureAlgorithm")
	r.end(in, "TBS_Sign")
	if r.err == nil && s.Seal.Version != 1 {
		r.fail("TBS_Sign.eseal", "not a seal of version 1")
	}
}

// readTimeInfoV1: a time-stamp token, an encoded time, or, in practice, text.
func (s *Signature) readTimeInfoV1(r *reader, info []byte) {
	if r.err != nil {
		return
	}
	in := cryptobyte.String(info)
	switch {
	case in.PeekASN1Tag(cbasn1.UTCTime), in.PeekASN1Tag(cbasn1.GeneralizedTime):
		s.Time = r.time(&in, cbasn1.UTCTime, "timeInfo")
		r.end(in, "timeInfo")
	case in.PeekASN1Tag(cbasn1.SEQUENCE):
		s.TimeStamp = info // judged by who verifies; Time stays zero
	case len(info) > 40:
		r.fail("timeInfo", "too long")
	default:
		r.tolerate("timeInfo as text")
		s.Time = r.timeText(string(info), "timeInfo")
	}
}

// readHead opens TBS_Sign and reads version and eseal.
func (s *Signature) readHead(r *reader) cryptobyte.String {
	if r.err != nil {
		return nil
	}
	in := r.one(s.TBS, "TBS_Sign")
	version := r.integer(&in, "TBS_Sign.version")
	var eseal []byte
	if r.err == nil && in.PeekASN1Tag(cbasn1.OCTET_STRING) {
		r.tolerate("eseal inside an OCTET STRING")
		eseal = r.octets(&in, "eseal")
	} else {
		eseal = r.element(&in, cbasn1.SEQUENCE, "eseal")
	}
	if r.err != nil {
		return nil
	}
	seal, err := ParseSeal(eseal)
	if err != nil {
		r.err = err
		return nil
	}
	s.Seal, s.Version, s.HeaderVersion = seal, seal.Version, version
	if seal.Version != 1 && version != seal.HeaderVersion {
		r.tolerate("TBS_Sign.version differs from the seal's")
	}
	return in
}

// NormalSignature returns the DER form of a signature value that is DER or raw
// r||s of 64 octets; raw says which it was.
func NormalSignature(sig []byte) (der []byte, raw bool, err error) {
	return cms.NormalSignature(sig)
}
