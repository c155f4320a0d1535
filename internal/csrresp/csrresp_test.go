// SPDX-License-Identifier: Apache-2.0

package csrresp_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/internal/csrresp"
)

var (
	one   = []byte{0x30, 1, 0}
	other = []byte{0x30, 2, 5, 0}
	key   = []byte{0x30, 3, 2, 1, 1}
)

func TestRoundTrip(t *testing.T) {
	for _, tt := range []struct {
		r    csrresp.Response
		want string
	}{
		{csrresp.Response{SignCertificates: [][]byte{one}}, "3005" + "3103300100"},
		{csrresp.Response{SignCertificates: [][]byte{one}, EncryptedPrivateKey: key, EncryptCertificates: [][]byte{other}},
			"3012" + "3103300100" + "a0053003020101" + "a10430020500"},
		{csrresp.Response{SignCertificates: [][]byte{other, one}, EncryptCertificates: [][]byte{other}}, "300f" + "310730020500300100" + "a10430020500"},
	} {
		der, err := tt.r.Marshal()
		if err != nil || hex.EncodeToString(der) != tt.want {
			t.Errorf("got %x, %v; want %s", der, err, tt.want)
		}
		got, err := csrresp.Parse(der)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(&tt.r, got); d != "" {
			t.Error(d)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty":                 "",
		"no certificate":        "30023100",
		"trailing octet":        "3005310330010000",
		"inside trailing":       "3007310330010005" + "00",
		"key without its own":   "300c3103300100a0053003020101",
		"two keys":              "30163103300100a00a30030201013003020101a10330010" + "0",
		"empty set":             "30073103300100a100",
		"indefinite":            "3080310330010000" + "00",
		"not certificates":      "300431020500",
		"a number in the place": "3003020101",
	} {
		der, err := hex.DecodeString(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := csrresp.Parse(der); !errors.Is(err, csrresp.ErrFormat) {
			t.Errorf("%s: got %v, want ErrFormat", name, err)
		}
	}
	many := append([]byte{0x30, 53, 0x31, 51}, bytes.Repeat(one, 17)...)
	if _, err := csrresp.Parse(many); !errors.Is(err, csrresp.ErrFormat) {
		t.Errorf("17 certificates: got %v", err)
	}
}

func TestMarshalRefuses(t *testing.T) {
	for name, r := range map[string]csrresp.Response{
		"nothing":             {},
		"key without its own": {SignCertificates: [][]byte{one}, EncryptedPrivateKey: key},
		"not DER":             {SignCertificates: [][]byte{{0x30, 5}}},
		"two in one":          {SignCertificates: [][]byte{append(bytes.Clone(one), one...)}},
		"seventeen":           {SignCertificates: make([][]byte, 17)},
	} {
		if _, err := r.Marshal(); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"30053103300100", "30123103300100a0053003020101a10430020500"} {
		der, _ := hex.DecodeString(text)
		f.Add(der)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		r, err := csrresp.Parse(der)
		if err != nil {
			return
		}
		if again, err := r.Marshal(); err != nil || !bytes.Equal(again, der) {
			t.Errorf("marshal: %v\n%x\n%x", err, der, again)
		}
	})
}
