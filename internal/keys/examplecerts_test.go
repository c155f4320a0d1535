// SPDX-License-Identifier: Apache-2.0

package keys_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/keys"
)

// exampleCert is what the certificate of an example key says. Each says in its
// own subject that nobody may trust it.
type exampleCert struct {
	name, issuer, common string
	serialNumber         string
	serial               int64
	ca                   bool
	pathLen              int
	office               asn1.ObjectIdentifier
	creditCode           string
}

// The subjects are of no city at all; the codes are fictional.
var exampleCerts = []exampleCert{
	{name: "root-ca", issuer: "root-ca", common: "公开示例根证书机构", serial: 0x0E01, ca: true, pathLen: 1},
	{name: "issuing-ca", issuer: "root-ca", common: "公开示例签发机构", serial: 0x0E02, ca: true},
	{name: "seal-maker", issuer: "issuing-ca", common: "公开示例制章者", serial: 0x0E03, office: cert.DefaultArc.SealMaker()},
	{name: "department", issuer: "issuing-ca", common: "示例市行政审批局", serial: 0x0E04, creditCode: "11990100MA0000001Q"},
	{name: "officer", issuer: "issuing-ca", common: "示例人员甲", serialNumber: "A-0001", serial: 0x0E05},
	{name: "seal", issuer: "issuing-ca", common: "示例市行政审批局", serialNumber: "99010000000001", serial: 0x0E06, creditCode: "11990100MA0000001Q"},
}

// The fixed dates: authorities, and end entities.
var (
	exampleNotBefore = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	exampleCAEnd     = time.Date(2045, 12, 31, 0, 0, 0, 0, time.UTC)
	exampleEnd       = time.Date(2035, 12, 31, 0, 0, 0, 0, time.UTC)
	exampleTime      = time.Date(2030, 6, 1, 0, 0, 0, 0, time.UTC)
)

const exampleWarning = "公开示例，不可信任 PUBLISHED EXAMPLE, DO NOT TRUST"

func (e exampleCert) path() string { return filepath.Join(exampleFolder, e.name+".cert.pem") }

func (e exampleCert) subject() cert.Name {
	n := cert.Name{{{Type: cert.OIDCountry, Value: "CN"}}, {{Type: cert.OIDOrganization, Value: exampleWarning}}}
	if e.serialNumber != "" {
		n = append(n, cert.RDN{{Type: cert.OIDSerialNumber, Value: e.serialNumber}})
	}
	return append(n, cert.RDN{{Type: cert.OIDCommonName, Value: e.common}})
}

func (e exampleCert) extensions(t *testing.T, spki, issuerSPKI []byte) []cert.Extension {
	t.Helper()
	list := []cert.Extension{cert.ExtSubjectKeyID(keyID(t, spki)), cert.ExtAuthorityKeyID(keyID(t, issuerSPKI))}
	if e.ca {
		return append(list, cert.ExtKeyUsage(cert.KeyCertSign|cert.CRLSign), cert.ExtBasicConstraints(true, &e.pathLen))
	}
	list = append(list, cert.ExtKeyUsage(cert.DigitalSignature|cert.NonRepudiation))
	if e.office != nil {
		list = append(list, cert.ExtExtKeyUsage(false, e.office))
	}
	if e.creditCode != "" {
		list = append(list, cert.ExtCreditCode(e.creditCode))
	}
	return list
}

func keyID(t *testing.T, spki []byte) []byte {
	t.Helper()
	id, err := cert.KeyID(spki)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// exampleKey opens an example key as a demo folder may.
func exampleKey(t *testing.T, name string) (crypto.Signer, []byte) {
	t.Helper()
	s, err := keys.OpenRootFile(filepath.Join(exampleFolder, name+".key.pem"), []byte(examplePassphrase), keys.Options{AllowExamples: true})
	if err != nil {
		t.Fatal(err)
	}
	spki, err := gm.MarshalPublicKey(s.Public().(*ecdsa.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return s, spki
}

// make writes the certificate, if it is not there. The dates and serials are
// fixed; an SM2 signature is another one each time.
func (e exampleCert) make(t *testing.T, issuer exampleCert) {
	t.Helper()
	if _, err := os.Stat(e.path()); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	signer, issuerSPKI := exampleKey(t, e.issuer)
	_, spki := exampleKey(t, e.name)
	issuerName, err := issuer.subject().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	end := exampleEnd
	if e.ca {
		end = exampleCAEnd
	}
	tbs, err := cert.Template{Serial: big.NewInt(e.serial), Issuer: issuerName, Subject: e.subject(), NotBefore: exampleNotBefore,
		NotAfter: end, PublicKey: spki, Extensions: e.extensions(t, spki, issuerSPKI)}.MarshalTBS()
	if err != nil {
		t.Fatal(err)
	}
	sig, err := gm.SignMessage(signer, tbs)
	if err != nil {
		t.Fatal(err)
	}
	der, err := cert.Assemble(tbs, sig)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(e.path(), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (e exampleCert) read(t *testing.T) *cert.Certificate {
	t.Helper()
	text, err := os.ReadFile(e.path())
	if err != nil {
		t.Fatal(err)
	}
	b, rest := pem.Decode(text)
	if b == nil || len(rest) > 0 {
		t.Fatalf("%s is not one PEM block", e.path())
	}
	c, err := cert.Parse(b.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The certificates of the example keys chain, match the keys, and say in every
// subject what they are.
func TestExampleCertificates(t *testing.T) {
	all := map[string]*cert.Certificate{}
	byName := map[string]exampleCert{}
	for _, e := range exampleCerts {
		byName[e.name] = e
		if *update {
			e.make(t, byName[e.issuer])
		}
		all[e.name] = e.read(t)
	}
	if len(all) != len(exampleNames) {
		t.Errorf("%d certificates for %d keys", len(all), len(exampleNames))
	}
	readme, err := os.ReadFile(filepath.Join(exampleFolder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range exampleCerts {
		c := all[e.name]
		if _, spki := exampleKey(t, e.name); !bytes.Equal(c.RawSPKI, spki) {
			t.Errorf("%s: the certificate is for another key", e.name)
		}
		if got := c.Subject.String(); !bytes.Contains([]byte(got), []byte("DO NOT TRUST")) {
			t.Errorf("%s: the subject %s does not warn", e.name, got)
		}
		if e.creditCode != c.CreditCode() || len(c.Tolerated)+len(c.Unreadable) > 0 {
			t.Errorf("%s: credit code %q, tolerated %q", e.name, c.CreditCode(), c.Tolerated)
		}
		if !bytes.Contains(readme, []byte("`"+e.name+".cert.pem`")) {
			t.Errorf("README.md does not list %s.cert.pem", e.name)
		}
		if e.name == "root-ca" {
			continue
		}
		result, err := chain.Validate(t.Context(), chain.Request{Leaf: c, Untrusted: []*cert.Certificate{all["issuing-ca"]},
			Anchors: []*cert.Certificate{all["root-ca"]}, Time: exampleTime, Revocation: chain.RevocationOff})
		if err != nil || result.Code != chain.OK {
			t.Errorf("%s does not chain: %+v, %v", e.name, result, err)
		}
	}
	if err := all["root-ca"].CheckSignature(all["root-ca"].PublicKey); err != nil {
		t.Errorf("root: %v", err)
	}
}
