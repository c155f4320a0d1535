// SPDX-License-Identifier: Apache-2.0

package interop_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"image"
	"image/color"
	"math/big"
	"testing"
	"time"

	digitoruspdf "github.com/digitorus/pdf"
	"github.com/digitorus/pdfsign/sign"
	"github.com/digitorus/pdfsign/verify"
	"github.com/digitorus/pkcs7"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/internal/testpki"
)

// page is a PDF of one empty page.
func page(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := pdf.NewWriter(&b, "1.7")
	pages, leaf := w.Alloc(), w.Alloc()
	w.WriteObject(leaf, pdf.Dict{"Type": pdf.Name("Page"), "Parent": pages, "MediaBox": pdf.Array{int64(0), int64(0), int64(595), int64(842)}})
	w.WriteObject(pages, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{leaf}, "Count": int64(1)})
	root := w.Add(pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": pages})
	if err := w.Close(root, pdf.Ref{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// prepared is the page with an empty signature field of ours, drawn by our
// writer and ready for its CMS.
func prepared(t *testing.T) *pdf.Prepared {
	t.Helper()
	original := page(t)
	d, err := pdf.Open(bytes.NewReader(original), int64(len(original)), pdf.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	ring := image.NewNRGBA(image.Rect(0, 0, 40, 40))
	ring.SetNRGBA(20, 20, color.NRGBA{200, 0, 0, 255})
	p, err := d.Prepare(context.Background(), pdf.Stamp{Page: 1, X: 20, Y: 20, Width: 40, Height: 40, Picture: ring,
		Filter: "Adobe.PPKLite", SubFilter: "adbe.pkcs7.detached", Time: testpki.Now, Name: "示例市行政审批局", Reason: "同意"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func written(t *testing.T, p *pdf.Prepared, contents []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if _, err := p.Write(&out, contents); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// foreign is a key and certificate of the kind that pdfsign knows.
func foreign(t *testing.T) (*ecdsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Second Opinion"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return key, c
}

// judge is pdfsign's opinion of a file.
func judge(t *testing.T, file []byte) *verify.Response {
	t.Helper()
	var r *verify.Response
	if err := guarded(func() (err error) { r, err = verify.Verify(bytes.NewReader(file), int64(len(file))); return err }); err != nil {
		t.Fatalf("pdfsign cannot look: %v", err)
	}
	return r
}

// signatures is our reader's opinion of the same.
func signatures(t *testing.T, file []byte) (*pdf.Document, []pdf.Signature) {
	t.Helper()
	d, err := pdf.Open(bytes.NewReader(file), int64(len(file)), pdf.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Signatures()
	if err != nil {
		t.Fatal(err)
	}
	return d, s
}

// TestPdfsignAcceptsOurFrame: the frame that our writer makes (update,
// cross-reference, ByteRange, Contents) holds a signature that pdfsign can
// judge, a P-256 one, and pdfsign finds it sound, and a changed file not.
func TestPdfsignAcceptsOurFrame(t *testing.T) {
	key, certificate := foreign(t)
	p := prepared(t)
	empty := written(t, p, []byte{0x30, 0})
	_, sigs := signatures(t, empty)
	r := sigs[0].ByteRange
	covered := append(bytes.Clone(empty[r[0]:r[0]+r[1]]), empty[r[2]:r[2]+r[3]]...)
	b, err := pkcs7.NewSignedData(covered)
	if err != nil {
		t.Fatal(err)
	}
	b.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	if err := b.AddSigner(certificate, key, pkcs7.SignerInfoConfig{}); err != nil {
		t.Fatal(err)
	}
	b.Detach()
	contents, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	file := written(t, p, contents)
	got := judge(t, file)
	if len(got.Signers) != 1 || !got.Signers[0].ValidSignature || got.Signers[0].Name != "示例市行政审批局" || got.Signers[0].Reason != "同意" {
		t.Fatalf("pdfsign finds %+v", got)
	}
	file[20] ^= 1 // in the original page, covered by the signature
	if got := judge(t, file); len(got.Signers) == 1 && got.Signers[0].ValidSignature {
		t.Error("pdfsign accepts a changed file: it judges nothing")
	}
}

// TestOurReaderJudgesPdfsign: what pdfsign signs, our reader finds lawful, and
// digest and signature check out with our own codecs.
func TestOurReaderJudgesPdfsign(t *testing.T) {
	key, certificate := foreign(t)
	original := page(t)
	reader, err := digitoruspdf.NewReader(bytes.NewReader(original), int64(len(original)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = guarded(func() error {
		return sign.Sign(bytes.NewReader(original), &out, reader, int64(len(original)), sign.SignData{
			Signature: sign.SignDataSignature{CertType: sign.ApprovalSignature, Info: sign.SignDataSignatureInfo{Name: "Second Opinion", Date: time.Now()}},
			Signer:    key, DigestAlgorithm: crypto.SHA256, Certificate: certificate,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	checkForeign(t, out.Bytes(), true)
	changed := bytes.Clone(out.Bytes())
	at := bytes.Index(changed, []byte("595"))
	changed[at] = '6' // the page is wider: a lawful file, another content
	checkForeign(t, changed, false)
}

// checkForeign verifies a P-256 signature in a PDF with our reader and codecs.
func checkForeign(t *testing.T, file []byte, want bool) {
	t.Helper()
	d, sigs := signatures(t, file)
	if len(sigs) != 1 || len(sigs[0].Law) > 0 || !sigs[0].WholeFile {
		t.Fatalf("our reader finds %d signatures, law broken: %v", len(sigs), sigs)
	}
	raw, err := cms.Trim(sigs[0].Contents)
	if err != nil {
		t.Fatal(err)
	}
	data, err := cms.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	signer := &data.Signers[0]
	h := sha256.New()
	if err := d.Digest(context.Background(), &sigs[0], h); err != nil {
		t.Fatal(err)
	}
	digest, err := signer.MessageDigest()
	if err != nil {
		t.Fatal(err)
	}
	if got := bytes.Equal(digest, h.Sum(nil)); got != want {
		t.Errorf("message digest fits: %v, want %v", got, want)
	}
	c, err := cert.Parse(data.Certificate(signer))
	if err != nil {
		t.Fatal(err)
	}
	// The CMS names the key's algorithm alone; what is signed is the SHA-256 of
	// the attributes (RFC 5754 3.3).
	pub, ok := c.PublicKey.(*ecdsa.PublicKey)
	sum := sha256.Sum256(signer.SignedRaw)
	if !ok || !ecdsa.VerifyASN1(pub, sum[:], signer.Signature) {
		t.Error("the signature over the attributes does not verify")
	}
}

// TestWhyPdfsignIsNotUsed observes why pdfsign can be no verifier of ours: a
// file sealed with SM2 is, to it, a file without signers and without error.
func TestWhyPdfsignIsNotUsed(t *testing.T) {
	pki, p := testpki.New(t), prepared(t)
	b := cms.Builder{Certificate: pki.Seal.DER, Chain: [][]byte{pki.Issuing.DER, pki.Root.DER}, SigningTime: testpki.Now}
	attrs, err := b.Prepare(p.Digest())
	if err != nil {
		t.Fatal(err)
	}
	contents, err := b.Complete(attrs, pki.Seal.Sign(t, attrs), nil)
	if err != nil {
		t.Fatal(err)
	}
	got := judge(t, written(t, p, contents))
	if len(got.Signers) != 0 || got.Error != "" {
		t.Errorf("it has learnt to see SM2 signatures: %+v; read docs/adr/0001 again", got)
	}
	// And it writes no Chinese: the octet 28 of 用 opens a parenthesis in the
	// string, and the signature dictionary is lost (facts/pdf.md section 2).
	key, certificate := foreign(t)
	original := page(t)
	reader, err := digitoruspdf.NewReader(bytes.NewReader(original), int64(len(original)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = guarded(func() error {
		return sign.Sign(bytes.NewReader(original), &out, reader, int64(len(original)), sign.SignData{
			Signature: sign.SignDataSignature{CertType: sign.ApprovalSignature, Info: sign.SignDataSignatureInfo{Name: "用印", Date: time.Now()}},
			Signer:    key, DigestAlgorithm: crypto.SHA256, Certificate: certificate,
		})
	})
	if err != nil {
		return // it refuses now: as good as mended, and nothing to observe
	}
	d, err := pdf.Open(bytes.NewReader(out.Bytes()), int64(out.Len()), pdf.Limits{})
	if err == nil {
		_, err = d.Signatures()
	}
	t.Logf("our reader on pdfsign's Chinese name: %v", err)
	if err == nil {
		t.Error("a Chinese name now survives; read docs/adr/0001 again")
	}
}
