// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"errors"
	"testing"
	"time"

	"github.com/govseal/govseal/seal"
)

func TestLifecycle(t *testing.T) {
	h := newHouse(t)
	id, serial := h.seals[0].ESID, h.seals[0].CertSerial
	const who = "operator:test"
	steps := []struct {
		name        string
		act         func() error
		wantErr     error
		state       seal.State
		certificate string
	}{
		{"resume active", func() error { return h.Resume(ctx, who, id, "x") }, seal.ErrState, seal.Active, "good"},
		{"suspend", func() error { return h.Suspend(ctx, who, id, "lost") }, nil, seal.Suspended, "hold"},
		{"suspend again", func() error { return h.Suspend(ctx, who, id, "lost") }, seal.ErrState, seal.Suspended, "hold"},
		{"resume", func() error { return h.Resume(ctx, who, id, "found") }, nil, seal.Active, "good"},
		{"suspend twice", func() error { return h.Suspend(ctx, who, id, "lost") }, nil, seal.Suspended, "hold"},
		{"cancel", func() error { return h.Cancel(ctx, who, id, "merged", time.Time{}) }, nil, seal.Cancelled, "revoked"},
		{"resume cancelled", func() error { return h.Resume(ctx, who, id, "x") }, seal.ErrState, seal.Cancelled, "revoked"},
		{"unknown", func() error { return h.Suspend(ctx, who, "99010099999999", "x") }, seal.ErrNotFound, seal.Cancelled, "revoked"},
	}
	for _, s := range steps {
		if err := s.act(); !errors.Is(err, s.wantErr) {
			t.Fatalf("%s: %v, want %v", s.name, err, s.wantErr)
		}
		if got := h.store.seals[id].State; got != s.state || h.office.statusOf(serial) != s.certificate {
			t.Fatalf("%s: seal %s, certificate %s", s.name, got, h.office.statusOf(serial))
		}
	}
	wantRefused(t, h.Suspend(ctx, who, h.seals[1].ESID, ""), seal.ReasonRequest)
	wantRefused(t, h.Cancel(ctx, who, h.seals[1].ESID, "stolen", h.clock.now().Add(time.Hour)), seal.ReasonRequest)
	last := h.store.events[len(h.store.events)-1]
	if last.Kind != "seal-state" || last.Act != "seal.cancel" || last.Reason != "merged" || last.Object != id {
		t.Errorf("event %+v", last)
	}
}

// A crash between certificate and state is mended by doing it again.
func TestSuspendAfterACrashInTheMiddle(t *testing.T) {
	h := newHouse(t)
	id := h.seals[0].ESID
	h.store.breaks("RecordSealSteps", seal.ErrUnavailable)
	if err := h.Suspend(ctx, "o", id, "lost"); !errors.Is(err, seal.ErrUnavailable) {
		t.Fatal(err)
	}
	_, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1})
	wantDenied(t, err, "certificate")
	h.store.breaks("RecordSealSteps", nil)
	if err := h.Suspend(ctx, "o", id, "lost"); err != nil {
		t.Fatal(err)
	}
	if h.store.seals[id].State != seal.Suspended {
		t.Error("not suspended")
	}
}

func TestWithdraw(t *testing.T) {
	h := newHouse(t)
	st, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	wantRefused(t, h.Withdraw(ctx, "operator:test", st.ID, ""), seal.ReasonRequest)
	if err := h.Withdraw(ctx, "operator:test", "nothing", "x"); !errors.Is(err, seal.ErrNotFound) {
		t.Errorf("unknown stamp: %v", err)
	}
	if err := h.Withdraw(ctx, "operator:test", st.ID, "issued in error"); err != nil {
		t.Fatal(err)
	}
	got, _ := h.Store().Stamp(ctx, st.ID)
	if got.Withdrawn.IsZero() || got.WithdrawnWhy != "issued in error" {
		t.Errorf("record %+v", got)
	}
	if e := h.store.events[len(h.store.events)-1]; e.Kind != "withdrawal" || e.Object != st.ID {
		t.Errorf("event %+v", e)
	}
	if err := h.Withdraw(ctx, "operator:test", st.ID, "again"); !errors.Is(err, seal.ErrState) {
		t.Errorf("second withdrawal: %v", err)
	}
}
