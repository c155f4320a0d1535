// SPDX-License-Identifier: Apache-2.0

package keyfile

import (
	"bytes"
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm"
)

const scalarSize = 32

var (
	tagCurve  = casn1.Tag(0).Constructed().ContextSpecific()
	tagPublic = casn1.Tag(1).Constructed().ContextSpecific()
)

// MarshalPrivateKey returns a PrivateKeyInfo (RFC 5958) whose key is an
// ECPrivateKey (RFC 5915) with its public key, as OpenSSL writes it. It is the
// key in the clear: the caller encrypts it and clears the octets.
func MarshalPrivateKey(key *gm.PrivateKey) ([]byte, error) {
	point, err := pointOf(key)
	if err != nil {
		return nil, err
	}
	scalar := key.D.FillBytes(make([]byte, scalarSize))
	defer clear(scalar)
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(0)
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(gm.OIDECPublicKey)
			b.AddASN1ObjectIdentifier(gm.OIDSM2Curve)
		})
		b.AddASN1(casn1.OCTET_STRING, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1OctetString(scalar)
				b.AddASN1(tagPublic, func(b *cryptobyte.Builder) { b.AddASN1BitString(point) })
			})
		})
	})
	return b.Bytes()
}

// ParsePrivateKey reads a PrivateKeyInfo of an SM2 key. The public key may be
// left out; if it is there it must be the private key's.
func ParsePrivateKey(der []byte) (*gm.PrivateKey, error) {
	in := cryptobyte.String(der)
	var outer, alg, octets, ec cryptobyte.String
	var version, ecVersion int64
	var algorithm, curve asn1.ObjectIdentifier
	var scalar cryptobyte.String
	if !in.ReadASN1(&outer, casn1.SEQUENCE) || !in.Empty() ||
		!outer.ReadASN1Integer(&version) || version != 0 ||
		!outer.ReadASN1(&alg, casn1.SEQUENCE) || !alg.ReadASN1ObjectIdentifier(&algorithm) || !alg.ReadASN1ObjectIdentifier(&curve) || !alg.Empty() ||
		!outer.ReadASN1(&octets, casn1.OCTET_STRING) || !outer.Empty() ||
		!octets.ReadASN1(&ec, casn1.SEQUENCE) || !octets.Empty() ||
		!ec.ReadASN1Integer(&ecVersion) || ecVersion != 1 || !ec.ReadASN1(&scalar, casn1.OCTET_STRING) {
		return nil, &FormatError{"not a PKCS#8 elliptic-curve key"}
	}
	if !algorithm.Equal(gm.OIDECPublicKey) || !curve.Equal(gm.OIDSM2Curve) || len(scalar) != scalarSize {
		return nil, &FormatError{"not an SM2 key"}
	}
	key, err := gm.NewPrivateKey(scalar)
	if err != nil {
		return nil, &FormatError{"the private key is outside its range"}
	}
	return key, checkRest(ec, key)
}

// checkRest compares the optional curve and public key with the key itself.
func checkRest(ec cryptobyte.String, key *gm.PrivateKey) error {
	bad := &FormatError{"curve or public key in the file are not the private key's"}
	var has bool
	var field cryptobyte.String
	if !ec.ReadOptionalASN1(&field, &has, tagCurve) {
		return bad
	}
	var curve asn1.ObjectIdentifier
	if has && (!field.ReadASN1ObjectIdentifier(&curve) || !field.Empty() || !curve.Equal(gm.OIDSM2Curve)) {
		return bad
	}
	if !ec.ReadOptionalASN1(&field, &has, tagPublic) || !ec.Empty() {
		return bad
	}
	if !has {
		return nil
	}
	point, err := pointOf(key)
	var bits []byte
	if err != nil || !field.ReadASN1BitStringAsBytes(&bits) || !field.Empty() || !bytes.Equal(bits, point) {
		return bad
	}
	return nil
}

// pointOf returns the uncompressed public point.
func pointOf(key *gm.PrivateKey) ([]byte, error) {
	spki, err := gm.MarshalPublicKey(&key.PublicKey)
	if err != nil {
		return nil, err
	}
	return spki[len(spki)-65:], nil
}
