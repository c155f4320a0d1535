// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ledger"
)

// RecordBegun is no fact for the ledger: nothing was made yet.
func (c caRows) RecordBegun(ctx context.Context, r ca.Ceremony) error {
	return c.db.write(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO ceremonies (digest, kind, authority, actor, begun, attempts, finished)
			VALUES ($1, $2, $3, $4, $5, 1, 0)
			ON CONFLICT (digest) DO UPDATE SET attempts = ceremonies.attempts + 1 WHERE ceremonies.finished = 0`,
			r.Digest[:], r.Kind, r.Authority, r.Actor, milli(r.Begun))
		if err == nil && n == 0 {
			return fmt.Errorf("the ceremony of file %x was held already: %w", r.Digest[:8], ca.ErrState)
		}
		return err
	})
}

func (c caRows) RecordCeremony(ctx context.Context, r *ca.Ceremony, m *ca.Made, events []ledger.Event) error {
	return c.db.announceAll(ctx, events, func(ctx context.Context, t *tx) error {
		for _, made := range m.Certificates {
			if err := t.completeCertificate(ctx, made.SerialHex, made.DER); err != nil {
				return err
			}
		}
		for _, revoked := range m.Revoked {
			if err := t.setStatus(ctx, revoked, []ca.Status{ca.Good}); err != nil {
				return err
			}
		}
		if m.CA != nil {
			if err := t.insertCA(ctx, *m.CA); err != nil {
				return err
			}
		}
		if m.CRL != nil {
			if err := t.insertCRLs(ctx, []ca.CRL{*m.CRL}); err != nil {
				return err
			}
		}
		if r == nil {
			return nil
		}
		return t.finishCeremony(ctx, *r)
	})
}

// finishCeremony is the last word: of two processes that hold the same
// ceremony at once, one is refused and changes nothing.
func (t *tx) finishCeremony(ctx context.Context, r ca.Ceremony) error {
	n, err := t.exec(ctx, `UPDATE ceremonies SET finished = $1, transcript = $2, signature = $3, actor = $4 WHERE digest = $5 AND finished = 0`,
		milli(r.Finished), r.Transcript, r.Signature, r.Actor, r.Digest[:])
	if err == nil && n == 0 {
		return fmt.Errorf("the ceremony of file %x never began, or was held already: %w", r.Digest[:8], ca.ErrState)
	}
	return err
}

func (c caRows) Ceremonies(ctx context.Context) ([]ca.Ceremony, error) {
	return all(ctx, c.db.read(), func(scan scanner) (r ca.Ceremony, err error) {
		var digest []byte
		var begun, finished int64
		err = scan(&digest, &r.Kind, &r.Authority, &r.Actor, &begun, &r.Attempts, &finished)
		copy(r.Digest[:], digest)
		r.Begun, r.Finished = instant(begun), instant(finished)
		return r, err
	}, `SELECT digest, kind, authority, actor, begun, attempts, finished FROM ceremonies ORDER BY seq DESC`)
}

func (c caRows) Ceremony(ctx context.Context, digest [32]byte) (ca.Ceremony, error) {
	r := ca.Ceremony{Digest: digest}
	var begun, finished int64
	err := c.db.read().row(ctx, `SELECT kind, authority, actor, begun, attempts, finished, transcript, signature FROM ceremonies WHERE digest = $1`, digest[:]).
		scan(&r.Kind, &r.Authority, &r.Actor, &begun, &r.Attempts, &finished, &r.Transcript, &r.Signature)
	r.Begun, r.Finished = instant(begun), instant(finished)
	return r, found(err, ca.ErrNotFound, "ceremony of file", hex.EncodeToString(digest[:]))
}
