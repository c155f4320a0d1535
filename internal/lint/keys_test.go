// SPDX-License-Identifier: Apache-2.0

package lint_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"math/big"
	"testing"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/lint"
	"github.com/govseal/govseal/internal/testpki"
)

func key(spki []byte) change { return func(t *cert.Template) { t.PublicKey = spki } }

func sm2Key(t *testing.T, d *big.Int) []byte {
	t.Helper()
	k, err := gm.NewPrivateKey(d.FillBytes(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	spki, err := gm.MarshalPublicKey(&k.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return spki
}

func pkix(t *testing.T, pub any) []byte {
	t.Helper()
	spki, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	return spki
}

// sm2Order is n of GB/T 32918.5.
var sm2Order, _ = new(big.Int).SetString("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123", 16)

func keyOffences(t *testing.T) map[string]offence {
	one := sm2Key(t, big.NewInt(1))
	off := append([]byte{}, one...)
	off[len(off)-1] ^= 1
	compressed := append([]byte{}, one...)
	compressed[26] = 2
	explicit := []byte{0x30, 0x14, 0x30, 0x0d, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 0x30, 2, 5, 0, 3, 3, 0, 4, 1}
	unnamed := []byte{0x30, 0x10, 0x30, 0x09, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 3, 3, 0, 4, 1}
	small, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), big.NewInt(2).FillBytes(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	modulus := func(bits uint) *big.Int { return new(big.Int).SetBit(big.NewInt(1), int(bits), 1) }
	return map[string]offence{
		"explicit curve":         {"key-form", lint.Error, false, key(explicit), nil},
		"unnamed curve":          {"key-form", lint.Error, false, key(unnamed), nil},
		"point off the curve":    {"key-form", lint.Error, false, key(off), nil},
		"compressed point":       {"key-form", lint.Error, false, key(compressed), nil},
		"RSA of 1024 bits":       {"key-form", lint.Error, false, key(pkix(t, &rsa.PublicKey{N: modulus(1023), E: 65537})), nil},
		"RSA with exponent 3":    {"key-form", lint.Error, false, key(pkix(t, &rsa.PublicKey{N: modulus(2047), E: 3})), nil},
		"d = 1":                  {"weak-key", lint.Error, false, key(one), nil},
		"d = n-2":                {"weak-key", lint.Error, false, key(sm2Key(t, new(big.Int).Sub(sm2Order, big.NewInt(2)))), nil},
		"d of a standard":        {"weak-key", lint.Error, false, key(sm2Key(t, number("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"))), nil},
		"P-256 with d = 2":       {"weak-key", lint.Error, false, key(pkix(t, small.Public())), nil},
		"modulus of faulty tool": {"roca", lint.Error, false, key(pkix(t, &rsa.PublicKey{N: roca(), E: 65537})), nil},
	}
}

func number(text string) *big.Int {
	n, _ := new(big.Int).SetString(text, 16)
	return n
}

// roca is shaped like a modulus of the faulty generator: 65537^a modulo the
// product of the primes of the fingerprint, plus a multiple of it.
func roca() *big.Int {
	m := big.NewInt(1)
	for p := int64(2); p <= 167; p++ {
		if big.NewInt(p).ProbablyPrime(20) {
			m.Mul(m, big.NewInt(p))
		}
	}
	n := new(big.Int).Exp(big.NewInt(65537), big.NewInt(0x1234567), m)
	k := new(big.Int).Lsh(big.NewInt(1), uint(2048-m.BitLen()))
	return n.Add(n, k.Mul(k, m))
}

func TestKeys(t *testing.T) {
	check(t, testpki.New(t), nil, keyOffences(t))
}

// TestP256UnderSM2Profile is the wrong curve of the profile.
func TestP256UnderSM2Profile(t *testing.T) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := testpki.New(t)
	o := offence{rule: "key-form", want: lint.Error, change: key(pkix(t, k.Public()))}
	check(t, p, &lint.Profile{Name: "leaf", Usage: cert.DigitalSignature | cert.NonRepudiation, SM2: true}, map[string]offence{"P-256": o})
	if s, text := finds(lint.Certificate(build(t, p, o), lint.Context{}), "key-form"); s == lint.Error {
		t.Errorf("P-256 in a certificate of others: %s", text)
	}
}

// TestSoundKeys: ordinary keys are not taken for weak ones.
func TestSoundKeys(t *testing.T) {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := testpki.New(t)
	for _, pub := range []any{k.Public(), ec.Public()} {
		got := lint.Certificate(build(t, p, offence{change: key(pkix(t, pub))}), lint.Context{Issuer: p.Issuing.Cert})
		if len(got) > 0 {
			t.Errorf("%T: %v", pub, got)
		}
	}
}

// TestPublishedKey: the secret that the linter knows belongs to the public key
// that GM/T 0003.5 prints beside it.
func TestPublishedKey(t *testing.T) {
	k, err := gm.NewPrivateKey(number("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8").FillBytes(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(k.X.Bytes()); got != "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020" {
		t.Errorf("got %s", got)
	}
	if lint.WeakKey(&k.PublicKey) == "" {
		t.Error("the published key is not found")
	}
}
