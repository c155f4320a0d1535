// SPDX-License-Identifier: Apache-2.0

package cert_test

import (
	"bytes"
	"encoding/asn1"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/testpki"
)

var (
	policyA = asn1.ObjectIdentifier{2, 999, 1, 9, 1}
	policyB = asn1.ObjectIdentifier{2, 999, 1, 9, 2}
	begin   = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
)

// fullTemplate uses every constructor of extensions.
func fullTemplate(t *testing.T, key *gm.PrivateKey) cert.Template {
	t.Helper()
	spki, err := gm.MarshalPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	id, err := cert.KeyID(spki)
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := testpki.Name("示例市根证书机构", "").Marshal()
	if err != nil {
		t.Fatal(err)
	}
	two := 2
	return cert.Template{
		Serial: big.NewInt(0x1234567890), Issuer: issuer, Subject: testpki.Name("示例市行政审批局", "0001"),
		NotBefore: begin, NotAfter: begin.AddDate(30, 0, 0), PublicKey: spki,
		Extensions: []cert.Extension{
			cert.ExtBasicConstraints(true, &two),
			cert.ExtKeyUsage(cert.DigitalSignature | cert.CRLSign | cert.DecipherOnly),
			cert.ExtExtKeyUsage(true, cert.OIDTimeStamping, cert.DefaultArc.SealMaker()),
			cert.ExtSubjectKeyID(id), cert.ExtAuthorityKeyID(id),
			cert.ExtSubjectAltNames(cert.NewDNS("seal.example.cn"), cert.NewEmail("a@example.cn"), cert.NewURI("http://example.cn/")),
			cert.ExtCRLDistributionPoints("http://example.cn/a.crl", "http://example.cn/b.crl"),
			cert.ExtFreshestCRL("http://example.cn/delta.crl"),
			cert.ExtAuthorityInfoAccess([]string{"http://example.cn/ocsp"}, []string{"http://example.cn/ca.crt"}),
			cert.ExtOCSPNoCheck(), cert.ExtPolicies(policyA, policyB), cert.ExtCreditCode(testpki.CreditCode),
			cert.ExtNameConstraints([]cert.GeneralName{cert.NewDirectoryName(issuer)}, []cert.GeneralName{cert.NewDNS("evil.example")}),
		},
	}
}

func sign(t *testing.T, key *gm.PrivateKey, tbs []byte, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return testpki.Assemble(t, key, tbs)
}

func TestBuildAndParse(t *testing.T) {
	key := testpki.Key(t, "build")
	tmpl := fullTemplate(t, key)
	tbs, err := tmpl.MarshalTBS()
	c, perr := cert.Parse(sign(t, key, tbs, err))
	if perr != nil {
		t.Fatal(perr)
	}
	if err := c.CheckSignature(&key.PublicKey); err != nil {
		t.Error(err)
	}
	checkBasics(t, c, tmpl, tbs)
	checkFields(t, c)
	compareWithSMX509(t, c)
}

func checkBasics(t *testing.T, c *cert.Certificate, tmpl cert.Template, tbs []byte) {
	t.Helper()
	if len(c.Tolerated) > 0 || len(c.Unreadable) > 0 {
		t.Errorf("our own certificate is not clean: %q", c.Tolerated)
	}
	if !bytes.Equal(c.RawTBS, tbs) || !bytes.Equal(c.RawIssuer, tmpl.Issuer) || !bytes.Equal(c.RawSPKI, tmpl.PublicKey) {
		t.Error("raw parts differ from the template")
	}
	if c.Version != 3 || c.Serial.Cmp(tmpl.Serial) != 0 || !c.NotBefore.Equal(tmpl.NotBefore) || !c.NotAfter.Equal(tmpl.NotAfter) {
		t.Errorf("got version %d, serial %v, %v to %v", c.Version, c.Serial, c.NotBefore, c.NotAfter)
	}
	if !c.Subject.Equal(tmpl.Subject) || c.Subject.Get(cert.OIDSerialNumber) != "0001" || c.SelfIssued() {
		t.Errorf("subject %v", c.Subject)
	}
	if len(c.Extensions) != len(tmpl.Extensions) {
		t.Fatalf("%d extensions, want %d", len(c.Extensions), len(tmpl.Extensions))
	}
	for i, e := range c.Extensions {
		if want := tmpl.Extensions[i]; !e.ID.Equal(want.ID) || e.Critical != want.Critical || !bytes.Equal(e.Value, want.Value) {
			t.Errorf("extension %d: got %v, want %v", i, e, want)
		}
	}
}

