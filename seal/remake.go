// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
	"github.com/govseal/govseal/registry"
)

// RemakeRequest asks for a seal in place of another one: a seal lists its
// certificate, so with a new certificate it must be made anew
// (GM/T 0031-2014 6.2.2). Name and picture stay; number, key, certificate and
// validity are new.
type RemakeRequest struct {
	Actor    string
	ESID     string // of the seal to be replaced
	Reason   string
	Validity time.Duration // 0 means 3 years
}

// Remake makes the successor of a seal and ends the old one, in one act. When
// it fails, the old seal is what it was; with ErrUnsettled the new seal is made,
// and only the old certificate's revocation is outstanding. Grants do not pass
// over: they name the old number.
func (s *Service) Remake(ctx context.Context, r RemakeRequest) (Seal, error) {
	if s.takesTwo(ActMake) {
		return Seal{}, refuse(ReasonSecondPerson, "making a seal takes two people here: draft the new one, have another operator approve it, then make it")
	}
	d, p, old, err := s.planRemake(ctx, r)
	if err != nil {
		return Seal{}, err
	}
	made, err := s.build(ctx, job{actor: r.Actor, reason: r.Reason, department: d, plan: p.Plan, picture: p.picture, state: Active},
		func(rec Seal) error {
			_, end, err := s.supersede(ctx, r.Actor, rec, rec.Changed)
			if err != nil {
				return err
			}
			if len(end) == 0 {
				return fmt.Errorf("%w: seal %s has ended meanwhile", ErrState, old.ESID)
			}
			return s.cfg.Store.RecordSeal(ctx, rec, madeEvent(r.Actor, "", rec), end...)
		})
	if err != nil {
		return made, err
	}
	return made, s.retire(ctx, r.Actor, &old, made.ESID)
}

// DraftRemake plans the successor of a seal. The old seal ends when the new
// one is activated.
func (s *Service) DraftRemake(ctx context.Context, r RemakeRequest) (Draft, error) {
	_, p, _, err := s.planRemake(ctx, r)
	if err != nil {
		return Draft{}, err
	}
	return s.newDraft(ctx, r.Actor, r.Reason, p.Plan, p.picture)
}

type drawnPlan struct {
	Plan
	picture []byte
}

func (s *Service) planRemake(ctx context.Context, r RemakeRequest) (d registry.Department, p drawnPlan, old Seal, err error) {
	if err = validReason(r.Actor, r.Reason); err != nil {
		return d, p, old, err
	}
	r.Validity = orDefault(r.Validity, defaultValidity)
	if r.Validity < time.Hour || r.Validity > maxValidity {
		return d, p, old, refuse(ReasonRequest, "a validity of one hour to five years is required")
	}
	if old, err = s.cfg.Store.Seal(ctx, r.ESID); err != nil {
		return d, p, old, err
	}
	if !slices.Contains(alive, old.State) {
		return d, p, old, fmt.Errorf("%w: the seal is %s", ErrState, old.State)
	}
	if d, err = s.activeDepartment(ctx, old.Department); err != nil {
		return d, p, old, err
	}
	design, err := designOf(old)
	if err == nil {
		err = s.canWrite(design)
	}
	if err != nil {
		return d, p, old, err
	}
	p.Plan = Plan{Department: d.ID, Name: old.Name, Horizontal: old.Horizontal, Design: design, Validity: r.Validity.String(), Predecessor: old.ESID}
	if design.Serial == SerialNumber && design.Centre == CentrePicture {
		return d, p, old, refuse(ReasonPicture, "the old picture bears the old number, and its centre is a picture: make the new seal with \"make\" and the file, then cancel the old one")
	}
	if p.ESID, err = s.cfg.Store.NextESID(ctx, d.AreaCode); err != nil {
		return d, p, old, fmt.Errorf("seal: draw a seal number: %w", err)
	}
	p.picture = old.Picture
	if design.Serial == SerialNumber {
		if p.picture, err = design.draw(old.Name, old.Horizontal, p.ESID); err != nil {
			return d, p, old, err
		}
	}
	sum := gm.SM3(p.picture)
	p.PictureSM3 = hex.EncodeToString(sum[:])
	return d, p, old, nil
}

// designOf completes the design of a seal that was made before designs were
// recorded from what the seal itself says.
func designOf(old Seal) (Design, error) {
	d := old.Design
	if d.Version != 0 {
		return d, nil
	}
	parsed, err := ses.ParseSeal(old.DER)
	if err != nil {
		return d, fmt.Errorf("seal: read seal %s: %w", old.ESID, err)
	}
	return Design{
		Shape: "round", Width: parsed.Picture.Width, Height: parsed.Picture.Height, Type: parsed.Type,
		Version: parsed.Version, ListDigests: parsed.CertListType == 2,
	}, nil
}
