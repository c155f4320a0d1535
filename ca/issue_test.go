// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
)

func TestProfiles(t *testing.T) {
	o := found(t)
	issuing := parse(t, o.Issuing())
	holder := cert.DigitalSignature | cert.NonRepudiation
	for _, tt := range []struct {
		profile, cn, serialNumber, code string
		usage                           cert.KeyUsageBits
		office                          asn1.ObjectIdentifier
	}{
		{"department", "示例市行政审批局", "", creditCode, holder, nil},
		{"officer", "张示例", "A-0017", "", holder, nil},
		{"seal", "示例市行政审批局", "99010000000001", creditCode, holder, nil},
		{"seal-maker", "示例市seal-maker", "", "", holder, asn1.ObjectIdentifier{2, 999, 1, 1, 1}},
		{"tsa", "示例市tsa", "", "", holder, cert.OIDTimeStamping},
		{"ocsp", "示例市ocsp", "", "", cert.DigitalSignature, cert.OIDOCSPSigning},
		{"ledger", "示例市ledger", "", "", cert.DigitalSignature, asn1.ObjectIdentifier{2, 999, 1, 1, 2}},
	} {
		t.Run(tt.profile, func(t *testing.T) {
			made := o.issue(t, tt.profile)
			c := parse(t, made.DER)
			if err := c.CheckSignature(issuing.PublicKey); err != nil {
				t.Fatal(err)
			}
			if got := c.Subject.Get(cert.OIDCommonName); got != tt.cn {
				t.Errorf("CN: got %q, want %q", got, tt.cn)
			}
			if got := c.Subject.Get(cert.OIDSerialNumber); got != tt.serialNumber {
				t.Errorf("serialNumber: got %q, want %q", got, tt.serialNumber)
			}
			if got := c.CreditCode(); got != tt.code {
				t.Errorf("credit code: got %q, want %q", got, tt.code)
			}
			if c.KeyUsage == nil || !c.KeyUsage.Critical || c.KeyUsage.Bits != tt.usage {
				t.Errorf("key usage: got %+v, want critical %b", c.KeyUsage, tt.usage)
			}
			var want []asn1.ObjectIdentifier
			if tt.office != nil {
				want = []asn1.ObjectIdentifier{tt.office}
			}
			if !slices.EqualFunc(c.ExtKeyUsage, want, asn1.ObjectIdentifier.Equal) {
				t.Errorf("extended key usage: got %v, want %v", c.ExtKeyUsage, want)
			}
			if c.OCSPNoCheck != (tt.profile == "ocsp") {
				t.Errorf("nocheck: got %v", c.OCSPNoCheck)
			}
			checkShape(t, made, c, issuing)
		})
	}
}

// checkShape holds what is the same for every end entity.
func checkShape(t *testing.T, made ca.Certificate, c, issuing *cert.Certificate) {
	t.Helper()
	if c.BasicConstraints != nil {
		t.Errorf("basicConstraints on an end entity: %+v", c.BasicConstraints)
	}
	if id, _ := cert.KeyID(c.RawSPKI); !bytes.Equal(c.SubjectKeyID, id) || c.AuthorityKeyID == nil || !bytes.Equal(c.AuthorityKeyID.KeyID, issuing.SubjectKeyID) {
		t.Error("key identifiers do not fit")
	}
	responders := []string{"https://seal.example/pki/ocsp"}
	if c.OCSPNoCheck {
		responders = nil
	}
	if len(c.CRLDistributionPoints) != 1 || !slices.Equal(c.CAIssuers, []string{"https://seal.example/pki/issuing.crt"}) || !slices.Equal(c.OCSPServers, responders) {
		t.Errorf("publication points: got %+v, %v, %v", c.CRLDistributionPoints, c.CAIssuers, c.OCSPServers)
	}
	if bits := c.Serial.BitLen(); c.Serial.Sign() <= 0 || bits > 128 || bits < 96 {
		t.Errorf("serial of %d bits", bits)
	}
	if c.Serial.Text(16) != made.SerialHex || made.Status != ca.Good || !bytes.Equal(c.RawTBS, made.TBS) {
		t.Error("record and certificate differ")
	}
	if c.NotBefore.Before(issuing.NotBefore) || c.NotAfter.After(issuing.NotAfter) || c.NotBefore.After(start) {
		t.Errorf("validity %v to %v", c.NotBefore, c.NotAfter)
	}
	if len(c.Tolerated) > 0 {
		t.Errorf("our own certificate is tolerated only: %v", c.Tolerated)
	}
}

