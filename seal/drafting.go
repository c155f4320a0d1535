// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
)

// DraftSeal plans a seal: it draws number and picture, so that everybody can
// look at what will be made, and makes neither key nor certificate.
func (s *Service) DraftSeal(ctx context.Context, r MakeRequest) (Draft, error) {
	_, p, picture, err := s.plan(ctx, &r)
	if err != nil {
		return Draft{}, err
	}
	return s.newDraft(ctx, r.Actor, r.Reason, p, picture)
}

func (s *Service) newDraft(ctx context.Context, actor, reason string, p Plan, picture []byte) (Draft, error) {
	d, err := p.draft(picture)
	if err != nil {
		return Draft{}, err
	}
	return s.recordDraft(ctx, d, draftStep{act: ActDraft, actor: actor, to: Drafted, reason: reason})
}

// EditDraft replaces what an open draft says; its number stays. Any approval
// is void.
func (s *Service) EditDraft(ctx context.Context, esID string, r MakeRequest) (Draft, error) {
	d, err := s.openDraft(ctx, esID)
	if err != nil {
		return d, err
	}
	old, err := d.Plan()
	if err != nil {
		return d, err
	}
	r.Department = orDefault(r.Department, d.Department)
	if r.Department != d.Department {
		return d, refuse(ReasonRequest, "a draft belongs to its department: cancel it and draft anew")
	}
	if _, err := s.validateMake(ctx, &r); err != nil {
		return d, err
	}
	picture, err := r.Design.draw(r.Name, r.Horizontal, d.ESID)
	if err != nil {
		return d, err
	}
	sum := gm.SM3(picture)
	next, err := Plan{
		ESID: d.ESID, Department: d.Department, Name: r.Name, Horizontal: r.Horizontal, Design: r.Design.recorded(),
		Validity: r.Validity.String(), Predecessor: old.Predecessor, PictureSM3: hex.EncodeToString(sum[:]),
	}.draft(picture)
	if err != nil {
		return d, err
	}
	next.Hands, next.Steps = d.Hands, d.Steps
	return s.recordDraft(ctx, next, draftStep{act: ActEdit, actor: r.Actor, from: d.State, to: Drafted, reason: r.Reason})
}

// SubmitDraft hands a draft to a second person.
func (s *Service) SubmitDraft(ctx context.Context, actor, esID, reason string) (Draft, error) {
	d, err := s.openDraft(ctx, esID)
	if err != nil {
		return d, err
	}
	if d.State != Drafted {
		return d, fmt.Errorf("%w: the draft is %s", ErrState, d.State)
	}
	return s.recordDraft(ctx, d, draftStep{act: ActSubmit, actor: actor, from: d.State, to: Awaiting, reason: reason})
}

// approveDraft records the approval of exactly what digest says.
func (s *Service) approveDraft(ctx context.Context, actor string, d Draft, digest [32]byte, reason string) error {
	switch {
	case d.State != Awaiting:
		return fmt.Errorf("%w: the draft is %s", ErrState, d.State)
	case d.handledBy(actor):
		return refuse(ReasonSecondPerson, "who wrote or submitted a draft cannot approve it")
	case d.Digest() != digest:
		return refuse(ReasonSecondPerson, "the draft is not what you looked at: look again")
	}
	hands := d.Hands
	d.Approver, d.Approved = actor, digest
	_, err := s.recordDraft(ctx, d, draftStep{act: ActApprove, actor: actor, from: d.State, to: Approved, reason: reason, hands: hands})
	return err
}

// dropDraft ends a draft that will not be made.
func (s *Service) dropDraft(ctx context.Context, actor, reason string, d Draft) error {
	_, err := s.recordDraft(ctx, d, draftStep{act: ActCancel, actor: actor, from: d.State, to: Cancelled, reason: reason})
	return err
}

