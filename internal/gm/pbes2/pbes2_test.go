// SPDX-License-Identifier: Apache-2.0

package pbes2_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm/pbes2"
)

// contents strips the outer tag of a marshalled scheme.
func contents(t testing.TB, s *pbes2.Scheme) []byte {
	t.Helper()
	var b cryptobyte.Builder
	s.Marshal(&b)
	in := cryptobyte.String(b.BytesOrPanic())
	var alg cryptobyte.String
	if !in.ReadASN1(&alg, casn1.SEQUENCE) || !in.Empty() {
		t.Fatal("not a sequence")
	}
	return alg
}

func TestSealAndOpen(t *testing.T) {
	for n := range 40 {
		s := pbes2.New(10)
		plain := bytes.Repeat([]byte{byte(n)}, n)
		data, err := s.Seal(plain, []byte("口令"))
		if err != nil {
			t.Fatal(err)
		}
		again, err := pbes2.Parse(contents(t, s), 10)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := again.Open(data, []byte("口令")); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d octets: got %x, %v", n, got, err)
		}
		if len(data)%16 != 0 || len(data) <= n {
			t.Errorf("%d octets became %d", n, len(data))
		}
	}
}

// Padding is read whole: each wrong octet of it counts, and nothing before it.
func TestPadding(t *testing.T) {
	s := pbes2.New(1)
	for pad := 1; pad <= 16; pad++ {
		for i := range 16 {
			block := bytes.Repeat([]byte{byte(pad)}, 16)
			block[i] ^= 0x80
			// A block of our own before the scheme's padding, which is cut off.
			data, err := s.Seal(block, []byte("p"))
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Open(data[:16], []byte("p"))
			inside := i >= 16-pad
			if inside != errors.Is(err, pbes2.ErrPassphrase) || !inside && len(got) != 16-pad {
				t.Errorf("padding of %d, octet %d wrong: got %d octets, %v", pad, i, len(got), err)
			}
		}
	}
	for _, last := range []byte{0, 17, 0xff} {
		data, _ := s.Seal(bytes.Repeat([]byte{last}, 16), []byte("p"))
		if _, err := s.Open(data[:16], []byte("p")); !errors.Is(err, pbes2.ErrPassphrase) {
			t.Errorf("padding octet %d: got %v", last, err)
		}
	}
	for _, n := range []int{0, 15, 17} {
		if _, err := s.Open(make([]byte, n), []byte("p")); err == nil {
			t.Errorf("%d octets opened", n)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	good := contents(t, pbes2.New(2000))
	for _, tt := range []struct{ name, old, with, want string }{
		{"count", "020207d0", "020203e8", "iteration count"},
		{"scheme", "2a864886f70d01050d", "2a864886f70d010503", "another scheme"},
		{"kdf", "2a864886f70d01050c", "2a864886f70d01050b", "key derivation"},
		{"prf", "2a864886f70d0209", "2a864886f70d0207", "key derivation"},
		{"cipher", "2a811ccf55016802", "2a811ccf55016801", "cipher"},
	} {
		old, _ := hex.DecodeString(tt.old)
		with, _ := hex.DecodeString(tt.with)
		if !bytes.Contains(good, old) {
			t.Fatalf("%s: %x is not there", tt.name, old)
		}
		if _, err := pbes2.Parse(bytes.Replace(good, old, with, 1), 2000); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := pbes2.New(pbes2.MaxIterations+1).Seal(nil, []byte("p")); err == nil {
		t.Error("too many rounds were run")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(contents(f, pbes2.New(2000)))
	f.Fuzz(func(t *testing.T, alg []byte) {
		s, err := pbes2.Parse(alg, 1000)
		if err != nil {
			return
		}
		once := contents(t, s)
		if again, err := pbes2.Parse(once, 1000); err != nil || !bytes.Equal(contents(t, again), once) {
			t.Errorf("marshal then parse: %v", err)
		}
	})
}
