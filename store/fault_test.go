// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

// One INSERT of the last transaction fails, whichever it is: nothing of the
// stamp is there, the intent goes on, and the next attempt succeeds.
func TestFailedAndNotPersisted(t *testing.T) {
	for _, table := range []string{"stamps", "ledger_entries", "outbox", "evidence", "decisions"} {
		t.Run(table, func(t *testing.T) {
			onBoth(t, func(h *house) {
				h.furnish()
				s := h.db.Seals()
				i := decisionIntent(1, "dec1")
				a, err := s.RecordIntent(ctx, i)
				h.must(err)
				size := h.size()
				accept := h.refuse(table)
				st, d, e := stampOf(i, a), decisionRecord("dec1", 0), event("stamp", "stamp.decision", a.Stamp)
				if err := s.RecordStamp(ctx, st, &d, e); err == nil || errors.Is(err, seal.ErrUnavailable) {
					h.Fatalf("got %v, want the failure of one statement", err)
				}
				_, err = s.Stamp(ctx, st.ID)
				h.is(err, seal.ErrNotFound)
				_, err = s.Decision(ctx, "dec1")
				h.is(err, seal.ErrNotFound)
				if h.size() != size {
					h.Error("a failed stamp left a leaf")
				}
				accept()
				h.must(s.RecordStamp(ctx, st, &d, e))
				h.sound()
			})
		})
	}
}

// The answer to a commit is lost: whoever asks again gets the first result.
func TestFailedButPersisted(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		st := h.stamp(intent(1))
		// The caller did not hear of it and goes on as if it had failed.
		e := event("stamp", "stamp.digest", st.ID)
		h.is(h.db.Seals().RecordStamp(ctx, st, nil, e), seal.ErrLeaseLost)
		h.is(h.db.Seals().RecordFailure(ctx, st.ID, 1, "unknown", e), seal.ErrLeaseLost)
		a, err := h.db.Seals().RecordIntent(ctx, intent(1))
		h.must(err)
		if a.Replay == nil || a.Replay.ID != st.ID || string(a.Replay.Answer) != string(st.Answer) {
			h.Errorf("got %+v, want the first stamp again", a.Replay)
		}
		h.sound()
	})
}

// Each write that has an event fails whole when its entry cannot be written:
// there is no act without its trace.
func TestNoActWithoutTrace(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		h.staff()
		h.must(recordCA(h.db.CA(), ca.CA{ID: "issuing", Certificate: []byte("c"), Created: day}))
		st := h.stamp(intent(1))
		planned := certificate
		planned.SerialHex = "0b"
		h.must(h.db.CA().RecordPlanned(ctx, planned))
		keyless := certificate
		keyless.SerialHex, keyless.KeyRef = "0c", ""
		h.must(h.db.CA().RecordPlanned(ctx, keyless))
		h.must(h.db.CA().RecordCertificate(ctx, "0c", []byte("d"), event("certificate", "ca.issue", "0c")))
		before := h.dump()
		accept := h.refuse("ledger_entries")
		e := event("admin", "x", "x")
		other := department
		other.ID, other.CreditCode = "dep2", "c2"
		officer2, app2, grant2, seal2 := officer, application, grant, testSeal
		officer2.ID, officer2.StaffNo, app2.ID, app2.TokenDigest[0] = "off2", "2", "app2", 2
		grant2.ID, seal2.ESID = "grt2", "99000000000002"
		operator2, suspended, approval2, spent := operator, operator, approval, approval
		operator2.ID, operator2.Name, approval2.ID = "opr9", "Sun", "apv9"
		suspended.State, spent.State = registry.Suspended, registry.Spent
		hold := certificate
		hold.Status = ca.Hold
		denied := intent(2)
		denied.Matter = "M-3"
		r, c, s := h.db.Registry(), h.db.CA(), h.db.Seals()
		acts := map[string]func() error{
			"AddDepartment":       func() error { return r.AddDepartment(ctx, other, e) },
			"AddOfficer":          func() error { return r.AddOfficer(ctx, officer2, e) },
			"AddApplication":      func() error { return r.AddApplication(ctx, app2, e) },
			"AddGrant":            func() error { return r.AddGrant(ctx, grant2, e) },
			"SetOfficerState":     func() error { return r.SetOfficerState(ctx, "off1", "ended", e) },
			"SetApplicationState": func() error { return r.SetApplicationState(ctx, "app1", "ended", e) },
			"SetGrantState":       func() error { return r.SetGrantState(ctx, "grt1", "ended", e) },
			"AddOperator":         func() error { return h.db.Operators().AddOperator(ctx, operator2, e) },
			"UpdateOperator":      func() error { return h.db.Operators().UpdateOperator(ctx, operator, suspended, e) },
			"AddApproval":         func() error { return h.db.Approvals().AddApproval(ctx, approval2, e) },
			"UpdateApproval":      func() error { return h.db.Approvals().UpdateApproval(ctx, approval, spent, e) },
			"RecordCeremony":      func() error { return recordCA(c, ca.CA{ID: "root", Certificate: []byte("c"), Created: day}) },
			"RecordCertificate":   func() error { return c.RecordCertificate(ctx, "0b", []byte("d"), e) },
			"RecordStatus":        func() error { return c.RecordStatus(ctx, hold, []ca.Status{ca.Good}, e) },
			"RecordCRL":           func() error { return c.RecordCRL(ctx, []ca.CRL{{CA: "issuing", Number: 1, DER: []byte("l")}}, e) },
			"RecordCentre": func() error {
				return c.RecordCentre(ctx, ca.CentreRecord{ID: "c", Charter: []byte("c"), Signature: []byte("s")}, e)
			},
			"RecordEscrowed": func() error {
				return c.RecordEscrowed(ctx, []byte("d"), ca.EscrowedKey{SerialHex: "0b", Signing: "0c", Sealed: []byte("s"), Enveloped: []byte("e")}, e)
			},
			"RecordKey":       func() error { return c.RecordKey(ctx, "0c", "soft:k9", e) },
			"RecordAct":       func() error { return c.RecordAct(ctx, e) },
			"RecordSeal":      func() error { return s.RecordSeal(ctx, seal2, e) },
			"RecordSealSteps": func() error { return s.RecordSealSteps(ctx, step(seal.ActCancel, seal.Cancelled, "", day)) },
			"RecordSeal, and another": func() error {
				return s.RecordSeal(ctx, seal2, e, step(seal.ActSupersede, seal.Superseded, "", day))
			},
			"RecordDraft":          func() error { return s.RecordDraft(ctx, testDraft, draftStep(seal.ActDraft, seal.Drafted), e) },
			"RecordProposal":       func() error { return s.RecordProposal(ctx, testProposal, e) },
			"RecordWithdrawal":     func() error { return s.RecordWithdrawal(ctx, st.ID, "x", day, e) },
			"RecordIntent, denied": func() error { _, err := s.RecordIntent(ctx, denied); return err },
			"Append":               func() error { return h.db.Ledger().Append(ctx, e) },
		}
		for name, act := range acts {
			if act() == nil {
				h.Errorf("%s succeeded without its entry", name)
			}
			if h.dump() != before {
				h.Fatalf("%s changed the database without its entry", name)
			}
		}
		accept()
		h.sound()
	})
}

