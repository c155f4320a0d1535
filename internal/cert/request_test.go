// SPDX-License-Identifier: Apache-2.0

package cert_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/testpki"
)

func TestRequest(t *testing.T) {
	want := []cert.Extension{cert.ExtKeyUsage(cert.DigitalSignature), cert.ExtSubjectAltNames(cert.NewDNS("a.example"))}
	for _, null := range []bool{false, true} {
		der := testpki.Request(t, testpki.RequestSpec{Label: "asker", Extensions: want, NullParameters: null,
			Attributes: []cert.RequestAttribute{{ID: cert.OIDChallengePassword, Values: []byte{0x0c, 1, 'x'}}}})
		r, err := cert.ParseRequest(der)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.CheckSignature(); err != nil {
			t.Errorf("null %t: %v", null, err)
		}
		if !bytes.Equal(r.Raw, der) || r.Subject.Get(cert.OIDCommonName) != "asker" || len(r.Tolerated) > 0 {
			t.Errorf("got %v, tolerated %v", r.Subject, r.Tolerated)
		}
		if len(r.Attributes) != 2 || len(r.Extensions) != 2 || !r.Extensions[1].ID.Equal(cert.OIDSubjectAltName) || !r.Attributes[1].AsksExtensions() {
			t.Errorf("got attributes %v, extensions %v", r.Attributes, r.Extensions)
		}
		if r, err = cert.ParseRequest(testpki.Flip(der, -1)); err != nil || !errors.Is(r.CheckSignature(), cert.ErrSignature) {
			t.Errorf("a changed self-signature: %v", err)
		}
	}
}

// TestMalformedRequests: bounds hold before anything is parsed.
func TestMalformedRequests(t *testing.T) {
	good := testpki.Request(t, testpki.RequestSpec{Label: "asker"})
	attribute := cert.RequestAttribute{ID: []int{2, 999, 5}, Values: []byte{5, 0}}
	many := make([]cert.RequestAttribute, 17)
	for i := range many {
		many[i] = cert.RequestAttribute{ID: []int{2, 999, i + 1}, Values: []byte{5, 0}}
	}
	var names cert.Name
	for range 60 {
		names = append(names, cert.RDN{{Type: cert.OIDUnit, Value: strings.Repeat("n", 200)}})
	}
	twice := []cert.Extension{cert.ExtKeyUsage(cert.DigitalSignature), cert.ExtKeyUsage(cert.CRLSign)}
	for name, der := range map[string][]byte{
		"empty": nil, "trailing": append(bytes.Clone(good), 0), "cut": good[:len(good)-1],
		"ten megabytes":         bytes.Repeat([]byte{0x30}, 10<<20),
		"version 2":             bytes.Replace(good, []byte{2, 1, 0}, []byte{2, 1, 1}, 1),
		"an attribute twice":    testpki.Request(t, testpki.RequestSpec{Label: "asker", Attributes: []cert.RequestAttribute{attribute, attribute}}),
		"too many attributes":   testpki.Request(t, testpki.RequestSpec{Label: "asker", Attributes: many}),
		"an extension twice":    testpki.Request(t, testpki.RequestSpec{Label: "asker", Extensions: twice}),
		"12,000 octets of name": testpki.Request(t, testpki.RequestSpec{Label: "asker", Subject: names}),
	} {
		var want *cert.ParseError
		if r, err := cert.ParseRequest(der); !errors.As(err, &want) {
			t.Errorf("%s: got %v, %v; want a *ParseError", name, r, err)
		}
	}
}

