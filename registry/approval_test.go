// SPDX-License-Identifier: Apache-2.0

package registry_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/registry"
)

// revocation is what an approval is asked for in these tests.
type revocation struct {
	Serial string `json:"serial"`
	Reason string `json:"reason"`
}

var asked = revocation{"0a1b", "superseded"}

func (b *bureau) ask(maker string) registry.Approval {
	b.Helper()
	a, err := b.approvals.Ask(b.Context(), b.as(maker), registry.Request{Act: "revoke", Payload: asked, Command: []string{"ca", "revoke", "0a1b"}, Reason: "介质更换"})
	b.must(err)
	return a
}

func (b *bureau) approved(maker, checker string) registry.Approval {
	b.Helper()
	a, err := b.approvals.Approve(b.Context(), b.as(checker), b.ask(maker).ID, "已核对")
	b.must(err)
	return a
}

func (b *bureau) spend(who, id, act string, payload any) error {
	b.Helper()
	_, err := b.approvals.Spend(b.Context(), b.as(who), id, act, payload)
	return err
}

func TestApprovalStory(t *testing.T) {
	b := newBureau(t)
	a := b.approved("wang", "chen")
	b.must(b.spend("wang", a.ID, "revoke", asked))
	var acts []string
	for _, e := range b.store.events[4:] {
		if e.Kind != "approval" || e.Object != a.ID || !strings.Contains(e.Actor, ", secret)") {
			t.Errorf("entry %s of %s by %s", e.Kind, e.Object, e.Actor)
		}
		acts = append(acts, e.Act)
	}
	if got := strings.Join(acts, " "); got != "approval.ask approval.approve approval.spend" {
		t.Errorf("the audit log says %s", got)
	}
	if want := gm.SM3([]byte(`{"act":"revoke","payload":{"reason":"superseded","serial":"0a1b"}}`)); a.Hash != want {
		t.Error("the hash is not SM3 of the canonical act and payload")
	}
}

// Each rule by the name of its refusal.
func TestApprovalRules(t *testing.T) {
	tests := []struct {
		name, reason string
		try          func(b *bureau) error
	}{
		{"self-approval", "self-approval", func(b *bureau) error {
			_, err := b.approvals.Approve(b.Context(), b.as("wang"), b.ask("wang").ID, "")
			return err
		}},
		{"approved by the audit role", "role", func(b *bureau) error {
			_, err := b.approvals.Approve(b.Context(), b.as("zhao"), b.ask("wang").ID, "")
			return err
		}},
		{"approved by the system role", "role", func(b *bureau) error {
			_, err := b.approvals.Approve(b.Context(), b.as("li"), b.ask("wang").ID, "")
			return err
		}},
		{"refused by the audit role", "role", func(b *bureau) error {
			_, err := b.approvals.Refuse(b.Context(), b.as("zhao"), b.ask("wang").ID, "")
			return err
		}},
		{"approved by a stated name", "unproven", func(b *bureau) error {
			_, err := b.approvals.Approve(b.Context(), registry.Stated("chen"), b.ask("wang").ID, "")
			return err
		}},
		{"asked by a stated name", "unproven", func(b *bureau) error {
			_, err := b.approvals.Ask(b.Context(), registry.Stated("wang"), registry.Request{Act: "revoke", Payload: asked})
			return err
		}},
		{"spent by a stated name", "unproven", func(b *bureau) error {
			_, err := b.approvals.Spend(b.Context(), registry.Stated("wang"), b.approved("wang", "chen").ID, "revoke", asked)
			return err
		}},
		{"approved twice", "approval-state", func(b *bureau) error {
			_, err := b.approvals.Approve(b.Context(), b.as("chen"), b.approved("wang", "chen").ID, "")
			return err
		}},
		{"refused after it was approved", "approval-state", func(b *bureau) error {
			_, err := b.approvals.Refuse(b.Context(), b.as("wang"), b.approved("wang", "chen").ID, "")
			return err
		}},
		{"approved after it was refused", "approval-state", func(b *bureau) error {
			a, err := b.approvals.Refuse(b.Context(), b.as("wang"), b.ask("wang").ID, "taken back")
			b.must(err)
			_, err = b.approvals.Approve(b.Context(), b.as("chen"), a.ID, "")
			return err
		}},
		{"not approved", "approval-state", func(b *bureau) error { return b.spend("wang", b.ask("wang").ID, "revoke", asked) }},
		{"edited payload", "approval-edited", func(b *bureau) error {
			return b.spend("wang", b.approved("wang", "chen").ID, "revoke", revocation{"0a1b", "keyCompromise"})
		}},
		{"another object", "approval-edited", func(b *bureau) error {
			return b.spend("wang", b.approved("wang", "chen").ID, "revoke", revocation{"0a1c", "superseded"})
		}},
		{"more in the payload", "approval-edited", func(b *bureau) error {
			return b.spend("wang", b.approved("wang", "chen").ID, "revoke", map[string]string{"serial": "0a1b", "reason": "superseded", "note": ""})
		}},
		{"another act", "approval-edited", func(b *bureau) error { return b.spend("wang", b.approved("wang", "chen").ID, "suspend", asked) }},
		{"spent approval replayed", "approval-state", func(b *bureau) error {
			a := b.approved("wang", "chen")
			b.must(b.spend("wang", a.ID, "revoke", asked))
			return b.spend("chen", a.ID, "revoke", asked)
		}},
		{"request expired", "approval-expired", func(b *bureau) error {
			a := b.ask("wang")
			b.now = a.Expires
			_, err := b.approvals.Approve(b.Context(), b.as("chen"), a.ID, "")
			return err
		}},
		{"approval expired", "approval-expired", func(b *bureau) error {
			a := b.approved("wang", "chen")
			b.now = a.Expires
			return b.spend("wang", a.ID, "revoke", asked)
		}},
		{"the clock set back does not revive it", "approval-expired", func(b *bureau) error {
			a := b.approved("wang", "chen")
			b.now = a.Expires
			b.denied(b.spend("wang", a.ID, "revoke", asked), "approval-expired")
			b.now = a.Asked
			return b.spend("wang", a.ID, "revoke", asked)
		}},
		{"checker suspended since", "operator-state", func(b *bureau) error {
			a := b.approved("wang", "chen")
			b.move("chen", registry.Suspended)
			return b.spend("wang", a.ID, "revoke", asked)
		}},
		{"maker ended since", "operator-state", func(b *bureau) error {
			a := b.approved("wang", "chen")
			b.move("wang", registry.Ended)
			return b.spend("chen", a.ID, "revoke", asked)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBureau(t)
			b.denied(test.try(b), test.reason)
			for _, a := range b.store.approvals {
				if a.State == registry.Spent && test.name != "spent approval replayed" {
					t.Error("what was refused is spent all the same")
				}
			}
		})
	}
}

