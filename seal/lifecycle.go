// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/govseal/govseal/ledger"
)

// A change of state touches two records: the certificate's status, which a
// verifier sees in the CRL, and the seal's state. The certificate moves first,
// in a transaction of its own, then the state. A crash between them is safe
// for stopping (admission asks both, and the certificate denies already) and
// for resuming (the state denies still). The act is then simply repeated:
// Authority's methods are idempotent.

// Reason codes of RFC 5280 5.3.1 used here.
const (
	reasonKeyCompromise        = 1
	reasonCessationOfOperation = 5
)

// Suspend stops a seal for the time being: certificateHold.
func (s *Service) Suspend(ctx context.Context, actor, esID, reason string) error {
	return s.move(ctx, move{
		actor: actor, esID: esID, reason: reason, from: []State{Active}, to: Suspended,
		certificate: func(serial string) error { return s.cfg.Authority.Suspend(ctx, actor, serial, reason) },
	})
}

// Resume takes a suspension back.
func (s *Service) Resume(ctx context.Context, actor, esID, reason string) error {
	return s.move(ctx, move{
		actor: actor, esID: esID, reason: reason, from: []State{Suspended}, to: Active,
		certificate: func(serial string) error { return s.cfg.Authority.Resume(ctx, actor, serial, reason) },
	})
}

// Cancel ends a seal for good: its certificate is revoked. compromised, when
// not zero, is since when the key may have been in wrong hands; stamps that no
// time-stamp proves older lose their force then.
func (s *Service) Cancel(ctx context.Context, actor, esID, reason string, compromised time.Time) error {
	code := reasonCessationOfOperation
	if !compromised.IsZero() {
		code = reasonKeyCompromise
		if compromised.After(s.cfg.Now()) {
			return refuse(ReasonRequest, "a compromise cannot lie in the future")
		}
	}
	return s.move(ctx, move{
		actor: actor, esID: esID, reason: reason, from: []State{Active, Suspended}, to: Cancelled,
		compromised: compromised,
		certificate: func(serial string) error {
			return s.cfg.Authority.Revoke(ctx, actor, serial, code, compromised, reason)
		},
	})
}

type move struct {
	actor, esID, reason string
	from                []State
	to                  State
	compromised         time.Time
	certificate         func(serialHex string) error
}

func (s *Service) move(ctx context.Context, m move) error {
	if err := validReason(m.actor, m.reason); err != nil {
		return err
	}
	rec, err := s.cfg.Store.Seal(ctx, m.esID)
	if err != nil {
		return err
	}
	if !slices.Contains(m.from, rec.State) {
		return fmt.Errorf("%w: the seal is %s", ErrState, rec.State)
	}
	if err := m.certificate(rec.CertSerial); err != nil {
		return fmt.Errorf("seal: change the certificate's status: %w", err)
	}
	at := s.cfg.Now().UTC().Truncate(time.Millisecond)
	return s.cfg.Store.RecordSealState(ctx, m.esID, m.from, m.to, m.reason, at, m.event(rec, at))
}

func (m *move) event(rec Seal, at time.Time) ledger.Event {
	after := map[string]any{"state": m.to}
	if !m.compromised.IsZero() {
		after["compromised"] = m.compromised.UTC().Format(time.RFC3339)
	}
	return ledger.Event{
		Kind: "seal-state", Time: at, Actor: m.actor, Act: "seal." + actName[m.to], Object: m.esID, Reason: m.reason,
		Before: private(map[string]any{"state": rec.State}), After: private(after),
		Facts: []ledger.Fact{
			text(FactSeal, m.esID), text(FactCertificate, rec.CertSerial), text(FactState, string(m.to)),
			text(FactReason, m.reason), instant(at),
		},
	}
}

var actName = map[State]string{Active: "resume", Suspended: "suspend", Cancelled: "cancel"}
