// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha256" // registers SHA-256
	_ "crypto/sha512" // registers SHA-384 and SHA-512
	"encoding/asn1"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"

	"github.com/govseal/govseal/internal/gm"
)

// What CheckSignature returns, to be tested with errors.Is.
var (
	// ErrUnsupportedAlgorithm: the algorithm, its parameters or the key are not supported.
	ErrUnsupportedAlgorithm = errors.New("unsupported signature algorithm")
	// ErrSignature: the signature is not one of these octets by this key.
	ErrSignature = errors.New("signature does not verify")
)

// scheme is a signature algorithm with its digest; SM2 has none of package
// crypto's.
type scheme struct {
	oid  asn1.ObjectIdentifier
	kind int
	hash crypto.Hash
}

const (
	kindRSA = iota
	kindECDSA
)

// schemes leaves out everything over SHA-1 and MD5, and DSA: collisions, and
// no user of this system has such certificates.
var schemes = []scheme{
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, kindRSA, crypto.SHA256},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}, kindRSA, crypto.SHA384},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}, kindRSA, crypto.SHA512},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}, kindECDSA, crypto.SHA256},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}, kindECDSA, crypto.SHA384},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}, kindECDSA, crypto.SHA512},
}

var oidRSAPSS = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}

// CheckSignature verifies sig over signed with the algorithm named: SM2 with
// SM3 under the default user ID, RSA PKCS#1 v1.5 and PSS, ECDSA with SHA-2.
// ErrUnsupportedAlgorithm when it is none of these or the key is of another
// kind, ErrSignature when the signature is wrong.
func CheckSignature(pub crypto.PublicKey, alg Algorithm, signed, sig []byte) error {
	if pub == nil {
		return fmt.Errorf("%w: the public key is not supported", ErrUnsupportedAlgorithm)
	}
	switch {
	case alg.OID.Equal(gm.OIDSM2WithSM3):
		return checkSM2(pub, alg, signed, sig)
	case alg.OID.Equal(oidRSAPSS):
		return checkPSS(pub, alg, signed, sig)
	}
	for _, s := range schemes {
		if !alg.OID.Equal(s.oid) {
			continue
		}
		if s.kind == kindRSA {
			return checkRSA(pub, s.hash, alg, signed, sig)
		}
		return checkECDSA(pub, s.hash, alg, signed, sig)
	}
	return fmt.Errorf("%w: %s", ErrUnsupportedAlgorithm, alg.OID)
}

// CheckSignature reports, as nil, that the certificate is signed by the key of
// issuer. Names, dates and usages are not looked at: that is package chain's.
func (c *Certificate) CheckSignature(issuer crypto.PublicKey) error {
	return CheckSignature(issuer, c.SignatureAlgorithm, c.RawTBS, c.Signature)
}

// CheckSignature reports, as nil, that the CRL is signed by the key.
func (c *CRL) CheckSignature(issuer crypto.PublicKey) error {
	return CheckSignature(issuer, c.SignatureAlgorithm, c.RawTBS, c.Signature)
}

// nullOrAbsent: SM2 certificates carry either (facts/ca-and-crypto.md section 6),
// and so do RSA ones in the field, against RFC 4055's NULL.
func (a Algorithm) nullOrAbsent() bool {
	return a.Parameters == nil || bytes.Equal(a.Parameters, derNULL)
}

func badParameters(a Algorithm) error {
	return fmt.Errorf("%w: parameters of %s", ErrUnsupportedAlgorithm, a.OID)
}

func wrongKey(a Algorithm, pub crypto.PublicKey) error {
	return fmt.Errorf("%w: %s under a key of type %T", ErrUnsupportedAlgorithm, a.OID, pub)
}

func checkSM2(pub crypto.PublicKey, alg Algorithm, signed, sig []byte) error {
	key, ok := gm.AsPublicKey(pub)
	switch {
	case !ok:
		return wrongKey(alg, pub)
	case !alg.nullOrAbsent():
		return badParameters(alg)
	case !gm.VerifyMessage(key, signed, sig):
		return ErrSignature
	}
	return nil
}

