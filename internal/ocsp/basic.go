// SPDX-License-Identifier: Apache-2.0

package ocsp

import (
	"crypto"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cert"
)

// Basic is a BasicOCSPResponse (RFC 6960 4.2.1).
type Basic struct {
	Raw, RawTBS        []byte
	Responder          Responder
	ProducedAt         time.Time
	Singles            []Single
	Extensions         []cert.Extension
	Nonce              []byte // from Extensions, nil when absent
	SignatureAlgorithm cert.Algorithm
	Signature          []byte
	Certificates       [][]byte // DER, as received
}

// ParseBasic reads a DER BasicOCSPResponse with nothing behind it.
func ParseBasic(der []byte) (*Basic, error) {
	if len(der) > MaxResponse {
		return nil, bad("BasicOCSPResponse", "longer than %d octets", MaxResponse)
	}
	in := cryptobyte.String(der)
	var body, tbs, inner cryptobyte.String
	b := &Basic{Raw: der}
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !in.Empty() || !body.ReadASN1Element(&tbs, cbasn1.SEQUENCE) {
		return nil, bad("BasicOCSPResponse", "not one DER SEQUENCE of a tbsResponseData")
	}
	b.RawTBS = tbs
	tbs.ReadASN1(&inner, cbasn1.SEQUENCE)
	if err := b.parseTBS(inner); err != nil {
		return nil, err
	}
	var err error
	if b.SignatureAlgorithm, err = readAlgorithm(&body, "signatureAlgorithm"); err != nil {
		return nil, err
	}
	if !body.ReadASN1BitStringAsBytes(&b.Signature) {
		return nil, bad("signature", "not a BIT STRING of whole octets")
	}
	if err := b.parseCertificates(&body); err != nil {
		return nil, err
	}
	if !body.Empty() {
		return nil, bad("BasicOCSPResponse", "something stands behind the last field")
	}
	return b, nil
}

func (b *Basic) parseCertificates(body *cryptobyte.String) error {
	if !body.PeekASN1Tag(tag0) {
		return nil
	}
	var outer, list cryptobyte.String
	if !body.ReadASN1(&outer, tag0) || !outer.ReadASN1(&list, cbasn1.SEQUENCE) || !outer.Empty() || list.Empty() {
		return bad("certs", "not a SEQUENCE of certificates")
	}
	for !list.Empty() {
		var one cryptobyte.String
		if !list.ReadASN1Element(&one, cbasn1.SEQUENCE) || len(b.Certificates) == maxCerts {
			return bad("certs", "one is no SEQUENCE, or there are more than %d", maxCerts)
		}
		b.Certificates = append(b.Certificates, one)
	}
	return nil
}

func (b *Basic) parseTBS(in cryptobyte.String) (err error) {
	if in.PeekASN1Tag(tag0) {
		return bad("version", "not v1, which DER leaves out")
	}
	if b.Responder, err = readResponder(&in); err != nil {
		return err
	}
	if b.ProducedAt, err = readTime(&in, "producedAt"); err != nil {
		return err
	}
	var list cryptobyte.String
	if !in.ReadASN1(&list, cbasn1.SEQUENCE) || list.Empty() {
		return bad("responses", "not a SEQUENCE of answers")
	}
	for !list.Empty() {
		if len(b.Singles) == MaxSingles {
			return bad("responses", "more than %d", MaxSingles)
		}
		s, err := readSingle(&list)
		if err != nil {
			return err
		}
		b.Singles = append(b.Singles, s)
	}
	if b.Extensions, err = readExtensions(&in, tag1, "responseExtensions"); err != nil {
		return err
	}
	if !in.Empty() {
		return bad("tbsResponseData", "something stands behind the last field")
	}
	b.Nonce, err = readNonce(b.Extensions)
	return err
}

// MarshalTBS encodes the ResponseData that is to be signed.
func (b *Basic) MarshalTBS() ([]byte, error) {
	if len(b.Singles) == 0 || len(b.Singles) > MaxSingles {
		return nil, bad("responses", "%d answers", len(b.Singles))
	}
	var out cryptobyte.Builder
	out.AddASN1(cbasn1.SEQUENCE, func(out *cryptobyte.Builder) {
		b.Responder.add(out)
		addTime(out, b.ProducedAt)
		out.AddASN1(cbasn1.SEQUENCE, func(out *cryptobyte.Builder) {
			for i := range b.Singles {
				b.Singles[i].add(out)
			}
		})
		addExtensions(out, tag1, b.Extensions)
	})
	return out.Bytes()
}

// Marshal encodes the answer from its fields; the signature must be over what
// MarshalTBS gives.
func (b *Basic) Marshal() ([]byte, error) {
	tbs, err := b.MarshalTBS()
	if err != nil {
		return nil, err
	}
	var out cryptobyte.Builder
	out.AddASN1(cbasn1.SEQUENCE, func(out *cryptobyte.Builder) {
		out.AddBytes(tbs)
		addAlgorithm(out, b.SignatureAlgorithm)
		out.AddASN1BitString(b.Signature)
		if len(b.Certificates) == 0 {
			return
		}
		out.AddASN1(tag0, func(out *cryptobyte.Builder) {
			out.AddASN1(cbasn1.SEQUENCE, func(out *cryptobyte.Builder) {
				for _, c := range b.Certificates {
					out.AddBytes(c)
				}
			})
		})
	})
	return out.Bytes()
}

// CheckSignature reports, as nil, that the answer is signed by the key. Whether
// that key may answer is package chain's question.
func (b *Basic) CheckSignature(responder crypto.PublicKey) error {
	return cert.CheckSignature(responder, b.SignatureAlgorithm, b.RawTBS, b.Signature)
}

// UnknownCritical reports whether the answer, or that for one certificate,
// carries a critical extension that is not understood.
func (b *Basic) UnknownCritical(s *Single) bool {
	return critical(b.Extensions, OIDNonce) != nil ||
		critical(s.Extensions, cert.OIDInvalidityDate) != nil
}
