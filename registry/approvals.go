// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
)

// Bounds on how long a request may wait and an approval may be used.
const (
	DefaultApprovalLife = 24 * time.Hour
	MaxApprovalLife     = 30 * 24 * time.Hour
)

// Approvals is four eyes: a maker asks, a checker decides, and what was
// approved is carried out once. Every step is an audit entry.
type Approvals struct {
	store     ApprovalStore
	operators OperatorStore
	now       func() time.Time
}

// NewApprovals returns the service; a nil now is the system's clock.
func NewApprovals(s ApprovalStore, operators OperatorStore, now func() time.Time) *Approvals {
	if now == nil {
		now = time.Now
	}
	return &Approvals{store: s, operators: operators, now: now}
}

// Store gives read access for listings.
func (s *Approvals) Store() ApprovalStore { return s.store }

// Request is what a maker asks for.
type Request struct {
	Act string
	// Payload is everything that decides what the act does, as a value for
	// encoding/json: integers only, ASCII member names, at most 64 KiB.
	Payload any
	Command []string // how to carry it out, for people
	Reason  string
	Life    time.Duration // 0 means DefaultApprovalLife
}

// Ask records a request. The maker must be a proven operator: stated names
// cannot tell two people apart.
func (s *Approvals) Ask(ctx context.Context, who Identity, r Request) (Approval, error) {
	maker, ok := who.Proven()
	if !ok {
		return Approval{}, errUnproven
	}
	if r.Life == 0 {
		r.Life = DefaultApprovalLife
	}
	if r.Life < 0 || r.Life > MaxApprovalLife {
		return Approval{}, &FieldError{"life", "of an approval must be at most 30 days"}
	}
	if r.Reason != "" {
		if err := checkText("reason", r.Reason, 500); err != nil {
			return Approval{}, err
		}
	}
	payload, err := s.payload(r.Act, r.Payload)
	if err != nil {
		return Approval{}, err
	}
	now := stored(s.now())
	a := Approval{ID: newID("apv"), Act: r.Act, Hash: hashOf(r.Act, payload), Payload: payload, Command: slices.Clone(r.Command),
		Maker: maker.ID, Reason: r.Reason, State: Asked, Asked: now, Expires: stored(now.Add(r.Life))}
	e, err := approvalEvent(who.Actor(), "approval.ask", a.Reason, now, nil, a)
	if err != nil {
		return Approval{}, err
	}
	return a, s.store.AddApproval(ctx, a, e)
}

var errUnproven = &Denied{"unproven", "an approval needs operators who prove themselves; add them with \"govseal operator add\""}

func (s *Approvals) payload(act string, v any) ([]byte, error) {
	if err := CheckAct(act); err != nil {
		return nil, err
	}
	b, err := canonical(v)
	if err != nil {
		return nil, &FieldError{"payload", err.Error()}
	}
	return b, nil
}

// Approve lets the act be carried out once, before it expires. *Denied says
// which rule refused: role, self-approval, approval-state, approval-expired.
func (s *Approvals) Approve(ctx context.Context, who Identity, id, note string) (Approval, error) {
	a, checker, err := s.deciding(ctx, who, id)
	if err != nil {
		return Approval{}, err
	}
	if checker.ID == a.Maker {
		return Approval{}, &Denied{"self-approval", "who asked for an act cannot approve it"}
	}
	return s.decide(ctx, who, a, Approved, "approval.approve", note)
}

// Refuse ends a request. Its own maker may take it back this way.
func (s *Approvals) Refuse(ctx context.Context, who Identity, id, note string) (Approval, error) {
	a, _, err := s.deciding(ctx, who, id)
	if err != nil {
		return Approval{}, err
	}
	return s.decide(ctx, who, a, Refused, "approval.refuse", note)
}

// deciding loads a request that waits, for somebody who may decide.
func (s *Approvals) deciding(ctx context.Context, who Identity, id string) (a Approval, checker Operator, err error) {
	checker, ok := who.Proven()
	if !ok {
		return a, checker, errUnproven
	}
	if err := checker.Role.May(TaskApprovals); err != nil {
		return a, checker, err
	}
	a, err = s.current(ctx, who, id)
	if err == nil && a.State != Asked {
		err = &Denied{"approval-state", "this request is " + string(a.State) + " already"}
	}
	return a, checker, err
}