func checkRSA(pub crypto.PublicKey, hash crypto.Hash, alg Algorithm, signed, sig []byte) error {
	key, ok := pub.(*rsa.PublicKey)
	switch {
	case !ok:
		return wrongKey(alg, pub)
	case !alg.nullOrAbsent():
		return badParameters(alg)
	case rsa.VerifyPKCS1v15(key, hash, digest(hash, signed), sig) != nil:
		return ErrSignature
	}
	return nil
}

func checkECDSA(pub crypto.PublicKey, hash crypto.Hash, alg Algorithm, signed, sig []byte) error {
	key, ok := pub.(*ecdsa.PublicKey)
	if _, sm2 := gm.AsPublicKey(pub); !ok || sm2 {
		return wrongKey(alg, pub)
	}
	switch {
	case alg.Parameters != nil: // RFC 5758 3.2
		return badParameters(alg)
	case !ecdsa.VerifyASN1(key, digest(hash, signed), sig):
		return ErrSignature
	}
	return nil
}

func checkPSS(pub crypto.PublicKey, alg Algorithm, signed, sig []byte) error {
	key, ok := pub.(*rsa.PublicKey)
	if !ok {
		return wrongKey(alg, pub)
	}
	hash, salt, ok := pssParameters(alg.Parameters)
	if !ok {
		return badParameters(alg)
	}
	opts := &rsa.PSSOptions{SaltLength: salt, Hash: hash}
	if rsa.VerifyPSS(key, hash, digest(hash, signed), sig, opts) != nil {
		return ErrSignature
	}
	return nil
}

func digest(hash crypto.Hash, signed []byte) []byte {
	h := hash.New()
	h.Write(signed)
	return h.Sum(nil)
}

var (
	oidMGF1   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}
	pssHashes = []scheme{
		{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, kindRSA, crypto.SHA256},
		{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}, kindRSA, crypto.SHA384},
		{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}, kindRSA, crypto.SHA512},
	}
)

// pssParameters reads RSASSA-PSS-params (RFC 4055 3.1): SHA-2 only, the same
// digest for MGF1, the default trailer.
func pssParameters(der []byte) (hash crypto.Hash, salt int, ok bool) {
	d, s := newDecoder("parameters", der)
	body, err := d.sequence(s, "RSASSA-PSS-params")
	if err != nil {
		return 0, 0, false
	}
	var hashField, mgfField, saltField cryptobyte.String
	if !body.ReadASN1(&hashField, tag0.Constructed()) || !body.ReadASN1(&mgfField, tag1.Constructed()) ||
		!body.ReadASN1(&saltField, tag2.Constructed()) {
		return 0, 0, false // an absent field means SHA-1
	}
	var trailer cryptobyte.String
	var present bool
	if !body.ReadOptionalASN1(&trailer, &present, tag3.Constructed()) || !body.Empty() ||
		(present && string(trailer) != "\x02\x01\x01") {
		return 0, 0, false
	}
	if hash, ok = d.pssHash(hashField); !ok {
		return 0, 0, false
	}
	mgf, err := d.algorithm(&mgfField, "maskGenAlgorithm")
	if err != nil || !mgf.OID.Equal(oidMGF1) {
		return 0, 0, false
	}
	if mgfHash, ok := d.pssHash(mgf.Parameters); !ok || mgfHash != hash {
		return 0, 0, false
	}
	ok = saltField.ReadASN1Integer(&salt) && saltField.Empty() && salt > 0 && salt <= 512
	return hash, salt, ok
}

func (d *decoder) pssHash(s cryptobyte.String) (crypto.Hash, bool) {
	alg, err := d.algorithm(&s, "hashAlgorithm")
	if err != nil || !s.Empty() || !alg.nullOrAbsent() {
		return 0, false
	}
	for _, h := range pssHashes {
		if alg.OID.Equal(h.oid) {
			return h.hash, true
		}
	}
	return 0, false
}
