// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
)

var (
	operator = registry.Operator{ID: "opr1", Name: "Wang", Role: registry.Security, State: registry.Active, SecretDigest: [32]byte{7}, Created: day}
	auditor  = registry.Operator{ID: "opr2", Name: "赵示例", Role: registry.Audit, State: registry.Active, CertSerial: "0a1b",
		PublicKey: []byte("key"), Failures: 2, LastFailure: day.Add(time.Hour), Created: day}
	approval = registry.Approval{ID: "apv1", Act: "revoke", Hash: [32]byte{8}, Payload: []byte(`{"serial":"0a1b"}`), Command: []string{"ca", "revoke"},
		Maker: "opr1", Reason: "换发", State: registry.Asked, Asked: day, Expires: day.Add(24 * time.Hour)}
)

// staff adds both operators and the approval.
func (h *house) staff() {
	h.Helper()
	h.must(h.db.Operators().AddOperator(ctx, operator, event("operator", "operator.add", "opr1")))
	h.must(h.db.Operators().AddOperator(ctx, auditor, event("operator", "operator.add", "opr2")))
	h.must(h.db.Approvals().AddApproval(ctx, approval, event("approval", "approval.ask", "apv1")))
}

func TestOperatorsRoundTrip(t *testing.T) {
	onBoth(t, func(h *house) {
		none, err := h.db.Operators().Operators(ctx)
		h.must(err)
		h.staff()
		got, err := h.db.Operators().Operator(ctx, "opr1")
		h.must(err)
		named, err := h.db.Operators().OperatorNamed(ctx, "wANG")
		h.must(err)
		all, err := h.db.Operators().Operators(ctx)
		h.must(err)
		a, err := h.db.Approvals().Approval(ctx, "apv1")
		h.must(err)
		if diff := cmp.Diff(operator, got) + cmp.Diff(operator, named) + cmp.Diff([]registry.Operator{operator, auditor}, all) + cmp.Diff(approval, a); diff != "" || len(none) != 0 {
			h.Error(diff)
		}
		h.sound()
	})
}

func TestOperatorsRefuse(t *testing.T) {
	onBoth(t, func(h *house) {
		h.staff()
		size := h.size()
		o, a := h.db.Operators(), h.db.Approvals()
		sameName := auditor
		sameName.ID, sameName.Name = "opr3", "wang"
		h.is(o.AddOperator(ctx, operator, event("operator", "operator.add", "opr1")), registry.ErrExists)
		h.is(o.AddOperator(ctx, sameName, event("operator", "operator.add", "opr3")), registry.ErrExists)
		h.is(a.AddApproval(ctx, approval, event("approval", "approval.ask", "apv1")), registry.ErrExists)
		_, err := o.Operator(ctx, "x")
		h.is(err, registry.ErrNotFound)
		_, err = o.OperatorNamed(ctx, "x")
		h.is(err, registry.ErrNotFound)
		_, err = a.Approval(ctx, "x")
		h.is(err, registry.ErrNotFound)
		other := operator
		other.Failures = 9
		h.is(o.UpdateOperator(ctx, other, operator, event("operator", "operator.state", "opr1")), registry.ErrState)
		late := approval
		late.State = registry.Approved
		h.is(a.UpdateApproval(ctx, late, approval, event("approval", "approval.spend", "apv1")), registry.ErrState)
		if h.size() != size {
			h.Error("a refused act left a leaf")
		}
	})
}

// What was asked, and who somebody is, cannot be changed by a later step.
func TestOperatorsMove(t *testing.T) {
	onBoth(t, func(h *house) {
		h.staff()
		after := operator
		after.State, after.Failures, after.LastFailure, after.SecretDigest = registry.Suspended, 3, day.Add(time.Minute), [32]byte{9}
		want := after
		after.Name, after.Created = "somebody else", day.Add(time.Hour)
		h.must(h.db.Operators().UpdateOperator(ctx, operator, after, event("operator", "operator.state", "opr1")))
		got, err := h.db.Operators().Operator(ctx, "opr1")
		h.must(err)

		decided := approval
		decided.State, decided.Checker, decided.Note, decided.Decided = registry.Approved, "opr2", "已核对", day.Add(time.Hour)
		wantApproval := decided
		decided.Payload, decided.Hash, decided.Expires = []byte(`{}`), [32]byte{}, day.AddDate(1, 0, 0)
		h.must(h.db.Approvals().UpdateApproval(ctx, approval, decided, event("approval", "approval.approve", "apv1")))
		a, err := h.db.Approvals().Approval(ctx, "apv1")
		h.must(err)
		if diff := cmp.Diff(want, got) + cmp.Diff(wantApproval, a); diff != "" {
			h.Error(diff)
		}
		h.sound()
	})
}

// Of two who change the same row from the same state one does.
func TestOperatorRowsChangeOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		h.staff()
		spent := approval
		spent.State = registry.Spent
		errs := make([]error, 4)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				errs[i] = h.db.Approvals().UpdateApproval(ctx, approval, spent, event("approval", "approval.spend", "apv1"))
			})
		}
		all.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else {
				h.is(err, registry.ErrState)
			}
		}
		if done != 1 {
			h.Errorf("spent %d times", done)
		}
	})
}

