// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// supersede returns the seal that rec replaces, and the step that ends it;
// nothing when it has ended already.
func (s *Service) supersede(ctx context.Context, actor string, rec Seal, at time.Time) (*Seal, []Change, error) {
	old, err := s.cfg.Store.Seal(ctx, rec.Predecessor)
	if errors.Is(err, ErrNotFound) || err == nil && old.State.Ended() {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	st := Step{ESID: old.ESID, Act: ActSupersede, To: Superseded, Actor: actor, Reason: supersededBy(rec.ESID), Reference: rec.ESID, At: at}
	return &old, []Change{{Step: st, From: alive, Steps: -1, Event: st.event(old)}}, nil
}

func supersededBy(esID string) string { return "superseded by " + esID }

// retire revokes the certificate of a seal whose end is recorded. It comes
// last: until then the old seal serves, and its state keeps it from stamping
// from then on. A failure is ErrUnsettled, and Settle's to finish.
func (s *Service) retire(ctx context.Context, actor string, old *Seal, successor string) error {
	if old == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWait)
	defer cancel()
	err := s.cfg.Authority.Revoke(ctx, actor, old.CertSerial, reasonSuperseded, time.Time{}, supersededBy(successor))
	if err != nil {
		return fmt.Errorf("%w (seal %s, certificate %s): %w", ErrUnsettled, old.ESID, old.CertSerial, err)
	}
	return nil
}

// Settle finishes what a failure or a crash left between the two records of a
// supersession, and returns the numbers of the seals whose certificates it
// revoked. It may be repeated, and run beside anything else.
func (s *Service) Settle(ctx context.Context, actor string) ([]string, error) {
	if err := validActor(actor, ""); err != nil {
		return nil, err
	}
	open, err := s.cfg.Store.Unsettled(ctx)
	if err != nil {
		return nil, err
	}
	for n, esID := range open {
		old, err := s.cfg.Store.Seal(ctx, esID)
		if err != nil {
			return open[:n], err
		}
		if err := s.retire(ctx, actor, &old, old.Successor); err != nil {
			return open[:n], err
		}
	}
	return open, nil
}