// current loads an approval and records it as expired if it is.
func (s *Approvals) current(ctx context.Context, who Identity, id string) (Approval, error) {
	a, err := s.store.Approval(ctx, id)
	if err != nil {
		return a, err
	}
	now := stored(s.now())
	if a.Standing(now) != Expired {
		return a, nil
	}
	expired := &Denied{"approval-expired", "this approval expired " + a.Expires.Format(time.RFC3339) + "; ask again"}
	if a.State == Expired {
		return Approval{}, expired
	}
	after := a
	after.State, after.Ended = Expired, now
	if err := s.record(ctx, who, "approval.expire", "", a, after); err != nil && !errors.Is(err, ErrState) {
		return Approval{}, errors.Join(expired, err)
	}
	return Approval{}, expired
}

func (s *Approvals) decide(ctx context.Context, who Identity, a Approval, to ApprovalState, act, note string) (Approval, error) {
	if note != "" {
		if err := checkText("note", note, 500); err != nil {
			return Approval{}, err
		}
	}
	checker, _ := who.Proven()
	after := a
	after.State, after.Checker, after.Note, after.Decided = to, checker.ID, note, stored(s.now())
	return after, s.record(ctx, who, act, note, a, after)
}

// Spend lets an approved act begin, exactly as it was approved, and never
// again: whoever calls it carries the act out next. *Denied says which rule
// refused: approval-state, approval-expired, approval-edited, operator-state.
func (s *Approvals) Spend(ctx context.Context, who Identity, id, act string, payload any) (Approval, error) {
	if _, ok := who.Proven(); !ok {
		return Approval{}, errUnproven
	}
	asked, err := s.payload(act, payload)
	if err != nil {
		return Approval{}, err
	}
	a, err := s.current(ctx, who, id)
	if err != nil {
		return Approval{}, err
	}
	switch a.State {
	case Approved:
	case Asked:
		return Approval{}, &Denied{"approval-state", "nobody has approved this yet"}
	default:
		return Approval{}, &Denied{"approval-state", "this approval is " + string(a.State) + " already"}
	}
	want, have := hashOf(act, asked), hashOf(a.Act, a.Payload)
	if !gm.EqualMAC(want[:], a.Hash[:]) || have != a.Hash {
		return Approval{}, &Denied{"approval-edited", "this is not what was approved: the act or what decides it has changed; ask again"}
	}
	if err := s.stillTrusted(ctx, a.Maker, a.Checker); err != nil {
		return Approval{}, err
	}
	after := a
	after.State, after.Ended = Spent, stored(s.now())
	return after, s.record(ctx, who, "approval.spend", "", a, after)
}

// stillTrusted refuses what a maker or checker left behind who has been
// suspended or ended since.
func (s *Approvals) stillTrusted(ctx context.Context, ids ...string) error {
	for _, id := range ids {
		o, err := s.operators.Operator(ctx, id)
		if err != nil {
			return fmt.Errorf("maker and checker of the approval: %w", err)
		}
		if o.State != Active {
			return &Denied{"operator-state", "the maker or checker of this approval is " + string(o.State) + "; ask again"}
		}
	}
	return nil
}

func (s *Approvals) record(ctx context.Context, who Identity, act, reason string, before, after Approval) error {
	e, err := approvalEvent(who.Actor(), act, reason, stored(s.now()), &before, after)
	if err != nil {
		return err
	}
	return s.store.UpdateApproval(ctx, before, after, e)
}

func approvalEvent(actor, act, reason string, at time.Time, before *Approval, after Approval) (ledger.Event, error) {
	var was any
	if before != nil {
		was = approvalView(*before, false)
	}
	e, err := altered(actor, "approval", act, after.ID, reason, was, approvalView(after, before == nil))
	e.Time = at
	e.Facts = []ledger.Fact{{Name: "object", Value: []byte(after.ID)}, {Name: "state", Value: []byte(after.State)}, {Name: "hash", Value: after.Hash[:]}}
	return e, err
}
