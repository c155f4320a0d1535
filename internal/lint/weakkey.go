// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/hex"
	"math/big"
	"sync"

	"github.com/govseal/govseal/internal/gm"
)

var weakKeyRule = rule{"weak-key", "NIST SP 800-57 part 1, 6.1; keys whose secret everybody knows", checkWeakKey}

func checkWeakKey(s *candidate, r *report) {
	if why := WeakKey(s.PublicKey); why != "" {
		r.err("%s", why)
	}
}

// smallest scalars that are known to be weak: a broken generator counts, or
// starts at one. A point and its negative share X, so d and n-d are found
// alike.
const smallScalars = 256

// published secrets, which programmers copy: the signing example of GM/T
// 0003.5. Its text was not at hand; the test computes the public key that is
// printed beside it.
var published = []string{"3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"}

type weakPoint struct {
	curve elliptic.Curve
	x     string
}

// WeakKey says why the secret of an elliptic-curve key is known to everybody:
// "" for every other key. It finds small scalars and their negatives, halves
// of one, and secrets that a standard prints.
func WeakKey(pub crypto.PublicKey) string {
	key, ok := pub.(*ecdsa.PublicKey)
	if !ok || key == nil {
		return ""
	}
	//lint:ignore SA1019 the coordinate is looked up, and nothing is computed with it
	return weakPoints()[weakPoint{key.Curve, string(key.X.Bytes())}]
}

// weakPoints is computed once: about a thousand multiplications.
var weakPoints = sync.OnceValue(func() map[weakPoint]string {
	all := map[weakPoint]string{}
	sm2Key, err := gm.NewPrivateKey(new(big.Int).SetInt64(1).FillBytes(make([]byte, 32)))
	if err != nil {
		return all
	}
	sm2 := sm2Key.Curve
	for _, text := range published {
		if d, err := hex.DecodeString(text); err == nil {
			addWeak(all, sm2, new(big.Int).SetBytes(d), "the private key is printed in a standard")
		}
	}
	for _, curve := range []elliptic.Curve{sm2, elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		for d := int64(1); d <= smallScalars; d++ {
			addWeak(all, curve, big.NewInt(d), "the private key is a small number, or its negative")
		}
		half := new(big.Int).Add(curve.Params().N, big.NewInt(1))
		addWeak(all, curve, half.Rsh(half, 1), "the private key is one half")
	}
	return all
})

func addWeak(all map[weakPoint]string, curve elliptic.Curve, d *big.Int, why string) {
	octets := d.FillBytes(make([]byte, (curve.Params().N.BitLen()+7)/8))
	if _, isNIST := nistBits[curve.Params().Name]; !isNIST {
		if key, err := gm.NewPrivateKey(octets); err == nil {
			all[weakPoint{curve, string(key.X.Bytes())}] = why
		}
		return
	}
	if key, err := ecdsa.ParseRawPrivateKey(curve, octets); err == nil {
		all[weakPoint{curve, string(key.X.Bytes())}] = why
	}
}

var nistBits = map[string]int{"P-256": 256, "P-384": 384, "P-521": 521}
