// SPDX-License-Identifier: Apache-2.0

package tsp

import (
	"encoding/asn1"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Request is a TimeStampReq.
type Request struct {
	HashAlgorithm asn1.ObjectIdentifier
	Imprint       []byte
	Policy        asn1.ObjectIdentifier // nil when absent
	Nonce         *big.Int              // nil when absent
	CertReq       bool
	Extensions    []byte // raw [0] extensions, nil when absent
}

// ParseRequest reads a DER TimeStampReq with nothing behind it.
func ParseRequest(der []byte) (*Request, error) {
	if len(der) > MaxSize {
		return nil, bad("TimeStampReq", "longer than %d octets", MaxSize)
	}
	in := cryptobyte.String(der)
	var body cryptobyte.String
	var version int
	r := &Request{}
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !in.Empty() || !body.ReadASN1Integer(&version) {
		return nil, bad("TimeStampReq", "not one SEQUENCE with a version")
	}
	if version != 1 {
		return nil, bad("TimeStampReq.version", "not 1")
	}
	var err error
	if r.HashAlgorithm, r.Imprint, err = readImprint(&body); err != nil {
		return nil, err
	}
	if body.PeekASN1Tag(cbasn1.OBJECT_IDENTIFIER) && !body.ReadASN1ObjectIdentifier(&r.Policy) {
		return nil, bad("TimeStampReq.reqPolicy", "malformed")
	}
	if r.Nonce, err = readNonce(&body); err != nil {
		return nil, err
	}
	if body.PeekASN1Tag(cbasn1.BOOLEAN) && !body.ReadASN1Boolean(&r.CertReq) {
		return nil, bad("TimeStampReq.certReq", "malformed")
	}
	if body.PeekASN1Tag(tag0) {
		var ext cryptobyte.String
		if !body.ReadASN1Element(&ext, tag0) {
			return nil, bad("TimeStampReq.extensions", "malformed")
		}
		r.Extensions = ext
	}
	if !body.Empty() {
		return nil, bad("TimeStampReq", "something stands behind the last field")
	}
	return r, nil
}

// Marshal encodes the request.
func (r *Request) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		addImprint(b, r.HashAlgorithm, r.Imprint)
		if r.Policy != nil {
			b.AddASN1ObjectIdentifier(r.Policy)
		}
		if r.Nonce != nil {
			b.AddASN1BigInt(r.Nonce)
		}
		if r.CertReq {
			b.AddASN1Boolean(true)
		}
		b.AddBytes(r.Extensions)
	})
	return b.Bytes()
}

// readImprint reads MessageImprint ::= SEQUENCE { hashAlgorithm, hashedMessage }.
func readImprint(in *cryptobyte.String) (alg asn1.ObjectIdentifier, imprint []byte, err error) {
	var seq, id, digest cryptobyte.String
	if !in.ReadASN1(&seq, cbasn1.SEQUENCE) || !seq.ReadASN1(&id, cbasn1.SEQUENCE) ||
		!id.ReadASN1ObjectIdentifier(&alg) || !seq.ReadASN1(&digest, cbasn1.OCTET_STRING) || !seq.Empty() {
		return nil, nil, bad("messageImprint", "not an algorithm and an OCTET STRING")
	}
	if !id.Empty() && string(id) != "\x05\x00" {
		return nil, nil, bad("messageImprint.hashAlgorithm", "unexpected parameters")
	}
	if len(digest) == 0 || len(digest) > 64 {
		return nil, nil, bad("messageImprint.hashedMessage", "%d octets", len(digest))
	}
	return alg, digest, nil
}

func addImprint(b *cryptobyte.Builder, alg asn1.ObjectIdentifier, imprint []byte) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(alg) })
		b.AddASN1OctetString(imprint)
	})
}

// readNonce reads the optional nonce, at most 32 octets.
func readNonce(in *cryptobyte.String) (*big.Int, error) {
	if !in.PeekASN1Tag(cbasn1.INTEGER) {
		return nil, nil
	}
	n := new(big.Int)
	if !in.ReadASN1Integer(n) || n.BitLen() > 256 {
		return nil, bad("nonce", "not an INTEGER of at most 32 octets")
	}
	return n, nil
}
