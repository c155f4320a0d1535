// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/ocsp"
	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/verify"
)

// verifyCertOf runs the real command line.
func verifyCertOf(t *testing.T, args ...string) (status int, out, talk string) {
	t.Helper()
	var data, said bytes.Buffer
	status = run(t.Context(), append([]string{"verify", "cert"}, args...), strings.NewReader(""), &data, &said)
	return status, data.String(), said.String()
}

// unmetPKITS is the list of internal/chain's test and of docs/standards.md.
var unmetPKITS = map[string]bool{"4.1.4": true, "4.1.5": true}

func TestVerifyCertPKITS(t *testing.T) {
	root := os.Getenv("GOVSEAL_SAMPLES")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "samples")
	}
	dir := filepath.Join(root, "x509", "pkits")
	raw, err := os.ReadFile(filepath.Join(dir, "cases.json"))
	if err != nil {
		t.Skipf("no samples at %s: set GOVSEAL_SAMPLES", dir)
	}
	var file struct {
		ValidationTime string `json:"validation_time"`
		TrustAnchor    string `json:"trust_anchor"`
		Cases          []struct {
			ID, Expected, Reason string
			EndEntity            string `json:"end_entity"`
			Intermediates, CRLs  []string
			InitialPolicies      []string `json:"initial_policies"`
			RequireExplicit      bool     `json:"require_explicit_policy"`
			InhibitMapping       bool     `json:"inhibit_policy_mapping"`
			InhibitAny           bool     `json:"inhibit_any_policy"`
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) != 257 {
		t.Errorf("%d cases, want 257", len(file.Cases))
	}
	for _, c := range file.Cases {
		args := []string{"--at", file.ValidationTime, "--trust", filepath.Join(dir, file.TrustAnchor), "--json"}
		for flag, files := range map[string][]string{"--untrusted": c.Intermediates, "--crl": c.CRLs} {
			for _, f := range files {
				args = append(args, flag, filepath.Join(dir, f))
			}
		}
		for _, id := range c.InitialPolicies {
			args = append(args, "--policy-oid", id)
		}
		for flag, on := range map[string]bool{"--explicit-policy": c.RequireExplicit, "--inhibit-mapping": c.InhibitMapping, "--inhibit-any": c.InhibitAny} {
			if on {
				args = append(args, flag)
			}
		}
		status, out, talk := verifyCertOf(t, append(args, filepath.Join(dir, c.EndEntity))...)
		var report verify.CertificateReport
		if err := json.Unmarshal([]byte(out), &report); err != nil {
			t.Errorf("%s: status %d, %v: %s", c.ID, status, err, talk)
			continue
		}
		met := (status == exitOK) == (c.Expected == "valid") && (status == exitOK) == (report.Verdict == verify.Valid)
		if met == unmetPKITS[c.ID] {
			t.Errorf("%s: status %d %s %s, want %s (%s), listed as unmet: %v", c.ID, status, report.Code, report.Detail, c.Expected, c.Reason, unmetPKITS[c.ID])
		}
	}
}

// household puts the fixture PKI into files.
func household(t *testing.T) (p *testpki.PKI, at func(string) string, write func(string, []byte) string) {
	t.Helper()
	p = testpki.New(t)
	dir := t.TempDir()
	at = func(name string) string { return filepath.Join(dir, name) }
	write = func(name string, data []byte) string {
		if err := os.WriteFile(at(name), data, 0o600); err != nil {
			t.Fatal(err)
		}
		return at(name)
	}
	for name, e := range map[string]*testpki.Entity{
		"root": p.Root, "issuing": p.Issuing, "seal": p.Seal, "maker": p.SealMaker, "ledger": p.Ledger, "tsa": p.TSA, "ocsp": p.OCSP, "department": p.Department,
	} {
		write(name, e.PEM())
	}
	write("root.crl", p.RootCRL)
	write("issuing.crl", p.IssuingCRL)
	return p, at, write
}

func TestVerifyCertPurposes(t *testing.T) {
	p, at, write := household(t)
	loose := p.Issue(t, testpki.Spec{Label: "tsa", ExtKeyUsage: p.TSA.Cert.ExtKeyUsage}) // not critical
	write("loose", loose.PEM())
	base := []string{"--at", testpki.Now.Format(time.RFC3339), "--trust", at("root"), "--untrusted", at("issuing"), "--crl", at("root.crl"), "--crl", at("issuing.crl")}
	for _, c := range []struct {
		leaf, purpose string
		want          int
	}{
		{"seal", "any", 0}, {"seal", "seal", 0}, {"seal", "seal-maker", 1}, {"seal", "tls-client", 0}, {"maker", "seal-maker", 0}, {"maker", "ledger", 1},
		{"ledger", "ledger", 0}, {"tsa", "tsa", 0}, {"loose", "tsa", 1}, {"ocsp", "ocsp", 0}, {"ocsp", "tsa", 1}, {"ocsp", "tls-server", 1},
		{"issuing", "any", 0}, {"issuing", "seal", 1}, {"department", "seal", 0},
	} {
		status, out, talk := verifyCertOf(t, append(base, at(c.leaf), "--purpose", c.purpose)...)
		if status != c.want || !strings.Contains(out, "verdict") {
			t.Errorf("%s for %s: status %d, want %d\n%s%s", c.leaf, c.purpose, status, c.want, out, talk)
		}
	}
}

