// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/asn1"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm"
)

// MaxRSABits bounds an RSA modulus: verifying grows with its square.
const MaxRSABits = 8192

var (
	oidRSAKey = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	derNULL   = []byte{5, 0}
)

// nistCurves are the named curves of RFC 5480 that are read.
var nistCurves = []struct {
	oid   asn1.ObjectIdentifier
	curve elliptic.Curve
}{
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}, elliptic.P256()},
	{asn1.ObjectIdentifier{1, 3, 132, 0, 34}, elliptic.P384()},
	{asn1.ObjectIdentifier{1, 3, 132, 0, 35}, elliptic.P521()},
}

// publicKey reads the content of a SubjectPublicKeyInfo. A key that is not
// understood is nil with a note: such a certificate can be shown, and nothing
// signed by it verifies.
func (d *decoder) publicKey(body cryptobyte.String) (crypto.PublicKey, error) {
	const field = "subjectPublicKeyInfo"
	alg, err := d.algorithm(&body, field+".algorithm")
	if err != nil {
		return nil, err
	}
	var bits []byte
	at := body
	if !body.ReadASN1BitStringAsBytes(&bits) || !body.Empty() {
		return nil, d.fail(at, field, "subjectPublicKey is not a BIT STRING")
	}
	switch {
	case alg.OID.Equal(oidRSAKey):
		return d.rsaKey(alg, bits)
	case alg.OID.Equal(gm.OIDECPublicKey):
		return d.ecKey(alg, bits), nil
	case alg.OID.Equal(gm.OIDSM2Curve):
		// Written by OpenSSL 3.0 and Tongsuo for SM2 keys; observed in the
		// samples sm2/Tongsuo__sm2-*.
		d.note("key algorithm is the SM2 curve's identifier instead of id-ecPublicKey")
		return d.ecKey(alg, bits), nil
	}
	d.note("public key algorithm %s is not supported", alg.OID)
	return nil, nil
}

// ecKey reads a point on a named curve. Explicit parameters are refused: they
// let an attacker choose the generator (CVE-2020-0601).
func (d *decoder) ecKey(alg Algorithm, point []byte) crypto.PublicKey {
	var named asn1.ObjectIdentifier
	params := cryptobyte.String(alg.Parameters)
	if !params.ReadASN1ObjectIdentifier(&named) || !params.Empty() {
		d.note("the public key does not name its curve (explicit or implicit parameters)")
		return nil
	}
	if named.Equal(gm.OIDSM2Curve) {
		pub, err := gm.ParsePoint(point)
		if err != nil {
			d.note("the public key is not an uncompressed point of the SM2 curve")
			return nil
		}
		return pub
	}
	for _, c := range nistCurves {
		if !named.Equal(c.oid) || alg.OID.Equal(gm.OIDSM2Curve) {
			continue
		}
		pub, err := ecdsa.ParseUncompressedPublicKey(c.curve, point)
		if err != nil {
			d.note("the public key is not an uncompressed point of its curve")
			return nil
		}
		return pub
	}
	d.note("curve %s is not supported", named)
	return nil
}

// rsaKey reads an RSAPublicKey (RFC 8017 A.1.1).
func (d *decoder) rsaKey(alg Algorithm, bits []byte) (crypto.PublicKey, error) {
	const field = "RSAPublicKey"
	if alg.Parameters == nil {
		d.note("RSA key parameters are absent instead of NULL")
	} else if !bytes.Equal(alg.Parameters, derNULL) {
		d.note("RSA key parameters are not NULL")
		return nil, nil
	}
	s := cryptobyte.String(bits)
	n, e := new(big.Int), new(big.Int)
	var body cryptobyte.String
	if !s.ReadASN1(&body, cbasn1.SEQUENCE) || !s.Empty() ||
		!body.ReadASN1Integer(n) || !body.ReadASN1Integer(e) || !body.Empty() {
		return nil, d.fail(bits, field, "malformed")
	}
	odd := e.Bit(0) == 1 && n.Bit(0) == 1
	if n.Sign() <= 0 || n.BitLen() > MaxRSABits || !odd || e.BitLen() > 31 || e.Cmp(big.NewInt(3)) < 0 {
		d.note("the RSA key is out of range (modulus up to %d bits, odd exponent 3 to 2^31)", MaxRSABits)
		return nil, nil
	}
	return &rsa.PublicKey{N: n, E: int(e.Int64())}, nil
}

// KeyID returns the subject key identifier govseal writes for a key: the first
// 20 octets of SM3 over the SubjectPublicKeyInfo's bit string.
func KeyID(spki []byte) ([]byte, error) {
	d, s := newDecoder("public key", spki)
	body, err := d.sequence(s, "SubjectPublicKeyInfo")
	if err != nil {
		return nil, err
	}
	if _, err := d.algorithm(&body, "algorithm"); err != nil {
		return nil, err
	}
	var bits []byte
	at := body
	if !body.ReadASN1BitStringAsBytes(&bits) || !body.Empty() {
		return nil, d.fail(at, "subjectPublicKey", "not a BIT STRING")
	}
	digest := gm.SM3(bits)
	return digest[:20], nil
}
