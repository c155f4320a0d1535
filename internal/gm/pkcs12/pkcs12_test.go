// SPDX-License-Identifier: Apache-2.0

package pkcs12_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/pkcs12"
)

var passphrase = []byte("示例口令 über 𠮷 17")

func newKey(t testing.TB) *gm.PrivateKey {
	t.Helper()
	key, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// contents holds octets that stand for certificates: the codec does not read them.
func contents(t testing.TB) pkcs12.Contents {
	t.Helper()
	return pkcs12.Contents{Key: newKey(t), FriendlyName: "示例市行政审批局 𠮷", LocalKeyID: []byte{1, 2, 3}, Certificates: []pkcs12.Certificate{
		{DER: []byte{0x30, 1, 0}, FriendlyName: "示例市行政审批局 𠮷", LocalKeyID: []byte{1, 2, 3}},
		{DER: []byte{0x30, 2, 5, 0}},
	}}
}

// quick encodes with few iterations.
func quick(t testing.TB, c pkcs12.Contents) []byte {
	t.Helper()
	defer pkcs12.LowerFloor(1000)()
	der, err := pkcs12.Encode(c, passphrase, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestRoundTrip(t *testing.T) {
	c := contents(t)
	der := quick(t, c)
	got, err := pkcs12.Decode(der, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Key.Equal(c.Key) {
		t.Error("another key came back")
	}
	if d := cmp.Diff(&c, got, cmpopts.IgnoreFields(pkcs12.Contents{}, "Key")); d != "" {
		t.Error(d)
	}
	for _, wrong := range []string{"x", string(passphrase) + " ", strings.ToUpper(string(passphrase))} {
		if _, err := pkcs12.Decode(der, []byte(wrong)); !errors.Is(err, pkcs12.ErrPassphrase) {
			t.Errorf("passphrase %q: got %v, want ErrPassphrase", wrong, err)
		}
	}
}

func TestNothingStandsInTheClear(t *testing.T) {
	c := contents(t)
	c.Certificates[0].DER = []byte("0123456789 certificate")
	der := quick(t, c)
	for name, secret := range map[string][]byte{"key": c.Key.D.Bytes(), "certificate": c.Certificates[0].DER, "passphrase": passphrase} {
		if bytes.Contains(der, secret) {
			t.Errorf("the %s stands in the file", name)
		}
	}
}

// Every octet is under the MAC, or is the MAC's own, or is framing.
func TestEveryAlteredOctetIsRefused(t *testing.T) {
	der := quick(t, contents(t))
	for i := range der {
		bad := bytes.Clone(der)
		bad[i] ^= 0x04
		if got, err := pkcs12.Decode(bad, passphrase); err == nil {
			t.Fatalf("octet %d of %d altered: opened as %v", i, len(der), got)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	good := contents(t)
	for name, edit := range map[string]func(*pkcs12.Contents) (pass []byte, n int){
		"no key":           func(c *pkcs12.Contents) ([]byte, int) { c.Key = nil; return passphrase, 0 },
		"no certificate":   func(c *pkcs12.Contents) ([]byte, int) { c.Certificates = nil; return passphrase, 0 },
		"empty passphrase": func(*pkcs12.Contents) ([]byte, int) { return nil, 0 },
		"not UTF-8":        func(*pkcs12.Contents) ([]byte, int) { return []byte("\xff\xfe123456789"), 0 },
		"NUL":              func(*pkcs12.Contents) ([]byte, int) { return []byte("12345678\x009012"), 0 },
		"few rounds":       func(*pkcs12.Contents) ([]byte, int) { return passphrase, pkcs12.MinIterations - 1 },
		"many rounds":      func(*pkcs12.Contents) ([]byte, int) { return passphrase, pkcs12.MaxIterations },
		"long name": func(c *pkcs12.Contents) ([]byte, int) {
			c.FriendlyName = strings.Repeat("章", 257)
			return passphrase, 0
		},
		"name not UTF-8": func(c *pkcs12.Contents) ([]byte, int) { c.FriendlyName = "\xff"; return passphrase, 0 },
		"33 certificates": func(c *pkcs12.Contents) ([]byte, int) {
			c.Certificates = make([]pkcs12.Certificate, 33)
			return passphrase, 0
		},
	} {
		c := good
		pass, n := edit(&c)
		if _, err := pkcs12.Encode(c, pass, n); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}

// A file that is under its MAC and still wrong is refused by name.
func TestDecodeRefuses(t *testing.T) {
	der := quick(t, contents(t))
	oid := func(hexOID string) []byte { b, _ := hex.DecodeString(hexOID); return b }
	swap := func(old, with []byte) func([]byte) []byte {
		return func(safe []byte) []byte {
			if !bytes.Contains(safe, old) {
				t.Fatalf("%x is not in the file", old)
			}
			return bytes.Replace(safe, old, with, 1)
		}
	}
	for _, tt := range []struct {
		name, want string
		edit       func([]byte) []byte
	}{
		{"plain key", "not encrypted", swap(oid("2a864886f70d010c0a0102"), oid("2a864886f70d010c0a0101"))},
		{"CRL", "neither a key nor a certificate", swap(oid("2a864886f70d010c0a0102"), oid("2a864886f70d010c0a0104"))},
		{"another scheme", "another scheme", swap(oid("2a864886f70d01050d"), oid("2a864886f70d01050e"))},
		{"enveloped", "public key", swap(oid("2a864886f70d010706"), oid("2a864886f70d010703"))},
		{"500 rounds", "iteration count", swap(oid("020203e8"), oid("020201f4"))},
		{"one octet behind", "malformed", func(s []byte) []byte { return append(s, 0) }},
		{"no contents", "no key", func([]byte) []byte { return []byte{0x30, 0} }},
		{"empty", "malformed", func([]byte) []byte { return nil }},
		{"nine contents", "more than 8", func(s []byte) []byte {
			one := oid("300f06092a864886f70d010701a0020400")
			return append([]byte{0x30, 0x81, byte(9 * len(one))}, bytes.Repeat(one, 9)...)
		}},
	} {
		bad, err := pkcs12.Resign(der, passphrase, tt.edit)
		if err != nil {
			t.Fatal(err)
		}
		var format *pkcs12.FormatError
		if _, err := pkcs12.Decode(bad, passphrase); !errors.As(err, &format) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
	for name, bad := range map[string][]byte{
		"empty": nil, "BER": {0x30, 0x80, 2, 1, 3}, "long": make([]byte, pkcs12.MaxSize+1), "text": []byte("hello"),
	} {
		var format *pkcs12.FormatError
		if _, err := pkcs12.Decode(bad, passphrase); !errors.As(err, &format) {
			t.Errorf("%s: got %v, want a FormatError", name, err)
		}
	}
}

// testdata/openssl.p12 was made by OpenSSL 3.0.19 from a key made for it:
// openssl pkcs12 -export -keypbe sm4-cbc -certpbe sm4-cbc -macalg sm3.
func TestKnownFile(t *testing.T) {
	der, err := os.ReadFile(filepath.Join("testdata", "openssl.p12"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := pkcs12.Decode(der, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	if c.FriendlyName != "示例市行政审批局" || len(c.Certificates) != 1 || c.Certificates[0].FriendlyName != c.FriendlyName || !bytes.Equal(c.LocalKeyID, c.Certificates[0].LocalKeyID) || len(c.LocalKeyID) != 20 {
		t.Errorf("got name %q, %d certificates, key identifier %x", c.FriendlyName, len(c.Certificates), c.LocalKeyID)
	}
	spki, err := gm.MarshalPublicKey(&c.Key.PublicKey)
	if err != nil || !bytes.Contains(c.Certificates[0].DER, spki) {
		t.Errorf("the certificate does not hold the key: %v", err)
	}
}

func FuzzInside(f *testing.F) {
	f.Add(quick(f, contents(f)))
	if der, err := os.ReadFile(filepath.Join("testdata", "openssl.p12")); err == nil {
		f.Add(der)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		if n, err := pkcs12.Inside(der); err == nil && n > 8 {
			t.Errorf("%d contents", n)
		}
	})
}

// What parses is written in one form, which parses to the same.
func FuzzBags(f *testing.F) {
	for _, seed := range []string{
		"3000",
		"3026302406" + "0b2a864886f70d010c0a0103a015301306" + "0a2a864886f70d01091601a00504033001" + "00",
	} {
		b, _ := hex.DecodeString(seed)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		once, err := pkcs12.Bags(der)
		if err != nil {
			return
		}
		if twice, err := pkcs12.Bags(once); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("marshal then parse: %v\n%x\n%x", err, once, twice)
		}
	})
}
