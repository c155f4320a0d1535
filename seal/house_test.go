// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

// house is a service over fakes that keep the contracts, with two departments,
// one seal each, and one application that may use both.
type house struct {
	*seal.Service
	t      testing.TB
	clock  *clock
	store  *memory
	office *office
	people *people
	app    registry.Application
	seals  []seal.Seal
}

type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

var ctx = context.Background()

// departments are fictional; their credit codes pass the check digit.
var departments = []registry.Department{
	{ID: "dept-a", Name: "示例市行政审批局", CreditCode: "11990100MB0000001T", AreaCode: "990100", State: registry.Active},
	{ID: "dept-b", Name: "示例市市场监督管理局", CreditCode: "11990100MB0000002X", AreaCode: "990100", State: registry.Active},
	{ID: "dept-c", Name: "示例市水务局", CreditCode: "11990100MB00000031", AreaCode: "990100", State: registry.Active},
}

type option func(*seal.Config)

func newHouse(t testing.TB, options ...option) *house {
	t.Helper()
	h := &house{t: t, clock: &clock{t: time.Date(2026, 11, 22, 9, 0, 0, 123e6, time.UTC)}}
	h.office = newOffice(t, h.clock.now)
	h.app = registry.Application{ID: "app-1", Name: "示例审批系统", State: registry.Active}
	h.people = &people{
		departments:  map[string]registry.Department{},
		applications: map[string]registry.Application{h.app.ID: h.app},
	}
	for _, d := range departments {
		if err := registry.CheckCreditCode(d.CreditCode); err != nil {
			t.Fatal(err)
		}
		h.people.departments[d.ID] = d
	}
	h.store = newMemory(h.office, h.people)
	h.Service = h.start(options...)
	for _, d := range departments[:2] {
		h.seals = append(h.seals, h.makeSeal(d.ID))
	}
	return h
}

// start opens a service over the same store: what a restart does.
func (h *house) start(options ...option) *seal.Service {
	h.t.Helper()
	maker := h.office.certify(h.t, &h.office.ca, name("示例制章者"),
		cert.ExtKeyUsage(cert.DigitalSignature|cert.NonRepudiation), cert.ExtExtKeyUsage(false, cert.DefaultArc.SealMaker()))
	h.office.keys["soft:maker/seal-maker"] = maker.key
	c := seal.Config{
		Store: h.store, Registry: h.people, Blobs: h.store, Keys: h.office, Authority: h.office,
		TSA: h.office.timeStamper(h.t), MakerKey: "soft:maker", MakerCert: maker.der,
		VerifyURL: "https://seal.example", Now: h.clock.now,
	}
	for _, o := range options {
		o(&c)
	}
	s, err := seal.New(c)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

// makeSeal makes a seal and grants it to the application for everything.
func (h *house) makeSeal(department string) seal.Seal {
	h.t.Helper()
	s, err := h.Make(ctx, seal.MakeRequest{Actor: "operator:test", Department: department})
	if err != nil {
		h.t.Fatal(err)
	}
	h.grant(s)
	return s
}

// grant lets the application use a seal for everything.
func (h *house) grant(s seal.Seal) {
	h.people.mu.Lock()
	defer h.people.mu.Unlock()
	h.people.grants = append(h.people.grants, registry.Grant{
		ID: "grant-" + s.ESID, Application: h.app.ID, Seal: s.ESID, Matters: []string{"*"},
		Kinds: []string{"pdf", "ofd", "decision", "digest"}, NotBefore: h.clock.now().Add(-time.Hour),
		NotAfter: h.clock.now().AddDate(20, 0, 0), State: registry.Active,
	})
}

func (h *house) request(seal_ seal.Seal, key string) seal.Request {
	return seal.Request{Application: h.app, Seal: seal_.ESID, Matter: "M-1", CaseRef: "C-1", IdempotencyKey: key}
}

func readAnswer(t testing.TB, st *seal.Stamp) seal.Answer {
	t.Helper()
	var a seal.Answer
	if err := json.Unmarshal(st.Answer, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// wantRefused checks for a refusal with a stable reason.
func wantRefused(t testing.TB, err error, reason string) *seal.Refused {
	t.Helper()
	var r *seal.Refused
	if !errors.As(err, &r) || r.Reason != reason {
		t.Fatalf("got error %v, want refusal %q", err, reason)
	}
	return r
}

func wantDenied(t testing.TB, err error, reason string) {
	t.Helper()
	var d *registry.Denied
	if !errors.As(err, &d) || d.Reason != reason {
		t.Fatalf("got error %v, want denial %q", err, reason)
	}
}
