// SPDX-License-Identifier: Apache-2.0

package pkcs12_test

import (
	"bytes"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/keyfile"
	"github.com/govseal/govseal/internal/gm/pkcs12"
)

// bench is a folder with a key and its self-signed certificate, both made by
// openssl, and a file with the passphrase.
type bench struct {
	t            *testing.T
	openssl, dir string
}

func newBench(t *testing.T) *bench {
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed: the independent reader was not asked")
	}
	b := &bench{t, path, t.TempDir()}
	// Two lines: openssl takes the second for output when both name one file.
	if err := os.WriteFile(b.path("pass"), bytes.Repeat(append(bytes.Clone(passphrase), '\n'), 2), 0o600); err != nil {
		t.Fatal(err)
	}
	b.run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-pkeyopt", "ec_param_enc:named_curve", "-out", b.path("key"))
	b.run("req", "-x509", "-new", "-key", b.path("key"), "-sm3", "-sigopt", "distid:1234567812345678", "-utf8", "-subj", "/CN=示例", "-days", "30", "-out", b.path("cert"))
	return b
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *bench) run(args ...string) []byte {
	b.t.Helper()
	out, err := exec.Command(b.openssl, args...).CombinedOutput()
	if err != nil {
		b.t.Fatalf("openssl %s: %v\n%s", args[0], err, out)
	}
	return out
}

// block reads the first PEM block of a file.
func (b *bench) block(name string) []byte {
	b.t.Helper()
	text, err := os.ReadFile(b.path(name))
	if err != nil {
		b.t.Fatal(err)
	}
	block, _ := pem.Decode(text[max(bytes.Index(text, []byte("-----BEGIN")), 0):])
	if block == nil {
		b.t.Fatalf("%s is not PEM:\n%s", name, text)
	}
	return block.Bytes
}

func (b *bench) key() *gm.PrivateKey {
	b.t.Helper()
	key, err := keyfile.ParsePrivateKey(b.block("key"))
	if err != nil {
		b.t.Fatal(err)
	}
	return key
}

// Stock OpenSSL opens what we write: key, certificates and names.
func TestOpenSSLReadsOurs(t *testing.T) {
	b := newBench(t)
	c := pkcs12.Contents{Key: b.key(), FriendlyName: "示例市行政审批局 𠮷", LocalKeyID: []byte("id"),
		Certificates: []pkcs12.Certificate{{DER: b.block("cert"), FriendlyName: "bureau of the example city", LocalKeyID: []byte("id")}}}
	der, err := pkcs12.Encode(c, passphrase, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(b.path("ours.p12"), der, 0o600); err != nil {
		t.Fatal(err)
	}
	out := b.run("pkcs12", "-in", b.path("ours.p12"), "-passin", "file:"+b.path("pass"), "-info", "-noout")
	for _, want := range []string{"MAC: sm3, Iteration 600000", "PBES2, PBKDF2, SM4-CBC, Iteration 600000, PRF hmacWithSHA256"} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("openssl does not say %q:\n%s", want, out)
		}
	}
	b.run("pkcs12", "-in", b.path("ours.p12"), "-passin", "file:"+b.path("pass"), "-nodes", "-nocerts", "-out", b.path("back.key"))
	b.run("pkcs12", "-in", b.path("ours.p12"), "-passin", "file:"+b.path("pass"), "-clcerts", "-nokeys", "-out", b.path("back.cert"))
	if !bytes.Equal(b.block("back.key"), b.block("key")) || !bytes.Equal(b.block("back.cert"), b.block("cert")) {
		t.Error("openssl took out another key or certificate")
	}
	text, _ := os.ReadFile(b.path("back.cert"))
	// OpenSSL 3.0 prints no name but an ASCII one as text.
	if !bytes.Contains(text, []byte("friendlyName: bureau of the example city")) {
		t.Errorf("openssl reads another name:\n%s", text)
	}
}

// We open what OpenSSL writes, by the reference command and by its defaults,
// and refuse its old forms by name.
func TestWeReadOpenSSL(t *testing.T) {
	b := newBench(t)
	for _, tt := range []struct {
		name string
		args []string
		want string // "" opens
	}{
		{"SM4 and SM3", []string{"-keypbe", "sm4-cbc", "-certpbe", "sm4-cbc", "-macalg", "sm3"}, ""},
		{"defaults", nil, ""},
		{"AES-128, SHA-512 and 5000 rounds", []string{"-keypbe", "aes-128-cbc", "-certpbe", "aes-128-cbc", "-macalg", "sha512", "-iter", "5000"}, ""},
		{"certificates in the clear", []string{"-certpbe", "NONE"}, ""},
		{"key in the clear", []string{"-keypbe", "NONE"}, "pkcs12: the key is not encrypted"},
		{"no MAC", []string{"-nomac"}, "pkcs12: the file has no MAC, so that nobody could tell whether it was altered"},
		{"one round", []string{"-nomaciter"}, "pkcs12: the MAC's iteration count is not 1000 to 10000000"},
		{"triple DES", []string{"-keypbe", "PBE-SHA1-3DES"}, "pkcs12: encrypted by another scheme than PBES2: encrypt it anew with a current program"},
		{"SHA-1", []string{"-macalg", "sha1"}, "pkcs12: the MAC is not by SM3, SHA-256 or SHA-512: write the file anew with a current program"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b.t = t
			args := append([]string{"pkcs12", "-export", "-inkey", b.path("key"), "-in", b.path("cert"), "-name", "示例市行政审批局",
				"-passout", "file:" + b.path("pass"), "-out", b.path("theirs.p12")}, tt.args...)
			b.run(args...)
			der, err := os.ReadFile(b.path("theirs.p12"))
			if err != nil {
				t.Fatal(err)
			}
			c, err := pkcs12.Decode(der, passphrase)
			if tt.want != "" {
				if err == nil || err.Error() != tt.want {
					t.Fatalf("got %v, want %q", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !c.Key.Equal(b.key()) || c.FriendlyName != "示例市行政审批局" || len(c.Certificates) != 1 || !bytes.Equal(c.Certificates[0].DER, b.block("cert")) {
				t.Errorf("another key, name or certificate: %q, %d certificates", c.FriendlyName, len(c.Certificates))
			}
		})
	}
}
