// SPDX-License-Identifier: Apache-2.0

package cert_test

import (
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/testpki"
)

// OpenSSL 3 takes the user ID from the command line and defaults to an empty
// one (facts/ca-and-crypto.md 3.1).
const distID = "distid:1234567812345678"

func openssl(t *testing.T, args ...string) (string, error) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed: its opinion is not asked")
	}
	out, err := exec.Command("openssl", args...).CombinedOutput()
	if err != nil && strings.Contains(string(out), "Algorithm SM2") {
		t.Skip("this openssl has no SM2")
	}
	return string(out), err
}

func writeFile(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestOpenSSLVerifies has OpenSSL check each link of our chains.
func TestOpenSSLVerifies(t *testing.T) {
	p := testpki.New(t)
	root, issuing := writeFile(t, "root.pem", p.Root.PEM()), writeFile(t, "issuing.pem", p.Issuing.PEM())
	at := []string{"-attime", "1772416800"} // testpki.Now
	link := func(args ...string) (string, error) {
		return openssl(t, append(append([]string{"verify", "-vfyopt", distID}, at...), args...)...)
	}
	if out, err := link("-x509_strict", "-CAfile", root, issuing); err != nil {
		t.Errorf("issuing under root: %v\n%s", err, out)
	}
	null := p.Issue(t, testpki.Spec{Label: "null", NullParameters: true})
	for name, e := range map[string]*testpki.Entity{"seal": p.Seal, "tsa": p.TSA, "seal maker": p.SealMaker, "null parameters": null} {
		leaf := writeFile(t, "leaf.pem", e.PEM())
		if out, err := link("-partial_chain", "-trusted", issuing, leaf); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	broken := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: testpki.Flip(p.Seal.DER, -1)})
	if out, err := link("-partial_chain", "-trusted", issuing, writeFile(t, "leaf.pem", broken)); err == nil {
		t.Errorf("a changed certificate passes:\n%s", out)
	}
}

func TestOpenSSLReads(t *testing.T) {
	key := testpki.Key(t, "build")
	tbs, err := fullTemplate(t, key).MarshalTBS()
	file := writeFile(t, "full.der", sign(t, key, tbs, err))
	out, err := openssl(t, "x509", "-inform", "DER", "-in", file, "-noout", "-text", "-nameopt", "utf8,sep_comma_plus")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"Signature Algorithm: SM2-with-SM3", "C=CN,O=示例市,serialNumber=0001,CN=示例市行政审批局", "CA:TRUE, pathlen:2",
		"Digital Signature, CRL Sign, Decipher Only", "Time Stamping", "DNS:seal.example.cn", "URI:http://example.cn/b.crl",
		"OCSP - URI:http://example.cn/ocsp", "CA Issuers - URI:http://example.cn/ca.crt", "Policy: 2.999.1.9.2",
		"DNS:evil.example", "Mar  1 00:00:00 2056 GMT", "X509v3 Freshest CRL",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in OpenSSL's text", want)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
}

func TestOpenSSLReadsCRL(t *testing.T) {
	p := testpki.New(t)
	crl := p.CRL(t,
		testpki.Revoke(p.Seal, begin, cert.ReasonCertificateHold),
		cert.Revoked{Serial: p.TSA.Cert.Serial, Date: begin, Reason: cert.ReasonKeyCompromise, Invalidity: begin.AddDate(0, -1, 0)})
	out, err := openssl(t, "crl", "-inform", "DER", "-in", writeFile(t, "a.crl", crl), "-noout", "-text")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"Version 2", "Signature Algorithm: SM2-with-SM3", "Certificate Hold", "Key Compromise", "Feb  1 00:00:00 2026 GMT", "X509v3 CRL Number"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in OpenSSL's text:\n%s", want, out)
		}
	}
	c := testpki.ParseCRL(t, crl)
	sig, tbs := writeFile(t, "sig", c.Signature), writeFile(t, "tbs", c.RawTBS)
	pub, err := openssl(t, "x509", "-in", writeFile(t, "i.pem", p.Issuing.PEM()), "-pubkey", "-noout")
	if err != nil {
		t.Fatalf("%v\n%s", err, pub)
	}
	if out, err := openssl(t, "dgst", "-sm3", "-sigopt", distID, "-verify", writeFile(t, "pub.pem", []byte(pub)), "-signature", sig, tbs); err != nil {
		t.Errorf("the CRL's signature: %v\n%s", err, out)
	}
}
