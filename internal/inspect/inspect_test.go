// SPDX-License-Identifier: Apache-2.0

package inspect_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/csrresp"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/keyfile"
	"github.com/govseal/govseal/internal/inspect"
	"github.com/govseal/govseal/internal/ocsp"
	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/internal/tsp"
	"github.com/govseal/govseal/tsa"
)

// flat is the tree as text.
func flat(n *inspect.Node) string {
	var b strings.Builder
	var walk func(n *inspect.Node, depth int)
	walk = func(n *inspect.Node, depth int) {
		fmt.Fprintf(&b, "%s%s: %s\n", strings.Repeat("  ", depth), n.Name, n.Value)
		for _, c := range n.Children {
			walk(c, depth+1)
		}
	}
	walk(n, 0)
	return b.String()
}

func show(t *testing.T, raw []byte) string {
	t.Helper()
	n, err := inspect.File(t.Context(), bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return flat(n)
}

func ocspObjects(t testing.TB, p *testpki.PKI) (request, response []byte) {
	t.Helper()
	id, err := ocsp.NewCertID(gm.OIDSM3, p.Issuing.Cert.RawSubject, p.Issuing.Cert.RawSPKI, p.Seal.Cert.Serial)
	if err != nil {
		t.Fatal(err)
	}
	if request, err = (&ocsp.Request{Items: []ocsp.Item{{ID: id}}}).Marshal(); err != nil {
		t.Fatal(err)
	}
	reason := cert.ReasonCertificateHold
	response, err = ocsp.Answer{Responder: ocsp.ByName(p.OCSP.Cert), ProducedAt: testpki.Now, Certificates: [][]byte{p.OCSP.DER},
		Singles: []ocsp.Single{{ID: id, Status: ocsp.Revoked, RevokedAt: testpki.Now, Reason: &reason, ThisUpdate: testpki.Now}}}.Sign(p.OCSP.Key)
	if err != nil {
		t.Fatal(err)
	}
	return request, response
}

func stampObjects(t testing.TB, p *testpki.PKI) (query, response, token []byte) {
	t.Helper()
	a, err := tsa.New(tsa.Config{Signer: p.TSA.Key, Certificate: p.TSA.DER, Policy: []int{2, 999, 1}, Now: func() time.Time { return testpki.Now }})
	if err != nil {
		t.Fatal(err)
	}
	sum := gm.SM3([]byte("data"))
	if query, err = (&tsp.Request{HashAlgorithm: gm.OIDSM3, Imprint: sum[:], CertReq: true}).Marshal(); err != nil {
		t.Fatal(err)
	}
	response = a.Respond(t.Context(), query)
	if token, err = tsp.ParseResponse(response); err != nil {
		t.Fatal(err)
	}
	return query, response, token
}

func signedData(t testing.TB, p *testpki.PKI, token []byte) []byte {
	t.Helper()
	info, err := cms.MarshalRevocationInfo([][]byte{p.IssuingCRL}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := cms.Builder{Certificate: p.Seal.DER, SigningTime: testpki.Now, Attributes: []cms.Attribute{{Type: cms.OIDRevocationInfo, Values: [][]byte{info}}}}
	attrs, err := b.Prepare(gm.SM3([]byte("data")))
	if err != nil {
		t.Fatal(err)
	}
	der, err := b.Complete(attrs, p.Seal.Sign(t, attrs), token)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestKinds(t *testing.T) {
	p := testpki.New(t)
	ask, said := ocspObjects(t, p)
	query, reply, token := stampObjects(t, p)
	refused, err := tsp.MarshalResponse(tsp.StatusRejection, "no", tsp.FailTimeNotAvailable, nil)
	if err != nil {
		t.Fatal(err)
	}
	held := p.CRL(t, testpki.Revoke(p.Seal, testpki.Now, cert.ReasonCertificateHold))
	for name, c := range map[string]struct {
		raw  []byte
		want []string
	}{
		"certificate":   {p.Seal.DER, []string{"certificate: 示例市行政审批局", "subject: C=CN, O=示例市", "public key: SM2, 256 bits", "keyUsage, critical: digitalSignature, nonRepudiation", "credit code: " + testpki.CreditCode}},
		"PEM":           {p.Root.PEM(), []string{"certificate: 示例市根证书机构", "basicConstraints, critical: CA"}},
		"two in PEM":    {append(p.Root.PEM(), p.Issuing.PEM()...), []string{"PEM: 2 blocks", "示例市根证书机构", "CA, path length 0"}},
		"CRL":           {held, []string{"CRL: 示例市政务证书签发机构", "entries: 1", "certificateHold", fmt.Sprintf("%x: ", p.Seal.Cert.Serial)}},
		"OCSP request":  {ask, []string{"OCSP request: 1 certificate", "digest: SM3"}},
		"OCSP response": {said, []string{"OCSP response: successful", "revoked", "certificateHold", "responder: C=CN, O=示例市", "certificate: 示例市证书状态服务"}},
		"OCSP error":    {ocsp.MarshalError(ocsp.TryLater), []string{"OCSP response: tryLater"}},
		"TS request":    {query, []string{"time-stamp request", "digest: SM3"}},
		"TS response":   {reply, []string{"time-stamp response: granted", "token: time-stamp token", "2026-03-02 02:00:00 UTC", "accuracy: 1s"}},
		"TS refusal":    {refused, []string{"time-stamp response: refused", "failure: 14"}},
		"token":         {token, []string{"time-stamp token: 2026-03-02 02:00:00 UTC", "示例市时间戳服务"}},
		"CMS":           {signedData(t, p, token), []string{"CMS: signedData", "content: detached", "signingTime: 2026-03-02 02:00:00 UTC (claimed)", "messageDigest: ", "CRL: 示例市政务证书签发机构", "time-stamp token: 2026-03-02 02:00:00 UTC"}},
	} {
		text := show(t, c.raw)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", name, want, text)
			}
		}
	}
}

// No octet of a private key may appear.
func TestKeysShowNoSecret(t *testing.T) {
	sm2 := testpki.Key(t, "inspected")
	file, err := keyfile.Encrypt(sm2, []byte("a passphrase"), 0)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	labelled := func(label string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}) }
	scalar, err := ec.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	secret := scalar[8:16] // the octets that must not appear
	for want, raw := range map[string][]byte{
		"PKCS#8, encrypted\n  scheme: PBES2":                              file,
		"PKCS#8, not encrypted\n  kind: EC public key, P-256":             pkcs8,
		"SEC 1, not encrypted\n  kind: EC, P-256":                         sec1,
		"PKCS#1, not encrypted\n  kind: RSA":                              x509.MarshalPKCS1PrivateKey(rsaKey),
		"private key: SEC 1, not encrypted\n  kind: EC, P-256\n  remark:": labelled("EC PRIVATE KEY", sec1),
	} {
		text := show(t, raw)
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
		if strings.Contains(text, fmt.Sprintf("%x", secret)) || len(text) > 200 {
			t.Errorf("too much is shown:\n%s", text)
		}
	}
}