func TestApprovalsList(t *testing.T) {
	onBoth(t, func(h *house) {
		h.staff()
		second := approval
		second.ID = "apv2"
		h.must(h.db.Approvals().AddApproval(ctx, second, event("approval", "approval.ask", "apv2")))
		all, err := h.db.Approvals().Approvals(ctx, 0)
		h.must(err)
		one, err := h.db.Approvals().Approvals(ctx, 1)
		h.must(err)
		if diff := cmp.Diff([]registry.Approval{second, approval}, all) + cmp.Diff([]registry.Approval{second}, one); diff != "" {
			h.Error(diff)
		}
	})
}

// Each column of both tables is covered, and the number of operators.
func TestEditedOperatorsAreTampered(t *testing.T) {
	operators := []string{
		`UPDATE operators SET role = 'security'`,
		`UPDATE operators SET state = 'suspended'`,
		`UPDATE operators SET name = 'x' WHERE id = 'opr1'`,
		`UPDATE operators SET name_key = 'x' WHERE id = 'opr1'`,
		`UPDATE operators SET secret_digest = (SELECT hash FROM approvals)`,
		`UPDATE operators SET cert_serial = 'ff'`,
		`UPDATE operators SET public_key = mac`,
		`UPDATE operators SET failures = 0`,
		`UPDATE operators SET last_failure = 1`,
		`UPDATE operators SET created = created + 1`,
		`UPDATE operators SET mac = secret_digest`,
		`DELETE FROM operators WHERE id = 'opr2'`,
		`DELETE FROM operators`,
		`DELETE FROM ledger_entries WHERE object = 'opr1'`,
	}
	approvals := []string{
		`UPDATE approvals SET state = 'approved'`,
		`UPDATE approvals SET act = 'issue:tsa'`,
		`UPDATE approvals SET hash = mac`,
		`UPDATE approvals SET payload = hash`,
		`UPDATE approvals SET command = '[]'`,
		`UPDATE approvals SET command = 'nonsense'`,
		`UPDATE approvals SET maker = 'opr2'`,
		`UPDATE approvals SET checker = 'opr2'`,
		`UPDATE approvals SET reason = 'x'`,
		`UPDATE approvals SET note = 'x'`,
		`UPDATE approvals SET asked = asked + 1`,
		`UPDATE approvals SET expires = expires + 1`,
		`UPDATE approvals SET decided = 1`,
		`UPDATE approvals SET ended = 1`,
		`UPDATE approvals SET mac = hash`,
	}
	onBoth(t, func(h *house) {
		for _, engineEdits := range [][]string{operators, approvals} {
			for _, edit := range engineEdits {
				h := newHouse(t, h.engine)
				h.staff()
				h.sql(edit)
				_, err := h.db.Operators().Operators(ctx)
				if edit[:16] == approvals[0][:16] {
					_, err = h.db.Approvals().Approval(ctx, "apv1")
				}
				if err == nil {
					t.Errorf("%s: %s: believed", h.engine, edit)
					continue
				}
				h.is(err, registry.ErrTampered)
			}
		}
	})
}

// Rows that govseal wrote itself, put back later, are found by their leaves.
func TestRowsPutBackAreTampered(t *testing.T) {
	onBoth(t, func(h *house) {
		h.staff()
		h.execute(`CREATE TABLE kept_operators AS SELECT * FROM operators`, `CREATE TABLE kept_approvals AS SELECT * FROM approvals`)
		suspended, spent := operator, approval
		suspended.State, spent.State = registry.Suspended, registry.Spent
		h.must(h.db.Operators().UpdateOperator(ctx, operator, suspended, event("operator", "operator.state", "opr1")))
		h.must(h.db.Approvals().UpdateApproval(ctx, approval, spent, event("approval", "approval.spend", "apv1")))
		for _, table := range []string{"operators", "approvals"} {
			h.sql(`UPDATE ` + table + ` SET state = (SELECT k.state FROM kept_` + table + ` k WHERE k.id = ` + table + `.id),
				mac = (SELECT k.mac FROM kept_` + table + ` k WHERE k.id = ` + table + `.id)`)
		}
		_, err := h.db.Operators().Operator(ctx, "opr1")
		h.is(err, registry.ErrTampered)
		_, err = h.db.Operators().Operators(ctx)
		h.is(err, registry.ErrTampered)
		_, err = h.db.Approvals().Approval(ctx, "apv1")
		h.is(err, registry.ErrTampered)
		err = h.db.Approvals().UpdateApproval(ctx, spent, approval, event("approval", "approval.approve", "apv1"))
		h.is(err, registry.ErrState)
	})
}

// execute runs statements behind govseal's back that change no row.
func (h *house) execute(statements ...string) {
	h.Helper()
	for _, s := range statements {
		_, err := h.behind().Exec(s)
		h.must(err)
	}
}

// The audit log finds a person under more than one actor.
func TestSearchOfSeveralActors(t *testing.T) {
	onBoth(t, func(h *house) {
		h.staff()
		e := event("operator", "operator.enter", "x")
		e.Actor = "operator:wang (opr1, secret)"
		h.must(h.db.Ledger().Append(ctx, e))
		for actors, want := range map[string]int{"": 3, "operator:wang (opr1, secret)": 4, "operator:nobody": 3} {
			q := searchFor("operator:test", actors)
			found, err := h.db.Ledger().Search(ctx, q)
			h.must(err)
			if len(found) != want {
				h.Errorf("with %q: %d entries, want %d", actors, len(found), want)
			}
		}
	})
}

func searchFor(actor, also string) ledger.Query {
	q := ledger.Query{Actor: actor}
	if also != "" {
		q.Actors = []string{also}
	}
	return q
}
