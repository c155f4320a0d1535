// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"encoding/hex"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

var (
	testDraft = seal.Draft{
		ESID: "99000000000009", Department: "dep1", State: seal.Drafted, Content: []byte(`{"esID":"99000000000009"}`),
		Picture: []byte("drawn"), Hands: []string{"operator:one"}, Changed: day,
	}
	testProposal = seal.Proposal{
		ESID: testSeal.ESID, Act: seal.ActCancel, By: "operator:one", Reason: "机构撤销", Reference: "r",
		Effective: day.AddDate(0, -1, 0), At: day, Steps: 1,
	}
)

func draftStep(act seal.Act, to seal.State) seal.Step {
	return seal.Step{ESID: testDraft.ESID, Act: act, To: to, Actor: "operator:one", Reason: "新设机构", At: day}
}

// A draft is written, edited, approved and made; each step counts, and nobody
// overwrites what he has not read.
func TestDraftBecomesASeal(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		s := h.db.Seals()
		e := event("seal-state", "seal.draft", testDraft.ESID)
		h.must(s.RecordDraft(ctx, testDraft, draftStep(seal.ActDraft, seal.Drafted), e))
		h.is(s.RecordDraft(ctx, testDraft, draftStep(seal.ActDraft, seal.Drafted), e), seal.ErrExists)
		d, err := s.Draft(ctx, testDraft.ESID)
		h.must(err)
		want := testDraft
		want.Steps = 1
		if diff := cmp.Diff(want, d); diff != "" {
			h.Error(diff)
		}
		stale := d
		d.State, d.Approver, d.Approved, d.Hands = seal.Approved, "operator:two", d.Digest(), []string{"operator:one", "操作员:三"}
		h.must(s.RecordDraft(ctx, d, draftStep(seal.ActApprove, seal.Approved), e))
		h.is(s.RecordDraft(ctx, stale, draftStep(seal.ActEdit, seal.Drafted), e), seal.ErrConflict)
		open, err := s.Drafts(ctx, "dep1")
		h.must(err)
		if len(open) != 1 || open[0].Approver != "operator:two" || open[0].Approved != d.Digest() || len(open[0].Hands) != 2 {
			h.Fatalf("open drafts %+v", open)
		}
		made := testSeal
		made.ESID, made.CertSerial, made.State = testDraft.ESID, "0c", seal.Made
		h.is(s.RecordMade(ctx, made, stale, draftStep(seal.ActMake, seal.Made), e), seal.ErrConflict)
		h.must(s.RecordMade(ctx, made, open[0], draftStep(seal.ActMake, seal.Made), e))
		h.is(s.RecordMade(ctx, made, open[0], draftStep(seal.ActMake, seal.Made), e), seal.ErrConflict)
		if open, err = s.Drafts(ctx, ""); err != nil || len(open) != 0 {
			h.Errorf("%d drafts are still open, %v", len(open), err)
		}
		got, err := s.Seal(ctx, made.ESID)
		h.must(err)
		if got.Steps != 3 || got.State != seal.Made {
			h.Errorf("seal has %d steps and is %s", got.Steps, got.State)
		}
		history, err := s.SealHistory(ctx, made.ESID)
		h.must(err)
		if len(history) != 3 || history[1].From != seal.Drafted || history[2].From != seal.Approved || history[2].Number != 3 || history[2].Reason != "新设机构" {
			h.Errorf("history %+v", history)
		}
		h.sound()
	})
}

// One seal replaces another in one transaction.
func TestSupersession(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		s := h.db.Seals()
		next := testSeal
		next.ESID, next.Predecessor, next.CertSerial = "99000000000002", testSeal.ESID, "0c"
		end := step(seal.ActSupersede, seal.Superseded, "换发", day)
		end.Step.Reference = next.ESID
		wrong := end
		wrong.From = []seal.State{seal.Made}
		h.is(s.RecordSeal(ctx, next, event("seal", "seal.make", next.ESID), wrong), seal.ErrState)
		_, err := s.Seal(ctx, next.ESID)
		h.is(err, seal.ErrNotFound)
		size := h.size()
		h.must(s.RecordSeal(ctx, next, event("seal", "seal.make", next.ESID), end))
		if h.size() != size+2 {
			h.Errorf("%d leaves were appended, want 2", h.size()-size)
		}
		open, err := s.Unsettled(ctx)
		h.must(err)
		if len(open) != 1 || open[0] != testSeal.ESID {
			h.Errorf("unsettled: %v", open)
		}
		revoked := certificate
		revoked.SerialHex, revoked.Status, revoked.RevokedAt, revoked.Reason = testSeal.CertSerial, ca.Revoked, day, ca.ReasonSuperseded
		h.must(h.db.CA().RecordStatus(ctx, revoked, []ca.Status{ca.Good}, event("revocation", "ca.revoke", revoked.SerialHex)))
		if open, err = s.Unsettled(ctx); err != nil || len(open) != 0 {
			h.Errorf("unsettled: %v, %v", open, err)
		}
		old, err := s.Seal(ctx, testSeal.ESID)
		h.must(err)
		got, err := s.Seal(ctx, next.ESID)
		h.must(err)
		if old.State != seal.Superseded || old.Successor != next.ESID || got.Predecessor != testSeal.ESID {
			h.Errorf("old %s by %q, new for %q", old.State, old.Successor, got.Predecessor)
		}
	})
}