func TestRequests(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "示例"}, DNSNames: []string{"seal.example"}}, key)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"certificate request: 示例", "possession of the key: proven", "subjectAltName: DNS:seal.example", "extensions it asks for: 1 extension"} {
		if text := show(t, der); !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if text := show(t, testpki.Flip(der, -1)); !strings.Contains(text, "not proven") && !strings.Contains(text, "malformed") {
		t.Errorf("a broken self-signature:\n%s", text)
	}
}

// The encryption key of a CSR response stays closed.
func TestCSRResponse(t *testing.T) {
	p := testpki.New(t)
	der, err := (&csrresp.Response{SignCertificates: [][]byte{p.Seal.DER}, EncryptedPrivateKey: []byte{0x30, 3, 2, 1, 7}, EncryptCertificates: [][]byte{p.TSA.DER}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	text := show(t, der)
	for _, want := range []string{"CSR response: GM/T 0092", "signing certificate: certificate: 示例市行政审批局", "encryption certificate: certificate: 示例市时间戳服务", "encryption key: 5 octets, enveloped"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestUnknown(t *testing.T) {
	for name, c := range map[string]struct {
		raw  []byte
		want error
	}{
		"garbage": {[]byte("garbage"), inspect.ErrUnknown}, "sequence": {[]byte{0x30, 0}, inspect.ErrUnknown},
		"JSON": {[]byte(`{"a":1}`), inspect.ErrUnknown}, "ZIP": {[]byte("PK\x03\x04rest"), nil},
		"empty": {nil, nil}, "PEM": {[]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), nil}, "PDF": {[]byte("%PDF-1.7\nno"), nil},
	} {
		_, err := inspect.File(t.Context(), bytes.NewReader(c.raw), int64(len(c.raw)))
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

// Every sample must be shown or refused, never more.
func TestSamples(t *testing.T) {
	root := samples(t)
	shown, kinds := 0, map[string]int{}
	for _, pattern := range []string{"ofd/*.dat", "ofd/*.esl", "ofd/*.p12", "ofd/*.ofd", "pdf/*.pdf", "sm2/*.der", "x509/pkits/certs/*", "x509/pkits/crls/*"} {
		files, _ := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		for _, path := range files {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := inspect.File(t.Context(), bytes.NewReader(raw), int64(len(raw))); err == nil {
				shown++
				kinds[n.Name]++
			}
		}
	}
	for _, k := range []string{"certificate", "CRL", "PDF", "seal", "seal signature", "private key", "certificate request", "CMS", "OFD", "PKCS#12"} {
		if kinds[k] == 0 {
			t.Errorf("no sample was shown as %s: %v", k, kinds)
		}
	}
	t.Logf("%d shown: %v", shown, kinds)
}

func FuzzBytes(f *testing.F) {
	p := testpki.New(f)
	ask, said := ocspObjects(f, p)
	query, reply, token := stampObjects(f, p)
	for _, seed := range [][]byte{p.Seal.DER, p.Root.PEM(), p.IssuingCRL, ask, said, query, reply, token, signedData(f, p, token), []byte(`{"schema":"govseal.decision/v1"}`), []byte("a/sm3\n1\nAAAA\n\n\u2014 a/sm3 AAAA\n"),
		sealDER(f, p), stampOFD(f, p, pack(f, paper()), nil), openPFX(f, p)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		n, err := inspect.File(t.Context(), bytes.NewReader(raw), int64(len(raw)))
		if err == nil && n.Name == "" {
			t.Errorf("%x is shown without a name", raw)
		}
	})
}

// Constraints on policies are words, not octets; the certificates are NIST's.
func TestPolicyExtensions(t *testing.T) {
	dir := filepath.Join(samples(t), "x509", "pkits", "certs")
	for name, want := range map[string]string{
		"requireExplicitPolicy0CACert.crt": "policyConstraints, critical: a policy is required after 0 certificates",
		"inhibitAnyPolicy0CACert.crt":      "inhibitAnyPolicy, critical: after 0 certificates",
		"Mapping1to2CACert.crt":            "policyMappings, critical: 2.16.840.1.101.3.2.1.48.1 as 2.16.840.1.101.3.2.1.48.2",
	} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if text := show(t, raw); !strings.Contains(text, want) {
			t.Errorf("%s: no %q in\n%s", name, want, text)
		}
	}
}
