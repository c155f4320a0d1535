// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

func newSPKI(t *testing.T) []byte {
	t.Helper()
	key, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	der, err := gm.MarshalPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestRenew(t *testing.T) {
	for _, c := range []struct {
		profile string
		change  ca.Renewal
		sameKey bool
	}{
		{ca.ProfileDepartment, ca.Renewal{}, true},
		{ca.ProfileDepartment, ca.Renewal{NewKey: true}, false},
		{ca.ProfileOfficer, ca.Renewal{PublicKey: newSPKI(t)}, false},
		{ca.ProfileTSA, ca.Renewal{NewKey: true, Validity: 30 * 24 * time.Hour}, false},
	} {
		o := found(t)
		old := o.issue(t, c.profile)
		o.now = o.now.AddDate(2, 11, 0)
		c.change.Actor, c.change.Serial = operator, old.SerialHex
		made, err := o.Renew(t.Context(), c.change)
		if err != nil {
			t.Fatalf("%s: %v", c.profile, err)
		}
		was, is := parse(t, old.DER), parse(t, made.DER)
		if made.Replaces != old.SerialHex || made.SerialHex == old.SerialHex || !bytes.Equal(was.RawSubject, is.RawSubject) || was.CreditCode() != is.CreditCode() {
			t.Errorf("%s: the successor is another's: %v", c.profile, made)
		}
		if got := bytes.Equal(was.RawSPKI, is.RawSPKI); got != c.sameKey || made.KeyDigest != gm.SM3(is.RawSPKI) {
			t.Errorf("%s: same key %v, want %v", c.profile, got, c.sameKey)
		}
		if !is.NotBefore.Before(was.NotAfter) || !is.NotAfter.After(was.NotAfter) && c.change.Validity == 0 {
			t.Errorf("%s: %v to %v does not overlap and follow %v", c.profile, is.NotBefore, is.NotAfter, was.NotAfter)
		}
		if still, err := o.Show(t.Context(), old.SerialHex); err != nil || still.Status != ca.Good {
			t.Errorf("%s: the old certificate is %s: %v", c.profile, still.Status, err)
		}
		if _, err := o.Renew(t.Context(), c.change); !errors.Is(err, ca.ErrState) {
			t.Errorf("%s: renewed twice: %v", c.profile, err)
		}
	}
}

func TestRenewTLSKeepsNames(t *testing.T) {
	o := found(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	old, err := o.Issue(t.Context(), ca.Request{Actor: operator, Profile: ca.ProfileTLSServer, PublicKey: spki,
		Subject: ca.Subject{Organization: "示例市行政审批局", CommonName: "seal.example"}, DNSNames: []string{"seal.example", "www.seal.example"}})
	if err != nil {
		t.Fatal(err)
	}
	made, err := o.Renew(t.Context(), ca.Renewal{Actor: operator, Serial: old.SerialHex})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(parse(t, old.DER).SubjectAltNames, parse(t, made.DER).SubjectAltNames, func(a, b cert.GeneralName) bool { return bytes.Equal(a.Value, b.Value) }) {
		t.Error("the hosts are others")
	}
}

func TestNotRenewed(t *testing.T) {
	o := found(t)
	held, revoked := o.issue(t, ca.ProfileDepartment), o.issue(t, ca.ProfileDepartment)
	if err := errors.Join(o.Suspend(t.Context(), operator, held.SerialHex, ""),
		o.Revoke(t.Context(), operator, revoked.SerialHex, ca.ReasonKeyCompromise, time.Time{}, "")); err != nil {
		t.Fatal(err)
	}
	followed := o.issue(t, ca.ProfileDepartment)
	next, err := o.Renew(t.Context(), ca.Renewal{Actor: operator, Serial: followed.SerialHex})
	if err := errors.Join(err, o.Suspend(t.Context(), operator, next.SerialHex, "")); err != nil {
		t.Fatal(err)
	}
	good := o.issue(t, ca.ProfileDepartment)
	for name, c := range map[string]struct {
		r     ca.Renewal
		state bool
	}{
		"on hold":             {ca.Renewal{Actor: operator, Serial: held.SerialHex}, true},
		"successor on hold":   {ca.Renewal{Actor: operator, Serial: followed.SerialHex}, true},
		"revoked":             {ca.Renewal{Actor: operator, Serial: revoked.SerialHex, NewKey: true}, true},
		"an authority":        {ca.Renewal{Actor: operator, Serial: parse(t, o.Issuing()).Serial.Text(16)}, true},
		"nobody asks":         {ca.Renewal{Serial: good.SerialHex}, false},
		"two new keys":        {ca.Renewal{Actor: operator, Serial: good.SerialHex, NewKey: true, PublicKey: newSPKI(t)}, false},
		"a compromised key":   {ca.Renewal{Actor: operator, Serial: good.SerialHex, PublicKey: parse(t, revoked.DER).RawSPKI}, false},
		"an authority's key":  {ca.Renewal{Actor: operator, Serial: good.SerialHex, PublicKey: parse(t, o.Issuing()).RawSPKI}, false},
		"longer than allowed": {ca.Renewal{Actor: operator, Serial: good.SerialHex, Validity: 6 * 366 * 24 * time.Hour}, false},
	} {
		_, err := o.Renew(t.Context(), c.r)
		var refused *ca.RequestError
		if errors.Is(err, ca.ErrState) != c.state || errors.As(err, &refused) == c.state {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// A key that was compromised under one certificate is blocked under every
// profile and for ever, whoever holds it.
func TestCompromisedKeyIsBlocked(t *testing.T) {
	o := found(t)
	spki := newSPKI(t)
	ask := func(profile string) error {
		r := request(profile, "")
		r.PublicKey = spki
		_, err := o.Issue(t.Context(), r)
		return err
	}
	r := request(ca.ProfileDepartment, "")
	r.PublicKey = spki
	first, err := o.Issue(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	second, err := o.Renew(t.Context(), ca.Renewal{Actor: operator, Serial: first.SerialHex})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Revoke(t.Context(), operator, first.SerialHex, ca.ReasonSuperseded, time.Time{}, ""); err != nil {
		t.Fatal(err)
	}
	if err := ask(ca.ProfileOfficer); err != nil {
		t.Errorf("a superseded certificate blocks its key: %v", err)
	}
	if err := o.Revoke(t.Context(), operator, second.SerialHex, ca.ReasonKeyCompromise, time.Time{}, ""); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.AddDate(5, 0, 0)
	for _, profile := range []string{ca.ProfileDepartment, ca.ProfileOfficer, ca.ProfileSeal} {
		var refused *ca.RequestError
		if err := ask(profile); !errors.As(err, &refused) || refused.Field != "key" {
			t.Errorf("%s: a compromised key was certified: %v", profile, err)
		}
	}
}

// A lost key is lost under each of its certificates: none stays in force, and
// none on hold comes back.
func TestCompromiseEndsEveryCertificateOfTheKey(t *testing.T) {
	o := found(t)
	first := o.issue(t, ca.ProfileDepartment)
	second, err := o.Renew(t.Context(), ca.Renewal{Actor: operator, Serial: first.SerialHex})
	if err != nil {
		t.Fatal(err)
	}
	third, err := o.Renew(t.Context(), ca.Renewal{Actor: operator, Serial: second.SerialHex})
	other := o.issue(t, ca.ProfileDepartment)
	since := o.now
	o.now = o.now.Add(time.Hour)
	if err := errors.Join(err, o.Suspend(t.Context(), operator, first.SerialHex, ""),
		o.Revoke(t.Context(), operator, second.SerialHex, ca.ReasonKeyCompromise, since, "UKey遗失")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []ca.Certificate{first, second, third} {
		now, err := o.Show(t.Context(), c.SerialHex)
		if err != nil || now.Status != ca.Revoked || now.Reason != ca.ReasonKeyCompromise || !now.Invalidity.Equal(since) {
			t.Errorf("%s is %s for %s since %v: %v", c.SerialHex, now.Status, ca.ReasonName(now.Reason), now.Invalidity, err)
		}
	}
	if err := o.Resume(t.Context(), operator, first.SerialHex, ""); !errors.Is(err, ca.ErrState) {
		t.Errorf("the lost key came back: %v", err)
	}
	if now, err := o.Show(t.Context(), other.SerialHex); err != nil || now.Status != ca.Good {
		t.Errorf("another key's certificate is %s: %v", now.Status, err)
	}
	list, err := o.CRL(t.Context(), ca.IssuingID)
	if err != nil {
		t.Fatal(err)
	}
	if listed, err := cert.ParseCRL(list.DER); err != nil || len(listed.Revoked) != 3 {
		t.Errorf("the list holds not the three: %v", err)
	}
}

func TestSuccessionIsWithinOneHolder(t *testing.T) {
	o := found(t)
	old := o.issue(t, ca.ProfileDepartment)
	ask := func(change func(*ca.Request)) error {
		r := request(ca.ProfileDepartment, "")
		r.PublicKey, r.Replaces = newSPKI(t), old.SerialHex
		change(&r)
		_, err := o.Issue(t.Context(), r)
		return err
	}
	for name, change := range map[string]func(*ca.Request){
		"another profile": func(r *ca.Request) {
			*r = request(ca.ProfileOfficer, o.key(t, ca.ProfileOfficer))
			r.Replaces = old.SerialHex
		},
		"another department": func(r *ca.Request) { r.Department = "dep-other" },
		"another officer":    func(r *ca.Request) { r.Officer = "off-other" },
	} {
		var refused *ca.RequestError
		if err := ask(change); !errors.As(err, &refused) || refused.Field != "replaces" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := ask(func(r *ca.Request) { r.Replaces = "1234" }); !errors.Is(err, ca.ErrNotFound) {
		t.Errorf("an unknown certificate: %v", err)
	}
	if err := ask(func(*ca.Request) {}); err != nil {
		t.Fatal(err)
	}
	if err := ask(func(*ca.Request) {}); !errors.Is(err, ca.ErrState) {
		t.Errorf("followed twice: %v", err)
	}
}
