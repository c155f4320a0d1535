// SPDX-License-Identifier: Apache-2.0

package cert_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"slices"
	"testing"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/testpki"
)

// TestOtherAlgorithms checks certificates that the standard library made.
func TestOtherAlgorithms(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		alg  x509.SignatureAlgorithm
		key  crypto.Signer
		want error
	}{
		{x509.SHA256WithRSA, rsaKey, nil}, {x509.SHA384WithRSA, rsaKey, nil}, {x509.SHA512WithRSA, rsaKey, nil},
		{x509.SHA256WithRSAPSS, rsaKey, nil}, {x509.SHA384WithRSAPSS, rsaKey, nil}, {x509.SHA512WithRSAPSS, rsaKey, nil},
		{x509.ECDSAWithSHA256, ecKey(t, elliptic.P256()), nil}, {x509.ECDSAWithSHA384, ecKey(t, elliptic.P384()), nil},
		{x509.ECDSAWithSHA512, ecKey(t, elliptic.P521()), nil},
		{x509.ECDSAWithSHA256, ecKey(t, elliptic.P224()), cert.ErrUnsupportedAlgorithm},
	} {
		t.Run(tt.alg.String(), func(t *testing.T) {
			c := selfSigned(t, tt.alg, tt.key)
			if err := c.CheckSignature(c.PublicKey); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if tt.want != nil {
				return
			}
			c.RawTBS = testpki.Flip(c.RawTBS, 20)
			if err := c.CheckSignature(c.PublicKey); !errors.Is(err, cert.ErrSignature) {
				t.Errorf("changed: got %v, want ErrSignature", err)
			}
			if err := c.CheckSignature(testpki.Key(t, "x").Public()); !errors.Is(err, cert.ErrUnsupportedAlgorithm) {
				t.Errorf("under an SM2 key: got %v", err)
			}
		})
	}
}

func ecKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func selfSigned(t *testing.T, alg x509.SignatureAlgorithm, key crypto.Signer) *cert.Certificate {
	t.Helper()
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "x"}, NotBefore: begin, NotAfter: begin.AddDate(1, 0, 0),
		SignatureAlgorithm: alg, BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := cert.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestExplicitCurve: a key that brings its own curve parameters is no key
// (CVE-2020-0601), even when they are those of a known curve.
func TestExplicitCurve(t *testing.T) {
	p256 := elliptic.P256().Params()
	point := slices.Concat([]byte{4}, p256.Gx.FillBytes(make([]byte, 32)), p256.Gy.FillBytes(make([]byte, 32)))
	integer := func(n *big.Int) []byte { return der(2, append([]byte{0}, n.Bytes()...)) }
	field := der(0x30, slices.Concat([]byte{6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 1, 1}, integer(p256.P)))
	curve := der(0x30, slices.Concat(der(4, make([]byte, 32)), der(4, p256.B.Bytes())))
	explicit := der(0x30, slices.Concat([]byte{2, 1, 1}, field, curve, der(4, point), integer(p256.N)))
	ecPublicKey := []byte{6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1}
	tmpl := fullTemplate(t, testpki.Key(t, "x"))
	tmpl.PublicKey = der(0x30, slices.Concat(der(0x30, slices.Concat(ecPublicKey, explicit)), der(3, append([]byte{0}, point...))))
	tbs, err := tmpl.MarshalTBS()
	c, perr := cert.Parse(sign(t, testpki.Key(t, "x"), tbs, err))
	if perr != nil {
		t.Fatal(perr)
	}
	if c.PublicKey != nil || len(c.Tolerated) != 1 {
		t.Errorf("got key %v, Tolerated %q", c.PublicKey, c.Tolerated)
	}
}

// der wraps content of up to 64 KiB.
func der(tag byte, content []byte) []byte {
	n := len(content)
	if n < 0x80 {
		return append([]byte{tag, byte(n)}, content...)
	}
	if n < 0x100 {
		return append([]byte{tag, 0x81, byte(n)}, content...)
	}
	return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, content...)
}