// A loss counts from a day in the past, and voids what was proposed.
func TestLossAndProposal(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		s := h.db.Seals()
		_, err := s.Proposal(ctx, testSeal.ESID)
		h.is(err, seal.ErrNotFound)
		e := event("seal-state", "seal.propose-cancel", testSeal.ESID)
		early := testProposal
		early.Steps = 0
		h.is(s.RecordProposal(ctx, early, e), seal.ErrConflict)
		early.Steps, early.Reason = 1, "先提的"
		h.must(s.RecordProposal(ctx, early, e))
		h.must(s.RecordProposal(ctx, testProposal, e))
		p, err := s.Proposal(ctx, testSeal.ESID)
		h.must(err)
		if diff := cmp.Diff(testProposal, p); diff != "" || p.Digest() != testProposal.Digest() {
			h.Error(diff)
		}
		lost := step(seal.ActLost, seal.Lost, "遗失", day)
		lost.Step.Effective, lost.Steps = day.AddDate(0, 0, -9), 7
		h.is(s.RecordSealSteps(ctx, lost), seal.ErrConflict)
		lost.Steps = 1
		h.must(s.RecordSealSteps(ctx, lost))
		got, err := s.Seal(ctx, testSeal.ESID)
		h.must(err)
		if got.State != seal.Lost || !got.Effective.Equal(day.AddDate(0, 0, -9)) || got.Steps != 2 {
			h.Errorf("seal %s since %v", got.State, got.Effective)
		}
		_, err = s.Proposal(ctx, testSeal.ESID)
		h.is(err, seal.ErrNotFound)
		// Found to be earlier: the state stays, and so does its day.
		earlier := step(seal.ActCompromise, seal.Lost, "查明", day.AddDate(0, 0, 1))
		earlier.From, earlier.Step.Effective = []seal.State{seal.Lost}, day.AddDate(0, 0, -20)
		h.must(s.RecordSealSteps(ctx, earlier))
		got, err = s.Seal(ctx, testSeal.ESID)
		h.must(err)
		if got.State != seal.Lost || !got.Changed.Equal(day) || !got.Effective.Equal(day.AddDate(0, 0, -20)) || got.Steps != 3 {
			h.Errorf("seal %s since %v, void since %v", got.State, got.Changed, got.Effective)
		}
	})
}

// Every column of the new tables is under its code, and no step can be taken
// out of a history.
func TestEditedLivesAreTampered(t *testing.T) {
	draft := func(h *house) error { _, err := h.db.Seals().Draft(ctx, testDraft.ESID); return err }
	proposal := func(h *house) error { _, err := h.db.Seals().Proposal(ctx, testSeal.ESID); return err }
	history := func(h *house) error { _, err := h.db.Seals().SealHistory(ctx, testSeal.ESID); return err }
	edits := []struct {
		sql  string
		read func(*house) error
	}{
		{`UPDATE seal_drafts SET department = 'dep2'`, draft},
		{`UPDATE seal_drafts SET state = 'approved'`, draft},
		{`UPDATE seal_drafts SET content = '{}'`, draft},
		{`UPDATE seal_drafts SET picture = mac`, draft},
		{`UPDATE seal_drafts SET hands = '[]'`, draft},
		{`UPDATE seal_drafts SET hands = 'x'`, draft},
		{`UPDATE seal_drafts SET approver = 'x'`, draft},
		{`UPDATE seal_drafts SET approved = mac`, draft},
		{`UPDATE seal_drafts SET changed = changed + 1`, draft},
		{`UPDATE seal_drafts SET steps = steps + 1`, draft},
		{`UPDATE seal_proposals SET act = 'lost'`, proposal},
		{`UPDATE seal_proposals SET proposer = 'x'`, proposal},
		{`UPDATE seal_proposals SET reason = 'x'`, proposal},
		{`UPDATE seal_proposals SET reference = 'x'`, proposal},
		{`UPDATE seal_proposals SET effective = 0`, proposal},
		{`UPDATE seal_proposals SET at = at + 1`, proposal},
		{`UPDATE seal_proposals SET steps = steps + 1`, proposal},
		{`UPDATE seal_steps SET act = 'x'`, history},
		{`UPDATE seal_steps SET from_state = 'x'`, history},
		{`UPDATE seal_steps SET to_state = 'x'`, history},
		{`UPDATE seal_steps SET actor = 'x'`, history},
		{`UPDATE seal_steps SET second = 'x'`, history},
		{`UPDATE seal_steps SET approved = mac`, history},
		{`UPDATE seal_steps SET reason = 'x'`, history},
		{`UPDATE seal_steps SET reference = 'x'`, history},
		{`UPDATE seal_steps SET at = at + 1`, history},
		{`UPDATE seal_steps SET effective = effective + 1`, history},
		{`UPDATE seal_steps SET number = number + 10 WHERE number = 2`, history},
		{`DELETE FROM seal_steps WHERE number = 2`, history},
		{`DELETE FROM seal_steps WHERE number = 1`, history},
	}
	onBoth(t, func(h *house) {
		h.furnish()
		s := h.db.Seals()
		h.must(s.RecordDraft(ctx, testDraft, draftStep(seal.ActDraft, seal.Drafted), event("seal-state", "x", "x")))
		h.must(s.RecordSealSteps(ctx, step(seal.ActSuspend, seal.Suspended, "", day)))
		p := testProposal
		p.Steps = 2
		h.must(s.RecordProposal(ctx, p, event("seal-state", "x", "x")))
		for _, edit := range edits {
			h.must(edit.read(h))
			saved := h.save()
			h.sql(edit.sql)
			if err := edit.read(h); err == nil {
				h.Errorf("%s: goes unnoticed", edit.sql)
			} else {
				h.is(err, registry.ErrTampered)
			}
			saved()
		}
	})
}

