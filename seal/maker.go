// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
)

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
		Version: rec.Design.Version, Vendor: sealVendor, ESID: rec.ESID, Type: rec.Design.Type, Name: rec.Name,
		Certs: [][]byte{rec.Certificate}, ListDigests: rec.Design.ListDigests,
		Created: rec.Created, ValidFrom: rec.ValidFrom, ValidTo: rec.ValidTo,
		Picture: ses.Picture{Type: "png", Data: rec.Picture, Width: rec.Design.Width, Height: rec.Design.Height},
	}.TBS()
	if err != nil {
		return fmt.Errorf("seal: write the seal: %w", err)
	}
	if rec.DER, err = s.signAsMaker(ctx, sealInfo, *rec); err != nil {
		return err
	}
	return s.checkMade(*rec)
}

// signAsMaker signs and, for version 5, has the signature value time-stamped
// (facts/seal-formats.md 2.1). Making a seal can wait: without the token there
// is no seal.
func (s *Service) signAsMaker(ctx context.Context, sealInfo []byte, rec Seal) ([]byte, error) {
	maker, err := s.cfg.Keys.Signer(ctx, s.cfg.MakerKey, makerKeyUse)
	if err != nil {
		return nil, fmt.Errorf("seal: open the seal maker's key: %w", err)
	}
	signature, err := gm.SignMessage(maker, sealInfo)
	if err != nil {
		return nil, fmt.Errorf("seal: sign the seal: %w", err)
	}
	var token []byte
	if rec.Design.Version == 5 {
		if token, err = s.sealToken(ctx, signature, rec.Created); err != nil {
			return nil, err
		}
	}
	der, err := ses.AssembleSeal(sealInfo, s.cfg.MakerCert, signature, token)
	if err != nil {
		return nil, fmt.Errorf("seal: write the seal: %w", err)
	}
	return der, nil
}

// sealToken waits for the time-stamp as long as a stamp would.
func (s *Service) sealToken(ctx context.Context, signature []byte, created time.Time) ([]byte, error) {
	token, err := s.askTSA(ctx, time.Now().Add(s.cfg.TSAWait), signature)
	if err == nil {
		err = checkToken(token, signature, created) // createDate must not be later than the stamp (5.1 f)
	}
	if err != nil {
		return nil, fmt.Errorf("seal: time-stamp the seal: %w", err)
	}
	return token, nil
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
