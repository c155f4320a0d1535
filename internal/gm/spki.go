// SPDX-License-Identifier: Apache-2.0

package gm

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm2"
)

// spkiPrefix precedes the uncompressed point in every SubjectPublicKeyInfo of
// an SM2 key: SEQUENCE { SEQUENCE { id-ecPublicKey, 1.2.156.10197.1.301 },
// BIT STRING }. The whole is 91 octets.
var spkiPrefix = []byte{
	0x30, 0x59, 0x30, 0x13,
	0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
	0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d,
	0x03, 0x42, 0x00,
}

// MarshalPublicKey returns the DER SubjectPublicKeyInfo of an SM2 key.
func MarshalPublicKey(pub *PublicKey) ([]byte, error) {
	if _, ok := AsPublicKey(pub); !ok {
		return nil, errors.New("gm: not an SM2 public key")
	}
	point, err := pub.Bytes()
	if err != nil {
		// crypto/ecdsa knows only the NIST curves; SM2 points are written here.
		point = make([]byte, 65)
		point[0] = 4
		pub.X.FillBytes(point[1:33])
		pub.Y.FillBytes(point[33:])
	}
	return append(bytes.Clone(spkiPrefix), point...), nil
}

// ParsePublicKey reads the DER SubjectPublicKeyInfo of an SM2 key with a named
// curve and an uncompressed point on it; every other form is refused.
func ParsePublicKey(der []byte) (*PublicKey, error) {
	point, ok := bytes.CutPrefix(der, spkiPrefix)
	if !ok {
		return nil, errors.New("gm: not an SM2 SubjectPublicKeyInfo with named curve and uncompressed point")
	}
	return ParsePoint(point)
}

// ParsePoint reads an uncompressed SM2 point (04 || X || Y, 65 octets).
func ParsePoint(point []byte) (*PublicKey, error) {
	if len(point) != 65 || point[0] != 4 {
		return nil, errors.New("gm: not an uncompressed SM2 point")
	}
	pub, err := sm2.NewPublicKey(point)
	if err != nil {
		return nil, fmt.Errorf("gm: SM2 public key: %w", err)
	}
	return pub, nil
}