func checkFields(t *testing.T, c *cert.Certificate) {
	t.Helper()
	uri := func(g cert.GeneralName) string { return string(g.Value) }
	for name, ok := range map[string]bool{
		"basicConstraints": c.BasicConstraints.CA && *c.BasicConstraints.PathLen == 2 && c.BasicConstraints.Critical,
		"keyUsage":         c.KeyUsage.Bits == cert.DigitalSignature|cert.CRLSign|cert.DecipherOnly && c.KeyUsage.Critical,
		"extKeyUsage":      len(c.ExtKeyUsage) == 2 && c.ExtKeyUsage[1].Equal(cert.DefaultArc.SealMaker()),
		"key identifiers":  bytes.Equal(c.SubjectKeyID, c.AuthorityKeyID.KeyID) && len(c.SubjectKeyID) == 20,
		"subjectAltName":   len(c.SubjectAltNames) == 3 && c.SubjectAltNames[1].String() == "email:a@example.cn",
		"CRL points":       len(c.CRLDistributionPoints) == 1 && uri(c.CRLDistributionPoints[0].FullName[1]) == "http://example.cn/b.crl",
		"freshest CRL":     len(c.FreshestCRL) == 1,
		"info access":      slices.Equal(c.OCSPServers, []string{"http://example.cn/ocsp"}) && slices.Equal(c.CAIssuers, []string{"http://example.cn/ca.crt"}),
		"nocheck":          c.OCSPNoCheck,
		"policies":         len(c.Policies.OIDs) == 2 && c.Policies.OIDs[1].Equal(policyB),
		"credit code":      c.CreditCode() == testpki.CreditCode,
		"name constraints": len(c.NameConstraints.Permitted) == 1 && len(c.NameConstraints.Excluded) == 1 && c.NameConstraints.Critical,
	} {
		if !ok {
			t.Errorf("%s is not read as it was written", name)
		}
	}
}

func TestValidityEncoding(t *testing.T) {
	key := testpki.Key(t, "build")
	for _, tt := range []struct {
		year int
		want string // the encoded notAfter
	}{{2049, "\x17\x0d491231235959Z"}, {2050, "\x18\x0f20501231235959Z"}, {9999, "\x18\x0f99991231235959Z"}} {
		tmpl := fullTemplate(t, key)
		tmpl.NotAfter = time.Date(tt.year, 12, 31, 23, 59, 59, 0, time.UTC)
		tbs, err := tmpl.MarshalTBS()
		c, perr := cert.Parse(sign(t, key, tbs, err))
		if perr != nil || !c.NotAfter.Equal(tmpl.NotAfter) || !bytes.Contains(tbs, []byte(tt.want)) {
			t.Errorf("%d: got %v, %v", tt.year, c, perr)
		}
	}
}