func TestVerifyCertOutcomes(t *testing.T) {
	p, at, write := household(t)
	now := testpki.Now.Format(time.RFC3339)
	chained := append(p.Seal.PEM(), p.Issuing.PEM()...)
	write("chain", chained)
	write("seal.der", p.Seal.DER)
	write("garbage", []byte("no certificate"))
	write("revoked.crl", p.CRL(t, testpki.Revoke(p.Seal, testpki.Now.Add(-time.Hour), cert.ReasonKeyCompromise)))
	id, err := ocsp.NewCertID(ocsp.OIDSHA1, p.Issuing.Cert.RawSubject, p.Issuing.Cert.RawSPKI, p.Seal.Cert.Serial)
	if err != nil {
		t.Fatal(err)
	}
	good := ocsp.Single{ID: id, ThisUpdate: testpki.Now, NextUpdate: testpki.Now.Add(time.Hour)}
	der, err := ocsp.Answer{Responder: ocsp.ByName(p.OCSP.Cert), ProducedAt: testpki.Now, Singles: []ocsp.Single{good}, Certificates: [][]byte{p.OCSP.DER}}.Sign(p.OCSP.Key)
	if err != nil {
		t.Fatal(err)
	}
	write("good.ors", der)
	both := []string{"--crl", at("root.crl"), "--crl", at("issuing.crl")}
	for name, c := range map[string]struct {
		args []string
		want int
		say  string
	}{
		"chain in one file":   {append(both, at("chain"), "--at", now, "--trust", at("root")), 0, "issued by"},
		"DER":                 {append(both, at("seal.der"), "--at", now, "--trust", at("root"), "--untrusted", at("issuing")), 0, "示例市行政审批局"},
		"OCSP":                {[]string{at("chain"), "--at", now, "--trust", at("root"), "--crl", at("root.crl"), "--ocsp", at("good.ors")}, 0, "good ocsp"},
		"no root":             {append(both, at("chain"), "--at", now), 3, "--trust"},
		"no lists":            {[]string{at("chain"), "--at", now, "--trust", at("root")}, 3, "REVOCATION_UNKNOWN"},
		"no lists, optional":  {[]string{at("chain"), "--at", now, "--trust", at("root"), "--revocation", "optional"}, 0, "valid"},
		"revoked":             {[]string{at("chain"), "--at", now, "--trust", at("root"), "--crl", at("root.crl"), "--crl", at("revoked.crl")}, 1, "REVOKED"},
		"expired":             {append(both, at("chain"), "--at", "2030-01-01T00:00:00Z", "--trust", at("root")), 1, "EXPIRED"},
		"too deep":            {append(both, at("chain"), "--at", now, "--trust", at("root"), "--max-depth", "1"), 3, "NO_CERTIFICATE_CHAIN_FOUND"},
		"policy not there":    {append(both, at("chain"), "--at", now, "--trust", at("root"), "--explicit-policy", "--policy-oid", "2.999.5"), 1, "POLICY_FAILURE"},
		"garbage":             {[]string{at("garbage"), "--trust", at("root")}, 2, "parse certificate"},
		"missing":             {[]string{at("nowhere")}, 2, "no file"},
		"purpose":             {[]string{at("seal"), "--purpose", "fun"}, 2, "--purpose"},
		"host without server": {[]string{at("seal"), "--host", "x.cn"}, 2, "--host"},
		"policy OID":          {[]string{at("seal"), "--policy-oid", "x"}, 2, "--policy-oid"},
	} {
		status, out, talk := verifyCertOf(t, c.args...)
		if status != c.want || !strings.Contains(out+talk, c.say) {
			t.Errorf("%s: status %d, want %d with %q\n%s%s", name, status, c.want, c.say, out, talk)
		}
	}
}

// The certificate of a web server is ECDSA: Go's own library makes it.
func TestVerifyCertHost(t *testing.T) {
	_, at, write := household(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "示例根"}, NotBefore: testpki.NotBefore, NotAfter: testpki.NotAfter,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "only.example"}, NotBefore: testpki.NotBefore, NotAfter: testpki.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"seal.example", "*.city.example"}, IPAddresses: []net.IP{net.ParseIP("192.0.2.1"), net.ParseIP("2001:db8::1")}}
	for name, c := range map[string]*x509.Certificate{"tls-root": root, "tls": leaf} {
		der, err := x509.CreateCertificate(rand.Reader, c, root, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		write(name, der)
	}
	for host, want := range map[string]int{
		"": 0, "seal.example": 0, "SEAL.example.": 0, "a.city.example": 0, "192.0.2.1": 0, "2001:db8::1": 0, "[2001:db8::1]": 0,
		"a.b.city.example": 1, "city.example": 1, "only.example": 1, "192.0.2.2": 1, "*.city.example": 1, ".city.example": 1,
	} {
		status, out, _ := verifyCertOf(t, at("tls"), "--trust", at("tls-root"), "--at", testpki.Now.Format(time.RFC3339), "--revocation", "optional", "--purpose", "tls-server", "--host", host)
		if status != want {
			t.Errorf("%q: status %d, want %d\n%s", host, status, want, out)
		}
	}
}
