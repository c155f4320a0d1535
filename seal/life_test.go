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
	// It was gone even earlier; never later.
	wantRefused(t, h.ReportLost(ctx, zhang, s.ESID, "查明", since.Add(time.Hour)), seal.ReasonRequest)
	h.clock.move(time.Hour)
	if err := h.ReportLost(ctx, zhang, s.ESID, "查明", since.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if now := h.store.seals[s.ESID]; !now.Effective.Equal(since.Add(-time.Hour).Truncate(time.Second)) || !now.Changed.Equal(got.Changed) {
		t.Errorf("void since %v, %s since %v", now.Effective, now.State, now.Changed)
	}
}

// What has ended can be found lost or compromised from a day before its end
// on; certificate and record say so, and the history keeps how it ended first.
func TestVoidAfterTheEnd(t *testing.T) {
	for name, c := range map[string]struct {
		end   func(h *house, id string) error
		state seal.State
	}{
		"cancelled": {func(h *house, id string) error { return h.Cancel(ctx, zhang, id, "撤销", time.Time{}) }, seal.Cancelled},
		"superseded": {func(h *house, id string) error {
			_, err := h.Remake(ctx, seal.RemakeRequest{Actor: zhang, ESID: id, Reason: "换发"})
			return err
		}, seal.Superseded},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			since := h.clock.now().Add(-24 * time.Hour)
			for n, report := range map[int]func(id string, at time.Time) error{
				0: func(id string, at time.Time) error { return h.ReportLost(ctx, zhang, id, "遗失", at) },
				1: func(id string, at time.Time) error { return h.Cancel(ctx, zhang, id, "泄露", at) },
			} {
				s := h.seals[n]
				if err := c.end(h, s.ESID); err != nil {
					t.Fatal(err)
				}
				ended := h.store.seals[s.ESID]
				h.clock.move(time.Hour)
				wantRefused(t, report(s.ESID, h.clock.now()), seal.ReasonRequest) // it had ended by then
				if err := report(s.ESID, since); err != nil {
					t.Fatal(err)
				}
				got, want := h.store.seals[s.ESID], []seal.State{seal.Lost, c.state}[n]
				if got.State != want || !got.Effective.Equal(since.Truncate(time.Second)) || got.Successor != ended.Successor {
					t.Errorf("%s void since %v, want %s since %v", got.State, got.Effective, want, since)
				}
				if n == 1 && !got.Changed.Equal(ended.Changed) {
					t.Errorf("%s since %v, not %v", got.State, got.Changed, ended.Changed)
				}
				if r := h.office.revoked[s.CertSerial]; r.reason != 1 || !r.since.Equal(since.Truncate(time.Second)) {
					t.Errorf("the list says %+v", r)
				}
				steps := h.store.steps[s.ESID]
				last, e := steps[len(steps)-1], h.store.events[len(h.store.events)-1]
				if last.From != c.state || last.Actor != zhang || last.Reason == "" || e.Act != "seal."+string(last.Act) || e.Object != s.ESID {
					t.Errorf("step %+v with event %s", last, e.Act)
				}
			}
		})
	}
}

