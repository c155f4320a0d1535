// SPDX-License-Identifier: Apache-2.0

package interop_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	digitoruspdf "github.com/digitorus/pdf"
	"github.com/digitorus/pdfsign/sign"
	signverify "github.com/digitorus/pdfsign/verify"
	"github.com/digitorus/pkcs7"

	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/verify"
)

// signed is what pdfsign makes of a file.
func signed(t testing.TB, original []byte, key crypto.Signer, c *x509.Certificate, kind sign.CertType) []byte {
	t.Helper()
	reader, err := digitoruspdf.NewReader(bytes.NewReader(original), int64(len(original)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = guarded(func() error {
		return sign.Sign(bytes.NewReader(original), &out, reader, int64(len(original)), sign.SignData{
			Signature: sign.SignDataSignature{CertType: kind, DocMDPPerm: sign.AllowFillingExistingFormFieldsAndSignaturesPerms,
				Info: sign.SignDataSignatureInfo{Name: "Second Opinion", Date: time.Now()}},
			Signer: key, DigestAlgorithm: crypto.SHA256, Certificate: c,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// selfSigned certifies a key by itself.
func selfSigned(t testing.TB, key crypto.Signer) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Second Opinion"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func report(t testing.TB, file []byte, anchor *x509.Certificate) *verify.Report {
	t.Helper()
	r, err := verify.Verify(context.Background(), verify.Document{ReaderAt: bytes.NewReader(file), Size: int64(len(file))},
		verify.Policy{Time: time.Now().Add(time.Minute), Anchors: [][]byte{anchor.Raw}, Revocation: verify.RevocationOptional})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestWeVerifyPdfsign: RSA and ECDSA files of another signer get the verdict
// that they deserve, twice signed ones too.
func TestWeVerifyPdfsign(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]crypto.Signer{"RSA": rsaKey, "P-256": curve(t, elliptic.P256()), "P-384": curve(t, elliptic.P384())} {
		t.Run(name, func(t *testing.T) {
			c := selfSigned(t, key)
			once := signed(t, page(t), key, c, sign.ApprovalSignature)
			if r := report(t, once, c); r.Verdict != verify.Valid || len(r.Stamps) != 1 {
				t.Errorf("%s %v", r.Verdict, r.Codes())
			}
			changed := bytes.Clone(once)
			changed[bytes.Index(changed, []byte("595"))] = '6'
			if r := report(t, changed, c); r.Verdict != verify.Invalid {
				t.Errorf("changed: %s %v", r.Verdict, r.Codes())
			}
			if r := report(t, once, selfSigned(t, curve(t, elliptic.P256()))); r.Verdict != verify.Indeterminate {
				t.Errorf("of a stranger: %s %v", r.Verdict, r.Codes())
			}
		})
	}
}

func curve(t testing.TB, c elliptic.Curve) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestPyHanko asks pyHanko, if GOVSEAL_PYHANKO names its command, about a frame
// of ours with a P-256 signature in it: it knows no SM2. pyHanko 0.38.0 agreed.
func TestPyHanko(t *testing.T) {
	program := os.Getenv("GOVSEAL_PYHANKO")
	if program == "" {
		t.Skip("GOVSEAL_PYHANKO names no pyhanko")
	}
	key := curve(t, elliptic.P256())
	c := selfSigned(t, key)
	p := prepared(t)
	empty := written(t, p, []byte{0x30, 0})
	_, sigs := signatures(t, empty)
	r := sigs[0].ByteRange
	b, err := pkcs7.NewSignedData(append(bytes.Clone(empty[:r[1]]), empty[r[2]:r[2]+r[3]]...))
	if err != nil {
		t.Fatal(err)
	}
	b.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	if err := b.AddSigner(c, key, pkcs7.SignerInfoConfig{}); err != nil {
		t.Fatal(err)
	}
	b.Detach()
	contents, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	file := written(t, p, contents)
	d, err := pdf.Open(bytes.NewReader(file), int64(len(file)), pdf.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	_, sigs = signatures(t, file)
	update, err := d.AppendDSS(context.Background(), pdf.DSS{For: []pdf.VRI{{Contents: sigs[0].Contents, Certs: [][]byte{c.Raw}}}})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	anchor := filepath.Join(dir, "root.pem")
	write := func(name string, content []byte) string {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, name)
	}
	write("root.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	changed := bytes.Clone(file)
	changed[20] ^= 1
	for _, test := range []struct {
		name string
		file []byte
		good bool
	}{{"signed.pdf", file, true}, {"with-store.pdf", append(bytes.Clone(file), update...), true}, {"changed.pdf", changed, false}} {
		out, err := exec.Command(program, "sign", "validate", "--trust", anchor, write(test.name, test.file)).CombinedOutput()
		if (err == nil) != test.good {
			t.Errorf("%s: %v\n%s", test.name, err, out)
		}
	}
}

// heavy is a page with 20 MB of metadata that no filter makes smaller.
func heavy(b *testing.B) []byte {
	noise := make([]byte, 20<<20)
	if _, err := rand.Read(noise); err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	w := pdf.NewWriter(&out, "1.7")
	pages, leaf := w.Alloc(), w.Alloc()
	w.WriteObject(leaf, pdf.Dict{"Type": pdf.Name("Page"), "Parent": pages, "Resources": pdf.Dict{}, "MediaBox": pdf.Array{0, 0, 595, 842}})
	w.WriteObject(pages, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{leaf}, "Count": 1})
	noiseRef := w.Alloc()
	w.WriteStreamRaw(noiseRef, pdf.Dict{}, noise)
	if err := w.Close(w.Add(pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": pages, "PieceInfo": noiseRef}), pdf.Ref{}); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// BenchmarkPdfsign and BenchmarkOurs verify the same 20 MB file, signed by
// pdfsign with P-256 and SHA-256.
func BenchmarkPdfsign(b *testing.B) {
	key := curve(b, elliptic.P256())
	c := selfSigned(b, key)
	doc := heavy(b)
	file := signed(b, doc, key, c, sign.ApprovalSignature)
	b.Run("pdfsign/verify", func(b *testing.B) {
		b.SetBytes(int64(len(file)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := signverify.Verify(bytes.NewReader(file), int64(len(file))); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("govseal/verify", func(b *testing.B) {
		b.SetBytes(int64(len(file)))
		b.ReportAllocs()
		for b.Loop() {
			if r := report(b, file, c); r.Verdict != verify.Valid {
				b.Fatal(r.Codes())
			}
		}
	})
	b.Run("pdfsign/sign", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			signed(b, doc, key, c, sign.ApprovalSignature)
		}
	})
}
