// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A change of state touches two records: the certificate's status, which a
// verifier sees in the CRL, and the seal's state. The certificate moves first,
// in a transaction of its own, then the state. A crash between them is safe
// for stopping (admission asks both, and the certificate denies already) and
// for resuming (the state denies still). The act is then simply repeated:
// Authority's methods are idempotent. Supersession is the other way round: were
// the old certificate revoked before the new seal is recorded, a failure would
// leave a department with neither (see retire).

// Reason codes of RFC 5280 5.3.1 used here.
const (
	reasonKeyCompromise        = 1
	reasonSuperseded           = 4
	reasonCessationOfOperation = 5
)

// rule is where an act may begin and where it ends.
type rule struct {
	from []State
	to   State
}

var rules = map[Act]rule{
	ActFile:     {[]State{Made}, Filed},
	ActActivate: {[]State{Filed}, Active},
	ActSuspend:  {[]State{Active}, Suspended},
	ActResume:   {[]State{Suspended}, Active},
	ActCancel:   {alive, Cancelled},
	ActLost:     {append(slices.Clone(alive), ended...), Lost},

	ActCompromise: {ended, ""}, // the state stays
}

// RecordFiling records that a made seal is filed (备案) under a number.
func (s *Service) RecordFiling(ctx context.Context, actor, esID, number, reason string) error {
	if number == "" {
		return refuse(ReasonRequest, "the number under which the seal is filed is required")
	}
	return s.ask(ctx, Proposal{Act: ActFile, ESID: esID, By: actor, Reason: reason, Reference: number})
}

// Activate puts a filed seal into force. The seal that it replaces, if any,
// ends in the same moment.
func (s *Service) Activate(ctx context.Context, actor, esID, reason string) error {
	return s.ask(ctx, Proposal{Act: ActActivate, ESID: esID, By: actor, Reason: reason})
}

// Suspend stops a seal for the time being: certificateHold.
func (s *Service) Suspend(ctx context.Context, actor, esID, reason string) error {
	return s.ask(ctx, Proposal{Act: ActSuspend, ESID: esID, By: actor, Reason: reason})
}

// Resume takes a suspension back.
func (s *Service) Resume(ctx context.Context, actor, esID, reason string) error {
	return s.ask(ctx, Proposal{Act: ActResume, ESID: esID, By: actor, Reason: reason})
}

// Cancel ends a seal for good: its certificate is revoked. compromised, when
// not zero, is since when the key may have been in wrong hands; stamps that no
// time-stamp proves older lose their force then. A seal that has ended already
// keeps its state (ActCompromise). A draft is simply dropped.
func (s *Service) Cancel(ctx context.Context, actor, esID, reason string, compromised time.Time) error {
	if d, err := s.cfg.Store.Draft(ctx, esID); err == nil && d.Open() {
		if err := validReason(actor, reason); err != nil {
			return err
		}
		return s.dropDraft(ctx, actor, reason, d)
	} else if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	p := Proposal{Act: ActCancel, ESID: esID, By: actor, Reason: reason, Effective: compromised}
	if rec, err := s.cfg.Store.Seal(ctx, esID); err == nil && !compromised.IsZero() && rec.State.Ended() {
		p.Act = ActCompromise
	}
	return s.ask(ctx, p)
}

// ReportLost ends a seal whose key or carrier is lost (挂失): its certificate
// is revoked as compromised since the given time, which may lie in the past. A
// seal that was cancelled or superseded, or that has expired, may turn out to
// have been lost before. When it is not sure, Suspend is what can be taken back.
func (s *Service) ReportLost(ctx context.Context, actor, esID, reason string, since time.Time) error {
	if since.IsZero() {
		return refuse(ReasonRequest, "since when the seal is lost is required")
	}
	return s.ask(ctx, Proposal{Act: ActLost, ESID: esID, By: actor, Reason: reason, Effective: since})
}

