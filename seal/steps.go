// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"cmp"
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/govseal/govseal/internal/decision"
)

// paper is a document on its way through the steps. Each kind says what
// differs; stamp says the order.
type paper interface {
	// read parses what was handed in and refuses what must not be sealed. A
	// second call does nothing.
	read(ctx context.Context) error
	// intent fills in what was handed in: kind, digest, decision.
	intent(i *Intent)
	// make prepares, signs, time-stamps and checks, all by the act. It is
	// called again, and starts from what is recorded by then, after ErrConflict.
	make(ctx context.Context, a *act) (product, error)
}

// settler is a paper that has something to find out before the time of the
// stamp is fixed and the wait for its time-stamp begins.
type settler interface {
	settle(ctx context.Context, a *act) error
}

// product is what a paper became.
type product struct {
	output     []byte
	outputFrom *io.SectionReader // in place of output, when not all of it is in memory
	outputType string            // media type
	outputSM3  *[32]byte         // nil when nobody knows it yet
	inRecord   bool              // output is the signature itself: kept in the record, not as a file
	rendered   []byte            // a decision's PDF, nil when there is none
	paperOFD   []byte            // the same paper as OFD
	signature  []byte            // the SES_Signature or CMS, DER
	decision   *DecisionRecord
	missing    []string // listed departments that have not stamped
	places     []AnswerPlace
	asked      Placement // how the places were found
}

// act is one admitted use of a seal.
type act struct {
	request   Request
	intent    Intent
	admission Admission
	seal      *openSeal
	signer    crypto.Signer
	chain     [][]byte // above the seal's certificate, anchor included
	crls      [][]byte
	code      string    // drawn before anything is signed
	time      time.Time // claimed in the signature: whole seconds, UTC
	tokensBy  time.Time // when waiting for time-stamps ends

	lowered     bool   // to level B
	level       string // that a PDF was raised to; "" leaves it to lowered
	levelReason string // why, for the application: no-tsa, tsa-unavailable
	levelError  error  // why, for the audit log
}

// stamp takes a paper through the steps of "The life of a stamp". The
// application is authenticated already (step 1).
func (s *Service) stamp(ctx context.Context, r Request, kind Kind, p paper) (*Stamp, error) {
	if err := r.validate(kind); err != nil {
		return nil, err
	}
	// 2. Read, with no transaction open. One who never held a grant for this
	// seal is not worth it: the admission will refuse him, and record it. A
	// bare digest has nothing to read.
	if kind != KindDigest && s.everGranted(ctx, r) {
		if err := p.read(ctx); err != nil {
			return nil, err
		}
	}
	// 3. Admit, in one short transaction that writes the intent.
	i, admission, err := s.admit(ctx, r, kind, p)
	if err != nil {
		return nil, err
	}
	if admission.Replay != nil {
		return admission.Replay, nil
	}
	st, err := s.carryOut(ctx, r, i, admission, p)
	if err != nil {
		s.fail(ctx, i, admission, err)
		return nil, err
	}
	// 8. Answer: the record is durable.
	return st, nil
}

// everGranted reports whether the application holds or held any grant for the
// seal. Ended grants count: a repeated request must get its first answer.
func (s *Service) everGranted(ctx context.Context, r Request) bool {
	grants, err := s.cfg.Registry.Grants(ctx, r.Seal)
	if err != nil {
		return false
	}
	for _, g := range grants {
		if g.Application == r.Application.ID {
			return true
		}
	}
	return false
}

func (s *Service) admit(ctx context.Context, r Request, kind Kind, p paper) (Intent, Admission, error) {
	i := Intent{
		Application: r.Application.ID, Officer: r.Officer, Seal: r.Seal, Matter: r.Matter, CaseRef: r.CaseRef,
		Kind: kind, IdempotencyKey: r.IdempotencyKey, ContentSeen: true,
		Now: s.cfg.Now(), Lease: s.cfg.Lease,
	}
	i.Stamp = newID(i.Now)
	p.intent(&i)
	var err error
	if i.Fingerprint, err = r.fingerprint(kind, i.Decision, i.Document); err != nil {
		return i, Admission{}, err
	}
	admission, err := s.cfg.Store.RecordIntent(ctx, i)
	return i, admission, err
}

