// SPDX-License-Identifier: Apache-2.0

package cms

import (
	"bytes"
	"crypto"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"hash"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

var (
	oidSHA1          = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	oidSHA256        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA384        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	oidSHA512        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	oidRSA           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidSHA1WithRSA   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}
	oidSHA256WithRSA = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	oidSHA384WithRSA = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}
	oidSHA512WithRSA = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}
	oidECDSASHA256   = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidECDSASHA384   = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}
	oidECDSASHA512   = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}
)

// suites lists, by digest, the signature algorithms that name their digest;
// RSA and EC key identifiers in a SignerInfo take it from digestAlgorithm.
var suites = []struct{ digest, rsa, ecdsa asn1.ObjectIdentifier }{
	{oidSHA1, oidSHA1WithRSA, nil},
	{oidSHA256, oidSHA256WithRSA, oidECDSASHA256},
	{oidSHA384, oidSHA384WithRSA, oidECDSASHA384},
	{oidSHA512, oidSHA512WithRSA, oidECDSASHA512},
}

// NewHash returns the hash function of a digest algorithm: SM3, SHA-2, or
// SHA-1, which callers report as weak (see WeakDigest).
func NewHash(oid asn1.ObjectIdentifier) (hash.Hash, error) {
	switch {
	case oid.Equal(gm.OIDSM3):
		return gm.NewHash(), nil
	case oid.Equal(oidSHA256):
		return sha256.New(), nil
	case oid.Equal(oidSHA384):
		return sha512.New384(), nil
	case oid.Equal(oidSHA512):
		return sha512.New(), nil
	case oid.Equal(oidSHA1):
		return sha1.New(), nil
	}
	return nil, bad("digestAlgorithm", "%v is not supported", oid)
}

// WeakDigest reports whether the digest no longer resists collisions.
func WeakDigest(oid asn1.ObjectIdentifier) bool { return oid.Equal(oidSHA1) }

// Matches reports whether the signer identifier names the certificate.
func (s *SignerInfo) Matches(certDER []byte) bool {
	if s.SubjectKeyID != nil {
		c, err := cert.Parse(certDER)
		return err == nil && len(c.SubjectKeyID) > 0 && bytes.Equal(c.SubjectKeyID, s.SubjectKeyID)
	}
	issuer, serial, err := issuerAndSerial(certDER)
	return err == nil && bytes.Equal(issuer, s.IssuerRaw) && bytes.Equal(serial, s.Serial)
}

// Certificate returns the signer's certificate among those carried, or nil.
func (d *SignedData) Certificate(s *SignerInfo) []byte {
	for _, c := range d.Certificates {
		if s.Matches(c) {
			return c
		}
	}
	return nil
}

// VerifySignature checks the signature value over the signed attributes, or
// over content when there are none. It does not compare messageDigest.
func (s *SignerInfo) VerifySignature(pub crypto.PublicKey, content []byte) error {
	alg, err := s.algorithm()
	if err != nil {
		return err
	}
	signed, sig := content, s.Signature
	if s.SignedRaw != nil {
		signed = s.SignedRaw
	}
	if alg.OID.Equal(gm.OIDSM2WithSM3) {
		// Raw r||s occurs in the field; facts/seal-formats.md 4.
		if sig, _, err = NormalSignature(s.Signature); err != nil {
			return err
		}
	}
	return cert.CheckSignature(pub, alg, signed, sig)
}

// algorithm joins digestAlgorithm and signatureAlgorithm to the one algorithm
// they mean, and refuses pairs that contradict each other.
func (s *SignerInfo) algorithm() (cert.Algorithm, error) {
	sig, digest := s.SignatureAlgorithm, s.DigestAlgorithm.OID
	if sig.OID.Equal(gm.OIDSM2WithSM3) || sig.OID.Equal(gm.OIDSM2Sign) {
		if !digest.Equal(gm.OIDSM3) {
			return sig, bad("SignerInfo", "SM2 with digest %v", digest)
		}
		return cert.Algorithm{OID: gm.OIDSM2WithSM3}, nil
	}
	for _, u := range suites {
		named := sig.OID.Equal(u.rsa) || (u.ecdsa != nil && sig.OID.Equal(u.ecdsa))
		if named && !digest.Equal(u.digest) {
			return sig, bad("SignerInfo", "signature algorithm %v with digest %v", sig.OID, digest)
		}
		if named {
			return sig, nil
		}
		if !digest.Equal(u.digest) {
			continue
		}
		if sig.OID.Equal(oidRSA) {
			return cert.Algorithm{OID: u.rsa, Parameters: []byte{5, 0}}, nil
		}
		if sig.OID.Equal(gm.OIDECPublicKey) && u.ecdsa != nil {
			return cert.Algorithm{OID: u.ecdsa}, nil
		}
	}
	return sig, nil // e.g. RSASSA-PSS, which says everything in its parameters
}
