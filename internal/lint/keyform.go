// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"crypto/ecdsa"
	"crypto/rsa"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

var keyFormRule = rule{"key-form", "RFC 5480 2.1 and 2.2; GB/T 32918.5", checkKeyForm}

// keyFaults in words for people.
var keyFaults = map[cert.KeyFault]string{
	cert.KeyMalformed:     "the public key is malformed",
	cert.KeyUnknown:       "the public key's algorithm is not supported",
	cert.KeyExplicitCurve: "the curve is given by explicit parameters, which let an attacker choose the generator; name the curve",
	cert.KeyImplicitCurve: "the public key does not name its curve",
	cert.KeyUnknownCurve:  "the curve is not supported",
	cert.KeyCompressed:    "the point is compressed or hybrid; write it uncompressed",
	cert.KeyInfinity:      "the point is the point at infinity",
	cert.KeyOffCurve:      "the point is not on its curve",
	cert.KeyOutOfRange:    "the RSA key is out of range",
}

func checkKeyForm(s *candidate, r *report) {
	if fault := cert.DiagnoseKey(s.RawSPKI); fault != "" {
		r.err("%s", keyFaults[fault])
		return
	}
	if key, ok := gm.AsPublicKey(s.PublicKey); ok {
		want, err := gm.MarshalPublicKey(key)
		if err != nil || string(want) != string(s.RawSPKI) {
			r.err("the SM2 key is not written as id-ecPublicKey with the named curve")
		}
		return
	}
	if s.profile != nil && s.profile.SM2 {
		r.err("the profile %s is for SM2 keys", s.profile.Name)
	}
	switch key := s.PublicKey.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < 2048 {
			r.err("the RSA modulus has %d bits, fewer than 2048", key.N.BitLen())
		}
		if key.E < 65537 {
			r.err("the RSA exponent %d is smaller than 65537", key.E)
		}
	case *ecdsa.PublicKey: // on a NIST curve, by its parser
	}
}
