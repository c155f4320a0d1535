// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"sync"
	"testing"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/testpki"
)

// applicant is a request for an officer's certificate, without a key.
func applicant() ca.Request { return request(ca.ProfileOfficer, "") }

func nobody() cert.Name { return cert.Name{} }

func TestImportCSR(t *testing.T) {
	o := found(t)
	csr := testpki.Request(t, testpki.RequestSpec{Label: "applicant", NullParameters: true,
		Subject:    cert.Name{{{Type: cert.OIDCommonName, Value: "张示例"}}, {{Type: cert.OIDCountry, Value: "CN"}}},
		Extensions: []cert.Extension{cert.ExtKeyUsage(cert.DigitalSignature), cert.ExtBasicConstraints(false, nil)},
		Attributes: []cert.RequestAttribute{{ID: cert.OIDChallengePassword, Values: []byte{0x0c, 1, 'x'}}}})
	writes := len(o.store.calls)
	if err := o.Rehearse(t.Context(), applicant(), csr); err != nil {
		t.Fatalf("rehearsal: %v", err)
	}
	if writes != len(o.store.calls) {
		t.Error("a rehearsal wrote")
	}
	made, err := o.ImportCSR(t.Context(), applicant(), csr)
	if err != nil {
		t.Fatal(err)
	}
	got := parse(t, made.DER)
	q, err := cert.ParseRequest(csr)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.RawSPKI, q.RawSPKI) || got.Subject.Get(cert.OIDUnit) != "政务服务科" || made.KeyRef != "" {
		t.Errorf("got key %x, subject %s", got.RawSPKI, got.Subject)
	}
	if got.KeyUsage.Bits != cert.DigitalSignature|cert.NonRepudiation {
		t.Errorf("the profile decides the usage, not the request: %b", got.KeyUsage.Bits)
	}
	// The same key again is refused, and for ever once it was compromised.
	refused(t, o, applicant(), csr, ca.CSRKeyInUse)
	if err := o.Revoke(t.Context(), "operator:test", made.SerialHex, ca.ReasonKeyCompromise, o.now, "lost"); err != nil {
		t.Fatal(err)
	}
	refused(t, o, applicant(), csr, ca.CSRKeyBlocked)
}

// refused wants a refusal by name, and nothing recorded.
func refused(t *testing.T, o *office, r ca.Request, csr []byte, want ca.CSRReason) {
	t.Helper()
	before := len(o.store.certs)
	_, err := o.ImportCSR(t.Context(), r, csr)
	var e *ca.CSRError
	if !errors.As(err, &e) || e.Reason != want {
		t.Errorf("got %v, want %s", err, want)
		return
	}
	if len(o.store.certs) != before {
		t.Errorf("%s: something was recorded", want)
	}
	if strings.ContainsAny(e.Detail, "\x1b\n\u202e") || len(e.Detail) > 2000 {
		t.Errorf("%s: %q is not fit to print", want, e.Detail)
	}
	if err := o.Rehearse(t.Context(), r, csr); !errors.As(err, &e) || e.Reason != want {
		t.Errorf("rehearsal: got %v, want %s", err, want)
	}
}