// save keeps the tables of lives, and returns what puts them back.
func (h *house) save() (back func()) {
	h.Helper()
	tables := []string{"seal_drafts", "seal_proposals", "seal_steps"}
	for _, table := range tables {
		_, err := h.behind().Exec(`CREATE TABLE saved_` + table + ` AS SELECT * FROM ` + table)
		h.must(err)
	}
	return func() {
		h.Helper()
		for _, table := range tables {
			insert := `INSERT INTO ` + table + ` SELECT * FROM saved_` + table
			if h.engine == "postgres" && table == "seal_drafts" {
				insert = `INSERT INTO seal_drafts OVERRIDING SYSTEM VALUE SELECT * FROM saved_seal_drafts`
			}
			for _, sql := range []string{`DELETE FROM ` + table, insert, `DROP TABLE saved_` + table} {
				_, err := h.behind().Exec(sql)
				h.must(err)
			}
		}
	}
}

// Rows of before migration 2 have codes over the columns of then. They are
// read, and go on from there; what was added later cannot be written into them.
func TestSealsOfBeforeTheirLives(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		s := h.db.Seals()
		state := registry.MAC(macKey, "govseal/store/seal-state/v1", testSeal.ESID, "active", millis(day), "")
		body := registry.MAC(macKey, "govseal/store/seal/v1", testSeal.ESID, testSeal.Department, testSeal.Name, testSeal.Horizontal,
			testSeal.CertSerial, testSeal.KeyRef, millis(testSeal.ValidFrom), millis(testSeal.ValidTo), millis(testSeal.Created),
			sm3Hex(testSeal.DER), sm3Hex(testSeal.Picture), sm3Hex(testSeal.Certificate))
		h.sql(`UPDATE seals SET design = '', mac = $1`, body[:])
		h.sql(`UPDATE seal_states SET steps = 0, mac = $1`, state[:])
		h.sql(`DELETE FROM seal_steps`)
		got, err := s.Seal(ctx, testSeal.ESID)
		h.must(err)
		if got.Steps != 0 || got.Design.Version != 0 || got.State != seal.Active {
			h.Errorf("old seal %+v", got)
		}
		history, err := s.SealHistory(ctx, testSeal.ESID)
		if err != nil || len(history) != 0 {
			h.Errorf("history of %d steps, %v", len(history), err)
		}
		h.sql(`UPDATE seal_states SET successor = 'x'`)
		_, err = s.SealHistory(ctx, testSeal.ESID)
		h.is(err, registry.ErrTampered)
		h.sql(`UPDATE seal_states SET successor = ''`)
		h.must(s.RecordSealSteps(ctx, step(seal.ActSuspend, seal.Suspended, "年检", day.Add(time.Hour))))
		if history, err = s.SealHistory(ctx, testSeal.ESID); err != nil || len(history) != 1 || history[0].From != seal.Active {
			h.Errorf("history %+v, %v", history, err)
		}
	})
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func sm3Hex(b []byte) string {
	d := gm.SM3(b)
	return hex.EncodeToString(d[:])
}
