// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/seal"
)

const (
	actorOne = "operator:zhang"
	actorTwo = "operator:li"
)

// approved passes an act on to the second person when it waits for one.
func (h *house) approved(t *testing.T, err error) {
	t.Helper()
	var waits *seal.AwaitingApproval
	if errors.As(err, &waits) {
		err = h.seals.Approve(t.Context(), actorTwo, waits.ESID, waits.Digest, "复核无误")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// longWay takes a seal from a draft to active.
func (h *house) longWay(t *testing.T) seal.Seal {
	t.Helper()
	ctx := t.Context()
	d, err := h.seals.DraftSeal(ctx, seal.MakeRequest{Actor: actorOne, Department: h.dept.ID, Horizontal: "审批专用章", Reason: "新设机构"})
	if err != nil {
		t.Fatal(err)
	}
	if d, err = h.seals.SubmitDraft(ctx, actorOne, d.ESID, "请审"); err != nil {
		t.Fatal(err)
	}
	if err = h.seals.Approve(ctx, actorTwo, d.ESID, d.Digest(), "同意"); err != nil {
		t.Fatal(err)
	}
	s, err := h.seals.MakeDraft(ctx, actorOne, d.ESID, "制作")
	if err != nil {
		t.Fatal(err)
	}
	h.approved(t, h.seals.RecordFiling(ctx, actorOne, s.ESID, "备案2026-018", "完成备案"))
	h.approved(t, h.seals.Activate(ctx, actorOne, s.ESID, "启用"))
	return s
}

// Every step in a seal's life has its actor and reason, its second person where
// two are asked for, an audit entry, and a leaf that commits to it; the
// certificate follows.
func TestEveryStepIsWitnessed(t *testing.T) {
	h := newHouse(t, Config{})
	h.config.Seal.SecondPerson = possiblePairs
	if err := h.assemble(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	s := h.longWay(t)
	h.approved(t, h.seals.Suspend(ctx, actorOne, s.ESID, "年检"))
	h.approved(t, h.seals.Resume(ctx, actorOne, s.ESID, "年检完成"))
	h.approved(t, h.seals.Cancel(ctx, actorOne, s.ESID, "机构撤销", time.Time{}))
	h.approved(t, h.seals.Cancel(ctx, actorOne, s.ESID, "查明泄露", time.Now().AddDate(0, 0, -1)))
	h.approved(t, h.seals.ReportLost(ctx, actorOne, s.ESID, "查明遗失", time.Now().AddDate(0, 0, -2)))

	steps, err := h.db.Seals().SealHistory(ctx, s.ESID)
	if err != nil {
		t.Fatal(err)
	}
	want := []seal.Act{seal.ActDraft, seal.ActSubmit, seal.ActApprove, seal.ActMake, seal.ActFile, seal.ActActivate,
		seal.ActSuspend, seal.ActResume, seal.ActCancel, seal.ActCompromise, seal.ActLost}
	entries, err := h.db.Ledger().Search(ctx, ledger.Query{Object: s.ESID, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var got []seal.Act
	for _, st := range steps {
		got = append(got, st.Act)
		if st.Actor == "" || st.Reason == "" {
			t.Errorf("%s by %q because of %q", st.Act, st.Actor, st.Reason)
		}
		if second := slices.Contains(possiblePairs, st.Act); second != (st.Second == actorTwo) || (second || st.Act == seal.ActApprove) != (st.Approved != [32]byte{}) {
			t.Errorf("%s approved by %q", st.Act, st.Second)
		}
		n := slices.IndexFunc(entries, func(e ledger.Entry) bool {
			return e.Act == "seal."+string(st.Act) && e.Actor == st.Actor && e.Reason == st.Reason && strings.Contains(string(e.After), `"`+string(st.To)+`"`)
		})
		if n < 0 {
			t.Errorf("%s has no entry in audit log and ledger", st.Act)
			continue
		}
		e := entries[n]
		if err := e.CheckLeaf(); err != nil || !e.Time.Equal(st.At) && st.Act != seal.ActMake {
			t.Errorf("%s at %v: leaf of %v, %v", st.Act, st.At, e.Time, err)
		}
		for _, name := range []string{seal.FactSeal, seal.FactState} {
			if !slices.ContainsFunc(e.Facts, func(f ledger.Fact) bool { return f.Name == name }) && !strings.Contains(string(e.Leaf), name) {
				t.Errorf("%s: its leaf does not commit to the %s", st.Act, name)
			}
		}
		if st.Second != "" && !strings.Contains(string(e.After), st.Second) {
			t.Errorf("%s: the audit entry does not name the second person: %s", st.Act, e.After)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("steps %v, want %v", got, want)
	}
	c, err := h.ca.Show(ctx, s.CertSerial)
	if err != nil || c.Status != ca.Revoked || c.Reason != ca.ReasonKeyCompromise || c.Invalidity.IsZero() {
		t.Errorf("certificate %s, reason %d since %v, %v", c.Status, c.Reason, c.Invalidity, err)
	}
	if wrong, err := h.ledger.Verify(ctx, "", nil); err != nil || len(wrong) > 0 {
		t.Errorf("ledger: %v, %v", wrong, err)
	}
}

// GET /v1/seals/{esID} says name, owner, state, and since when, for each state
// that a seal can be in.
func TestHTTPSealStates(t *testing.T) {
	h := newHouse(t, Config{})
	ctx := t.Context()
	make_ := func() seal.Seal {
		s, err := h.seals.Make(ctx, seal.MakeRequest{Actor: actorOne, Department: h.dept.ID, Name: "示例市行政审批局（专用）"})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	done := func(s seal.Seal, err error) seal.Seal { h.approved(t, err); return s }
	draft, err := h.seals.DraftSeal(ctx, seal.MakeRequest{Actor: actorOne, Department: h.dept.ID})
	if err != nil {
		t.Fatal(err)
	}
	planned, err := h.seals.DraftSeal(ctx, seal.MakeRequest{Actor: actorOne, Department: h.dept.ID, Name: "示例市行政审批局（专用）"})
	if err != nil {
		t.Fatal(err)
	}
	made, err := h.seals.MakeDraft(ctx, actorOne, planned.ESID, "")
	if err != nil {
		t.Fatal(err)
	}
	look := func(s seal.Seal) (st api.SealStatus) {
		t.Helper()
		res, body := h.call(t, "GET", "/v1/seals/"+s.ESID, "", nil)
		if err := json.Unmarshal(body, &st); err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%d %s: %v", res.StatusCode, body, err)
		}
		if strings.Contains(string(body), "zhang") || strings.Contains(string(body), "年检") {
			t.Errorf("who and why is public: %s", body)
		}
		return st
	}
	if st := look(made); st.State != "made" {
		t.Errorf("%+v", st)
	}
	filed := done(made, h.seals.RecordFiling(ctx, actorOne, made.ESID, "备案1", "备案"))
	active, suspended, cancelled, lost, old, voided := make_(), make_(), make_(), make_(), make_(), make_()
	done(suspended, h.seals.Suspend(ctx, actorOne, suspended.ESID, "年检"))
	done(cancelled, h.seals.Cancel(ctx, actorOne, cancelled.ESID, "撤销", time.Time{}))
	done(voided, h.seals.Cancel(ctx, actorOne, voided.ESID, "撤销", time.Time{}))
	since := time.Now().AddDate(0, 0, -3).UTC().Truncate(time.Second)
	done(voided, h.seals.Cancel(ctx, actorOne, voided.ESID, "泄露", since))
	done(lost, h.seals.ReportLost(ctx, actorOne, lost.ESID, "遗失", since))
	next, err := h.seals.Remake(ctx, seal.RemakeRequest{Actor: actorOne, ESID: old.ESID, Reason: "换发"})
	if err != nil {
		t.Fatal(err)
	}
	expired := h.expired(t)
	for _, c := range []struct {
		s         seal.Seal
		state     string
		history   string
		voidSince time.Time
	}{
		{filed, "filed", "made filed", time.Time{}},
		{active, "active", "active", time.Time{}},
		{next, "active", "active", time.Time{}},
		{suspended, "suspended", "active suspended", time.Time{}},
		{cancelled, "cancelled", "active cancelled", time.Time{}},
		{voided, "cancelled", "active cancelled", since},
		{lost, "lost", "active lost", since},
		{old, "superseded", "active superseded", time.Time{}},
		{expired, "expired", "active expired", time.Time{}},
	} {
		st := look(c.s)
		var history []string
		for _, x := range st.History {
			history = append(history, x.State)
		}
		if st.State != c.state || st.Name != "示例市行政审批局（专用）" || st.Owner != h.dept.Name || strings.Join(history, " ") != c.history {
			t.Errorf("%s: %+v", c.state, st)
		}
		if last := st.History[len(st.History)-1]; st.Since.IsZero() || !st.Since.Equal(last.Since) || st.Since.After(time.Now()) {
			t.Errorf("%s since %v, by its history %v", c.state, st.Since, last.Since)
		}
		if (st.VoidSince == nil) != c.voidSince.IsZero() || st.VoidSince != nil && !st.VoidSince.Equal(c.voidSince) {
			t.Errorf("%s: void since %v, want %v", c.state, st.VoidSince, c.voidSince)
		}
	}
	if st := look(old); st.SupersededBy != next.ESID || look(next).Supersedes != old.ESID {
		t.Errorf("superseded by %q", st.SupersededBy)
	}
	if res, body := h.call(t, "GET", "/v1/seals/"+draft.ESID, "", nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("a draft is %d: %s", res.StatusCode, body)
	}
}

// expired is a seal whose validity ended an hour ago.
func (h *house) expired(t *testing.T) seal.Seal {
	t.Helper()
	s := h.seal
	s.ESID, s.Name, s.Steps = "99010099000001", "示例市行政审批局（专用）", 0
	s.ValidFrom, s.ValidTo = time.Now().AddDate(-3, 0, 0), time.Now().Add(-time.Hour)
	s.Created, s.Changed = s.ValidFrom, s.ValidFrom
	if err := h.db.Seals().RecordSeal(t.Context(), s, ledger.Event{Kind: "seal", Time: s.Created, Actor: actorOne, Act: "seal.make", Object: s.ESID}); err != nil {
		t.Fatal(err)
	}
	return s
}

// What a crash left of a supersession is finished when the service starts.
func TestStartSettlesSupersession(t *testing.T) {
	h := newHouse(t, Config{})
	ctx := t.Context()
	step := seal.Step{ESID: h.seal.ESID, Act: seal.ActSupersede, To: seal.Superseded, Actor: actorOne, Reason: "换发", Reference: "99010000000099", At: time.Now()}
	if err := h.db.Seals().RecordSealSteps(ctx, seal.Change{Step: step, From: []seal.State{seal.Active}, Steps: -1, Event: ledger.Event{
		Kind: "seal-state", Time: step.At, Actor: actorOne, Act: "seal.supersede", Object: h.seal.ESID}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"seal " + h.seal.ESID + " was superseded; its certificate is revoked now", ""} {
		var said bytes.Buffer
		(&program{out: io.Discard, err: &said}).settle(ctx, h.city)
		if !strings.Contains(said.String(), want) || want == "" && said.Len() > 0 {
			t.Errorf("said %q, want %q", said.String(), want)
		}
		c, err := h.ca.Show(ctx, h.seal.CertSerial)
		if err != nil || c.Status != ca.Revoked || c.Reason != ca.ReasonSuperseded {
			t.Errorf("certificate %s, reason %d, %v", c.Status, c.Reason, err)
		}
	}
}
