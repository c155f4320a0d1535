// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"context"
	"crypto"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

func TestNestingIsChecked(t *testing.T) {
	ctx, o := context.Background(), found(t)
	o.east(t, func(s *ca.CASpec) {
		s.PathLen = 1
		s.Usages = []string{"documentSigning", "timeStamping", "OCSPSigning"}
	})
	below := func(change func(*ca.CASpec)) error {
		s := o.district("east-2")
		s.Subject.Organization = bureau
		s.Permitted = permitted(bureau)
		s.Usages = []string{"documentSigning", "OCSPSigning"}
		change(&s)
		_, err := o.PrepareSubordinate(ctx, operator, "east", s, nil, false)
		return err
	}
	if err := below(func(*ca.CASpec) {}); err != nil {
		t.Fatalf("a CA within the district's bounds: %v", err)
	}
	for name, tt := range map[string]struct {
		change func(*ca.CASpec)
		want   string
	}{
		"its name is outside":      {func(s *ca.CASpec) { s.Subject.Organization, s.Permitted = school, nil }, "permitted subtree"},
		"no bound of the path":     {func(s *ca.CASpec) { s.PathLen = ca.Unlimited }, "path length"},
		"the same path length":     {func(s *ca.CASpec) { s.PathLen = 1 }, "path length"},
		"all usages":               {func(s *ca.CASpec) { s.Usages = []string{ca.UsageAny} }, "lists no usages"},
		"no OCSP responder":        {func(s *ca.CASpec) { s.Usages = []string{"documentSigning"} }, "OCSPSigning"},
		"a responder left out":     {func(s *ca.CASpec) { s.Permitted = permitted(school) }, "OCSP responder"},
		"an office not given":      {func(s *ca.CASpec) { s.Usages = []string{"sealMaker", "OCSPSigning"} }, "extKeyUsage lacks"},
		"names not given":          {func(s *ca.CASpec) { s.Permitted = permitted(bureau, school) }, "permitted subtree"},
		"longer than its issuer":   {func(s *ca.CASpec) { s.NotAfter = o.now.Add(9 * 365 * 24 * time.Hour) }, "not within"},
		"over already":             {func(s *ca.CASpec) { s.NotAfter = o.now.Add(-time.Hour) }, "over already"},
		"a usage that nobody has":  {func(s *ca.CASpec) { s.Usages = []string{"flying"} }, "neither the name"},
		"a usage twice":            {func(s *ca.CASpec) { s.Usages = []string{"documentSigning", "documentSigning"} }, "stands twice"},
		"an empty list":            {func(s *ca.CASpec) { s.Usages = []string{} }, "would allow nothing"},
		"an id that cannot be":     {func(s *ca.CASpec) { s.ID = "../root" }, "small letters"},
		"an id that exists":        {func(s *ca.CASpec) { s.ID = "issuing" }, "already"},
		"a policy that is none":    {func(s *ca.CASpec) { s.Policies = []string{"policy"} }, "object identifier"},
		"a list at no address":     {func(s *ca.CASpec) { s.CRLs = []string{"file:///etc/passwd"} }, "http"},
		"an address beyond ASCII":  {func(s *ca.CASpec) { s.CRLs = []string{"http://例.example/a.crl"} }, "http"},
		"a mailbox that is none":   {func(s *ca.CASpec) { s.Excluded = []ca.NameRange{{Email: "a\u202eb@east.example"}} }, "mailbox"},
		"a mailbox without name":   {func(s *ca.CASpec) { s.Excluded = []ca.NameRange{{Email: "@east.example"}} }, "mailbox"},
		"two forms in one entry":   {func(s *ca.CASpec) { s.Permitted[0].DNS = "east.example" }, "exactly one"},
		"an organization unnamed":  {func(s *ca.CASpec) { s.Permitted = []ca.NameRange{{Directory: &ca.DirectoryRange{Country: "CN"}}} }, "needs an organization"},
		"a host that is none":      {func(s *ca.CASpec) { s.Excluded = []ca.NameRange{{DNS: "*.example"}} }, "host name"},
		"the name of another CA":   {func(s *ca.CASpec) { s.Subject = o.district("east").Subject }, "is the name of"},
		"a path length beyond all": {func(s *ca.CASpec) { s.PathLen = 9 }, "between"},
	} {
		if err := below(tt.change); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want …%s…", name, err, tt.want)
		}
	}
	s := o.district("under")
	if _, err := o.PrepareSubordinate(ctx, operator, ca.IssuingID, s, nil, false); err == nil || !strings.Contains(err.Error(), "path length 0") {
		t.Errorf("below the issuing CA: got %v", err)
	}
}

func TestOpenSSLAgreesOnNames(t *testing.T) {
	ctx, o, dir := context.Background(), found(t), t.TempDir()
	made := o.east(t)
	r := request(ca.ProfileSeal, o.key(t, "seal"))
	r.CA = "east"
	inside, err := o.Issue(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "root.pem", certPEM(o.Root()))
	put(t, dir, "east.pem", certPEM(made.CA.Certificate))
	put(t, dir, "inside.pem", certPEM(inside.DER))
	put(t, dir, "outside.pem", certPEM(o.forge(t, "east", school)))
	if out, err := openssl(t, dir, "verify", "-vfyopt", distid, "-x509_strict", "-attime", attime(), "-CAfile", "root.pem", "east.pem"); err != nil {
		t.Errorf("east under root: %v\n%s", err, out)
	}
	link := func(leaf string) (string, error) {
		return openssl(t, dir, "verify", "-vfyopt", distid, "-attime", attime(), "-partial_chain", "-trusted", "east.pem", leaf)
	}
	if out, err := link("inside.pem"); err != nil {
		t.Errorf("inside: %v\n%s", err, out)
	}
	if out, err := link("outside.pem"); err == nil || !strings.Contains(out, "permitted subtree violation") {
		t.Errorf("outside: %v\n%s", err, out)
	}
}

// forge signs a certificate with a CA's own key behind the authority's back.
func (o *office) forge(t *testing.T, id, organization string) []byte {
	t.Helper()
	der, err := o.Certificate(id)
	if err != nil {
		t.Fatal(err)
	}
	issuer := parse(t, der)
	var key crypto.Signer
	for _, c := range o.store.cas {
		if c.ID == id {
			key = o.keys.keys[c.KeyRef]
		}
	}
	var name cert.Name
	for _, a := range []cert.Attribute{{Type: cert.OIDCountry, Value: "CN"}, {Type: cert.OIDProvince, Value: "示例省"}, {Type: cert.OIDLocality, Value: "示例市"},
		{Type: cert.OIDOrganization, Value: organization}, {Type: cert.OIDCommonName, Value: organization}} {
		name = append(name, cert.RDN{a})
	}
	leafKey := softKey(t)
	spki := spkiOf(t, leafKey)
	keyID, err := cert.KeyID(spki)
	if err != nil {
		t.Fatal(err)
	}
	tbs, err := cert.Template{Serial: issuer.Serial, Issuer: issuer.RawSubject, Subject: name, NotBefore: o.now, NotAfter: o.now.Add(time.Hour), PublicKey: spki,
		Extensions: []cert.Extension{cert.ExtKeyUsage(cert.DigitalSignature), cert.ExtSubjectKeyID(keyID), cert.ExtAuthorityKeyID(issuer.SubjectKeyID)}}.MarshalTBS()
	if err != nil {
		t.Fatal(err)
	}
	sig, err := gm.SignMessage(key, tbs)
	if err != nil {
		t.Fatal(err)
	}
	out, err := cert.Assemble(tbs, sig)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
