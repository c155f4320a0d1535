// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"time"

	"github.com/govseal/govseal/ledger"
)

// Withdraw marks a stamp as withdrawn, for all to see. The document keeps its
// valid signature; that it no longer stands is what the landing page and the
// record say. A second withdrawal is ErrState.
func (s *Service) Withdraw(ctx context.Context, actor, stampID, reason string) error {
	if err := validReason(actor, reason); err != nil {
		return err
	}
	st, err := s.cfg.Store.Stamp(ctx, stampID)
	if err != nil {
		return err
	}
	if !st.Withdrawn.IsZero() {
		return ErrState
	}
	at := s.cfg.Now().UTC().Truncate(time.Millisecond)
	return s.cfg.Store.RecordWithdrawal(ctx, stampID, reason, at, ledger.Event{
		Kind: "withdrawal", Time: at, Actor: actor, Act: "stamp.withdraw", Object: stampID, Reason: reason,
		Before: private(map[string]any{"withdrawn": false}),
		After:  private(map[string]any{"withdrawn": true, "decision": st.Decision, "seal": st.Seal}),
		Facts: []ledger.Fact{
			text(FactStamp, stampID), digest(FactDocument, st.Document), digest(FactOutput, st.Output),
			text(FactSeal, st.Seal), text(FactCode, st.Code), text(FactReason, reason), instant(at),
		},
	})
}

// validReason holds every act that a person does to a name and a reason.
func validReason(actor, reason string) error {
	if actor == "" || reason == "" {
		return refuse(ReasonRequest, "actor and reason are required")
	}
	if err := validText("actor", actor); err != nil {
		return err
	}
	return validText("reason", reason)
}
