// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/glyph"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
)

// MakeRequest asks for a new seal.
type MakeRequest struct {
	Actor      string
	Department string        // registry ID
	Name       string        // on the arc; empty means the department's name
	Horizontal string        // line under the star, may be empty
	Validity   time.Duration // 0 means 3 years
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

// What a seal made here says beside names and times: GB/T 38540-2020 layout,
// the type that a public code list gives for the seal of the statutory name
// (facts/seal-formats.md section 9), 42 mm as local departments' seals are.
const (
	sealVersion  = 4
	sealVendor   = "govseal"
	sealType     = 1
	sealDiameter = 42  // mm
	sealDPI      = 300 // every stamp carries the picture: 21 kB; at 600 dpi it is 46 kB
)

// Make makes a seal: number, key, certificate, picture, the seal maker's
// signature, in that order. What may be refused is refused before a key
// exists: a *Refused with ReasonCharacters names characters that cannot be
// drawn. If it fails after the certificate was issued, that is revoked.
func (s *Service) Make(ctx context.Context, r MakeRequest) (Seal, error) {
	d, err := s.validateMake(ctx, &r)
	if err != nil {
		return Seal{}, err
	}
	picture, err := glyph.SealPicture{Name: r.Name, Horizontal: r.Horizontal, Diameter: sealDiameter, DPI: sealDPI}.PNG()
	if err != nil {
		return Seal{}, characters("the seal", err)
	}
	rec := Seal{
		Name: r.Name, Horizontal: r.Horizontal, Department: d.ID, Picture: picture, State: Active,
		Created: s.cfg.Now().UTC().Truncate(time.Second),
	}
	rec.Changed = rec.Created
	if rec.ESID, err = s.cfg.Store.NextESID(ctx, d.AreaCode); err != nil {
		return Seal{}, fmt.Errorf("seal: draw a seal number: %w", err)
	}
	var public []byte
	if rec.KeyRef, public, err = s.cfg.Keys.Generate(ctx, keyUse); err != nil {
		return Seal{}, fmt.Errorf("seal: make the seal's key: %w", err)
	}
	rec.Certificate, rec.CertSerial, err = s.cfg.Authority.IssueSealCertificate(ctx, r.Actor, d, rec.ESID, rec.KeyRef, public, r.Validity)
	if err != nil {
		return Seal{}, fmt.Errorf("seal: certify the seal's key: %w", err)
	}
	if err = s.complete(ctx, &rec, public, r.Validity); err == nil {
		err = s.cfg.Store.RecordSeal(ctx, rec, madeEvent(r.Actor, rec))
	}
	if err != nil {
		s.takeBack(ctx, r.Actor, rec)
		return Seal{}, err
	}
	return rec, nil
}

func (s *Service) validateMake(ctx context.Context, r *MakeRequest) (registry.Department, error) {
	d, err := s.cfg.Registry.Department(ctx, r.Department)
	if err != nil {
		return d, fmt.Errorf("seal: find the department: %w", err)
	}
	if d.State != registry.Active {
		return d, fmt.Errorf("%w: the department is %s", ErrState, d.State)
	}
	r.Name = orDefault(r.Name, d.Name)
	r.Validity = orDefault(r.Validity, defaultValidity)
	if r.Actor == "" || r.Validity < time.Hour || r.Validity > maxValidity {
		return d, refuse(ReasonRequest, "an actor and a validity of one hour to five years are required")
	}
	for _, t := range []struct{ what, value string }{{"name", r.Name}, {"horizontal line", r.Horizontal}} {
		if err := validText(t.what, t.value); err != nil {
			return d, err
		}
		if len(t.value) > maxSealName {
			return d, refuse(ReasonRequest, "%s of more than %d octets", t.what, maxSealName)
		}
		if missing := glyph.Missing(t.value); len(missing) > 0 {
			return d, refuseCharacters("the seal's "+t.what, missing)
		}
	}
	return d, nil
}

// characters turns package glyph's refusal into ours.
func characters(where string, err error) error {
	var missing *glyph.MissingError
	if errors.As(err, &missing) {
		return refuseCharacters(where, missing.Characters)
	}
	return fmt.Errorf("seal: draw %s: %w", where, err)
}

func refuseCharacters(where string, missing []rune) *Refused {
	const most = 16
	names := ""
	for _, c := range missing[:min(len(missing), most)] {
		names += fmt.Sprintf(" %c (U+%04X)", c, c)
	}
	return refuse(ReasonCharacters, "%s has characters that the fonts lack:%s", where, names)
}

// complete has the seal maker sign, and reads back what was made.
func (s *Service) complete(ctx context.Context, rec *Seal, public []byte, validity time.Duration) error {
	c, err := cert.Parse(rec.Certificate)
	if err != nil {
		return fmt.Errorf("seal: read the seal's certificate: %w", err)
	}
	if string(c.RawSPKI) != string(public) {
		return errors.New("seal: the certificate is not for the seal's key")
	}
	rec.ValidFrom, rec.ValidTo = rec.Created, rec.Created.Add(validity)
	if c.NotBefore.After(rec.ValidFrom) {
		rec.ValidFrom = c.NotBefore
	}
	if c.NotAfter.Before(rec.ValidTo) {
		rec.ValidTo = c.NotAfter
	}
	sealInfo, err := ses.SealTemplate{
		Version: sealVersion, Vendor: sealVendor, ESID: rec.ESID, Type: sealType, Name: rec.Name,
		Certs: [][]byte{rec.Certificate}, Created: rec.Created, ValidFrom: rec.ValidFrom, ValidTo: rec.ValidTo,
		Picture: ses.Picture{Type: "png", Data: rec.Picture, Width: sealDiameter, Height: sealDiameter},
	}.TBS()
	if err != nil {
		return fmt.Errorf("seal: write the seal: %w", err)
	}
	if rec.DER, err = s.signAsMaker(ctx, sealInfo); err != nil {
		return err
	}
	return s.checkMade(*rec)
}

func (s *Service) signAsMaker(ctx context.Context, sealInfo []byte) ([]byte, error) {
	maker, err := s.cfg.Keys.Signer(ctx, s.cfg.MakerKey, makerKeyUse)
	if err != nil {
		return nil, fmt.Errorf("seal: open the seal maker's key: %w", err)
	}
	signature, err := gm.SignMessage(maker, sealInfo)
	if err != nil {
		return nil, fmt.Errorf("seal: sign the seal: %w", err)
	}
	der, err := ses.AssembleSeal(sealInfo, s.cfg.MakerCert, signature, nil)
	if err != nil {
		return nil, fmt.Errorf("seal: write the seal: %w", err)
	}
	return der, nil
}

// checkMade reads the new seal as a verifier would: the maker's signature
// under the maker's certificate, the certificate in the list, the picture.
func (s *Service) checkMade(rec Seal) error {
	made, err := parseSeal(rec)
	if err != nil {
		return err
	}
	maker, ok := gm.AsPublicKey(s.makerCert.PublicKey)
	if !ok || !gm.VerifyMessage(maker, made.seal.Signed, made.seal.Signature) {
		return errors.New("seal: self-check: the seal maker's certificate does not verify the new seal")
	}
	if _, err := decodePicture(made.seal.Picture.Data); err != nil {
		return err
	}
	return nil
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

func madeEvent(actor string, rec Seal) ledger.Event {
	return ledger.Event{
		Kind: "seal", Time: rec.Created, Actor: actor, Act: "seal.make", Object: rec.ESID,
		After: private(map[string]any{
			"name": rec.Name, "horizontal": rec.Horizontal, "department": rec.Department, "certificate": rec.CertSerial,
			"validFrom": rec.ValidFrom.Format(time.RFC3339), "validTo": rec.ValidTo.Format(time.RFC3339),
		}),
		Facts: []ledger.Fact{
			text(FactSeal, rec.ESID), digest(FactSealDER, gm.SM3(rec.DER)), text(FactCertificate, rec.CertSerial),
			text(FactDepartment, rec.Department), text(FactState, string(Active)), instant(rec.Created),
		},
	}
}
