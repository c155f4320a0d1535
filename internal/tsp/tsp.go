// SPDX-License-Identifier: Apache-2.0

// Package tsp is the codec of RFC 3161 time-stamps (GM/T 0033 in China) with
// SM2 and SM3; it holds no key and reads no clock.
package tsp

import (
	"encoding/asn1"
	"math/big"
	"time"

	"github.com/govseal/govseal/internal/cms"
)

// Request is a TimeStampReq.
type Request struct {
	HashAlgorithm asn1.ObjectIdentifier
	Imprint       []byte
	Policy        asn1.ObjectIdentifier // nil when absent
	Nonce         *big.Int              // nil when absent
	CertReq       bool
}

func ParseRequest(der []byte) (*Request, error) { panic("unwritten") }
func (r *Request) Marshal() ([]byte, error)     { panic("unwritten") }

// Info is a TSTInfo.
type Info struct {
	Raw           []byte
	Policy        asn1.ObjectIdentifier
	HashAlgorithm asn1.ObjectIdentifier
	Imprint       []byte
	Serial        *big.Int
	Time          time.Time
	Accuracy      time.Duration // 0 when absent
	Ordering      bool
	Nonce         *big.Int
}

func (i *Info) Marshal() ([]byte, error) { panic("unwritten") }

// Token is a TimeStampToken: a SignedData over a TSTInfo.
type Token struct {
	Raw  []byte
	CMS  *cms.SignedData
	Info *Info
}

// ParseToken reads a token and holds it to RFC 3161 2.4.2: eContentType
// id-ct-TSTInfo, one SignerInfo, ESS certificate present.
func ParseToken(der []byte) (*Token, error) { panic("unwritten") }

// Verify checks what needs no trust: the imprint is the digest of signed, the
// messageDigest fits, the ESS certificate is certDER and the signature is by
// its key. It returns the certificate's DER from the token (or extra).
func (t *Token) Verify(stamped []byte, extra [][]byte) (certDER []byte, err error) {
	panic("unwritten")
}

// MarshalResponse wraps a granted token (or nil and a PKIFailureInfo bit).
func MarshalResponse(status int, text string, failure int, token []byte) ([]byte, error) {
	panic("unwritten")
}
func ParseResponse(der []byte) (token []byte, err error) { panic("unwritten") }
