// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/govseal/govseal/seal"
)

// saveDecision stores a decision with one stamp more. d.Revision is the
// revision that the caller read, 0 for a new decision; the row must still
// have it, and gets the next.
func (t *tx) saveDecision(ctx context.Context, d seal.DecisionRecord) error {
	if d.Revision == 0 {
		return t.insertDecision(ctx, d)
	}
	n, err := t.exec(ctx, `UPDATE decisions SET file = $1, pdf = $2, ofd = $3, revision = revision + 1
		WHERE id = $4 AND revision = $5 AND withdrawn = 0`, maybe(d.File), maybe(d.PDF), maybe(d.OFD), d.ID, d.Revision)
	if err != nil || n == 1 {
		return err
	}
	var withdrawn int64
	if err := t.row(ctx, `SELECT withdrawn FROM decisions WHERE id = $1`, d.ID).scan(&withdrawn); err != nil {
		return found(err, seal.ErrNotFound, "decision", d.ID)
	}
	if withdrawn != 0 {
		return fmt.Errorf("decision %s is withdrawn: %w", d.ID, seal.ErrState)
	}
	return fmt.Errorf("decision %s after stamp %d: %w", d.ID, d.Revision, seal.ErrConflict)
}

func (t *tx) insertDecision(ctx context.Context, d seal.DecisionRecord) error {
	n, err := t.exec(ctx, `INSERT INTO decisions
		(id, code, number, signed, file, pdf, ofd, revision, created, withdrawn, withdrawn_why)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, 0, '') ON CONFLICT DO NOTHING`,
		d.ID, d.Code, d.Number, some(d.Signed), maybe(d.File), maybe(d.PDF), maybe(d.OFD), milli(d.Created))
	if err == nil && n == 0 {
		return fmt.Errorf("decision %s, or its code, is there already: %w", d.ID, seal.ErrConflict)
	}
	return err
}

const decisionColumns = `SELECT id, code, number, signed, file, pdf, ofd, revision, created, withdrawn, withdrawn_why FROM decisions`

func readDecision(scan scanner) (d seal.DecisionRecord, err error) {
	var file, pdf, ofd []byte
	var created, withdrawn int64
	err = scan(&d.ID, &d.Code, &d.Number, &d.Signed, &file, &pdf, &ofd, &d.Revision, &created, &withdrawn, &d.WithdrawnWhy)
	if err != nil {
		return d, err
	}
	d.Created, d.Withdrawn = instant(created), instant(withdrawn)
	var e1, e2, e3 error
	d.File, e1 = digest32(file)
	d.PDF, e2 = digest32(pdf)
	d.OFD, e3 = digest32(ofd)
	return d, errors.Join(e1, e2, e3)
}

func (s sealRows) Decision(ctx context.Context, id string) (seal.DecisionRecord, error) {
	d, err := readDecision(s.db.read().row(ctx, decisionColumns+` WHERE id = $1`, id).scan)
	return d, found(err, seal.ErrNotFound, "decision", id)
}

// DecisionByCode does not repeat the code, which came from the public.
func (s sealRows) DecisionByCode(ctx context.Context, code string) (seal.DecisionRecord, error) {
	d, err := readDecision(s.db.read().row(ctx, decisionColumns+` WHERE code = $1`, code).scan)
	return d, found(err, seal.ErrNotFound, "decision of a", "code")
}