// TestDiagnoseKey names what is wrong with a key.
func TestDiagnoseKey(t *testing.T) {
	p := testpki.New(t)
	good := p.Seal.Cert.RawSPKI
	at := func(i int, v byte) []byte { b := bytes.Clone(good); b[i] = v; return b }
	ec := []byte{6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1}
	spki := func(params []byte, point ...byte) []byte {
		alg := append(bytes.Clone(ec), params...)
		body := append([]byte{0x30, byte(len(alg))}, alg...)
		body = append(append(body, 3, byte(len(point)+1), 0), point...)
		return append([]byte{0x30, byte(len(body))}, body...)
	}
	curve := []byte{6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x82, 0x2d}
	for name, tt := range map[string]struct {
		spki []byte
		want cert.KeyFault
	}{
		"sound": {good, ""}, "trailing": {append(bytes.Clone(good), 0), cert.KeyMalformed}, "empty": {nil, cert.KeyMalformed},
		"off the curve": {at(len(good)-1, good[len(good)-1]^1), cert.KeyOffCurve}, "compressed": {at(26, 2), cert.KeyCompressed},
		"another algorithm": {at(10, 0x2b), cert.KeyUnknown}, "another curve": {at(22, 0x2e), cert.KeyUnknownCurve},
		"explicit": {spki([]byte{0x30, 3, 2, 1, 1}, 4, 1), cert.KeyExplicitCurve}, "no parameters": {spki(nil, 4, 1), cert.KeyImplicitCurve},
		"NULL parameters": {spki([]byte{5, 0}, 4, 1), cert.KeyImplicitCurve}, "infinity": {spki(curve, 0), cert.KeyInfinity},
		"no point": {spki(curve), cert.KeyMalformed}, "point of one octet": {spki(curve, 9), cert.KeyMalformed},
	} {
		if got := cert.DiagnoseKey(tt.spki); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
		if got := cert.ParsePublicKey(tt.spki) != nil; got != (tt.want == "") {
			t.Errorf("%s: ParsePublicKey reads it: %t", name, got)
		}
	}
}

// TestOpenSSLRequests: requests that OpenSSL makes are read, and ours are
// verified by it (facts/ca-and-crypto.md 3.1).
func TestOpenSSLRequests(t *testing.T) {
	dir := t.TempDir()
	key, csr := filepath.Join(dir, "k.pem"), filepath.Join(dir, "r.der")
	if out, err := openssl(t, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", key); err != nil {
		t.Skipf("openssl makes no SM2 key: %s", out)
	}
	out, err := openssl(t, "req", "-new", "-key", key, "-sm3", "-sigopt", distID, "-utf8", "-subj", "/C=CN/O=示例市/CN=示例",
		"-addext", "keyUsage=digitalSignature", "-outform", "DER", "-out", csr)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	der, err := os.ReadFile(csr)
	if err != nil {
		t.Fatal(err)
	}
	r, err := cert.ParseRequest(der)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.CheckSignature(); err != nil || r.Subject.Get(cert.OIDCommonName) != "示例" || len(r.Extensions) != 1 {
		t.Errorf("signature %v, subject %s, extensions %v", err, r.Subject, r.Extensions)
	}
	ours := writeFile(t, "ours.der", testpki.Request(t, testpki.RequestSpec{Label: "asker"}))
	verify := exec.Command("openssl", "req", "-inform", "DER", "-in", ours, "-noout", "-verify", "-vfyopt", distID)
	if text, err := verify.CombinedOutput(); err != nil || !strings.Contains(string(text), "verify OK") {
		t.Errorf("ours: %v\n%s", err, text)
	}
}

func FuzzRequest(f *testing.F) {
	f.Add(testpki.Request(f, testpki.RequestSpec{Label: "asker"}))
	f.Add(testpki.Request(f, testpki.RequestSpec{Label: "asker", NullParameters: true, Extensions: []cert.Extension{cert.ExtKeyUsage(cert.CRLSign)}}))
	f.Fuzz(func(t *testing.T, der []byte) {
		r, err := cert.ParseRequest(der)
		if err != nil {
			return
		}
		if !bytes.Equal(r.Raw, der) || !bytes.Contains(der, r.RawInfo) || !bytes.Contains(r.RawInfo, r.RawSPKI) {
			t.Error("the raw parts are not those of the input")
		}
		if (r.PublicKey != nil) != (cert.DiagnoseKey(r.RawSPKI) == "") {
			t.Errorf("key read: %t, diagnosed %q", r.PublicKey != nil, cert.DiagnoseKey(r.RawSPKI))
		}
		_ = r.CheckSignature()
	})
}
