// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"crypto/rsa"
	"math/big"
)

var rocaRule = rule{"roca", "CVE-2017-15361", checkROCA}

func checkROCA(s *candidate, r *report) {
	if key, ok := s.PublicKey.(*rsa.PublicKey); ok && rocaFingerprint(key.N) {
		r.err("the RSA modulus has the fingerprint of a faulty generator (ROCA): its factors can be computed")
	}
}

// rocaPrimes are the primes by which the published fingerprint is taken.
var rocaPrimes = []int64{3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
	107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167}

// rocaFingerprint: the faulty generator made primes k*M + (65537^a mod M), so
// modulo every small prime the modulus is a power of 65537. A random modulus
// is that modulo all of them with a chance of about 2^-27.
func rocaFingerprint(n *big.Int) bool {
	for _, p := range rocaPrimes {
		rest := new(big.Int).Mod(n, big.NewInt(p)).Int64()
		if !isPower(rest, 65537%p, p) {
			return false
		}
	}
	return true
}

// isPower reports whether v is a power of base modulo p.
func isPower(v, base, p int64) bool {
	for power := int64(1); ; {
		if power == v {
			return true
		}
		if power = power * base % p; power == 1 || power == 0 {
			return power == v
		}
	}
}
