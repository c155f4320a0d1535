// SPDX-License-Identifier: Apache-2.0

package keys_test

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/govseal/govseal/internal/gm/keyfile"
	"github.com/govseal/govseal/internal/keys"
)

var recovery = []byte("交付口令 delivery")

// Octets that stand for certificates: custody does not read them.
var certificate, above = []byte{0x30, 1, 0}, []byte{0x30, 2, 5, 0}

func TestDelivery(t *testing.T) {
	k := create(t, newMemory(), keys.Options{})
	ref, public := generate(t, k, "officer-delivery")
	p12, err := k.ExportPKCS12(t.Context(), ref, "officer-delivery", "示例", [][]byte{certificate, above}, recovery)
	if err != nil {
		t.Fatal(err)
	}
	p8, err := k.Export(t.Context(), ref, "officer-delivery", recovery)
	if err != nil {
		t.Fatal(err)
	}
	for _, der := range [][]byte{certificate, above} {
		p8 = append(p8, "Bag Attributes\n"...)
		p8 = append(p8, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	for name, file := range map[string][]byte{"PKCS#12": p12, "PKCS#8": p8} {
		held, err := keys.ReadHeld(file, recovery, keys.Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(held.PublicKey(), public) || len(held.Certificates()) != 2 || !bytes.Equal(held.Certificates()[0], certificate) {
			t.Errorf("%s: another key or certificates: %x", name, held.Certificates())
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			if got := fmt.Sprintf(verb, held); got != "SM2 key from a file" {
				t.Errorf("%s prints %q", verb, got)
			}
		}
		other := create(t, newMemory(), keys.Options{})
		again, err := other.Adopt(t.Context(), "officer", held)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := other.Signer(t.Context(), again, "officer"); err != nil || s.Public() == nil {
			t.Errorf("%s: adopted key: %v", name, err)
		}
		if _, err := keys.ReadHeld(file, []byte("wrong passphrase"), keys.Options{}); !errors.Is(err, keys.ErrPassphrase) {
			t.Errorf("%s, wrong passphrase: got %v, want ErrPassphrase", name, err)
		}
	}
}

// What was not made for delivery does not leave, whatever the caller says it is.
func TestNothingElseLeaves(t *testing.T) {
	m := newMemory()
	k := create(t, m, keys.Options{})
	ref, _ := generate(t, k, "seal")
	for use, want := range map[string]error{"seal": keys.ErrNotForDelivery, "ca": keys.ErrNotForDelivery, "seal-delivery": keys.ErrUse} {
		if _, err := k.Export(t.Context(), ref, use, recovery); !errors.Is(err, want) {
			t.Errorf("PKCS#8, %s: got %v, want %v", use, err, want)
		}
		if _, err := k.ExportPKCS12(t.Context(), ref, use, "", [][]byte{certificate}, recovery); !errors.Is(err, want) {
			t.Errorf("PKCS#12, %s: got %v, want %v", use, err, want)
		}
	}
	// Nor when somebody writes the use into the database.
	for id, r := range m.rows {
		r.Use = "seal-delivery"
		m.rows[id] = r
	}
	fresh, err := keys.Open(t.Context(), m, passphrase, keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fresh.Export(t.Context(), ref, "seal-delivery", recovery); !errors.Is(err, keys.ErrDamaged) {
		t.Errorf("a use edited in the row: got %v, want ErrDamaged", err)
	}
}

func TestReadHeldRefuses(t *testing.T) {
	k := create(t, newMemory(), keys.Options{})
	ref, _ := generate(t, k, "officer-delivery")
	key, err := k.Export(t.Context(), ref, "officer-delivery", recovery)
	if err != nil {
		t.Fatal(err)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})
	plain := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{0x30, 0}})
	for name, file := range map[string][]byte{
		"empty":                 nil,
		"text":                  []byte("hello"),
		"certificate alone":     certificate,
		"key in the clear":      append(bytes.Clone(certificate), plain...),
		"two keys":              append(bytes.Clone(key), key...),
		"too many certificates": append(bytes.Clone(key), bytes.Repeat(certificate, 33)...),
		"too long":              append(bytes.Clone(key), make([]byte, keys.MaxHeldSize)...),
		"cut PKCS#12":           {0x30, 0x82, 1},
	} {
		if _, err := keys.ReadHeld(file, recovery, keys.Options{}); !errors.Is(err, keys.ErrKeyFile) {
			t.Errorf("%s: got %v, want ErrKeyFile", name, err)
		}
	}
}

// OpenSSL's PKCS#8 by default has 2,048 rounds; it is taken in all the same.
func TestReadHeldOfOpenSSL(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed: the independent writer was not asked")
	}
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(path("pass"), append(bytes.Clone(recovery), '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-pkeyopt", "ec_param_enc:named_curve", "-out", path("key")},
		{"pkcs8", "-topk8", "-in", path("key"), "-v2", "sm4-cbc", "-v2prf", "hmacWithSHA256", "-passout", "file:" + path("pass"), "-out", path("p8")},
	} {
		if out, err := exec.Command(openssl, args...).CombinedOutput(); err != nil {
			t.Fatalf("openssl %s: %v\n%s", args[0], err, out)
		}
	}
	text, err := os.ReadFile(path("p8"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.ReadHeld(text, recovery, keys.Options{}); err != nil {
		t.Errorf("got %v", err)
	}
	if _, err := keyfile.Decrypt(text, recovery); err == nil {
		t.Error("a key file of our own with 2,048 rounds would be taken too")
	}
}