// MakeDraft makes the seal that a draft plans, octet for octet as it was
// approved where making takes two. The seal is then to be filed and activated.
func (s *Service) MakeDraft(ctx context.Context, actor, esID, reason string) (Seal, error) {
	d, err := s.openDraft(ctx, esID)
	if err != nil {
		return Seal{}, err
	}
	if err := validActor(actor, reason); err != nil {
		return Seal{}, err
	}
	approved := d.State == Approved && d.Approved == d.Digest() && d.Approver != ""
	if s.takesTwo(ActMake) && !approved {
		return Seal{}, refuse(ReasonSecondPerson, "making a seal takes two people here, and the draft is %s, not approved", d.State)
	}
	p, picture, err := s.planOf(d)
	if err != nil {
		return Seal{}, err
	}
	department, err := s.activeDepartment(ctx, d.Department)
	if err != nil {
		return Seal{}, err
	}
	return s.build(ctx, job{actor: actor, reason: reason, department: department, plan: p, picture: picture, state: Made},
		func(rec Seal) error {
			st := Step{ESID: rec.ESID, Act: ActMake, To: Made, Actor: actor, Reason: reason, Reference: p.Predecessor, At: rec.Changed}
			if approved {
				st.Second, st.Approved = d.Approver, d.Approved
			}
			return s.cfg.Store.RecordMade(ctx, rec, d, st, madeEvent(actor, st.Second, rec))
		})
}

// planOf holds a draft's parts to each other once more before they are signed.
func (s *Service) planOf(d Draft) (Plan, []byte, error) {
	p, err := d.Plan()
	if err != nil {
		return p, nil, err
	}
	sum := gm.SM3(d.Picture)
	if p.ESID != d.ESID || p.Department != d.Department || p.PictureSM3 != hex.EncodeToString(sum[:]) {
		return p, nil, fmt.Errorf("seal: the draft of seal %s does not hold together", d.ESID)
	}
	if v := p.validity(); v < time.Hour || v > maxValidity {
		return p, nil, fmt.Errorf("seal: the draft of seal %s has no validity", d.ESID)
	}
	return p, d.Picture, s.canWrite(p.Design)
}

// openDraft is ErrState for a draft that was made or cancelled.
func (s *Service) openDraft(ctx context.Context, esID string) (Draft, error) {
	d, err := s.cfg.Store.Draft(ctx, esID)
	if err != nil {
		if _, made := s.cfg.Store.Seal(ctx, esID); errors.Is(err, ErrNotFound) && made == nil {
			return d, fmt.Errorf("%w: the seal is made already", ErrState)
		}
		return d, err
	}
	if !d.Open() {
		return d, fmt.Errorf("%w: the draft is %s", ErrState, d.State)
	}
	return d, nil
}

type draftStep struct {
	act           Act
	actor, reason string
	from, to      State
	hands         []string // not nil: they stay as they are
}

func (s *Service) recordDraft(ctx context.Context, d Draft, st draftStep) (Draft, error) {
	if err := validActor(st.actor, st.reason); err != nil {
		return d, err
	}
	at := s.cfg.Now().UTC().Truncate(time.Millisecond)
	d.State, d.Changed = st.to, at
	if st.hands == nil {
		d.Hands = d.withHand(st.actor)
	}
	if st.to != Approved {
		d.Approver, d.Approved = "", [32]byte{}
	}
	step := Step{ESID: d.ESID, Act: st.act, From: st.from, To: st.to, Actor: st.actor, Reason: st.reason, At: at}
	if st.to == Approved {
		step.Approved = d.Approved
	}
	err := s.cfg.Store.RecordDraft(ctx, d, step, ledger.Event{
		Kind: "seal-state", Time: at, Actor: st.actor, Act: "seal." + string(st.act), Object: d.ESID, Reason: st.reason,
		Before: private(map[string]any{"state": st.from}),
		After:  private(map[string]any{"state": st.to, "draft": d.Content, "digest": fmt.Sprintf("%x", d.Digest())}),
		Facts: []ledger.Fact{
			text(FactSeal, d.ESID), text(FactAct, string(st.act)), text(FactState, string(st.to)),
			text(FactDepartment, d.Department), digest(FactApproved, d.Digest()), instant(at),
		},
	})
	d.Steps++
	return d, err
}

// validActor bounds an actor, which is required, and a reason, which is not.
func validActor(actor, reason string) error {
	if actor == "" {
		return refuse(ReasonRequest, "an actor is required")
	}
	if err := validText("actor", actor); err != nil {
		return err
	}
	return validText("reason", reason)
}
