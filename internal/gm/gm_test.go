// SPDX-License-Identifier: Apache-2.0

package gm_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"testing"

	"github.com/govseal/govseal/internal/gm"
)

func TestSelfTest(t *testing.T) {
	if err := gm.SelfTest(); err != nil {
		t.Fatal(err)
	}
}

const stretchWant = "112f93ac431d01e3b1bb3b0de18f38a3"

func newKey(t *testing.T) *gm.PrivateKey {
	t.Helper()
	key, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestSignAndVerify(t *testing.T) {
	key, other := newKey(t), newKey(t)
	msg := []byte("示例市行政审批局")
	sig, err := gm.SignMessage(key, msg)
	if err != nil {
		t.Fatal(err)
	}
	raw := append(bytes.Clone(sig), 0)
	tests := []struct {
		name string
		pub  *gm.PublicKey
		msg  []byte
		sig  []byte
		want bool
	}{
		{"good", &key.PublicKey, msg, sig, true},
		{"other key", &other.PublicKey, msg, sig, false},
		{"other message", &key.PublicKey, []byte("示例市行政审批"), sig, false},
		{"trailing octet", &key.PublicKey, msg, raw, false},
		{"empty signature", &key.PublicKey, msg, nil, false},
		{"no key", nil, msg, sig, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := gm.VerifyMessage(tt.pub, tt.msg, tt.sig); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// faulty is a signer whose hardware glitches: it signs another value.
type faulty struct{ *gm.PrivateKey }

func (f faulty) Sign(r io.Reader, e []byte, o crypto.SignerOpts) ([]byte, error) {
	flipped := bytes.Clone(e)
	flipped[0] ^= 1
	return f.PrivateKey.Sign(r, flipped, o)
}

func TestFaultySignatureIsNotReleased(t *testing.T) {
	sig, err := gm.SignMessage(faulty{newKey(t)}, []byte("m"))
	if !errors.Is(err, gm.ErrSignatureFault) || sig != nil {
		t.Errorf("got %x, %v; want no signature and ErrSignatureFault", sig, err)
	}
}

func TestCloneSM3(t *testing.T) {
	h := gm.NewSM3()
	h.Write([]byte("ab"))
	c := h.Clone()
	h.Write([]byte("x"))
	c.Write([]byte("c"))
	if got, want := c.Digest(), gm.SM3([]byte("abc")); got != want {
		t.Errorf("clone: got %x, want %x", got, want)
	}
	if got, want := h.Digest(), gm.SM3([]byte("ab"), []byte("x")); got != want {
		t.Errorf("original after clone: got %x, want %x", got, want)
	}
}

func TestWrap(t *testing.T) {
	key := [gm.KeySize]byte{1}
	boxed, err := gm.Wrap(key, []byte("secret"), []byte("id=1"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := gm.Unwrap(key, boxed, []byte("id=1")); err != nil || string(got) != "secret" {
		t.Errorf("got %q, %v", got, err)
	}
	damaged := bytes.Clone(boxed)
	damaged[len(damaged)-1] ^= 1
	for name, try := range map[string]func() ([]byte, error){
		"other key":        func() ([]byte, error) { return gm.Unwrap([gm.KeySize]byte{2}, boxed, []byte("id=1")) },
		"other associated": func() ([]byte, error) { return gm.Unwrap(key, boxed, []byte("id=2")) },
		"damaged":          func() ([]byte, error) { return gm.Unwrap(key, damaged, []byte("id=1")) },
		"short":            func() ([]byte, error) { return gm.Unwrap(key, boxed[:20], []byte("id=1")) },
	} {
		if got, err := try(); !errors.Is(err, gm.ErrWrap) || got != nil {
			t.Errorf("%s: got %q, %v; want ErrWrap", name, got, err)
		}
	}
}

// The expected value is OpenSSL's: openssl kdf -keylen 16 -kdfopt digest:SM3
// -kdfopt pass:govseal -kdfopt hexsalt:00112233 -kdfopt iter:1000 PBKDF2.
func TestStretch(t *testing.T) {
	salt, _ := hex.DecodeString("00112233")
	got, err := gm.Stretch([]byte("govseal"), salt, 1000, 16)
	if err != nil {
		t.Fatal(err)
	}
	if hex.EncodeToString(got) != stretchWant {
		t.Errorf("got %x, want %s", got, stretchWant)
	}
	for _, n := range []int{0, -1, gm.MaxIterations + 1} {
		if _, err := gm.Stretch([]byte("p"), salt, n, 16); err == nil {
			t.Errorf("%d iterations: want an error", n)
		}
	}
}

func TestPublicKeyRoundTrip(t *testing.T) {
	key := newKey(t)
	der, err := gm.MarshalPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	pub, err := gm.ParsePublicKey(der)
	if err != nil || !pub.Equal(&key.PublicKey) {
		t.Fatalf("got %v, %v", pub, err)
	}
	offCurve := bytes.Clone(der)
	offCurve[len(offCurve)-1] ^= 1
	compressed := append(bytes.Clone(der[:26]), 2|der[len(der)-1]&1)
	compressed = append(compressed, der[27:59]...)
	for name, bad := range map[string][]byte{"off curve": offCurve, "compressed": compressed, "short": der[:90], "long": append(der, 0), "empty": nil} {
		if _, err := gm.ParsePublicKey(bad); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}

func FuzzParsePublicKey(f *testing.F) {
	key, err := gm.GenerateKey()
	if err != nil {
		f.Fatal(err)
	}
	der, _ := gm.MarshalPublicKey(&key.PublicKey)
	f.Add(der)
	f.Fuzz(func(t *testing.T, der []byte) {
		pub, err := gm.ParsePublicKey(der)
		if err != nil {
			return
		}
		again, err := gm.MarshalPublicKey(pub)
		if err != nil || !bytes.Equal(again, der) {
			t.Errorf("parse then marshal changed the octets: %x, %v", again, err)
		}
	})
}

func BenchmarkSign(b *testing.B) {
	key, _ := gm.GenerateKey()
	for b.Loop() {
		if _, err := key.Sign(rand.Reader, make([]byte, 32), gm.Options); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	key, _ := gm.GenerateKey()
	sig, _ := gm.Sign(key, [32]byte{1})
	for b.Loop() {
		if !gm.Verify(&key.PublicKey, [32]byte{1}, sig) {
			b.Fatal("does not verify")
		}
	}
}

func BenchmarkSM3(b *testing.B) {
	block := make([]byte, 1<<20)
	b.SetBytes(int64(len(block)))
	for b.Loop() {
		gm.SM3(block)
	}
}
