// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/ocsp"
)

func TestOCSPByKey(t *testing.T) {
	o := found(t).reopen(t, func(c *ca.Config) { c.OCSPByKey = true })
	c := o.issue(t, ca.ProfileDepartment)
	o.hearAbout(t, c) // checks that the named responder is the one that signed
	_, r := o.hear(t, asks(t, ocsp.OIDSHA1, o.Issuing(), nil, c.SerialHex))
	if len(r.Basic.Responder.KeyHash) != 20 || r.Basic.Responder.Name != nil {
		t.Errorf("responder %+v, want its key's hash", r.Basic.Responder)
	}
	byName := o.reopen(t, func(*ca.Config) {})
	if _, r := byName.hear(t, asks(t, ocsp.OIDSHA1, o.Issuing(), nil, c.SerialHex)); r.Basic.Responder.Name == nil || r.Basic.Responder.KeyHash != nil {
		t.Errorf("responder %+v, want its name", r.Basic.Responder)
	}
}

// Each issuing CA has a responder of its own, which speaks for it alone.
func TestOCSPOfTwoIssuers(t *testing.T) {
	o := found(t)
	o.east(t)
	here, there := mustIssue(t, o, ca.IssuingID), mustIssue(t, o, "east")
	east, err := o.Certificate("east")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		issuer []byte
		about  ca.Certificate
		want   ocsp.CertStatus
	}{
		{"issuing's", o.Issuing(), here, ocsp.Good},
		{"east's", east, there, ocsp.Good},
		{"east's serial under issuing", o.Issuing(), there, ocsp.Unknown},
		{"issuing's serial under east", east, here, ocsp.Unknown},
	} {
		_, r := o.hear(t, asks(t, ocsp.OIDSHA256, test.issuer, nil, test.about.SerialHex))
		if r.Basic == nil || r.Basic.Singles[0].Status != test.want {
			t.Errorf("%s: got %+v", test.name, r)
			continue
		}
		by := parsed(t, r.Basic.Certificates[0])
		if err := by.CheckSignature(parsed(t, test.issuer).PublicKey); err != nil {
			t.Errorf("%s: the responder is not the issuer's: %v", test.name, err)
		}
	}
	if err := o.Suspend(context.Background(), operator, there.SerialHex, ""); err != nil {
		t.Fatal(err)
	}
	if _, r := o.hear(t, asks(t, ocsp.OIDSHA1, east, nil, there.SerialHex)); r.Basic.Singles[0].Status != ocsp.Revoked {
		t.Errorf("on hold below east: %+v", r.Basic.Singles[0])
	}
}

// A kept answer costs a look at the counters, and none at the certificate,
// until something changes.
func TestOCSPKeptAnswers(t *testing.T) {
	o := found(t)
	c, other := o.issue(t, ca.ProfileDepartment), o.issue(t, ca.ProfileDepartment)
	first, _ := o.hearAbout(t, c)
	before := o.store.stands
	for range 5 {
		if a, _ := o.hearAbout(t, c); !bytes.Equal(a.DER, first.DER) {
			t.Error("signed anew")
		}
	}
	if o.store.stands != before {
		t.Errorf("%d looks at a certificate that did not change", o.store.stands-before)
	}
	o.suspend(t, other)
	for range 2 {
		if a, _ := o.hearAbout(t, c); !bytes.Equal(a.DER, first.DER) {
			t.Error("signed anew because of another certificate")
		}
	}
	if o.store.stands != before+1 {
		t.Errorf("%d looks after a change elsewhere, want 1", o.store.stands-before)
	}
}

// Who asks while somebody looks shares the next look, and never gets one that
// began before he asked.
func TestOCSPLooksTogether(t *testing.T) {
	o := found(t)
	c := o.issue(t, ca.ProfileDepartment)
	o.hearAbout(t, c)
	request := asks(t, ocsp.OIDSHA1, o.Issuing(), nil, c.SerialHex)
	pause := make(chan struct{})
	o.store.mu.Lock()
	o.store.looks, o.store.pause = 0, pause
	o.store.mu.Unlock()
	const askers = 40
	var all sync.WaitGroup
	var mu sync.Mutex
	var got [][]byte
	for range askers {
		all.Go(func() {
			a, err := o.OCSP(context.Background(), request)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			got = append(got, a.DER)
		})
	}
	time.Sleep(100 * time.Millisecond) // all but the first wait behind the look under way
	close(pause)
	all.Wait()
	if len(got) != askers || slices.ContainsFunc(got, func(der []byte) bool { return !bytes.Equal(der, got[0]) }) {
		t.Errorf("%d answers, or different ones", len(got))
	}
	o.store.mu.Lock()
	defer o.store.mu.Unlock()
	if o.store.looks < 1 || o.store.looks > askers/4 {
		t.Errorf("%d looks for %d askers", o.store.looks, askers)
	}
}

// A caller who gives up leaves the look to the others.
func TestOCSPCallerGivesUp(t *testing.T) {
	o := found(t)
	c := o.issue(t, ca.ProfileDepartment)
	o.hearAbout(t, c)
	request := asks(t, ocsp.OIDSHA1, o.Issuing(), nil, c.SerialHex)
	pause := make(chan struct{})
	o.store.pause = pause
	led := make(chan struct{})
	go func() {
		defer close(led)
		_, _ = o.OCSP(context.Background(), request)
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	time.Sleep(10 * time.Millisecond)
	a, err := o.OCSP(ctx, request)
	if err == nil {
		t.Error("a caller without time left: want an error for the log")
	}
	if r, perr := ocsp.ParseResponse(a.DER); perr != nil || r.Status != ocsp.InternalError {
		t.Errorf("and an answer of the protocol: %+v, %v", r, perr)
	}
	close(pause)
	<-led
}

// Ten thousand questions in one request are refused before any is looked at.
func TestOCSPTenThousandQuestions(t *testing.T) {
	o := found(t)
	c := o.issue(t, ca.ProfileDepartment)
	o.hearAbout(t, c)
	looks, stands := o.store.looks, o.store.stands
	many := asks(t, ocsp.OIDSHA1, o.Issuing(), nil, slices.Repeat([]string{c.SerialHex}, 10_000)...)
	if len(many) < 500_000 {
		t.Fatalf("a request of %d octets", len(many))
	}
	fits := asks(t, ocsp.OIDSHA1, o.Issuing(), nil, slices.Repeat([]string{"01"}, 200)...)
	for _, request := range [][]byte{many, fits, many[:ca.MaxOCSPRequest], fits[:100], nil, {0x30}, bytes.Repeat([]byte{0x30, 0x80}, 5000)} {
		if a, r := o.hear(t, request); r.Status != ocsp.MalformedRequest || !a.NextUpdate.IsZero() {
			t.Errorf("%d octets: got %s", len(request), r.Status)
		}
	}
	if o.store.looks != looks || o.store.stands != stands {
		t.Error("the store was asked")
	}
}