// dump is every row that a write may touch, as text.
func (h *house) dump() string {
	h.Helper()
	all := ""
	for _, table := range []string{
		"departments", "officers", "applications", "grants", "authorities", "certificates", "crls", "crl_points", "key_centres", "escrowed_keys", "seals", "seal_states",
		"seal_steps", "seal_drafts", "seal_proposals",
		"stamps", "intents", "ledger_head", "ledger_entries", "outbox",
	} {
		rows, err := h.behind().Query(`SELECT * FROM ` + table + ` ORDER BY 1`)
		h.must(err)
		columns, err := rows.Columns()
		h.must(err)
		for rows.Next() {
			row := make([]string, len(columns))
			to := make([]any, len(columns))
			for i := range row {
				to[i] = &nullable{&row[i]}
			}
			h.must(rows.Scan(to...))
			for _, v := range row {
				all += v + "|"
			}
		}
		h.must(rows.Err())
		rows.Close()
	}
	return all
}

// A caller that gives up before its turn leaves nothing; one that gives up
// later still learns the outcome.
func TestCallerGivesUp(t *testing.T) {
	onBoth(t, func(h *house) {
		gone, cancel := context.WithCancel(ctx)
		cancel()
		h.is(h.db.Ledger().Append(gone, event("admin", "x", "x")), context.Canceled)
		if h.size() != 0 {
			h.Error("a leaf was appended for a caller that was gone")
		}
		leaving, cancel := context.WithCancel(ctx)
		h.must(h.db.WriteBetween(leaving, func() error { cancel(); return nil }))
		if h.size() != 1 {
			h.Error("the outcome told is not the one in the database")
		}
		short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		defer cancel()
		h.must(h.db.WriteBetween(short, func() error { time.Sleep(50 * time.Millisecond); return nil }))
		h.sound()
	})
}

// TestFailuresInAGroup: a caller who fails after he wrote, or panics, takes
// nothing from those who share the transaction, and leaves nothing himself.
func TestFailuresInAGroup(t *testing.T) {
	h := newHouse(t, "sqlite")
	h.furnish()
	before, broken := h.size(), errors.New("broken")
	var all sync.WaitGroup
	for n := range 60 {
		all.Go(func() {
			defer func() {
				if p := recover(); (p != nil) != (n%20 == 0) {
					t.Errorf("caller %d: panic %v", n, p)
				}
			}()
			err := h.db.WriteBetween(ctx, func() error {
				switch {
				case n%20 == 0:
					panic(broken)
				case n%5 == 0:
					return broken
				}
				return nil
			})
			if want := n%5 == 0; errors.Is(err, broken) != want || (err != nil) != want {
				t.Errorf("caller %d: got %v", n, err)
			}
		})
	}
	all.Wait()
	if got := h.size() - before; got != 48 {
		t.Errorf("%d leaves were appended, want 48", got)
	}
	h.sound()
}