func smallKey(t *testing.T, d int64) []byte {
	t.Helper()
	k, err := gm.NewPrivateKey(big.NewInt(d).FillBytes(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	spki, err := gm.MarshalPublicKey(&k.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return spki
}

// TestBadCSRKeys: each bad key is refused by name.
func TestBadCSRKeys(t *testing.T) {
	o := found(t)
	good := smallKey(t, 12345)
	with := func(spki []byte) []byte {
		return testpki.Request(t, testpki.RequestSpec{Label: "applicant", Subject: nobody(), PublicKey: spki})
	}
	off, compressed, unknown := bytes.Clone(good), bytes.Clone(good), bytes.Clone(good)
	off[len(off)-1] ^= 1
	compressed[26] = 3
	unknown[22]++
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p256CSR, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{}}, p256)
	if err != nil {
		t.Fatal(err)
	}
	weak, err := gm.NewPrivateKey(big.NewInt(2).FillBytes(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	sound := with(nil)
	for name, tt := range map[string]struct {
		csr  []byte
		want ca.CSRReason
	}{
		"bad self-signature":  {testpki.Flip(sound, -1), ca.CSRSignature},
		"another's key":       {with(good), ca.CSRSignature},
		"P-256 key":           {p256CSR, ca.CSRKeyWrongKind},
		"explicit parameters": {with(explicit()), "key-explicit-curve"},
		"off the curve":       {with(off), "key-off-curve"},
		"compressed":          {with(compressed), "key-compressed-point"},
		"unknown curve":       {with(unknown), "key-unknown-curve"},
		"weak key":            {testpki.Request(t, testpki.RequestSpec{Label: "x", Subject: nobody(), PublicKey: smallKey(t, 2), Signer: weak}), ca.CSRKeyWeak},
		"a CA's own key":      {signedBy(t, o.root, rootSPKI(t, o)), ca.CSRKeyAuthority},
		"not DER":             {[]byte("hello"), ca.CSRMalformed},
		"empty":               {[]byte{}, ca.CSRMalformed},
		"a certificate":       {o.Root(), ca.CSRMalformed},
		"10 MB of names":      {tenMegabytes(t), ca.CSRTooLong},
		"15 kB of names":      {manyNames(t, 250), ca.CSRMalformed},
	} {
		t.Run(name, func(t *testing.T) { refused(t, o, applicant(), tt.csr, tt.want) })
	}
}

// explicit spells out the parameters of the SM2 curve (X9.62 ECParameters,
// cut short: none of it is read).
func explicit() []byte {
	return []byte{0x30, 0x14, 0x30, 0x0d, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 0x30, 2, 5, 0, 3, 3, 0, 4, 1}
}

func rootSPKI(t *testing.T, o *office) []byte { return parse(t, o.Root()).RawSPKI }

func signedBy(t *testing.T, signer any, spki []byte) []byte {
	t.Helper()
	return testpki.Request(t, testpki.RequestSpec{Label: "x", Subject: nobody(), PublicKey: spki, Signer: signer.(*gm.PrivateKey)})
}

func manyNames(t *testing.T, n int) []byte {
	t.Helper()
	var rdn []cert.RDN
	for range 60 {
		rdn = append(rdn, cert.RDN{{Type: cert.OIDUnit, Value: strings.Repeat("n", n)}})
	}
	return testpki.Request(t, testpki.RequestSpec{Label: "applicant", Subject: rdn})
}

func tenMegabytes(t *testing.T) []byte { return manyNames(t, 180_000) }

// TestCSRsThatAskForMore: nothing is copied in silence, and nothing is left out
// in silence.
func TestCSRsThatAskForMore(t *testing.T) {
	o := found(t)
	ask := func(list ...cert.Extension) testpki.RequestSpec {
		return testpki.RequestSpec{Label: "applicant", Subject: nobody(), Extensions: list}
	}
	attribute := func(id []int) testpki.RequestSpec {
		return testpki.RequestSpec{Label: "applicant", Subject: nobody(), Attributes: []cert.RequestAttribute{{ID: id, Values: []byte{5, 0}}}}
	}
	subject := func(id []int, value string) testpki.RequestSpec {
		return testpki.RequestSpec{Label: "applicant", Subject: cert.Name{{{Type: id, Value: value}}}}
	}
	for name, tt := range map[string]struct {
		spec testpki.RequestSpec
		want ca.CSRReason
	}{
		"to be a CA":             {ask(cert.ExtBasicConstraints(true, nil)), ca.CSRAsksAuthority},
		"to sign certificates":   {ask(cert.ExtKeyUsage(cert.DigitalSignature | cert.KeyCertSign)), ca.CSRAsksUsage},
		"to decrypt":             {ask(cert.ExtKeyUsage(cert.KeyEncipherment)), ca.CSRAsksUsage},
		"time stamping":          {ask(cert.ExtExtKeyUsage(true, cert.OIDTimeStamping)), ca.CSRAsksOffice},
		"seal making":            {ask(cert.ExtExtKeyUsage(false, cert.DefaultArc.SealMaker())), ca.CSRAsksOffice},
		"any office":             {ask(cert.ExtExtKeyUsage(false, cert.OIDAnyUsage)), ca.CSRAsksOffice},
		"a host":                 {ask(cert.ExtSubjectAltNames(cert.NewDNS("seal.example"))), ca.CSRAsksName},
		"a mail address":         {ask(cert.ExtSubjectAltNames(cert.NewEmail("a@b.example"))), ca.CSRAsksName},
		"a credit code":          {ask(cert.ExtCreditCode(creditCode)), ca.CSRAsksExtension},
		"another key identifier": {ask(cert.ExtSubjectKeyID([]byte{1})), ca.CSRAsksExtension},
		"another CRL":            {ask(cert.ExtCRLDistributionPoints("http://evil.example/x.crl")), ca.CSRAsksExtension},
		"nocheck":                {ask(cert.ExtOCSPNoCheck()), ca.CSRAsksExtension},
		"malformed usage":        {ask(cert.Extension{ID: cert.OIDKeyUsage, Value: []byte{5, 0}}), ca.CSRMalformed},
		"malformed name":         {ask(cert.Extension{ID: cert.OIDSubjectAltName, Value: []byte{5, 0}}), ca.CSRMalformed},
		"another organization":   {subject(cert.OIDOrganization, "示例市公安局"), ca.CSRAsksSubject},
		"another person":         {subject(cert.OIDCommonName, "李示例\u202e"), ca.CSRAsksSubject},
		"a mailbox in the name":  {subject(cert.OIDEmailAddress, "a@b.example"), ca.CSRAsksSubject},
		"an unknown attribute":   {attribute([]int{1, 3, 6, 1, 4, 1, 311, 13, 2, 1}), ca.CSRAsksAttribute},
	} {
		t.Run(name, func(t *testing.T) { refused(t, o, applicant(), testpki.Request(t, tt.spec), tt.want) })
	}
}

// TestCSRHosts: a TLS request may name the hosts that were granted and no more.
func TestCSRHosts(t *testing.T) {
	o := found(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	csr := func(hosts ...string) []byte {
		der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{DNSNames: hosts}, key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	r := ca.Request{Actor: "operator:test", Profile: ca.ProfileTLSServer, Subject: ca.Subject{Organization: "示例市行政审批局", CommonName: "seal.example"},
		DNSNames: []string{"seal.example", "www.seal.example"}}
	refused(t, o, r, csr("seal.example", "evil.example"), ca.CSRAsksName)
	made, err := o.ImportCSR(t.Context(), r, csr("seal.example"))
	if err != nil {
		t.Fatal(err)
	}
	if got := parse(t, made.DER); len(got.SubjectAltNames) != 2 {
		t.Errorf("got %v", got.SubjectAltNames)
	}
}

// TestTwoImportsOfOneKey at the same moment: one certificate.
func TestTwoImportsOfOneKey(t *testing.T) {
	o := found(t)
	csr := testpki.Request(t, testpki.RequestSpec{Label: "applicant", Subject: nobody()})
	var done sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		done.Go(func() { _, errs[i] = o.ImportCSR(t.Context(), applicant(), csr) })
	}
	done.Wait()
	granted := 0
	for _, err := range errs {
		if err == nil {
			granted++
		}
	}
	if granted != 1 {
		t.Errorf("%d certificates, want one: %v", granted, errs)
	}
}

// TestTwoProcessesImportOneKey: what two authorities over one store cannot see
// of each other, the store does.
func TestTwoProcessesImportOneKey(t *testing.T) {
	o := found(t)
	csr := testpki.Request(t, testpki.RequestSpec{Label: "applicant", Subject: nobody()})
	made, err := o.ImportCSR(t.Context(), applicant(), csr)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(made.Batch, "key:") {
		t.Fatalf("batch %q does not name the key", made.Batch)
	}
	late := made
	late.SerialHex, late.Status, late.DER = "77", ca.Planned, nil
	if err := o.store.RecordPlanned(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	if err := o.store.RecordCertificate(t.Context(), "77", made.DER, o.store.last()); !errors.Is(err, ca.ErrState) {
		t.Errorf("a second certificate of the key: got %v", err)
	}
}

// TestProfilesWithoutCSR: an office's key is made in the house.
func TestProfilesWithoutCSR(t *testing.T) {
	o := found(t)
	csr := testpki.Request(t, testpki.RequestSpec{Label: "applicant", Subject: nobody()})
	for _, profile := range []string{ca.ProfileTSA, ca.ProfileSealMaker, ca.ProfileOCSP, ca.ProfileLedger, ca.ProfileOfficerEncryption} {
		r := request(profile, "")
		var e *ca.RequestError
		if _, err := o.ImportCSR(t.Context(), r, csr); !errors.As(err, &e) {
			t.Errorf("%s: got %v", profile, err)
		}
	}
	if _, err := o.ImportCSR(t.Context(), request(ca.ProfileRoot, ""), csr); err == nil {
		t.Error("root: want an error")
	}
}

func TestDecodeCSR(t *testing.T) {
	der := testpki.Request(t, testpki.RequestSpec{Label: "applicant"})
	for _, label := range []string{"CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"} {
		got, err := ca.DecodeCSR(append([]byte("text before\n"), pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})...))
		if err != nil || !bytes.Equal(got, der) {
			t.Errorf("%s: %v", label, err)
		}
	}
	if got, err := ca.DecodeCSR(der); err != nil || !bytes.Equal(got, der) {
		t.Errorf("DER: %v", err)
	}
	for name, raw := range map[string][]byte{"a certificate": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), "10 MB": make([]byte, 10<<20)} {
		var e *ca.CSRError
		if _, err := ca.DecodeCSR(raw); !errors.As(err, &e) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestRehearse of a key that will be made: what Issue would refuse is refused,
// and nothing is left behind.
func TestRehearse(t *testing.T) {
	o := found(t)
	calls := len(o.store.calls)
	if err := o.Rehearse(t.Context(), applicant(), nil); err != nil {
		t.Error(err)
	}
	bad := applicant()
	bad.Subject.CommonName = ""
	if err := o.Rehearse(t.Context(), bad, nil); err == nil {
		t.Error("no name: want an error")
	}
	bad = applicant()
	bad.Subject.CommonName = "11010119900307002X"
	var linted *ca.LintError
	if err := o.Rehearse(t.Context(), bad, nil); !errors.As(err, &linted) {
		t.Errorf("resident ID: got %v", err)
	}
	if len(o.store.calls) != calls {
		t.Errorf("a rehearsal wrote: %v", o.store.calls[calls:])
	}
}
