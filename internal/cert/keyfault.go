// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"bytes"
	"crypto"
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm"
)

// KeyFault names what is wrong with a public key that is not understood; ""
// is a sound one. The words are stable.
type KeyFault string

const (
	KeyMalformed     KeyFault = "key-malformed"      // no SubjectPublicKeyInfo, or not in DER
	KeyUnknown       KeyFault = "key-algorithm"      // an algorithm that is not supported
	KeyExplicitCurve KeyFault = "key-explicit-curve" // curve parameters spelled out: CVE-2020-0601
	KeyImplicitCurve KeyFault = "key-implicit-curve" // no curve named at all
	KeyUnknownCurve  KeyFault = "key-unknown-curve"
	KeyCompressed    KeyFault = "key-compressed-point" // compressed or hybrid form
	KeyInfinity      KeyFault = "key-point-at-infinity"
	KeyOffCurve      KeyFault = "key-off-curve"
	KeyOutOfRange    KeyFault = "key-out-of-range" // RSA numbers that no sound key has
)

// DiagnoseKey says why a SubjectPublicKeyInfo is not understood, more exactly
// than Parse notes it: an applicant is told by name what to mend.
func DiagnoseKey(spki []byte) KeyFault {
	d, s := newDecoder("public key", spki)
	body, err := d.sequence(s, "SubjectPublicKeyInfo")
	if err != nil {
		return KeyMalformed
	}
	rest := body
	alg, err := d.algorithm(&rest, "algorithm")
	var bits []byte
	if err != nil || !rest.ReadASN1BitStringAsBytes(&bits) || !rest.Empty() {
		return KeyMalformed
	}
	pub, err := d.publicKey(body)
	switch {
	case pub != nil:
		return ""
	case err != nil:
		return KeyMalformed
	case alg.OID.Equal(oidRSAKey):
		return KeyOutOfRange
	case alg.OID.Equal(gm.OIDECPublicKey), alg.OID.Equal(gm.OIDSM2Curve):
		return diagnosePoint(alg, bits)
	}
	return KeyUnknown
}

func diagnosePoint(alg Algorithm, point []byte) KeyFault {
	params := cryptobyte.String(alg.Parameters)
	var named asn1.ObjectIdentifier
	switch {
	case len(params) == 0, bytes.Equal(params, derNULL):
		return KeyImplicitCurve
	case params.PeekASN1Tag(cbasn1.SEQUENCE):
		return KeyExplicitCurve
	case !params.ReadASN1ObjectIdentifier(&named) || !params.Empty():
		return KeyMalformed
	case !knownCurve(named):
		return KeyUnknownCurve
	case len(point) == 0:
		return KeyMalformed
	}
	switch point[0] {
	case 0:
		return KeyInfinity
	case 2, 3, 6, 7: // SEC 1 2.3.3
		return KeyCompressed
	case 4:
		return KeyOffCurve
	}
	return KeyMalformed
}

func knownCurve(named asn1.ObjectIdentifier) bool {
	if named.Equal(gm.OIDSM2Curve) {
		return true
	}
	for _, c := range nistCurves {
		if named.Equal(c.oid) {
			return true
		}
	}
	return false
}

// ParsePublicKey reads a SubjectPublicKeyInfo with nothing behind it: SM2, NIST
// curves and RSA, in the forms that certificates are read in; nil when it is
// not understood.
func ParsePublicKey(spki []byte) crypto.PublicKey {
	d, s := newDecoder("public key", spki)
	body, err := d.sequence(s, "SubjectPublicKeyInfo")
	if err != nil {
		return nil
	}
	pub, err := d.publicKey(body)
	if err != nil {
		return nil
	}
	return pub
}
