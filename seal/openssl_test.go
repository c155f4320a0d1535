// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/ses"
)

// opensslVerifies has stock OpenSSL check one SM2 signature, by the recipe of
// facts/ca-and-crypto.md section 3.1: its own cms command cannot set the ID.
func opensslVerifies(t *testing.T, certDER, message, signature []byte) {
	t.Helper()
	program, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	c, err := cert.Parse(certDER)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, octets := range map[string][]byte{
		"key.pem": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: c.RawSPKI}), "message": message, "signature": signature,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), octets, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(program, "dgst", "-sm3", "-verify", "key.pem", "-sigopt", "distid:1234567812345678",
		"-signature", "signature", "message")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("Verified OK")) {
		t.Errorf("openssl: %v %s", err, out)
	}
}

func TestOpenSSLVerifiesStamps(t *testing.T) {
	h := newHouse(t)
	d := must(h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1}))
	sig := must(ses.ParseSignature(d.Signature))
	opensslVerifies(t, sig.Cert, sig.TBS, sig.Signature)

	p := must(h.StampPDF(ctx, h.request(h.seals[0], "k2"), blankPDF(t, 1, nil)))
	si := must(cms.Parse(p.Signature)).Signers[0]
	opensslVerifies(t, h.seals[0].Certificate, si.SignedRaw, si.Signature)

	made := must(ses.ParseSeal(h.seals[0].DER))
	opensslVerifies(t, made.MakerCert, made.Signed, made.Signature)
}