// ask does an act, or records it as a proposal when it takes a second person:
// then the error is an *AwaitingApproval.
func (s *Service) ask(ctx context.Context, p Proposal) error {
	if err := validReason(p.By, p.Reason); err != nil {
		return err
	}
	if err := validText("number", p.Reference); err != nil {
		return err
	}
	now := s.cfg.Now().UTC().Truncate(time.Millisecond)
	if p.Effective = p.Effective.UTC().Truncate(time.Second); p.Effective.After(now) {
		return refuse(ReasonRequest, "a loss or compromise cannot lie in the future")
	}
	rec, err := s.cfg.Store.Seal(ctx, p.ESID)
	if err != nil {
		return err
	}
	if err := s.mayBegin(p, rec); err != nil {
		return err
	}
	p.At, p.Steps = now, rec.Steps
	if !s.takesTwo(p.Act) {
		return s.perform(ctx, p, rec, "")
	}
	if err := s.cfg.Store.RecordProposal(ctx, p, p.event()); err != nil {
		return err
	}
	return &AwaitingApproval{ESID: p.ESID, Act: p.Act, Digest: p.Digest()}
}

func (s *Service) mayBegin(p Proposal, rec Seal) error {
	state := rec.State
	if p.Act == ActActivate || p.Act == ActResume {
		state, _ = rec.StateAt(s.cfg.Now()) // what has expired does not come back
	}
	if !slices.Contains(rules[p.Act].from, state) {
		return fmt.Errorf("%w: the seal is %s", ErrState, state)
	}
	// What has ended can only be found to have been void earlier.
	if void := rec.voidSince(); rec.State.Ended() && !p.Effective.Before(void) {
		return refuse(ReasonRequest, "the seal does not count since %s: only an earlier time changes anything", void.UTC().Format(time.RFC3339))
	}
	return nil
}

// voidSince is from when on an ended seal does not count.
func (s Seal) voidSince() time.Time {
	if !s.Effective.IsZero() {
		return s.Effective
	}
	return s.Changed
}

// Approve is the second person's word on what waits for it under a seal's
// number: a draft, which may then be made, or a proposed act, which is done at
// once. digest is what the approver looked at; anything edited since is
// refused, and so is everybody who had a hand in it.
func (s *Service) Approve(ctx context.Context, actor, esID string, digest [32]byte, reason string) error {
	if err := validActor(actor, reason); err != nil {
		return err
	}
	d, err := s.cfg.Store.Draft(ctx, esID)
	if err == nil && d.Open() {
		return s.approveDraft(ctx, actor, d, digest, reason)
	} else if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	rec, err := s.cfg.Store.Seal(ctx, esID)
	if err != nil {
		return err
	}
	p, err := s.cfg.Store.Proposal(ctx, esID)
	switch {
	case errors.Is(err, ErrNotFound):
		return fmt.Errorf("%w: nothing waits for approval under this number", ErrState)
	case err != nil:
		return err
	case SamePerson(p.By, actor):
		return refuse(ReasonSecondPerson, "who proposed an act cannot approve it")
	case p.Digest() != digest || p.Steps != rec.Steps:
		return refuse(ReasonSecondPerson, "what waits is not what you looked at: look again")
	}
	if err := s.mayBegin(p, rec); err != nil {
		return err
	}
	return s.perform(ctx, p, rec, actor)
}

// perform moves the certificate, then the record; of a predecessor, the other
// way round.
func (s *Service) perform(ctx context.Context, p Proposal, rec Seal, second string) error {
	if err := s.moveCertificate(ctx, p, rec); err != nil {
		return fmt.Errorf("seal: change the certificate's status: %w", err)
	}
	at := s.cfg.Now().UTC().Truncate(time.Millisecond)
	changes := []Change{p.change(rec, second, at)}
	var old *Seal
	if p.Act == ActActivate && rec.Predecessor != "" {
		var end []Change
		var err error
		if old, end, err = s.supersede(ctx, p.By, rec, at); err != nil {
			return err
		}
		changes = append(changes, end...)
	}
	if err := s.cfg.Store.RecordSealSteps(ctx, changes...); err != nil {
		return err
	}
	return s.retire(ctx, p.By, old, rec.ESID)
}

func (s *Service) moveCertificate(ctx context.Context, p Proposal, rec Seal) error {
	a, serial := s.cfg.Authority, rec.CertSerial
	switch p.Act {
	case ActSuspend:
		return a.Suspend(ctx, p.By, serial, p.Reason)
	case ActResume:
		return a.Resume(ctx, p.By, serial, p.Reason)
	case ActLost, ActCompromise:
		return a.Revoke(ctx, p.By, serial, reasonKeyCompromise, p.Effective, p.Reason)
	case ActCancel:
		code := reasonCessationOfOperation
		if !p.Effective.IsZero() {
			code = reasonKeyCompromise
		}
		return a.Revoke(ctx, p.By, serial, code, p.Effective, p.Reason)
	}
	return nil
}
