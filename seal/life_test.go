// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/govseal/govseal/seal"
)

func inPairs(acts ...seal.Act) option {
	return func(c *seal.Config) { c.SecondPerson = acts }
}

func (h *house) state(id string) seal.State { return h.store.seals[id].State }

const (
	zhang = "operator:zhang"
	li    = "operator:li"
)

// A seal goes the long way, each step by two people where it takes two.
func TestTheLongWay(t *testing.T) {
	h := newHouse(t)
	s := h.start(inPairs(seal.ActMake, seal.ActActivate))
	r := seal.MakeRequest{Actor: zhang, Department: "dept-a", Horizontal: "审批专用章", Reason: "新设"}
	_, err := s.Make(ctx, r)
	wantRefused(t, err, seal.ReasonSecondPerson)
	keys := h.office.generated
	d := must(s.DraftSeal(ctx, r))
	_, err = s.MakeDraft(ctx, zhang, d.ESID, "")
	wantRefused(t, err, seal.ReasonSecondPerson)
	if err := s.Approve(ctx, li, d.ESID, d.Digest(), ""); !errors.Is(err, seal.ErrState) {
		t.Errorf("approved before it was submitted: %v", err)
	}
	d = must(s.SubmitDraft(ctx, zhang, d.ESID, ""))
	wantRefused(t, s.Approve(ctx, "operator: ZHANG", d.ESID, d.Digest(), ""), seal.ReasonSecondPerson)
	wantRefused(t, s.Approve(ctx, li, d.ESID, [32]byte{1}, ""), seal.ReasonSecondPerson)
	if err := s.Approve(ctx, li, d.ESID, d.Digest(), "同意"); err != nil {
		t.Fatal(err)
	}
	if h.office.generated != keys {
		t.Error("a key was made before the seal")
	}
	made := must(s.MakeDraft(ctx, zhang, d.ESID, "制作"))
	if made.ESID != d.ESID || made.State != seal.Made || string(made.Picture) != string(d.Picture) {
		t.Errorf("made %s, %s", made.ESID, made.State)
	}
	h.wantUnusable(made, "k-made")
	if err := s.Activate(ctx, zhang, made.ESID, "x"); !errors.Is(err, seal.ErrState) {
		t.Errorf("activated before it was filed: %v", err)
	}
	wantRefused(t, s.RecordFiling(ctx, zhang, made.ESID, "", "x"), seal.ReasonRequest)
	if err := s.RecordFiling(ctx, zhang, made.ESID, "备案1", "完成备案"); err != nil {
		t.Fatal(err)
	}
	waits := h.wantWaiting(s.Activate(ctx, zhang, made.ESID, "启用"))
	wantRefused(t, s.Approve(ctx, zhang, made.ESID, waits.Digest, ""), seal.ReasonSecondPerson)
	if err := s.Approve(ctx, li, made.ESID, waits.Digest, ""); err != nil {
		t.Fatal(err)
	}
	if h.state(made.ESID) != seal.Active || h.store.seals[made.ESID].Filing != "备案1" {
		t.Errorf("%+v", h.store.seals[made.ESID].State)
	}
	var acts []seal.Act
	for _, st := range h.store.steps[made.ESID] {
		acts = append(acts, st.Act)
	}
	if want := []seal.Act{seal.ActDraft, seal.ActSubmit, seal.ActApprove, seal.ActMake, seal.ActFile, seal.ActActivate}; !slices.Equal(acts, want) {
		t.Errorf("steps %v, want %v", acts, want)
	}
	last := h.store.steps[made.ESID][5]
	if last.Second != li || last.Approved != waits.Digest || last.Actor != zhang {
		t.Errorf("last step %+v", last)
	}
}

func (h *house) wantWaiting(err error) *seal.AwaitingApproval {
	h.t.Helper()
	var waits *seal.AwaitingApproval
	if !errors.As(err, &waits) {
		h.t.Fatalf("got %v, want it to wait for approval", err)
	}
	return waits
}