// carryOut is everything between the intent and the answer.
func (s *Service) carryOut(ctx context.Context, r Request, i Intent, admission Admission, p paper) (*Stamp, error) {
	if err := p.read(ctx); err != nil {
		return nil, err
	}
	a, err := s.begin(ctx, r, i, admission)
	if err != nil {
		return nil, err
	}
	if p, ok := p.(settler); ok {
		if err := p.settle(ctx, a); err != nil {
			return nil, err
		}
	}
	// Several departments may stamp one decision at the same time; whoever
	// comes second signs again over what the first left.
	for try := 1; ; try++ {
		st, err := s.attempt(ctx, a, p)
		if !errors.Is(err, ErrConflict) || try == maxConflicts {
			return st, err
		}
		if err := pause(ctx, try); err != nil {
			return nil, err
		}
	}
}

// maxConflicts bounds how often one request signs again.
const maxConflicts = 24

func pause(ctx context.Context, try int) error {
	t := time.NewTimer(rand.N(time.Duration(min(try, 10)) * 10 * time.Millisecond))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// begin opens what the act needs: seal, key, evidence, code.
func (s *Service) begin(ctx context.Context, r Request, i Intent, admission Admission) (*act, error) {
	a := &act{request: r, intent: i, admission: admission}
	var err error
	if a.seal, err = s.opened.open(admission.Seal); err != nil {
		return nil, err
	}
	if a.signer, err = s.cfg.Keys.Signer(ctx, admission.Seal.KeyRef, keyUse); err != nil {
		return nil, fmt.Errorf("seal: open the key of seal %s: %w", i.Seal, err)
	}
	if err := holds(a.signer, a.seal.public); err != nil {
		return nil, err
	}
	if a.chain, a.crls, err = s.evidence(ctx, a.seal); err != nil {
		return nil, err
	}
	if a.code, err = decision.NewCode(); err != nil {
		return nil, fmt.Errorf("seal: draw a verification code: %w", err)
	}
	return a, nil
}

// attempt signs once, keeps and records.
func (s *Service) attempt(ctx context.Context, a *act, p paper) (*Stamp, error) {
	// 4, 5. Sign and time-stamp; the paper checks what was made.
	if err := a.setTime(s.cfg.Now(), s.cfg.TSAWait); err != nil {
		return nil, err
	}
	made, err := p.make(ctx, a)
	if err != nil {
		return nil, err
	}
	// 6. Keep, durably.
	st := a.record(made)
	if err := s.keep(ctx, st, &made); err != nil {
		return nil, err
	}
	if st.Answer, err = st.answer(a, made, s.cfg.VerifyURL); err != nil {
		return nil, err
	}
	// 7. Record. A caller who hangs up now changes nothing: he finds the
	// answer when he asks again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWait)
	defer cancel()
	if err := s.cfg.Store.RecordStamp(ctx, *st, made.decision, st.event(a, made)); err != nil {
		return nil, err
	}
	return st, nil
}

// setTime fixes the time that will be claimed: whole seconds, as
// GeneralizedTime has them, and never after the time-stamp to come.
func (a *act) setTime(now time.Time, wait time.Duration) error {
	// Without the monotonic reading, which does not see the clock set back.
	if now.Round(0).Before(a.intent.Now.Round(0)) {
		return ErrClock
	}
	a.time = now.UTC().Truncate(time.Second)
	a.tokensBy = time.Now().Add(wait)
	a.lowered, a.level, a.levelReason, a.levelError = false, "", "", nil
	return nil
}

func (a *act) record(p product) *Stamp {
	st := &Stamp{
		ID: a.admission.Stamp, Code: a.code, Application: a.intent.Application, Officer: a.intent.Officer,
		Seal: a.intent.Seal, Department: a.admission.Department.ID, Grant: a.admission.Grant,
		Matter: a.intent.Matter, CaseRef: a.intent.CaseRef, Kind: a.intent.Kind,
		ContentSeen: a.intent.ContentSeen, Document: a.intent.Document, OutputType: p.outputType,
		Signature: p.signature, Level: cmp.Or(a.level, LevelT), Chain: a.chain, CRLs: a.crls, Time: a.time, Attempt: a.admission.Attempt,
	}
	if a.lowered {
		st.Level = LevelB
	}
	if p.decision != nil {
		st.Decision, st.Code = p.decision.ID, p.decision.Code
	}
	return st
}
