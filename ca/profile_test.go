// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

const goodProfile = `profile: clerk
meaning: a clerk's key
key: {algorithm: sm2, from: [store, csr]}
usage: [digitalSignature]
validity: 1y
longest: 2y
subject: {common_name: required, credit_code: optional}
identity: [1.2.156.10260.4.1.4, 1.2.156.10260.4.4]
`

func TestShippedProfiles(t *testing.T) {
	want := []string{"department", "department-encryption", "ledger", "ocsp", "officer", "officer-encryption", "seal", "seal-maker", "tls-client", "tls-server", "tsa"}
	if got := ca.DefaultProfiles().Names(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, p := range ca.DefaultProfiles().All() {
		if p.Meaning() == "" || p.Validity() == 0 || p.Longest() < p.Validity() || len(p.Sources()) == 0 {
			t.Errorf("%s is incomplete", p.Name())
		}
		if p.Office() && (p.KeyFrom(ca.FromCSR) || p.Deliverable()) {
			t.Errorf("the office %s can leave the house", p.Name())
		}
	}
}

// Shapes that must not exist are refused whoever writes them into a file.
func TestImpossibleProfiles(t *testing.T) {
	if _, err := ca.ParseProfile([]byte(goodProfile)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new, field string }{
		{"no name", "profile: clerk\n", "", "profile"},
		{"a path as name", "clerk\n", "../clerk\n", "profile"},
		{"an unknown field", "meaning:", "meening:", "meening"},
		{"a field twice", "validity: 1y", "validity: 1y\nvalidity: 2y", "validity"},
		{"two documents", "validity: 1y", "validity: 1y\n---\n", "document"},
		{"nothing about the subject", "subject: {common_name: required, credit_code: optional}\n", "", "subject"},
		{"a subject field of another word", "common_name: required", "common_name: always", "subject.common_name"},
		{"no key usage", "usage: [digitalSignature]\n", "", "usage"},
		{"an unknown usage", "[digitalSignature]", "[signing]", "usage"},
		{"a usage twice", "[digitalSignature]", "[digitalSignature, digitalSignature]", "usage"},
		{"an end entity that certifies", "[digitalSignature]", "[digitalSignature, keyCertSign]", "usage"},
		{"an end entity that lists", "[digitalSignature]", "[cRLSign]", "usage"},
		{"signing and encryption", "[digitalSignature]", "[digitalSignature, keyEncipherment]", "usage"},
		{"an escrowed key that signs", "[store, csr]", "[centre]", "usage"},
		{"an escrowed key from elsewhere", "[store, csr]", "[centre, csr]", "key.from"},
		{"an authority from a request", "profile: clerk", "profile: clerk\nauthority: true", "key.from"},
		{"a path length without authority", "profile: clerk", "profile: clerk\npath_length: 0", "path_length"},
		{"a negative path length", "profile: clerk", "profile: clerk\npath_length: -1", "path_length"},
		{"an office from outside", "validity:", "extended_usage: [sealMaker]\nvalidity:", "extended_usage"},
		{"an office by its number", "validity:", "extended_usage: [2.999.1.1.1]\nvalidity:", "extended_usage"},
		{"every office at once", "validity:", "extended_usage: [2.5.29.37.0]\nvalidity:", "extended_usage"},
		{"an office with company", "validity:", "extended_usage: [timeStamping, clientAuth]\nvalidity:", "extended_usage"},
		{"nocheck without OCSP", "validity:", "ocsp_no_check: true\nvalidity:", "ocsp_no_check"},
		{"a P-256 key of ours", "sm2", "p256", "key.from"},
		{"a key of no kind", "algorithm: sm2, ", "", "key.algorithm"},
		{"a key from nowhere", ", from: [store, csr]", "", "key.from"},
		{"a key from elsewhere", "[store, csr]", "[post]", "key.from"},
		{"nothing to deliver", "[store, csr]", "[csr], deliverable: true", "key.deliverable"},
		{"no validity", "validity: 1y\n", "", "validity"},
		{"a validity of another unit", "validity: 1y", "validity: 1 year", "validity"},
		{"default beyond the longest", "validity: 1y", "validity: 3y", "validity"},
		{"a hundred years", "longest: 2y", "longest: 99y", "longest"},
		{"a code that nothing carries", "identity: [1.2.156.10260.4.1.4, 1.2.156.10260.4.4]\n", "", "identity"},
		{"a code in another extension", "[1.2.156.10260.4.1.4,", "[1.2.3.4,", "identity"},
		{"parameters of another word", "validity:", "signature_parameters: none\nvalidity:", "signature_parameters"},
		{"no identifier", "validity:", "policies: [policy]\nvalidity:", "policies"},
		{"64 kB", "a clerk's key", strings.Repeat("k", 65<<10), "octets"},
	} {
		text := strings.Replace(goodProfile, c.old, c.new, 1)
		if text == goodProfile {
			t.Fatalf("%s: the change changes nothing", c.name)
		}
		if _, err := ca.ParseProfile([]byte(text)); err == nil || !strings.Contains(err.Error(), c.field) {
			t.Errorf("%s: got %v, want an error about %s", c.name, err, c.field)
		}
	}
}

func TestOwnProfiles(t *testing.T) {
	load := func(files map[string]string) (*ca.Profiles, error) {
		fsys := fstest.MapFS{"README.txt": {Data: []byte("not a profile")}}
		for name, text := range files {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
		return ca.LoadProfiles(fsys)
	}
	department := `profile: department
meaning: shorter
key: {algorithm: sm2, from: [store]}
usage: [digitalSignature]
validity: 90d
longest: 90d
subject: {credit_code: required}
identity: [1.2.156.10260.4.4]
`
	all, err := load(map[string]string{"clerk.yaml": goodProfile, "department.yaml": department})
	if err != nil {
		t.Fatal(err)
	}
	if p, err := all.Lookup("department"); err != nil || p.KeyFrom(ca.FromCSR) || p.Meaning() != "shorter" {
		t.Errorf("a profile of our own does not replace the shipped one: %v", err)
	}
	if _, err := ca.DefaultProfiles().Lookup("clerk"); err == nil {
		t.Error("one authority's profile is everybody's")
	}
	for name, files := range map[string]map[string]string{
		"a file of another name":        {"other.yaml": goodProfile},
		"a malformed file":              {"clerk.yaml": "profile: ["},
		"an authority as end entity":    {"root.yaml": strings.Replace(goodProfile, "clerk", "root", 1)},
		"a seal maker without office":   {"seal-maker.yaml": strings.Replace(goodProfile, "clerk", "seal-maker", 1)},
		"a seal whose key is not ours":  {"seal.yaml": strings.NewReplacer("clerk", "seal", "[store, csr]", "[csr]").Replace(goodProfile)},
		"TLS with SM2":                  {"tls-client.yaml": strings.Replace(goodProfile, "clerk", "tls-client", 1)},
		"an escrow profile without one": {"officer-encryption.yaml": strings.Replace(goodProfile, "clerk", "officer-encryption", 1)},
	} {
		if _, err := load(files); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}

// A profile of the operator's own decides extensions and parameters.
func TestIssueByOwnProfile(t *testing.T) {
	o := found(t)
	text := goodProfile + "signature_parameters: \"null\"\npolicies: [1.2.156.99.1]\nextended_usage: [clientAuth]\n"
	own, err := ca.LoadProfiles(fstest.MapFS{"clerk.yaml": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	c := o.config()
	c.Profiles = own
	a, err := ca.Load(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	made, err := a.Issue(t.Context(), ca.Request{Actor: operator, Profile: "clerk", KeyRef: o.key(t, "clerk"),
		Subject: ca.Subject{Organization: "示例市行政审批局", CommonName: "窗口一", CreditCode: creditCode}})
	if err != nil {
		t.Fatal(err)
	}
	got := parse(t, made.DER)
	for _, id := range []asn1.ObjectIdentifier{cert.OIDCreditCode, cert.OIDCreditCode2023} {
		if e := got.Extension(id); e == nil || e.Critical || !strings.HasSuffix(string(e.Value), creditCode) {
			t.Errorf("extension %s: %v", id, e)
		}
	}
	if !slices.Equal(got.SignatureAlgorithm.Parameters, []byte{5, 0}) {
		t.Errorf("signature parameters % x, want NULL", got.SignatureAlgorithm.Parameters)
	}
	if len(got.ExtKeyUsage) != 1 || !got.ExtKeyUsage[0].Equal(cert.OIDClientAuth) || got.Policies == nil || len(got.Policies.OIDs) != 1 {
		t.Errorf("usages %v, policies %v", got.ExtKeyUsage, got.Policies)
	}
	if _, err := o.Issue(t.Context(), ca.Request{Actor: operator, Profile: "clerk", KeyRef: o.key(t, "clerk")}); err == nil {
		t.Error("another authority knows the profile")
	}
}

func TestTLSCertificate(t *testing.T) {
	o := found(t)
	spki := func(c elliptic.Curve) []byte {
		key, err := ecdsa.GenerateKey(c, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	sm2, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	sm2SPKI, err := gm.MarshalPublicKey(&sm2.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	r := ca.Request{Actor: operator, Profile: ca.ProfileTLSServer, PublicKey: spki(elliptic.P256()),
		Subject: ca.Subject{Organization: "示例市行政审批局", CommonName: "seal.example"}, DNSNames: []string{"seal.example", "xn--fsq.example"}}
	made, err := o.Issue(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	got := parse(t, made.DER)
	if len(got.SubjectAltNames) != 2 || string(got.SubjectAltNames[1].Value) != "xn--fsq.example" || !got.ExtKeyUsage[0].Equal(cert.OIDServerAuth) {
		t.Errorf("names %v, usage %v", got.SubjectAltNames, got.ExtKeyUsage)
	}
	if got.CheckSignature(parse(t, o.Issuing()).PublicKey) != nil {
		t.Error("the signature does not verify")
	}
	for name, change := range map[string]func(*ca.Request){
		"an SM2 key":           func(r *ca.Request) { r.PublicKey = sm2SPKI },
		"a P-384 key":          func(r *ca.Request) { r.PublicKey = spki(elliptic.P384()) },
		"a key and something":  func(r *ca.Request) { r.PublicKey = append(slices.Clone(r.PublicKey), 0) },
		"no name":              func(r *ca.Request) { r.DNSNames = nil },
		"a wildcard":           func(r *ca.Request) { r.DNSNames = []string{"*.seal.example"} },
		"an address":           func(r *ca.Request) { r.DNSNames = []string{"127.0.0.1"} },
		"capital letters":      func(r *ca.Request) { r.DNSNames = []string{"Seal.example"} },
		"a name twice":         func(r *ca.Request) { r.DNSNames = []string{"seal.example", "seal.example"} },
		"a key of the centre":  func(r *ca.Request) { r.Source = ca.FromCentre },
		"a name for an office": func(r *ca.Request) { r.Profile, r.PublicKey = ca.ProfileDepartment, sm2SPKI },
	} {
		bad := r
		change(&bad)
		var refused *ca.RequestError
		if _, err := o.Issue(t.Context(), bad); !errors.As(err, &refused) {
			t.Errorf("%s: got %v, want a RequestError", name, err)
		}
	}
}

// An encryption certificate is for a key that the key centre made and escrowed,
// and no caller can say so of another (TestDualCertificates is the way).
func TestEncryptionProfiles(t *testing.T) {
	o := found(t)
	key, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	spki, err := gm.MarshalPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	r := ca.Request{Actor: operator, Profile: ca.ProfileDepartmentEncryption, PublicKey: spki, Source: ca.FromCentre,
		Subject: ca.Subject{Organization: "示例市行政审批局", CreditCode: creditCode}}
	for _, from := range []ca.KeySource{"", ca.FromCSR, ca.FromStore, ca.FromCentre, "elsewhere"} {
		r.Source = from
		if _, err := o.Issue(t.Context(), r); err == nil {
			t.Errorf("a key from %q was certified for encryption", from)
		}
	}
}

func FuzzParseProfile(f *testing.F) {
	f.Add([]byte(goodProfile))
	f.Add([]byte("profile: x\nkey: {algorithm: p256, from: [csr]}\nusage: [digitalSignature]\nvalidity: 1d\nlongest: 1d\nsubject: {unit: required}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ca.ParseProfile(text)
		if err != nil {
			return
		}
		if p.Office() && p.KeyFrom(ca.FromCSR) || p.Authority() && !p.KeyFrom(ca.FromCeremony) || p.Validity() > p.Longest() {
			t.Fatalf("an impossible profile was read from %q", text)
		}
	})
}