// Of many who carry out one approval at once, one does.
func TestApprovalIsSpentOnce(t *testing.T) {
	b := newBureau(t)
	a := b.approved("wang", "chen")
	who := b.as("wang")
	var done atomic.Int32
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			if _, err := b.approvals.Spend(t.Context(), who, a.ID, "revoke", asked); err == nil {
				done.Add(1)
			}
		})
	}
	all.Wait()
	if done.Load() != 1 {
		t.Errorf("carried out %d times", done.Load())
	}
}

func TestApprovalStanding(t *testing.T) {
	b := newBureau(t)
	a := b.ask("wang")
	if a.Standing(a.Expires.Add(-time.Millisecond)) != registry.Asked || a.Standing(a.Expires) != registry.Expired {
		t.Error("a request does not end when it expires")
	}
	a.State = registry.Refused
	if a.Standing(a.Expires) != registry.Refused {
		t.Error("what was refused became expired")
	}
}

func TestRequestsThatCannotBe(t *testing.T) {
	b := newBureau(t)
	tests := map[string]registry.Request{
		"no act":              {Payload: asked},
		"an act with a space": {Act: "re voke", Payload: asked},
		"capitals":            {Act: "Revoke", Payload: asked},
		"two colons":          {Act: "issue:a:b", Payload: asked},
		"a fraction":          {Act: "revoke", Payload: map[string]any{"n": 0.5}},
		"a large number":      {Act: "revoke", Payload: map[string]any{"n": int64(1) << 53}},
		"not a number":        {Act: "revoke", Payload: math.NaN()},
		"a function":          {Act: "revoke", Payload: func() {}},
		"no UTF-8":            {Act: "revoke", Payload: "a\xffb"},
		"a Chinese member":    {Act: "revoke", Payload: map[string]any{"原因": 1}},
		"too large":           {Act: "revoke", Payload: strings.Repeat("x", 64<<10)},
		"too long a life":     {Act: "revoke", Payload: asked, Life: 31 * 24 * time.Hour},
		"a negative life":     {Act: "revoke", Payload: asked, Life: -1},
		"an invisible reason": {Act: "revoke", Payload: asked, Reason: "a\u200bb"},
	}
	for name, r := range tests {
		if _, err := b.approvals.Ask(t.Context(), b.as("wang"), r); err == nil {
			t.Errorf("%s: recorded", name)
		}
	}
	if len(b.store.approvals) != 0 {
		t.Error("a refused request left a row")
	}
}

// The payload is kept in the one spelling of RFC 8785.
func TestPayloadIsCanonical(t *testing.T) {
	b := newBureau(t)
	payload := map[string]any{"b": []int{3, -1, 1<<53 - 1}, "a": "<é\u2028\"\\\n\x01>", "c": nil, "B": map[string]bool{"y": true, "x": false}}
	a, err := b.approvals.Ask(t.Context(), b.as("wang"), registry.Request{Act: "revoke", Payload: payload})
	b.must(err)
	want := `{"B":{"x":false,"y":true},"a":"<é` + "\u2028" + `\"\\\n\u0001>","b":[3,-1,9007199254740991],"c":null}`
	if !bytes.Equal(a.Payload, []byte(want)) {
		t.Errorf("got %s\nwant %s", a.Payload, want)
	}
}

func TestUnknownApproval(t *testing.T) {
	b := newBureau(t)
	if _, err := b.approvals.Approve(t.Context(), b.as("chen"), "apv-none", ""); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// Whatever the octets, a payload has one spelling, and that spells itself.
func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{`{"b":1,"a":[true,null,"\u2028<"]}`, `9007199254740992`, `{"a":1,"a":2}`, `"\ud800"`, `[[[[]]]]`, `1e3`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		once, err := registry.Canonical(json.RawMessage(raw))
		if err != nil {
			return
		}
		again, err := registry.Canonical(json.RawMessage(once))
		if err != nil || !bytes.Equal(once, again) {
			t.Errorf("%s becomes %s: %v", once, again, err)
		}
	})
}
