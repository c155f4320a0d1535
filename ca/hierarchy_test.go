// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"context"
	"crypto"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
	"github.com/govseal/govseal/internal/gm"
)

func softKey(t *testing.T) *gm.PrivateKey {
	t.Helper()
	k, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func spkiOf(t *testing.T, k crypto.Signer) []byte {
	t.Helper()
	pub, _ := gm.AsPublicKey(k.Public())
	der, err := gm.MarshalPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// carry performs and enters an act.
func (o *office) carry(t *testing.T, act *ca.Act, err error, k ca.ActKeys) *ca.Made {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	made, err := act.Perform(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	if err := act.Enter(context.Background(), made, nil); err != nil {
		t.Fatal(err)
	}
	return made
}

// bureau is the department of request; school lies outside the east's range.
const bureau, school = "示例市行政审批局", "示例市教育局"

func permitted(organizations ...string) (all []ca.NameRange) {
	for _, o := range organizations {
		all = append(all, ca.NameRange{Directory: &ca.DirectoryRange{Country: "CN", Province: "示例省", Locality: "示例市", Organization: o}})
	}
	return all
}

// district is the spec of a subordinate CA for one department.
func (o *office) district(id string) ca.CASpec {
	return ca.CASpec{ID: id, Subject: ca.Subject{Province: "示例省", Locality: "示例市", Organization: "示例市东区", CommonName: "示例市东区电子印章签发CA " + id},
		NotAfter: o.now.Add(5 * 365 * 24 * time.Hour), PathLen: 0, Permitted: permitted("示例市东区", bureau)}
}

// east makes a district CA whose key the authority holds.
func (o *office) east(t *testing.T, change ...func(*ca.CASpec)) *ca.Made {
	t.Helper()
	s := o.district("east")
	for _, f := range change {
		f(&s)
	}
	act, err := o.PrepareSubordinate(context.Background(), operator, ca.RootID, s, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	k := ca.ActKeys{Acting: o.root}
	if k.NewRef, k.New, err = o.NewKey(context.Background()); err != nil {
		t.Fatal(err)
	}
	return o.carry(t, act, nil, k)
}

// judge validates as a verifier does, with every list there is.
func (o *office) judge(t *testing.T, leafDER []byte, anchor []byte, untrusted [][]byte, usage chain.Usage) *chain.Result {
	t.Helper()
	r := chain.Request{Leaf: parse(t, leafDER), Anchors: []*cert.Certificate{parse(t, anchor)}, Time: o.now, Usage: usage}
	for _, der := range untrusted {
		r.Untrusted = append(r.Untrusted, parse(t, der))
	}
	cas, err := o.CAs(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cas {
		r.Untrusted = append(r.Untrusted, parse(t, c.Certificate))
		list, err := o.CRL(context.Background(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := cert.ParseCRL(list.DER)
		if err != nil {
			t.Fatal(err)
		}
		r.CRLs = append(r.CRLs, parsed)
	}
	got, err := chain.Validate(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestDistrictCA(t *testing.T) {
	ctx, o := context.Background(), found(t)
	made := o.east(t)
	c := parse(t, made.CA.Certificate)
	if nc := c.NameConstraints; nc == nil || !nc.Critical || len(nc.Permitted) != 2 {
		t.Fatalf("name constraints: got %+v", nc)
	}
	if bc := c.BasicConstraints; bc == nil || bc.PathLen == nil || *bc.PathLen != 0 || !bc.Critical {
		t.Errorf("basic constraints: got %+v", bc)
	}
	for _, office := range []struct{ name, id string }{{"seal maker", cert.DefaultArc.SealMaker().String()}, {"time stamping", cert.OIDTimeStamping.String()}} {
		for _, u := range c.ExtKeyUsage {
			if u.String() == office.id {
				t.Errorf("the district holds the office %s without being given it", office.name)
			}
		}
	}
	// Inside the district's range.
	inside := request(ca.ProfileSeal, o.key(t, "seal"))
	inside.CA = "east"
	leaf, err := o.Issue(ctx, inside)
	if err != nil {
		t.Fatal(err)
	}
	if r := o.judge(t, leaf.DER, o.Root(), nil, chain.Usage{EndEntity: true}); r.Code != chain.OK || len(r.Path) != 3 {
		t.Errorf("inside: got %s %s", r.Code, r.Detail)
	}
	// Outside it: refused before anything is signed or recorded.
	before := len(o.store.order)
	for name, change := range map[string]func(*ca.Request){
		"another department": func(r *ca.Request) { r.Subject.Organization = school },
		"another city":       func(r *ca.Request) { r.Subject.Locality = "邻市" },
		"an office":          func(r *ca.Request) { *r = request(ca.ProfileSealMaker, o.key(t, ca.ProfileSealMaker)) },
		"time stamps":        func(r *ca.Request) { *r = request(ca.ProfileTSA, o.key(t, ca.ProfileTSA)) },
	} {
		r := request(ca.ProfileSeal, o.key(t, "seal"))
		change(&r)
		r.CA = "east"
		var refused *ca.RequestError
		if _, err := o.Issue(ctx, r); !errors.As(err, &refused) {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
	}
	if len(o.store.order) != before {
		t.Error("a refused certificate was planned")
	}
	// A leaf outside, made by somebody who does not ask: our verifier says no.
	outside := o.forge(t, "east", school)
	if r := o.judge(t, outside, o.Root(), nil, chain.Usage{}); r.Code != chain.Constraint {
		t.Errorf("outside: got %q %s, want %s", r.Code, r.Detail, chain.Constraint)
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

// A district that runs its own instance sends its public key.
func TestSubordinateElsewhere(t *testing.T) {
	ctx, o := context.Background(), found(t)
	key := softKey(t)
	act, err := o.PrepareSubordinate(ctx, operator, ca.RootID, o.district("west"), spkiOf(t, key), false)
	made := o.carry(t, act, err, ca.ActKeys{Acting: o.root})
	if made.CA != nil || made.CRL != nil || len(made.Certificates) != 1 {
		t.Fatalf("got %+v", made)
	}
	c := parse(t, made.Certificates[0].DER)
	if err := c.CheckSignature(parse(t, o.Root()).PublicKey); err != nil {
		t.Error(err)
	}
	if got, err := o.Show(ctx, made.Certificates[0].SerialHex); err != nil || got.Status != ca.Good || got.KeyRef != "" || got.Profile != "subordinate" {
		t.Errorf("record: %+v, %v", got, err)
	}
	if _, err := o.Certificate("west"); !errors.Is(err, ca.ErrNotFound) {
		t.Errorf("somebody else's CA is served: %v", err)
	}
	// Its key certifies no seal of ours, and a leaf's key makes no CA.
	r := request(ca.ProfileSeal, "")
	r.PublicKey = spkiOf(t, o.root)
	if _, err := o.Issue(ctx, r); err == nil {
		t.Error("a seal under the root's key: want an error")
	}
	leaf := softKey(t)
	r.PublicKey = spkiOf(t, leaf)
	if _, err := o.Issue(ctx, r); err != nil {
		t.Fatal(err)
	}
	if _, err := o.PrepareSubordinate(ctx, operator, ca.RootID, o.district("north"), spkiOf(t, leaf), false); err == nil {
		t.Error("a CA with a seal's key: want an error")
	}
	// It can be ended in a list ceremony.
	if err := o.revokeCA(t, made.Certificates[0].SerialHex, "cACompromise"); err != nil {
		t.Fatal(err)
	}
	l, _ := o.list(t, ca.RootID)
	if e := entry(l, made.Certificates[0].SerialHex); e == nil || e.Reason != ca.ReasonCACompromise {
		t.Errorf("the root's list: got %+v", e)
	}
	if _, err := o.PrepareSubordinate(ctx, operator, ca.RootID, o.district("north"), spkiOf(t, key), false); err == nil || !strings.Contains(err.Error(), "compromised") {
		t.Errorf("the compromised key again: got %v", err)
	}
}

func (o *office) revokeCA(t *testing.T, serial, reason string) error {
	t.Helper()
	act, err := o.PrepareCRL(context.Background(), operator, ca.RootID, 365*24*time.Hour, []ca.Revocation{{Serial: serial, Reason: reason}})
	if err != nil {
		return err
	}
	o.carry(t, act, nil, ca.ActKeys{Acting: o.root})
	return nil
}

func TestRootListEndsAnIssuingCA(t *testing.T) {
	ctx, o := context.Background(), found(t)
	made := o.east(t)
	o.now = o.now.Add(time.Hour)
	_, before := o.list(t, ca.RootID)
	for _, tt := range []struct{ serial, reason, want string }{
		{made.Certificates[0].SerialHex, "certificateHold", "cannot be given"},
		{made.Certificates[0].SerialHex, "because", "cannot be given"},
		{"1234", "superseded", "no such certificate"},
		{o.issue(t, "seal").SerialHex, "superseded", "issued by the issuing CA"},
		{parse(t, o.Root()).Serial.Text(16), "superseded", "nobody can revoke a root"},
	} {
		if err := o.revokeCA(t, tt.serial, tt.reason); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: got %v", tt, err)
		}
	}
	if err := o.revokeCA(t, made.Certificates[0].SerialHex, "superseded"); err != nil {
		t.Fatal(err)
	}
	l, after := o.list(t, ca.RootID)
	if after.Number != before.Number+1 || entry(l, made.Certificates[0].SerialHex) == nil {
		t.Errorf("list %d after %d", after.Number, before.Number)
	}
	r := request(ca.ProfileSeal, o.key(t, "seal"))
	r.CA = "east"
	if _, err := o.Issue(ctx, r); !errors.Is(err, ca.ErrState) {
		t.Errorf("a revoked CA issues: %v", err)
	}
	if err := o.revokeCA(t, made.Certificates[0].SerialHex, "superseded"); !errors.Is(err, ca.ErrState) {
		t.Errorf("revoked twice: %v", err)
	}
}

func TestCrossCertificate(t *testing.T) {
	ctx, ours, theirs := context.Background(), found(t), found(t)
	theirs2, err := ca.Create(ctx, (&office{store: newMemory(), keys: &softKeys{}, now: start}).config(), operator, "邻市", theirs.root)
	if err != nil {
		t.Fatal(err)
	}
	other := parse(t, theirs2.Root())
	foreign := ca.Foreign{Subject: other.RawSubject, PublicKey: other.RawSPKI, KeyID: other.SubjectKeyID}
	spec := ca.CASpec{ID: "neighbour", NotAfter: start.Add(3 * 365 * 24 * time.Hour), PathLen: 1, Permitted: permitted(bureau)}
	for name, tt := range map[string]struct {
		change func(*ca.CASpec)
		want   string
	}{
		"no names":   {func(s *ca.CASpec) { s.Permitted = nil }, "permitted"},
		"no bound":   {func(s *ca.CASpec) { s.PathLen = ca.Unlimited }, "path length"},
		"all usages": {func(s *ca.CASpec) { s.Usages = []string{ca.UsageAny} }, "usages"},
		"any host":   {func(s *ca.CASpec) { s.Usages = []string{"serverAuth"} }, "dns subtree"},
		"any mailbox": {func(s *ca.CASpec) {
			s.Usages, s.Permitted = []string{"emailProtection"}, append(permitted(bureau), ca.NameRange{DNS: "a.example"})
		}, "email subtree"},
	} {
		s := spec
		tt.change(&s)
		if _, err := ours.PrepareCross(ctx, operator, ca.RootID, s, foreign); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	own := parse(t, ours.Issuing())
	if _, err := ours.PrepareCross(ctx, operator, ca.RootID, spec, ca.Foreign{Subject: own.RawSubject, PublicKey: other.RawSPKI}); err == nil {
		t.Error("our own name: want an error")
	}
	if _, err := ours.PrepareCross(ctx, operator, ca.RootID, spec, ca.Foreign{Subject: other.RawSubject, PublicKey: own.RawSPKI}); err == nil {
		t.Error("our own key: want an error")
	}
	// judge verifies leaves of theirs with our root as the only anchor.
	judge := func(cross []byte, want map[string]chain.Code) {
		t.Helper()
		for organization, code := range want {
			r := request(ca.ProfileSeal, "")
			r.Subject.Organization, r.PublicKey = organization, spkiOf(t, softKey(t))
			leaf, err := theirs2.Issue(ctx, r)
			if err != nil {
				t.Fatal(err)
			}
			got, err := chain.Validate(ctx, chain.Request{Leaf: parse(t, leaf.DER), Anchors: []*cert.Certificate{parse(t, ours.Root())}, Time: ours.now,
				Untrusted: []*cert.Certificate{parse(t, cross), parse(t, theirs2.Issuing())}, CRLs: append(lists(t, theirs2), lists(t, ours.Authority)...)})
			if err != nil || got.Code != code {
				t.Errorf("%s: got %q %s, want %q; %v", organization, got.Code, got.Detail, code, err)
			}
		}
	}
	act, err := ours.PrepareCross(ctx, operator, ca.RootID, spec, foreign)
	narrow := ours.carry(t, act, err, ca.ActKeys{Acting: ours.root})
	// Their issuing CA's own name is outside: nothing of theirs has a place here.
	judge(narrow.Certificates[0].DER, map[string]chain.Code{bureau: chain.Constraint, school: chain.Constraint})
	spec.ID, spec.Permitted = "neighbour-2", append(permitted(bureau), ca.NameRange{Directory: &ca.DirectoryRange{Country: "CN", Organization: "邻市"}})
	act, err = ours.PrepareCross(ctx, operator, ca.RootID, spec, foreign)
	wide := ours.carry(t, act, err, ca.ActKeys{Acting: ours.root})
	judge(wide.Certificates[0].DER, map[string]chain.Code{bureau: chain.OK, school: chain.Constraint})
}

// lists are the newest ones of a city's two authorities.
func lists(t *testing.T, a *ca.Authority) (all []*cert.CRL) {
	t.Helper()
	for _, id := range []string{ca.RootID, ca.IssuingID} {
		l, err := a.CRL(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := cert.ParseCRL(l.DER)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, parsed)
	}
	return all
}

func TestRollover(t *testing.T) {
	ctx, o, dir := context.Background(), found(t), t.TempDir()
	oldLeaf := o.issue(t, "seal")
	newKey := softKey(t)
	spec := ca.CASpec{ID: "root-2", NotAfter: o.now.Add(25 * 365 * 24 * time.Hour), PathLen: ca.Unlimited}
	act, err := o.PrepareRollover(ctx, operator, ca.RootID, spec)
	made := o.carry(t, act, err, ca.ActKeys{Acting: o.root, New: newKey})
	newRoot, newWithOld, oldWithNew := made.Certificates[0].DER, made.Certificates[1].DER, made.Certificates[2].DER
	bridges := [][]byte{newWithOld, oldWithNew}
	// Issuing goes on under the old root, until a CA is made under the new one.
	stillOld := o.issue(t, "seal")
	s := ca.FirstIssuing("示例市")
	s.ID, s.Subject.CommonName, s.NotAfter = "issuing-2", "示例市电子印章签发CA二", o.now.Add(10*365*24*time.Hour)
	sub, err := o.PrepareSubordinate(ctx, operator, "root-2", s, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	k := ca.ActKeys{Acting: newKey}
	if k.NewRef, k.New, err = o.NewKey(ctx); err != nil {
		t.Fatal(err)
	}
	o.carry(t, sub, nil, k)
	r := request(ca.ProfileSeal, o.key(t, "seal"))
	r.CA = "issuing-2"
	newLeaf, err := o.Issue(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	for name, leaf := range map[string][]byte{"old leaf": oldLeaf.DER, "leaf after the rollover": stillOld.DER, "new leaf": newLeaf.DER} {
		for anchorName, anchor := range map[string][]byte{"old root": o.Root(), "new root": newRoot} {
			if got := o.judge(t, leaf, anchor, bridges, chain.Usage{EndEntity: true}); got.Code != chain.OK {
				t.Errorf("%s with the %s as anchor: %s %s", name, anchorName, got.Code, got.Detail)
			}
		}
	}
	// The evidence that goes with a stamp is enough for either anchor, offline.
	for name, leaf := range map[string][]byte{"old leaf": oldLeaf.DER, "new leaf": newLeaf.DER} {
		above, lists, err := o.Evidence(ctx, leaf)
		if err != nil {
			t.Fatal(err)
		}
		for anchorName, anchor := range map[string][]byte{"old root": o.Root(), "new root": newRoot} {
			q := chain.Request{Leaf: parse(t, leaf), Anchors: []*cert.Certificate{parse(t, anchor)}, Time: o.now}
			for _, der := range above {
				q.Untrusted = append(q.Untrusted, parse(t, der))
			}
			for _, der := range lists {
				l, err := cert.ParseCRL(der)
				if err != nil {
					t.Fatal(err)
				}
				q.CRLs = append(q.CRLs, l)
			}
			if got, err := chain.Validate(ctx, q); err != nil || got.Code != chain.OK {
				t.Errorf("evidence of the %s, %s as anchor: %+v, %v", name, anchorName, got, err)
			}
		}
	}
	// Without the bridges each is good under its own root only.
	if got := o.judge(t, newLeaf.DER, o.Root(), nil, chain.Usage{}); got.Code == chain.OK {
		t.Error("the new leaf verifies under the old root without a bridge")
	}
	// The second opinion, link by link.
	for name, der := range map[string][]byte{"old": o.Root(), "new": newRoot, "new-with-old": newWithOld, "old-with-new": oldWithNew} {
		put(t, dir, name+".pem", certPEM(der))
	}
	for _, link := range [][2]string{{"old.pem", "new-with-old.pem"}, {"new.pem", "old-with-new.pem"}} {
		if out, err := openssl(t, dir, "verify", "-vfyopt", distid, "-x509_strict", "-attime", attime(), "-partial_chain", "-trusted", link[0], link[1]); err != nil {
			t.Errorf("%v: %v\n%s", link, err, out)
		}
	}
	if _, err := o.PrepareRollover(ctx, operator, ca.IssuingID, ca.CASpec{ID: "x", NotAfter: spec.NotAfter}); err == nil {
		t.Error("the rollover of an issuing CA: want an error")
	}
	again, err := ca.Load(ctx, o.config())
	if err != nil {
		t.Fatal(err)
	}
	if der, err := again.Certificate("root-2"); err != nil || string(der) != string(newRoot) {
		t.Errorf("after a start: %v", err)
	}
}

// A server that runs beside a ceremony notices what it made.
func TestNoticesNewAuthorities(t *testing.T) {
	ctx, o := context.Background(), found(t)
	server, err := ca.Load(ctx, o.config())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Certificate("east"); !errors.Is(err, ca.ErrNotFound) {
		t.Fatalf("got %v", err)
	}
	made := o.east(t)
	time.Sleep(150 * time.Millisecond) // a look costs a query, so looks are spaced
	r := request(ca.ProfileSeal, o.key(t, "seal"))
	r.CA = "east"
	if _, err := server.Issue(ctx, r); err != nil {
		t.Errorf("the server does not know the new CA: %v", err)
	}
	if der, err := server.Certificate("east"); err != nil || string(der) != string(made.CA.Certificate) {
		t.Errorf("got %v", err)
	}
	if chain, lists, err := server.Evidence(ctx, mustIssue(t, o, "east").DER); err != nil || len(chain) != 2 || len(lists) != 2 {
		t.Errorf("evidence: %d certificates, %d lists, %v", len(chain), len(lists), err)
	}
}

func mustIssue(t *testing.T, o *office, id string) ca.Certificate {
	t.Helper()
	r := request(ca.ProfileSeal, o.key(t, "seal"))
	r.CA = id
	c, err := o.Issue(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What is interrupted between signing and recording leaves a planned
// certificate and nothing that is served.
func TestInterruptedCeremony(t *testing.T) {
	ctx, o := context.Background(), found(t)
	act, err := o.PrepareSubordinate(ctx, operator, ca.RootID, o.district("east"), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	k := ca.ActKeys{Acting: o.root}
	if k.NewRef, k.New, err = o.NewKey(ctx); err != nil {
		t.Fatal(err)
	}
	made, err := act.Perform(ctx, k)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := act.Perform(ctx, k); err == nil {
		t.Error("performed twice")
	}
	unfinished, err := o.Unfinished(ctx)
	if err != nil || len(unfinished) != 1 || unfinished[0].SerialHex != made.Certificates[0].SerialHex {
		t.Errorf("unfinished: %v, %v", unfinished, err)
	}
	if _, err := o.Certificate("east"); !errors.Is(err, ca.ErrNotFound) {
		t.Errorf("served before it was entered: %v", err)
	}
	o.store.fail["RecordCeremony"] = errors.New("disk full")
	if err := act.Enter(ctx, made, nil); err == nil {
		t.Error("entered without a record")
	}
	if _, err := o.Certificate("east"); !errors.Is(err, ca.ErrNotFound) {
		t.Errorf("served without a record: %v", err)
	}
	delete(o.store.fail, "RecordCeremony")
	o.east(t) // another attempt under the same name
}

func TestWrongKeysAtTheCeremony(t *testing.T) {
	ctx, o := context.Background(), found(t)
	prepare := func() *ca.Act {
		act, err := o.PrepareSubordinate(ctx, operator, ca.RootID, o.district("east"), nil, true)
		if err != nil {
			t.Fatal(err)
		}
		return act
	}
	for name, k := range map[string]ca.ActKeys{
		"no root key":        {New: softKey(t)},
		"another root's key": {Acting: softKey(t), New: softKey(t)},
		"no new key":         {Acting: o.root},
		"the root's key":     {Acting: o.root, New: o.root},
	} {
		if _, err := prepare().Perform(ctx, k); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
	if left, _ := o.Unfinished(ctx); len(left) != 0 {
		t.Errorf("%d certificates were planned", len(left))
	}
	made := o.carry(t, prepare(), nil, ca.ActKeys{Acting: o.root, New: softKey(t)})
	if made.CA.KeyRef != "" || made.CRL == nil || made.CRL.NextUpdate.Sub(made.CRL.ThisUpdate) < 300*24*time.Hour {
		t.Errorf("an offline CA: %+v, list %+v", made.CA, made.CRL)
	}
	r := request(ca.ProfileSeal, o.key(t, "seal"))
	r.CA = "east"
	if _, err := o.Issue(ctx, r); !errors.Is(err, ca.ErrState) {
		t.Errorf("a CA whose key is in a safe issues: %v", err)
	}
}

// A new key is no new right: every bound of the old root goes over.
func TestRolloverInherits(t *testing.T) {
	ctx, o := context.Background(), found(t)
	key := softKey(t)
	spec := ca.CASpec{ID: "province", Subject: ca.Subject{Organization: "示例省", CommonName: "示例省根CA"}, NotAfter: o.now.Add(10 * 365 * 24 * time.Hour),
		PathLen: 1, Permitted: permitted(bureau), Usages: []string{"documentSigning"}, Policies: []string{"2.999.1.4.1"}}
	act, err := o.PrepareRoot(ctx, operator, spec)
	o.carry(t, act, err, ca.ActKeys{New: key})
	act, err = o.PrepareRollover(ctx, operator, "province", ca.CASpec{ID: "province-2", NotAfter: o.now.Add(12 * 365 * 24 * time.Hour), PathLen: ca.Unlimited})
	made := o.carry(t, act, err, ca.ActKeys{Acting: key, New: softKey(t)})
	for _, c := range made.Certificates {
		got := parse(t, c.DER)
		if got.NameConstraints == nil || len(got.NameConstraints.Permitted) != 1 || got.BasicConstraints.PathLen == nil || *got.BasicConstraints.PathLen != 1 ||
			len(got.ExtKeyUsage) != 1 || got.Policies == nil {
			t.Errorf("%q lost a bound: %+v", c.Name, got)
		}
	}
}
