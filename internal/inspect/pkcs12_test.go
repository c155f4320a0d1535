// SPDX-License-Identifier: Apache-2.0

package inspect_test

import (
	"bytes"
	"encoding/asn1"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm/keyfile"
	"github.com/govseal/govseal/internal/inspect"
	"github.com/govseal/govseal/internal/testpki"
)

// What stock OpenSSL writes is named without its password, and no more.
func TestPKCS12(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	p, dir := testpki.New(t), t.TempDir()
	key, err := keyfile.Encrypt(p.Seal.Key, []byte("secret"), 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"key.pem": key, "cert.pem": p.Seal.PEM()} {
		if block, _ := pem.Decode(data); block == nil {
			data = pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: data})
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"PKCS#12: ", "integrity: by password, SHA-256", "AES-256-CBC, PBKDF2", "of HMAC-SHA-256", "named: 示例"}},
		{[]string{"-certpbe", "NONE"}, []string{"certificate: 示例市行政审批局", "PKCS#8, encrypted"}},
		{[]string{"-certpbe", "NONE", "-keypbe", "NONE", "-nomac"}, []string{"private key: PKCS#8, not encrypted", "whoever reads this file has the key"}},
	} {
		cmd := exec.Command(openssl, append([]string{"pkcs12", "-export", "-inkey", "key.pem", "-in", "cert.pem", "-passin", "pass:secret", "-passout", "pass:secret", "-name", "示例", "-out", "out.p12"}, c.args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Skipf("this openssl does not write SM2 keys: %v: %s", err, out)
		}
		raw, err := os.ReadFile(filepath.Join(dir, "out.p12"))
		if err != nil {
			t.Fatal(err)
		}
		text := show(t, raw)
		for _, w := range c.want {
			if !strings.Contains(text, w) {
				t.Errorf("%v: no %q in\n%s", c.args, w, text)
			}
		}
		if bytes.Contains([]byte(text), []byte("secret")) {
			t.Errorf("the password is shown:\n%s", text)
		}
	}
}

// openPFX is a PFX without encryption that holds one certificate.
func openPFX(t testing.TB, p *testpki.PKI) []byte {
	t.Helper()
	tag := cbasn1.Tag(0).Constructed().ContextSpecific()
	data := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	info := func(id asn1.ObjectIdentifier, content func(*cryptobyte.Builder)) func(*cryptobyte.Builder) {
		return func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(id); b.AddASN1(tag, content) })
		}
	}
	octets := func(of func(*cryptobyte.Builder)) func(*cryptobyte.Builder) {
		return func(b *cryptobyte.Builder) { b.AddASN1(cbasn1.OCTET_STRING, of) }
	}
	list := func(of func(*cryptobyte.Builder)) func(*cryptobyte.Builder) {
		return func(b *cryptobyte.Builder) { b.AddASN1(cbasn1.SEQUENCE, of) }
	}
	bag := info(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 3}, info(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 22, 1},
		func(b *cryptobyte.Builder) { b.AddASN1OctetString(p.Seal.DER) }))
	var b cryptobyte.Builder
	list(func(b *cryptobyte.Builder) {
		b.AddASN1Int64(3)
		info(data, octets(list(info(data, octets(list(bag))))))(b)
	})(&b)
	return b.BytesOrPanic()
}

func TestOpenPFX(t *testing.T) {
	p := testpki.New(t)
	raw := openPFX(t, p)
	if text := show(t, raw); !strings.Contains(text, "part 1: open\n    certificate: 示例市行政审批局") {
		t.Error(text)
	}
	for i := range raw { // no octet of it may take the reader down
		_, _ = inspect.File(t.Context(), bytes.NewReader(testpki.Flip(raw, i)), int64(len(raw)))
		_, _ = inspect.File(t.Context(), bytes.NewReader(raw[:i]), int64(i))
	}
}
