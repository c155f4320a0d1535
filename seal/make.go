// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
)

// MakeRequest asks for a new seal, or for the draft of one.
type MakeRequest struct {
	Actor      string
	Department string        // registry ID
	Name       string        // on the seal; empty means the department's name
	Horizontal string        // line under the star, may be empty
	Validity   time.Duration // 0 means 3 years
	Reason     string        // may be empty
	Design     Design
}

const (
	defaultValidity = 3 * 365 * 24 * time.Hour
	maxValidity     = 5 * 365 * 24 * time.Hour
	maxSealName     = 120 // octets: 40 Chinese characters
)

// Uses under which keys are made and opened.
const (
	keyUse      = "seal"
	makerKeyUse = "seal-maker"
)

const (
	sealVersion = 4 // GB/T 38540-2020: what readers in the field parse
	sealVendor  = "govseal"
	sealDPI     = 300 // every stamp carries the picture, 12 kB at this resolution
)

// Make makes a seal in one act, from nothing to active: number, key,
// certificate, picture, the seal maker's signature. What may be refused is
// refused before a key exists: a *Refused with ReasonCharacters names
// characters that cannot be drawn. If it fails after the certificate was
// issued, that is revoked. Where making takes a second person, it is refused:
// then DraftSeal is the way.
func (s *Service) Make(ctx context.Context, r MakeRequest) (Seal, error) {
	if s.takesTwo(ActMake) {
		return Seal{}, refuse(ReasonSecondPerson, "making a seal takes two people here: draft it, have another operator approve it, then make it")
	}
	d, p, picture, err := s.plan(ctx, &r)
	if err != nil {
		return Seal{}, err
	}
	return s.build(ctx, job{actor: r.Actor, reason: r.Reason, department: d, plan: p, picture: picture, state: Active},
		func(rec Seal) error {
			return s.cfg.Store.RecordSeal(ctx, rec, madeEvent(r.Actor, "", rec))
		})
}

// plan checks a request, draws the picture and the number, in an order that
// refuses before a number is used up.
func (s *Service) plan(ctx context.Context, r *MakeRequest) (d registry.Department, p Plan, picture []byte, err error) {
	if d, err = s.validateMake(ctx, r); err != nil {
		return d, p, nil, err
	}
	if picture, err = r.Design.draw(r.Name, r.Horizontal, d.AreaCode+"00000000"); err != nil {
		return d, p, nil, err
	}
	p = Plan{Department: d.ID, Name: r.Name, Horizontal: r.Horizontal, Design: r.Design.recorded(), Validity: r.Validity.String()}
	if p.ESID, err = s.cfg.Store.NextESID(ctx, d.AreaCode); err != nil {
		return d, p, nil, fmt.Errorf("seal: draw a seal number: %w", err)
	}
	if r.Design.Serial == SerialNumber {
		if picture, err = r.Design.draw(r.Name, r.Horizontal, p.ESID); err != nil {
			return d, p, nil, err
		}
	}
	sum := gm.SM3(picture)
	p.PictureSM3 = hex.EncodeToString(sum[:])
	return d, p, picture, nil
}

func (s *Service) validateMake(ctx context.Context, r *MakeRequest) (registry.Department, error) {
	d, err := s.activeDepartment(ctx, r.Department)
	if err != nil {
		return d, err
	}
	r.Name = orDefault(r.Name, d.Name)
	r.Validity = orDefault(r.Validity, defaultValidity)
	if r.Actor == "" || r.Validity < time.Hour || r.Validity > maxValidity {
		return d, refuse(ReasonRequest, "an actor and a validity of one hour to five years are required")
	}
	for _, t := range []struct{ what, value string }{
		{"name", r.Name}, {"horizontal line", r.Horizontal}, {"middle line", r.Design.Middle}, {"serial", r.Design.Serial},
		{"reason", r.Reason}, {"actor", r.Actor},
	} {
		if err := validText(t.what, t.value); err != nil {
			return d, err
		}
		if len(t.value) > maxSealName && t.what != "reason" && t.what != "actor" {
			return d, refuse(ReasonRequest, "%s of more than %d octets", t.what, maxSealName)
		}
	}
	if err := r.Design.settle(); err != nil {
		return d, err
	}
	return d, s.canWrite(r.Design)
}