func TestSubjectOrder(t *testing.T) {
	o := found(t)
	c := parse(t, o.issue(t, "officer").DER)
	var got []string
	for _, rdn := range c.Subject {
		got = append(got, rdn[0].Type.String())
	}
	want := []string{"2.5.4.6", "2.5.4.8", "2.5.4.7", "2.5.4.10", "2.5.4.11", "2.5.4.3", "2.5.4.5"} // C ST L O OU CN serialNumber
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestRefusedRequests(t *testing.T) {
	o := found(t)
	p256, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p256Ref, _, _ := o.keys.add("seal", p256)
	p256SPKI, _ := x509.MarshalPKIXPublicKey(&p256.PublicKey)
	issuing := parse(t, o.Issuing())
	before := len(o.store.order)
	for _, tt := range []struct {
		name, field string
		change      func(*ca.Request)
	}{
		{"unknown profile", "profile", func(r *ca.Request) { r.Profile = "stamp" }},
		{"CA profile", "profile", func(r *ca.Request) { r.Profile = "issuing" }},
		{"no actor", "actor", func(r *ca.Request) { r.Actor = "" }},
		{"no organization", "organization", func(r *ca.Request) { r.Subject.Organization = "" }},
		{"name too long", "organization", func(r *ca.Request) { r.Subject.Organization = strings.Repeat("局", 65) }},
		{"place too long", "province", func(r *ca.Request) { r.Subject.Province = strings.Repeat("省", 129) }},
		{"control character", "organization", func(r *ca.Request) { r.Subject.Organization = "示例市\n审批局" }},
		{"bidi override", "organization", func(r *ca.Request) { r.Subject.Organization = "示例市\u202e局批审" }},
		{"zero width", "unit", func(r *ca.Request) { r.Subject.Unit = "审\u200b批" }},
		{"invalid UTF-8", "locality", func(r *ca.Request) { r.Subject.Locality = "\xff" }},
		{"outer space", "organization", func(r *ca.Request) { r.Subject.Organization = " 示例市" }},
		{"seal with a common name", "common name", func(r *ca.Request) { r.Subject.CommonName = "别的名字" }},
		{"seal without number", "serial number", func(r *ca.Request) { r.Subject.SerialNumber = "" }},
		{"number not printable", "serial number", func(r *ca.Request) { r.Subject.SerialNumber = "一号" }},
		{"no credit code", "credit code", func(r *ca.Request) { r.Subject.CreditCode = "" }},
		{"wrong check digit", "credit code", func(r *ca.Request) { r.Subject.CreditCode = creditCode[:17] + "0" }},
		{"no key", "key", func(r *ca.Request) { r.KeyRef = "" }},
		{"two keys", "key", func(r *ca.Request) { r.PublicKey = issuing.RawSPKI }},
		{"key in custody not SM2", "key", func(r *ca.Request) { r.KeyRef = p256Ref }},
		{"public key not SM2", "key", func(r *ca.Request) { r.KeyRef, r.PublicKey = "", p256SPKI }},
		{"public key garbage", "key", func(r *ca.Request) { r.KeyRef, r.PublicKey = "", []byte{0x30, 0x80} }},
		{"the CA's own key", "key", func(r *ca.Request) { r.KeyRef, r.PublicKey = "", issuing.RawSPKI }},
		{"longer than the profile", "validity", func(r *ca.Request) { r.Validity = 6 * 365 * 24 * time.Hour }},
		{"negative validity", "validity", func(r *ca.Request) { r.Validity = -time.Hour }},
	} {
		r := request("seal", o.key(t, "seal"))
		tt.change(&r)
		_, err := o.Issue(context.Background(), r)
		var bad *ca.RequestError
		if !errors.As(err, &bad) || bad.Field != tt.field {
			t.Errorf("%s: got %v, want a RequestError about %s", tt.name, err, tt.field)
		}
	}
	if len(o.store.order) != before {
		t.Error("a refused request left a record")
	}
}

func TestKeyOfAnotherUse(t *testing.T) {
	o := found(t)
	if _, err := o.Issue(context.Background(), request("seal-maker", o.key(t, "seal"))); err == nil {
		t.Error("want an error")
	}
}

func TestValidityBeyondIssuer(t *testing.T) {
	o := found(t)
	issuing := parse(t, o.Issuing())
	o.now = issuing.NotAfter.Add(-2 * 365 * 24 * time.Hour)
	r := request("seal", o.key(t, "seal")) // three years by default
	var bad *ca.RequestError
	if _, err := o.Issue(context.Background(), r); !errors.As(err, &bad) || bad.Field != "validity" {
		t.Errorf("got %v, want a RequestError about validity", err)
	}
	r.Validity = 365 * 24 * time.Hour
	if _, err := o.Issue(context.Background(), r); err != nil {
		t.Errorf("one year: %v", err)
	}
	o.now = start.Add(-time.Hour) // before the CA itself began
	if _, err := o.Issue(context.Background(), r); !errors.As(err, &bad) {
		t.Errorf("before the CA's beginning: got %v", err)
	}
}

func TestStoredBeforeSigned(t *testing.T) {
	o := found(t)
	o.store.calls = nil
	made := o.issue(t, "department")
	if want := []string{"RecordPlanned", "RecordCertificate"}; !slices.Equal(o.store.calls, want) {
		t.Errorf("got %v, want %v", o.store.calls, want)
	}
	e := o.store.last()
	if e.Kind != "certificate" || e.Act != "ca.issue" || e.Actor != "operator:test" || e.Object != made.SerialHex {
		t.Errorf("event: got %+v", e)
	}
	if i := slices.IndexFunc(e.Facts, func(f ledgerFact) bool { return f.Name == "certificate" }); i < 0 || !bytes.Equal(e.Facts[i].Value, made.DER) {
		t.Error("the event does not commit to the certificate")
	}
}

func TestCrashBetweenRecords(t *testing.T) {
	o := found(t)
	lost := errors.New("disk gone")
	o.store.fail["RecordCertificate"] = lost
	r := request("department", o.key(t, "department"))
	if _, err := o.Issue(context.Background(), r); !errors.Is(err, lost) {
		t.Fatalf("got %v", err)
	}
	left, err := o.Unfinished(context.Background())
	if err != nil || len(left) != 1 || left[0].DER != nil || len(left[0].TBS) == 0 {
		t.Fatalf("got %+v, %v; want the planned certificate", left, err)
	}
	delete(o.store.fail, "RecordCertificate")
	again, err := o.Issue(context.Background(), r)
	if err != nil || again.SerialHex == left[0].SerialHex {
		t.Errorf("got %v, %v; want a new serial number", again.SerialHex, err)
	}
	if left, _ = o.Unfinished(context.Background()); len(left) != 1 {
		t.Error("what was planned must stay on record")
	}
	// Nobody knows whether it was signed: it can be revoked, and never resumed.
	serial := left[0].SerialHex
	if err := o.Revoke(context.Background(), operator, serial, ca.ReasonUnspecified, time.Time{}, "断电"); err != nil {
		t.Fatal(err)
	}
	list, err := o.CRL(context.Background(), ca.IssuingID)
	if err != nil {
		t.Fatal(err)
	}
	crl, err := cert.ParseCRL(list.DER)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := new(big.Int).SetString(serial, 16)
	if crl.Find(n) == nil {
		t.Error("the list does not name the planned certificate")
	}
	if err := o.Resume(context.Background(), operator, serial, ""); !errors.Is(err, ca.ErrState) {
		t.Errorf("resumed: %v", err)
	}
}

func TestNothingIsSignedUnrecorded(t *testing.T) {
	o := found(t)
	o.store.fail["RecordPlanned"] = errors.New("disk full")
	o.store.calls = nil
	if _, err := o.Issue(context.Background(), request("seal", o.key(t, "seal"))); err == nil {
		t.Error("want an error")
	}
	if slices.Contains(o.store.calls, "RecordCertificate") {
		t.Error("went on after the record failed")
	}
}

func TestSerialCollision(t *testing.T) {
	o := found(t)
	o.store.taken = 2
	o.issue(t, "seal") // draws a third one
	o.store.taken = 3
	if _, err := o.Issue(context.Background(), request("seal", o.key(t, "seal"))); !errors.Is(err, ca.ErrState) {
		t.Errorf("got %v, want ErrState", err)
	}
}