// A compromise that is found later takes two people where that is asked for.
func TestVoidAfterTheEndTakesTwo(t *testing.T) {
	h := newHouse(t)
	s := h.start(inPairs(seal.ActCompromise))
	id, since := h.seals[0].ESID, h.clock.now().Add(-24*time.Hour)
	if err := s.Cancel(ctx, zhang, id, "撤销", time.Time{}); err != nil {
		t.Fatal(err)
	}
	waits := h.wantWaiting(s.Cancel(ctx, zhang, id, "泄露", since))
	if !h.store.seals[id].Effective.IsZero() || h.office.revoked[h.seals[0].CertSerial].reason != 5 {
		t.Error("done before the second person's word")
	}
	if err := s.Approve(ctx, li, id, waits.Digest, "属实"); err != nil {
		t.Fatal(err)
	}
	last := h.store.steps[id][len(h.store.steps[id])-1]
	if last.Second != li || last.Approved != waits.Digest || h.store.seals[id].Effective.IsZero() {
		t.Errorf("%+v", last)
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

// A failure at the end leaves the old seal as it was, in force, and no new one;
// the act is repeated.
func TestRemakeAfterACrash(t *testing.T) {
	h := newHouse(t)
	old := h.seals[0]
	h.store.breaks("RecordSeal", seal.ErrUnavailable)
	r := seal.RemakeRequest{Actor: zhang, ESID: old.ESID, Reason: "换发"}
	if _, err := h.Remake(ctx, r); !errors.Is(err, seal.ErrUnavailable) {
		t.Fatal(err)
	}
	if h.state(old.ESID) != seal.Active || len(h.store.seals) != 2 || h.office.statusOf(old.CertSerial) != "good" {
		t.Errorf("%s, certificate %s, %d seals", h.state(old.ESID), h.office.statusOf(old.CertSerial), len(h.store.seals))
	}
	h.store.breaks("RecordSeal", nil)
	if _, err := h.StampDigest(ctx, h.request(old, "meanwhile"), [32]byte{1}); err != nil {
		t.Errorf("the old seal does not serve meanwhile: %v", err)
	}
	if next, err := h.Remake(ctx, r); err != nil || h.store.seals[old.ESID].Successor != next.ESID {
		t.Errorf("repeated: %v", err)
	}
}

// When only the old certificate's revocation fails, the new seal is made, the
// old one stamps no more, and what is outstanding is said and settled.
func TestSettle(t *testing.T) {
	for name, end := range map[string]func(h *house, id string) error{
		"remade": func(h *house, id string) error {
			made, err := h.Remake(ctx, seal.RemakeRequest{Actor: zhang, ESID: id, Reason: "换发"})
			if made.State != seal.Active {
				h.t.Errorf("the new seal is %s", made.State)
			}
			return err
		},
		"activated": func(h *house, id string) error {
			d := must(h.DraftRemake(ctx, seal.RemakeRequest{Actor: zhang, ESID: id, Reason: "换发"}))
			made := must(h.MakeDraft(ctx, zhang, d.ESID, ""))
			if err := h.RecordFiling(ctx, zhang, made.ESID, "备案", "备案"); err != nil {
				return err
			}
			return h.Activate(ctx, zhang, made.ESID, "启用")
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			old := h.seals[0]
			h.office.fail["Revoke"] = errors.New("the authority is away")
			if err := end(h, old.ESID); !errors.Is(err, seal.ErrUnsettled) {
				t.Fatal(err)
			}
			if h.state(old.ESID) != seal.Superseded || h.office.statusOf(old.CertSerial) != "good" {
				t.Errorf("%s, certificate %s", h.state(old.ESID), h.office.statusOf(old.CertSerial))
			}
			h.wantUnusable(old, "k1")
			if settled, err := h.Settle(ctx, zhang); !errors.Is(err, seal.ErrUnsettled) || len(settled) != 0 {
				t.Errorf("settled %v, %v", settled, err)
			}
			delete(h.office.fail, "Revoke")
			if settled, err := h.Settle(ctx, zhang); err != nil || !slices.Equal(settled, []string{old.ESID}) {
				t.Errorf("settled %v, %v", settled, err)
			}
			if r := h.office.revoked[old.CertSerial]; r.reason != 4 {
				t.Errorf("the list says %+v", r)
			}
			if settled, err := h.Settle(ctx, zhang); err != nil || len(settled) != 0 {
				t.Errorf("settled again %v, %v", settled, err)
			}
		})
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
	// It can turn out to have been lost before it expired.
	if err := h.ReportLost(ctx, zhang, s.ESID, "遗失", s.ValidTo.Add(-time.Hour)); err != nil || h.state(s.ESID) != seal.Lost {
		t.Errorf("%v, %s", err, h.state(s.ESID))
	}
}