// canWrite refuses a version 5 that nobody here can time-stamp.
func (s *Service) canWrite(d Design) error {
	if d.Version == 5 && s.cfg.TSA == nil {
		return refuse(ReasonRequest, "a seal of version 5 carries a time-stamp, and there is no time-stamp authority")
	}
	return nil
}

func (s *Service) activeDepartment(ctx context.Context, id string) (registry.Department, error) {
	d, err := s.cfg.Registry.Department(ctx, id)
	if err != nil {
		return d, fmt.Errorf("seal: find the department: %w", err)
	}
	if d.State != registry.Active {
		return d, fmt.Errorf("%w: the department is %s", ErrState, d.State)
	}
	return d, nil
}

func refuseCharacters(where string, missing []rune) *Refused {
	const most = 16
	names := ""
	for _, c := range missing[:min(len(missing), most)] {
		names += fmt.Sprintf(" %c (U+%04X)", c, c)
	}
	return refuse(ReasonCharacters, "%s has characters that the fonts lack:%s", where, names)
}

// job is a seal to be built: from a plan, for a department, into a state.
type job struct {
	actor, reason string
	department    registry.Department
	plan          Plan
	picture       []byte
	state         State
}

// build makes key, certificate and signed seal, and has it recorded; it takes
// the certificate back when anything fails after it was issued.
func (s *Service) build(ctx context.Context, j job, record func(Seal) error) (Seal, error) {
	rec := Seal{
		ESID: j.plan.ESID, Name: j.plan.Name, Horizontal: j.plan.Horizontal, Department: j.department.ID, Picture: j.picture,
		Design: j.plan.Design, Predecessor: j.plan.Predecessor, State: j.state, Reason: j.reason,
		Created: s.cfg.Now().UTC().Truncate(time.Second),
	}
	rec.Changed = rec.Created
	var public []byte
	var err error
	if rec.KeyRef, public, err = s.cfg.Keys.Generate(ctx, keyUse); err != nil {
		return Seal{}, fmt.Errorf("seal: make the seal's key: %w", err)
	}
	validity := j.plan.validity()
	rec.Certificate, rec.CertSerial, err = s.cfg.Authority.IssueSealCertificate(ctx, j.actor, j.department, rec.ESID, rec.KeyRef, public, validity)
	if err != nil {
		return Seal{}, fmt.Errorf("seal: certify the seal's key: %w", err)
	}
	if err = s.complete(ctx, &rec, public, validity); err == nil {
		err = record(rec)
	}
	if err != nil {
		s.takeBack(ctx, j.actor, rec)
		return Seal{}, err
	}
	rec.Steps++
	return rec, nil
}

// takeBack revokes a certificate whose seal never came to be. When even that
// fails, the certificate is in the CA's list for the operator to revoke, and
// its key signs nothing: no seal refers to it.
func (s *Service) takeBack(ctx context.Context, actor string, rec Seal) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWait)
	defer cancel()
	err := s.cfg.Authority.Revoke(ctx, actor, rec.CertSerial, reasonCessationOfOperation, time.Time{}, "the seal was not completed")
	if err != nil {
		s.cfg.Log.WarnContext(ctx, "certificate of a seal that was not completed is not revoked", "serial", rec.CertSerial, "error", err)
	}
}

func madeEvent(actor, second string, rec Seal) ledger.Event {
	facts := []ledger.Fact{
		text(FactSeal, rec.ESID), digest(FactSealDER, gm.SM3(rec.DER)), text(FactCertificate, rec.CertSerial),
		text(FactDepartment, rec.Department), text(FactState, string(rec.State)), instant(rec.Created),
	}
	if rec.Predecessor != "" {
		facts = append(facts, text(FactPredecessor, rec.Predecessor))
	}
	return ledger.Event{
		Kind: "seal", Time: rec.Created, Actor: actor, Act: "seal.make", Object: rec.ESID, Reason: rec.Reason,
		After: private(map[string]any{
			"name": rec.Name, "horizontal": rec.Horizontal, "department": rec.Department, "certificate": rec.CertSerial,
			"validFrom": rec.ValidFrom.Format(time.RFC3339), "validTo": rec.ValidTo.Format(time.RFC3339),
			"design": rec.Design, "predecessor": rec.Predecessor, "state": rec.State, "second": second,
		}),
		Facts: facts,
	}
}

func (s *Service) takesTwo(a Act) bool { return slices.Contains(s.cfg.SecondPerson, a) }
