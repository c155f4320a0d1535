// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"bytes"
	"context"
	"encoding/asn1"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ocsp"
)

// asks encodes a request about serial numbers of an issuer.
func asks(t testing.TB, hash asn1.ObjectIdentifier, issuerDER []byte, nonce []byte, serials ...string) []byte {
	t.Helper()
	issuer := parsed(t, issuerDER)
	var r ocsp.Request
	for _, s := range serials {
		n, ok := new(big.Int).SetString(s, 16)
		if !ok {
			t.Fatalf("serial %q", s)
		}
		id, err := ocsp.NewCertID(hash, issuer.RawSubject, issuer.RawSPKI, n)
		if err != nil {
			t.Fatal(err)
		}
		r.Items = append(r.Items, ocsp.Item{ID: id})
	}
	if nonce != nil {
		r.Extensions = []cert.Extension{ocsp.NonceExtension(nonce)}
	}
	der, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func parsed(t testing.TB, der []byte) *cert.Certificate {
	t.Helper()
	c, err := cert.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// hear asks and reads the answer.
func (o *office) hear(t testing.TB, request []byte) (ca.OCSPAnswer, *ocsp.Response) {
	t.Helper()
	a, err := o.OCSP(context.Background(), request)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ocsp.ParseResponse(a.DER)
	if err != nil {
		t.Fatal(err)
	}
	return a, r
}

func (o *office) hearAbout(t testing.TB, c ca.Certificate) (ca.OCSPAnswer, ocsp.Single) {
	t.Helper()
	a, r := o.hear(t, asks(t, ocsp.OIDSHA1, o.Issuing(), nil, c.SerialHex))
	if r.Basic == nil {
		t.Fatalf("status %s", r.Status)
	}
	by := parsed(t, r.Basic.Certificates[0])
	if err := r.Basic.CheckSignature(by.PublicKey); err != nil || !r.Basic.Responder.Is(by) {
		t.Errorf("the answer is not by its responder: %v", err)
	}
	if err := by.CheckSignature(parsed(t, o.Issuing()).PublicKey); err != nil || !by.OCSPNoCheck || len(by.OCSPServers) > 0 {
		t.Errorf("the responder is not a delegated one with nocheck: %v", err)
	}
	return a, r.Basic.Singles[0]
}

func TestOCSPFollowsTheStatus(t *testing.T) {
	o := found(t)
	ctx := context.Background()
	c := o.issue(t, ca.ProfileDepartment)
	if got := parsed(t, c.DER).OCSPServers; len(got) != 1 || got[0] != "https://seal.example/pki/ocsp" {
		t.Errorf("the certificate names %v as responder", got)
	}
	first, s := o.hearAbout(t, c)
	if s.Status != ocsp.Good || !s.ThisUpdate.Equal(o.now) || !s.NextUpdate.After(o.now) || first.NextUpdate != s.NextUpdate {
		t.Errorf("got %+v", s)
	}
	if again, _ := o.hearAbout(t, c); !bytes.Equal(again.DER, first.DER) {
		t.Error("a second answer was signed although nothing changed")
	}
	o.now = o.now.Add(time.Hour)
	if err := o.Suspend(ctx, "operator:test", c.SerialHex, ""); err != nil {
		t.Fatal(err)
	}
	if _, s = o.hearAbout(t, c); s.Status != ocsp.Revoked || *s.Reason != ca.ReasonCertificateHold || !s.RevokedAt.Equal(o.now) {
		t.Errorf("on hold: got %+v", s)
	}
	if err := o.Resume(ctx, "operator:test", c.SerialHex, ""); err != nil {
		t.Fatal(err)
	}
	if _, s = o.hearAbout(t, c); s.Status != ocsp.Good {
		t.Errorf("resumed: got %+v", s)
	}
	since := o.now.Add(-30 * time.Minute)
	if err := o.Revoke(ctx, "operator:test", c.SerialHex, ca.ReasonKeyCompromise, since, ""); err != nil {
		t.Fatal(err)
	}
	if _, s = o.hearAbout(t, c); s.Status != ocsp.Revoked || *s.Reason != ca.ReasonKeyCompromise || !s.Invalidity.Equal(since) {
		t.Errorf("revoked: got %+v", s)
	}
}

// Another process shares the store only; what it does must show at once.
func TestOCSPSeesOtherProcesses(t *testing.T) {
	o := found(t)
	c := o.issue(t, ca.ProfileDepartment)
	o.hearAbout(t, c)
	other, err := ca.Load(context.Background(), o.config())
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Revoke(context.Background(), "operator:test", c.SerialHex, ca.ReasonSuperseded, time.Time{}, ""); err != nil {
		t.Fatal(err)
	}
	if _, s := o.hearAbout(t, c); s.Status != ocsp.Revoked {
		t.Errorf("got %+v", s)
	}
}

func TestOCSPAnswersAreRenewed(t *testing.T) {
	o := found(t)
	c := o.issue(t, ca.ProfileDepartment)
	first, _ := o.hearAbout(t, c)
	half := first.NextUpdate.Sub(first.ThisUpdate) / 2
	o.now = o.now.Add(half - time.Second)
	if a, _ := o.hearAbout(t, c); !bytes.Equal(a.DER, first.DER) {
		t.Error("signed anew before half of the lifetime")
	}
	o.now = o.now.Add(2 * time.Second)
	if a, s := o.hearAbout(t, c); bytes.Equal(a.DER, first.DER) || !s.ThisUpdate.Equal(o.now) {
		t.Error("not signed anew after half of the lifetime")
	}
	o.now = start.Add(-time.Hour) // the clock was set back: an answer from the future would be refused
	if _, s := o.hearAbout(t, c); s.ThisUpdate.After(o.now) {
		t.Errorf("an answer of %v at %v", s.ThisUpdate, o.now)
	}
}

func TestOCSPIssuersAndDigests(t *testing.T) {
	o := found(t)
	c := o.issue(t, ca.ProfileDepartment)
	for _, h := range []asn1.ObjectIdentifier{ocsp.OIDSHA1, ocsp.OIDSHA256, gm.OIDSM3} {
		if _, r := o.hear(t, asks(t, h, o.Issuing(), nil, c.SerialHex)); r.Basic == nil || r.Basic.Singles[0].Status != ocsp.Good || !r.Basic.Singles[0].ID.Hash.OID.Equal(h) {
			t.Errorf("%s: got %+v", h, r)
		}
	}
	o.store.taken = 0
	o.store.fail["RecordCertificate"] = errors.New("the disk is full")
	_, err := o.Issue(context.Background(), request(ca.ProfileDepartment, o.key(t, ca.ProfileDepartment)))
	if err == nil {
		t.Fatal("the fault did not work")
	}
	delete(o.store.fail, "RecordCertificate")
	unfinished, err := o.Unfinished(context.Background())
	if err != nil || len(unfinished) != 1 {
		t.Fatalf("unfinished: %v, %v", unfinished, err)
	}
	issuing := parsed(t, o.Issuing())
	for name, serial := range map[string]string{
		"never issued": "1234", "planned only": unfinished[0].SerialHex, "issued by the root": issuing.Serial.Text(16),
	} {
		a, r := o.hear(t, asks(t, ocsp.OIDSHA1, o.Issuing(), nil, serial))
		if r.Basic == nil || r.Basic.Singles[0].Status != ocsp.Unknown || !a.NextUpdate.IsZero() {
			t.Errorf("%s: got %+v", name, r)
		}
	}
	if _, r := o.hear(t, asks(t, ocsp.OIDSHA1, o.Root(), nil, issuing.Serial.Text(16))); r.Status != ocsp.Unauthorized {
		t.Errorf("under the root: got %s", r.Status)
	}
	if _, r := o.hear(t, []byte("no request")); r.Status != ocsp.MalformedRequest {
		t.Errorf("garbage: got %s", r.Status)
	}
	if _, r := o.hear(t, asks(t, ocsp.OIDSHA1, o.Issuing(), nil, c.SerialHex, "1234")); len(r.Basic.Singles) != 2 || r.Basic.Singles[0].Status != ocsp.Good || r.Basic.Singles[1].Status != ocsp.Unknown {
		t.Errorf("two at once: got %+v", r.Basic)
	}
	many := make([]string, 21)
	for i := range many {
		many[i] = c.SerialHex
	}
	if _, r := o.hear(t, asks(t, ocsp.OIDSHA1, o.Issuing(), nil, many...)); r.Status != ocsp.MalformedRequest {
		t.Errorf("21 at once: got %s", r.Status)
	}
}

func TestOCSPNonce(t *testing.T) {
	o := found(t)
	c := o.issue(t, ca.ProfileDepartment)
	ask := asks(t, gm.OIDSM3, o.Issuing(), []byte("nonce"), c.SerialHex)
	a, r := o.hear(t, ask)
	if string(r.Basic.Nonce) != "nonce" || !a.NextUpdate.IsZero() {
		t.Errorf("nonce %q, cacheable until %v", r.Basic.Nonce, a.NextUpdate)
	}
	bare := 0
	for range 600 {
		if _, r := o.hear(t, ask); r.Basic == nil {
			t.Fatalf("a known certificate got %s", r.Status)
		} else if r.Basic.Nonce == nil {
			bare++
		}
	}
	if bare == 0 {
		t.Error("the clock stood still, and 600 fresh signatures were given")
	}
	if _, r := o.hear(t, asks(t, gm.OIDSM3, o.Issuing(), nil, "1234")); r.Status != ocsp.TryLater {
		t.Errorf("beyond the allowance, an unknown certificate got %s", r.Status)
	}
	o.now = o.now.Add(time.Second)
	if _, r := o.hear(t, ask); r.Basic.Nonce == nil {
		t.Error("a second later there is no nonce")
	}
}

func TestOCSPResponderIsReplaced(t *testing.T) {
	o := found(t)
	c := o.issue(t, ca.ProfileDepartment)
	o.hearAbout(t, c)
	responders := func() []ca.Certificate {
		all, err := o.Find(context.Background(), ca.Query{Profile: ca.ProfileOCSP})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if len(responders()) != 1 {
		t.Fatalf("%d responders", len(responders()))
	}
	again, err := ca.Load(context.Background(), o.config())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.OCSP(context.Background(), asks(t, ocsp.OIDSHA1, o.Issuing(), nil, c.SerialHex)); err != nil || len(responders()) != 1 {
		t.Errorf("after a start: %d responders, %v", len(responders()), err)
	}
	if err := o.Revoke(context.Background(), "operator:test", responders()[0].SerialHex, ca.ReasonKeyCompromise, time.Time{}, ""); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(2 * time.Minute)
	o.hearAbout(t, c)
	if len(responders()) != 2 {
		t.Errorf("a revoked responder still answers")
	}
	o.now = o.now.Add(340 * 24 * time.Hour)
	o.hearAbout(t, c)
	if len(responders()) != 3 {
		t.Errorf("a responder in its last month was not replaced")
	}
}