func (h *house) wantUnusable(s seal.Seal, key string) {
	h.t.Helper()
	_, err := h.StampDigest(ctx, h.request(s, key), [32]byte{1})
	wantDenied(h.t, err, "seal-state")
}

// An edit after the approval voids it, whoever makes it.
func TestAnEditVoidsTheApproval(t *testing.T) {
	h := newHouse(t)
	s := h.start(inPairs(seal.ActMake))
	r := seal.MakeRequest{Actor: zhang, Department: "dept-a"}
	d := must(s.DraftSeal(ctx, r))
	must(s.SubmitDraft(ctx, zhang, d.ESID, ""))
	if err := s.Approve(ctx, li, d.ESID, d.Digest(), ""); err != nil {
		t.Fatal(err)
	}
	r.Actor, r.Horizontal = li, "偷换的章"
	edited := must(s.EditDraft(ctx, d.ESID, r))
	if edited.State != seal.Drafted || edited.Approver != "" || edited.Digest() == d.Digest() || edited.ESID != d.ESID {
		t.Errorf("after the edit: %+v", edited.State)
	}
	_, err := s.MakeDraft(ctx, zhang, d.ESID, "")
	wantRefused(t, err, seal.ReasonSecondPerson)
	must(s.SubmitDraft(ctx, zhang, d.ESID, ""))
	// Who edited it has a hand in it, and so has who wrote it first.
	for _, who := range []string{zhang, li} {
		wantRefused(t, s.Approve(ctx, who, d.ESID, edited.Digest(), ""), seal.ReasonSecondPerson)
	}
	r.Department = "dept-b"
	_, err = s.EditDraft(ctx, d.ESID, r)
	wantRefused(t, err, seal.ReasonRequest)
	if err := s.Cancel(ctx, zhang, d.ESID, "不做了", time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.EditDraft(ctx, d.ESID, r); !errors.Is(err, seal.ErrState) {
		t.Errorf("edited after it was dropped: %v", err)
	}
}

// A proposal that something happened to meanwhile is void.
func TestAStepVoidsTheProposal(t *testing.T) {
	h := newHouse(t)
	s := h.start(inPairs(seal.ActCancel))
	id := h.seals[0].ESID
	first := h.wantWaiting(s.Cancel(ctx, zhang, id, "撤销", time.Time{}))
	second := h.wantWaiting(s.Cancel(ctx, zhang, id, "密钥泄露", h.clock.now().Add(-time.Hour)))
	wantRefused(t, s.Approve(ctx, li, id, first.Digest, ""), seal.ReasonSecondPerson)
	if err := s.Suspend(ctx, zhang, id, "先停"); err != nil {
		t.Fatal(err)
	}
	if err := s.Approve(ctx, li, id, second.Digest, ""); !errors.Is(err, seal.ErrState) {
		t.Errorf("approved what a step voided: %v", err)
	}
	if h.office.statusOf(h.seals[0].CertSerial) != "hold" || h.state(id) != seal.Suspended {
		t.Error("the seal was cancelled all the same")
	}
}

func TestLost(t *testing.T) {
	h := newHouse(t)
	s := h.seals[0]
	since := h.clock.now().Add(-72 * time.Hour)
	wantRefused(t, h.ReportLost(ctx, zhang, s.ESID, "遗失", time.Time{}), seal.ReasonRequest)
	wantRefused(t, h.ReportLost(ctx, zhang, s.ESID, "遗失", h.clock.now().Add(time.Hour)), seal.ReasonRequest)
	if err := h.ReportLost(ctx, zhang, s.ESID, "遗失", since); err != nil {
		t.Fatal(err)
	}
	got := h.store.seals[s.ESID]
	if got.State != seal.Lost || !got.Effective.Equal(since.Truncate(time.Second)) || h.office.statusOf(s.CertSerial) != "revoked" {
		t.Errorf("%s since %v, certificate %s", got.State, got.Effective, h.office.statusOf(s.CertSerial))
	}
	h.wantUnusable(s, "k1")
	if err := h.Cancel(ctx, zhang, s.ESID, "x", time.Time{}); !errors.Is(err, seal.ErrState) {
		t.Errorf("cancelled after its end: %v", err)
	}
}

func TestRemake(t *testing.T) {
	h := newHouse(t)
	old := h.seals[0]
	next := must(h.Remake(ctx, seal.RemakeRequest{Actor: zhang, ESID: old.ESID, Reason: "换发"}))
	was := h.store.seals[old.ESID]
	if next.Predecessor != old.ESID || was.Successor != next.ESID || was.State != seal.Superseded || next.State != seal.Active {
		t.Errorf("old %s by %s, new %s for %s", was.State, was.Successor, next.State, next.Predecessor)
	}
	if string(next.Picture) != string(old.Picture) || next.CertSerial == old.CertSerial || next.KeyRef == old.KeyRef || next.ESID == old.ESID {
		t.Error("the new seal is not new, or looks different")
	}
	if h.office.statusOf(old.CertSerial) != "revoked" || h.office.statusOf(next.CertSerial) != "good" {
		t.Error("certificates")
	}
	h.wantUnusable(old, "k1")
	if _, err := h.Remake(ctx, seal.RemakeRequest{Actor: zhang, ESID: old.ESID, Reason: "再"}); !errors.Is(err, seal.ErrState) {
		t.Errorf("remade a seal that has ended: %v", err)
	}
	// The long way: the old one stays in force until the new one is.
	d := must(h.DraftRemake(ctx, seal.RemakeRequest{Actor: zhang, ESID: next.ESID, Reason: "换发"}))
	third := must(h.MakeDraft(ctx, zhang, d.ESID, ""))
	if err := h.RecordFiling(ctx, zhang, third.ESID, "备案", "备案"); err != nil || h.state(next.ESID) != seal.Active {
		t.Fatalf("%v, %s", err, h.state(next.ESID))
	}
	if err := h.Activate(ctx, zhang, third.ESID, "启用"); err != nil {
		t.Fatal(err)
	}
	if h.state(next.ESID) != seal.Superseded || h.state(third.ESID) != seal.Active {
		t.Errorf("%s, %s", h.state(next.ESID), h.state(third.ESID))
	}
}

// A failure at the end leaves the old seal as it was recorded, and no new one;
// the act is repeated.
func TestRemakeAfterACrash(t *testing.T) {
	h := newHouse(t)
	old := h.seals[0]
	h.store.breaks("RecordSeal", seal.ErrUnavailable)
	r := seal.RemakeRequest{Actor: zhang, ESID: old.ESID, Reason: "换发"}
	if _, err := h.Remake(ctx, r); !errors.Is(err, seal.ErrUnavailable) {
		t.Fatal(err)
	}
	if h.state(old.ESID) != seal.Active || len(h.store.seals) != 2 {
		t.Errorf("%s, %d seals", h.state(old.ESID), len(h.store.seals))
	}
	h.store.breaks("RecordSeal", nil)
	if next, err := h.Remake(ctx, r); err != nil || h.store.seals[old.ESID].Successor != next.ESID {
		t.Errorf("repeated: %v", err)
	}
}

func TestExpiry(t *testing.T) {
	h := newHouse(t)
	s := h.seals[0]
	if state, _ := s.StateAt(s.ValidTo); state != seal.Active {
		t.Errorf("%s on its last second", state)
	}
	if state, since := s.StateAt(s.ValidTo.Add(time.Second)); state != seal.Expired || !since.Equal(s.ValidTo) {
		t.Errorf("%s since %v", state, since)
	}
	if err := h.Suspend(ctx, zhang, s.ESID, "停"); err != nil {
		t.Fatal(err)
	}
	h.clock.move(4 * 365 * 24 * time.Hour)
	if err := h.Resume(ctx, zhang, s.ESID, "恢复"); !errors.Is(err, seal.ErrState) {
		t.Errorf("an expired seal was resumed: %v", err)
	}
}
