// SPDX-License-Identifier: Apache-2.0

package cert_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

var (
	issuerFile = regexp.MustCompile(`issuer ([A-Za-z0-9_.-]+\.der)`)
	validDates = regexp.MustCompile(`valid (\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)`)
	revokes    = regexp.MustCompile(`revokes ([A-Za-z0-9_.-]+\.der) \((\w+), (\d{4}-\d\d-\d\d)\)`)
)

// TestSM2Samples holds the parser and CheckSignature to the index.
func TestSM2Samples(t *testing.T) {
	dir := sampleDir(t, "sm2")
	for _, s := range sampleIndex(t, dir) {
		t.Run(s.file, func(t *testing.T) {
			switch {
			case strings.HasPrefix(s.what, "certificate"):
				checkCertificate(t, dir, s)
			case strings.HasPrefix(s.what, "CRL"):
				checkCRL(t, dir, s)
			case strings.HasSuffix(s.file, ".der"):
				checkNoCertificate(t, dir, s)
			}
		})
	}
}

func parseSample(t *testing.T, dir, name string) *cert.Certificate {
	t.Helper()
	c, err := cert.Parse(readSample(t, dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func checkCertificate(t *testing.T, dir string, s sample) {
	c := parseSample(t, dir, s.file)
	issuer := c
	if m := issuerFile.FindStringSubmatch(s.expected); m != nil {
		issuer = parseSample(t, dir, m[1])
	}
	err := c.CheckSignature(issuer.PublicKey)
	if strings.HasPrefix(s.expected, "signature NOT good") {
		if !errors.Is(err, cert.ErrSignature) {
			t.Errorf("signature: got %v, want ErrSignature", err)
		}
	} else if err != nil {
		t.Errorf("signature: %v", err)
	}
	if !c.Issuer.Equal(issuer.Subject) {
		t.Errorf("issuer %v is not subject %v", c.Issuer, issuer.Subject)
	}
	dates := validDates.FindStringSubmatch(s.expected)
	if dates == nil {
		t.Fatalf("no validity in %q", s.expected)
	}
	if got := c.NotBefore.Format(time.DateOnly); got != dates[1] {
		t.Errorf("notBefore: got %s, want %s", got, dates[1])
	}
	if got := c.NotAfter.Format(time.DateOnly); got != dates[2] {
		t.Errorf("notAfter: got %s, want %s", got, dates[2])
	}
	if strings.Contains(s.what, "instead of ecPublicKey") && !strings.Contains(strings.Join(c.Tolerated, "\n"), "id-ecPublicKey") {
		t.Errorf("the odd key algorithm is not in Tolerated: %q", c.Tolerated)
	}
	compareWithSMX509(t, c)
}

// compareWithSMX509 asks a second implementation, where it can read the file.
func compareWithSMX509(t *testing.T, c *cert.Certificate) {
	t.Helper()
	o, err := smx509.ParseCertificate(c.Raw)
	if err != nil {
		t.Logf("smx509 cannot read it: %v", err)
		return
	}
	if o.SerialNumber.Cmp(c.Serial) != 0 || !o.NotBefore.Equal(c.NotBefore) || !o.NotAfter.Equal(c.NotAfter) {
		t.Errorf("serial or validity differ from smx509's")
	}
	sameSignature := string(o.Signature) == string(c.Signature) || c.Signature == nil
	if string(o.RawTBSCertificate) != string(c.RawTBS) || string(o.RawSubject) != string(c.RawSubject) ||
		string(o.RawIssuer) != string(c.RawIssuer) || string(o.RawSubjectPublicKeyInfo) != string(c.RawSPKI) ||
		!sameSignature {
		t.Errorf("raw parts differ from smx509's")
	}
	if len(o.Extensions) != len(c.Extensions) || string(o.SubjectKeyId) != string(c.SubjectKeyID) {
		t.Errorf("extensions differ from smx509's")
	}
	if isCA := c.BasicConstraints != nil && c.BasicConstraints.CA; o.IsCA != isCA {
		t.Errorf("CA: got %v, smx509 %v", isCA, o.IsCA)
	}
	var usage cert.KeyUsageBits
	if c.KeyUsage != nil {
		usage = c.KeyUsage.Bits
	}
	if int(o.KeyUsage) != int(usage) {
		t.Errorf("key usage: got %x, smx509 %x", usage, o.KeyUsage)
	}
	if o.Subject.CommonName != c.Subject.Get(cert.OIDCommonName) {
		t.Errorf("common name: got %q, smx509 %q", c.Subject.Get(cert.OIDCommonName), o.Subject.CommonName)
	}
}

func checkCRL(t *testing.T, dir string, s sample) {
	c, err := cert.ParseCRL(readSample(t, dir, s.file))
	if err != nil {
		t.Fatal(err)
	}
	issuer := parseSample(t, dir, issuerFile.FindStringSubmatch(s.expected)[1])
	if err := c.CheckSignature(issuer.PublicKey); err != nil {
		t.Error(err)
	}
	m := revokes.FindStringSubmatch(s.expected)
	revoked := parseSample(t, dir, m[1])
	r := c.Find(revoked.Serial)
	if r == nil || r.Reason != cert.ReasonSuperseded || m[2] != "superseded" || r.Date.Format(time.DateOnly) != m[3] {
		t.Errorf("got %+v, want %s", r, m[0])
	}
	if c.FindIssued(issuer.Subject, revoked.Serial) != r || c.Find(issuer.Serial) != nil {
		t.Error("FindIssued and Find disagree")
	}
}

// Everything else in the set is a key, a request or a message: not a
// certificate, and no cause to panic.
func checkNoCertificate(t *testing.T, dir string, s sample) {
	var want *cert.ParseError
	if _, err := cert.Parse(readSample(t, dir, s.file)); !errors.As(err, &want) {
		t.Errorf("got %v, want a *ParseError", err)
	}
	if _, err := cert.ParseCRL(readSample(t, dir, s.file)); !errors.As(err, &want) {
		t.Errorf("got %v, want a *ParseError", err)
	}
}

// TestPKITSParses reads every certificate and CRL of PKITS as smx509 does.
func TestPKITSParses(t *testing.T) {
	dir := filepath.Join(sampleDir(t, "x509"), "pkits")
	certs, _ := filepath.Glob(filepath.Join(dir, "certs", "*.crt"))
	crls, _ := filepath.Glob(filepath.Join(dir, "crls", "*.crl"))
	if len(certs) < 400 || len(crls) < 170 {
		t.Fatalf("%d certificates, %d CRLs", len(certs), len(crls))
	}
	for _, f := range certs {
		der, _ := os.ReadFile(f)
		c, err := cert.Parse(der)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(f), err)
			continue
		}
		compareWithSMX509(t, c)
	}
	for _, f := range crls {
		der, _ := os.ReadFile(f)
		c, err := cert.ParseCRL(der)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(f), err)
			continue
		}
		o, err := smx509.ParseRevocationList(der)
		if err != nil {
			continue // it refuses v1
		}
		if len(o.RevokedCertificateEntries) != len(c.Revoked) || !o.ThisUpdate.Equal(c.ThisUpdate) || !o.NextUpdate.Equal(c.NextUpdate) {
			t.Errorf("%s: differs from smx509's reading", filepath.Base(f))
		}
	}
}

// TestSignatureEncodings: one spelling of a signature, no other.
func TestSignatureEncodings(t *testing.T) {
	var file struct {
		Cases []struct {
			ID, Comment, Sig, Expected string
			Public                     string `json:"public_key_uncompressed"`
			Message                    string `json:"message_hex"`
		}
	}
	if err := json.Unmarshal(readSample(t, sampleDir(t, "sm2"), "sm2_der_cases.json"), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) != 137 {
		t.Errorf("%d cases, want 137", len(file.Cases))
	}
	for _, c := range file.Cases {
		pub, err := gm.ParsePoint(unhex(t, c.Public))
		if err != nil {
			t.Fatal(err)
		}
		err = cert.CheckSignature(pub, cert.Algorithm{OID: gm.OIDSM2WithSM3}, unhex(t, c.Message), unhex(t, c.Sig))
		if got := err == nil; got != (c.Expected == "valid") {
			t.Errorf("%s %s: got %v, want %s", c.ID, c.Comment, err, c.Expected)
		}
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