func TestTemplateRefuses(t *testing.T) {
	key := testpki.Key(t, "build")
	for name, change := range map[string]func(*cert.Template){
		"no serial":           func(x *cert.Template) { x.Serial = nil },
		"zero serial":         func(x *cert.Template) { x.Serial = new(big.Int) },
		"long serial":         func(x *cert.Template) { x.Serial = new(big.Int).Lsh(big.NewInt(1), 159) },
		"no issuer":           func(x *cert.Template) { x.Issuer = nil },
		"backward validity":   func(x *cert.Template) { x.NotAfter = x.NotBefore },
		"no key":              func(x *cert.Template) { x.PublicKey = nil },
		"doubled extension":   func(x *cert.Template) { x.Extensions = append(x.Extensions, cert.ExtOCSPNoCheck()) },
		"empty attribute":     func(x *cert.Template) { x.Subject = testpki.Name("", "") },
		"three-letter state":  func(x *cert.Template) { x.Subject = cert.Name{{{Type: cert.OIDCountry, Value: "CHN"}}} },
		"attribute not UTF-8": func(x *cert.Template) { x.Subject = testpki.Name("\xff", "") },
	} {
		tmpl := fullTemplate(t, key)
		change(&tmpl)
		if _, err := tmpl.MarshalTBS(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestNullParameters(t *testing.T) {
	p := testpki.New(t)
	e := p.Issue(t, testpki.Spec{Label: "null", NullParameters: true})
	if !bytes.Equal(e.Cert.SignatureAlgorithm.Parameters, []byte{5, 0}) {
		t.Errorf("parameters %x", e.Cert.SignatureAlgorithm.Parameters)
	}
	if err := e.Cert.CheckSignature(p.Issuing.Cert.PublicKey); err != nil {
		t.Error(err)
	}
}

func TestBuildCRL(t *testing.T) {
	p := testpki.New(t)
	reasons := uint16(1<<1 | 1<<6)
	point := cert.IssuingDistributionPoint{
		FullName: []cert.GeneralName{cert.NewURI("http://example.cn/a.crl")}, Indirect: true, OnlyUserCerts: true, OnlySomeReasons: &reasons,
	}
	entries := []cert.Revoked{
		{Serial: big.NewInt(7), Date: begin, Reason: cert.ReasonKeyCompromise, Invalidity: begin.AddDate(0, -1, 0)},
		{Serial: big.NewInt(3), Date: begin, Issuer: p.Root.Cert.RawSubject},
		{Serial: big.NewInt(5), Date: begin, Reason: cert.ReasonCertificateHold},
	}
	der := p.IssueCRL(t, testpki.CRLSpec{
		Number: 42, Revoked: entries,
		Extensions: []cert.Extension{cert.ExtIssuingDistributionPoint(point), cert.ExtDeltaCRL(big.NewInt(40))},
	})
	c := testpki.ParseCRL(t, der)
	if err := c.CheckSignature(p.Issuing.Cert.PublicKey); err != nil {
		t.Error(err)
	}
	if len(c.Tolerated) > 0 || len(c.UnknownCritical) > 0 || c.Version != 2 || c.Number.Int64() != 42 || c.DeltaBase.Int64() != 40 {
		t.Errorf("got %+v", c)
	}
	if got := c.IDP; !got.Indirect || !got.OnlyUserCerts || got.OnlyCACerts || *got.OnlySomeReasons != reasons || len(got.FullName) != 1 || !got.Critical {
		t.Errorf("issuing distribution point: got %+v", got)
	}
	first := c.Find(big.NewInt(7))
	if first.Reason != cert.ReasonKeyCompromise || !first.EffectiveDate().Equal(begin.AddDate(0, -1, 0)) {
		t.Errorf("got %+v", first)
	}
	// The third entry inherits the second one's issuer (RFC 5280 5.3.3).
	if c.FindIssued(p.Issuing.Cert.Subject, big.NewInt(5)) != nil || c.FindIssued(p.Root.Cert.Subject, big.NewInt(5)) == nil {
		t.Error("the certificate issuer is not inherited")
	}
	if c.FindIssued(p.Issuing.Cert.Subject, big.NewInt(7)) == nil || c.Find(big.NewInt(8)) != nil {
		t.Error("wrong entries found")
	}
	if o, err := smx509.ParseRevocationList(der); err != nil || len(o.RevokedCertificateEntries) != 3 {
		t.Errorf("smx509: %v", err)
	}
}

func TestLargeCRL(t *testing.T) {
	p := testpki.New(t)
	entries := make([]cert.Revoked, 100_000)
	for i := range entries {
		entries[i] = cert.Revoked{Serial: big.NewInt(int64(i)*7919 + 1), Date: begin, Reason: cert.ReasonSuperseded}
	}
	c := testpki.ParseCRL(t, p.CRL(t, entries...))
	if len(c.Revoked) != len(entries) {
		t.Fatalf("%d entries", len(c.Revoked))
	}
	for _, i := range []int{0, 1, 50_000, 99_999} {
		if r := c.Find(entries[i].Serial); r == nil || r.Serial.Cmp(entries[i].Serial) != 0 {
			t.Errorf("entry %d: got %v", i, r)
		}
	}
	if c.Find(big.NewInt(2)) != nil {
		t.Error("found what is not there")
	}
}

func TestAssembleRefuses(t *testing.T) {
	for _, tbs := range []string{"", "\x30\x00", "\x30\x03\x02\x01\x01", "\x04\x00"} {
		if der, err := cert.Assemble([]byte(tbs), []byte{1}); err == nil {
			t.Errorf("%x: got %x", tbs, der)
		}
	}
}

func TestNameString(t *testing.T) {
	n := cert.Name{
		{{Type: cert.OIDCountry, Value: "CN"}},
		{{Type: cert.OIDOrganization, Value: "示例市, 一局"}, {Type: cert.OIDUnit, Value: "科室"}},
		{{Type: cert.OIDCommonName, Value: "甲\u202e乙\n丙"}},
	}
	want := `C=CN, O=示例市\, 一局 + OU=科室, CN=甲\u202E乙\u000A丙`
	if got := n.String(); got != want || strings.ContainsAny(got, "\n\u202e") {
		t.Errorf("got %s, want %s", got, want)
	}
}

func BenchmarkParse(b *testing.B) {
	der := testpki.New(b).Seal.DER
	for b.Loop() {
		if _, err := cert.Parse(der); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCRL100k(b *testing.B) {
	p := testpki.New(b)
	entries := make([]cert.Revoked, 100_000)
	for i := range entries {
		serial := new(big.Int).SetBytes(bytes.Repeat([]byte{0x55, byte(i), byte(i >> 8), byte(i >> 16)}, 4))
		entries[i] = cert.Revoked{Serial: serial, Date: begin, Reason: i % 6}
	}
	der := p.CRL(b, entries...)
	b.Run("build", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p.CRL(b, entries...)
		}
	})
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := cert.ParseCRL(der); err != nil {
				b.Fatal(err)
			}
		}
	})
}
