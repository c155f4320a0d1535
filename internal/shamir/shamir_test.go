// SPDX-License-Identifier: Apache-2.0

package shamir_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/govseal/govseal/internal/shamir"
)

// slow multiplies by long multiplication and long division of polynomials.
func slow(a, b byte) byte {
	var p int
	for i := range 8 {
		if b>>i&1 == 1 {
			p ^= int(a) << i
		}
	}
	for i := 14; i >= 8; i-- {
		if p>>i&1 == 1 {
			p ^= 0x11b << (i - 8)
		}
	}
	return byte(p)
}

func TestField(t *testing.T) {
	// FIPS 197 section 4.2 works these two out.
	if got := shamir.Multiply(0x57, 0x83); got != 0xc1 {
		t.Errorf("57 x 83: got %x, want c1", got)
	}
	if got := shamir.Multiply(0x57, 0x13); got != 0xfe {
		t.Errorf("57 x 13: got %x, want fe", got)
	}
	for a := range 256 {
		for b := range 256 {
			if got, want := shamir.Multiply(byte(a), byte(b)), slow(byte(a), byte(b)); got != want {
				t.Fatalf("%x x %x: got %x, want %x", a, b, got, want)
			}
		}
		if a != 0 && shamir.Multiply(byte(a), shamir.Invert(byte(a))) != 1 {
			t.Errorf("%x x its inverse is not 1", a)
		}
	}
	if shamir.Invert(0) != 0 {
		t.Error("the inverse of 0 is not 0")
	}
	// 5 + 7x + 2x^2 at 3: 7x3 = 9, 2x3x3 = 2x5 = a.
	if got := shamir.Evaluate([]byte{5, 7, 2}, 3); got != 5^9^0xa {
		t.Errorf("got %x", got)
	}
}

// Every choice of m shares gives the secret, for every small m of n.
func TestEveryChoice(t *testing.T) {
	secret := make([]byte, 32)
	rand.Read(secret)
	for n := 2; n <= 6; n++ {
		for m := 2; m <= n; m++ {
			shares, err := shamir.Split(secret, n, m)
			if err != nil {
				t.Fatal(err)
			}
			for set := range 1 << n {
				var chosen []shamir.Share
				for i, s := range shares {
					if set>>i&1 == 1 {
						chosen = append(chosen, s)
					}
				}
				if len(chosen) < 2 {
					continue
				}
				got, err := shamir.Combine(chosen)
				if err != nil {
					t.Fatal(err)
				}
				if enough := len(chosen) >= m; bytes.Equal(got, secret) != enough {
					t.Errorf("%d of %d with %d shares %b: secret found %v", m, n, len(chosen), set, !enough)
				}
			}
		}
	}
}

// With one share fewer than needed every octet is still possible: for each
// guess of the secret there is a last share that gives it.
func TestFewerSayNothing(t *testing.T) {
	shares, err := shamir.Split([]byte{0x42}, 3, 3)
	if err != nil {
		t.Fatal(err)
	}
	reached := map[byte]bool{}
	for last := range 256 {
		got, err := shamir.Combine([]shamir.Share{shares[0], shares[1], {Index: 3, Value: []byte{byte(last)}}})
		if err != nil {
			t.Fatal(err)
		}
		reached[got[0]] = true
	}
	if len(reached) != 256 {
		t.Errorf("only %d secrets are possible", len(reached))
	}
}

func TestRefusals(t *testing.T) {
	for _, tt := range []struct{ size, n, m int }{{0, 3, 2}, {1, 3, 1}, {1, 3, 0}, {1, 2, 3}, {1, shamir.MaxShares + 1, 2}, {1, 3, -1}} {
		if _, err := shamir.Split(make([]byte, tt.size), tt.n, tt.m); err == nil {
			t.Errorf("%+v: want an error", tt)
		}
	}
	v := []byte{1, 2}
	for name, shares := range map[string][]shamir.Share{
		"none":      nil,
		"one":       {{1, v}},
		"twice":     {{1, v}, {1, v}},
		"index 0":   {{0, v}, {1, v}},
		"index 33":  {{1, v}, {33, v}},
		"lengths":   {{1, v}, {2, v[:1]}},
		"no values": {{1, nil}, {2, nil}},
		"too many":  make([]shamir.Share, 33),
	} {
		if _, err := shamir.Combine(shares); !errors.Is(err, shamir.ErrShares) {
			t.Errorf("%s: got %v, want ErrShares", name, err)
		}
	}
}
