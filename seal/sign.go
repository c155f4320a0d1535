// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
	"github.com/govseal/govseal/internal/tsp"
)

// Levels of a stamp.
const (
	LevelT = "T" // with a time-stamp token
	LevelB = "B" // without: its time is only claimed
)

// Why a stamp is of level B.
const (
	LevelNoTSA  = "no-tsa"          // none is configured
	LevelTSAOut = "tsa-unavailable" // none answered in time with a token that holds
)

// slip is one value to be signed: the message, how signature and token join
// it, and how the result is held against all three.
type slip struct {
	message []byte
	join    func(signature, token []byte) ([]byte, error)
	check   func(made, signature, token []byte) error
}

// sign takes one slip through sign, time-stamp and self-check. gm.SignMessage
// verifies the signature under the key that begin held to the certificate.
func (s *Service) sign(ctx context.Context, a *act, sl slip) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	signature, err := gm.SignMessage(a.signer, sl.message)
	if err != nil {
		return nil, fmt.Errorf("seal: sign: %w", err)
	}
	token, err := s.timeStamp(ctx, a, signature)
	if err != nil {
		return nil, err
	}
	made, err := sl.join(signature, token)
	if err != nil {
		return nil, fmt.Errorf("seal: write the signature: %w", err)
	}
	if err := sl.check(made, signature, token); err != nil {
		return nil, fmt.Errorf("seal: self-check: %w", err)
	}
	return made, nil
}

// timeStamp returns a token over the signature value, or nil: an outage costs
// the level, never the stamp. Only a caller who gives up is an error.
func (s *Service) timeStamp(ctx context.Context, a *act, signature []byte) ([]byte, error) {
	if s.cfg.TSA == nil {
		a.lowered, a.levelReason = true, LevelNoTSA
		return nil, nil
	}
	if a.lowered {
		return nil, nil // waited for once already
	}
	token, err := s.askTSA(ctx, a.tokensBy, signature)
	if err == nil {
		err = checkToken(token, signature, a.time)
	}
	if err == nil {
		return token, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	a.lowered, a.levelReason, a.levelError = true, LevelTSAOut, err
	s.cfg.Log.WarnContext(ctx, "no time-stamp; the stamp is of level B", "stamp", a.admission.Stamp, "error", err)
	return nil, nil
}

// askTSA waits until the deadline.
func (s *Service) askTSA(ctx context.Context, by time.Time, data []byte) ([]byte, error) {
	return within(ctx, by, func(ctx context.Context) ([]byte, error) { return s.cfg.TSA.Stamp(ctx, data) })
}

// checkToken holds a token to what was asked: imprint, signature, and a time
// that is not before the one claimed, which a verifier would hold against us.
func checkToken(token, signature []byte, claimed time.Time) error {
	t, err := tsp.ParseToken(token)
	if err != nil {
		return fmt.Errorf("time-stamp token: %w", err)
	}
	if _, err := t.Verify(signature, nil); err != nil {
		return fmt.Errorf("time-stamp token: %w", err)
	}
	if t.Info.Time.Before(claimed) {
		return errors.New("time-stamp token: its time lies before ours; compare the clocks")
	}
	return nil
}

// signSES makes an SES_Signature of the act over a digest. property is the
// propertyInfo: see the Property constants.
func (s *Service) signSES(ctx context.Context, a *act, dataHash [32]byte, property string) ([]byte, error) {
	tbs, err := ses.SignatureTemplate{
		Seal: a.seal.der, Time: a.time, DataHash: dataHash, PropertyInfo: property,
	}.TBS()
	if err != nil {
		return nil, fmt.Errorf("seal: write TBS_Sign: %w", err)
	}
	return s.sign(ctx, a, slip{
		message: tbs,
		join: func(signature, token []byte) ([]byte, error) {
			return ses.AssembleSignature(tbs, a.seal.cert.Raw, signature, token)
		},
		check: func(made, signature, token []byte) error {
			got, err := ses.ParseSignature(made)
			if err != nil {
				return err
			}
			return same("SES_Signature", [][2][]byte{
				{got.TBS, tbs}, {got.Signature, signature}, {got.TimeStamp, token}, {got.Cert, a.seal.cert.Raw},
				{got.Seal.Raw, a.seal.der}, {got.DataHash, dataHash[:]},
			})
		},
	})
}

// propertyInfo of the SES_Signatures made here. It is IA5 text that says what
// dataHash is the SM3 of; a verifier does not trust it, it recomputes.
const (
	PropertyDigest   = "govseal.digest/v1"   // something that the caller hashed
	PropertyDecision = "govseal.decision/v1" // the canonical octets of a decision
	PropertyPDF      = "govseal.pdf/v1"      // the octets of the PDF's ByteRange
)

// same compares what was parsed with what was meant, octet for octet.
func same(what string, pairs [][2][]byte) error {
	for n, p := range pairs {
		if !bytes.Equal(p[0], p[1]) {
			return fmt.Errorf("%s reads back differently (part %d)", what, n)
		}
	}
	return nil
}
