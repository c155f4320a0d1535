// SPDX-License-Identifier: Apache-2.0

package ocsp_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/ocsp"
	"github.com/govseal/govseal/internal/testpki"
)

// openssl runs the program, whose reading of these objects is independent of
// ours. Its ocsp app cannot verify SM2 (facts/ca-and-crypto.md 3.1); the
// signature is checked apart with dgst.
func openssl(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed")
	}
	out, err := exec.Command("openssl", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func file(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenSSLReadsOurRequest(t *testing.T) {
	p := testpki.New(t)
	text := openssl(t, "ocsp", "-reqin", file(t, t.TempDir(), "q.der", request(t, p)), "-req_text", "-noverify")
	for _, want := range []string{"Hash Algorithm: sha1", "Hash Algorithm: sha256", "Hash Algorithm: sm3", "OCSP Nonce"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}

func TestWeReadOpenSSLsRequest(t *testing.T) {
	p := testpki.New(t)
	dir := t.TempDir()
	issuer, leaf := file(t, dir, "issuer.pem", p.Issuing.PEM()), file(t, dir, "leaf.pem", p.Seal.PEM())
	for _, digest := range []string{"-sha1", "-sha256", "-sm3"} {
		out := filepath.Join(dir, "q"+digest+".der")
		openssl(t, "ocsp", "-issuer", issuer, digest, "-cert", leaf, "-reqout", out)
		der, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		r, err := ocsp.ParseRequest(der)
		if err != nil {
			t.Fatalf("%s: %v", digest, err)
		}
		id := r.Items[0].ID
		if !id.Names(p.Issuing.Cert.RawSubject, p.Issuing.Cert.RawSPKI) || id.Serial.Cmp(p.Seal.Cert.Serial) != 0 || len(r.Nonce) == 0 {
			t.Errorf("%s: got %+v", digest, r)
		}
	}
}

func TestOpenSSLReadsOurAnswer(t *testing.T) {
	p := testpki.New(t)
	dir := t.TempDir()
	der := answer(t, p, ocsp.ByName(p.OCSP.Cert))
	issuer, leaf := file(t, dir, "issuer.pem", p.Issuing.PEM()), file(t, dir, "leaf.pem", p.Seal.PEM())
	text := openssl(t, "ocsp", "-respin", file(t, dir, "r.der", der), "-resp_text", "-issuer", issuer, "-cert", leaf, "-noverify")
	for _, want := range []string{"Cert Status: good", "Cert Status: revoked", "Revocation Reason: keyCompromise", "Cert Status: unknown", "Invalidity Date"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	r, err := ocsp.ParseResponse(der)
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(dir, "key.pem")
	openssl(t, "x509", "-in", file(t, dir, "ocsp.pem", p.OCSP.PEM()), "-pubkey", "-noout", "-out", key)
	said := openssl(t, "dgst", "-sm3", "-sigopt", "distid:1234567812345678", "-verify", key,
		"-signature", file(t, dir, "sig", r.Basic.Signature), file(t, dir, "tbs", r.Basic.RawTBS))
	if !strings.Contains(said, "Verified OK") {
		t.Error(said)
	}
}
