// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/seal"
)

func (s sealRows) RecordStamp(ctx context.Context, st seal.Stamp, d *seal.DecisionRecord, e ledger.Event) error {
	entry, err := enter(e)
	if err != nil {
		return err
	}
	set, signature := s.db.evidence.setOf(st.Chain, st.CRLs), cutSeal(st.Signature, s.db.sealInside(st.Seal))
	err = s.db.write(ctx, func(ctx context.Context, t *tx) error {
		if err := t.finishIntent(ctx, st); err != nil {
			return err
		}
		if d != nil {
			if err := t.saveDecision(ctx, *d); err != nil {
				return err
			}
		}
		if err := t.saveEvidence(ctx, set); err != nil {
			return fmt.Errorf("write evidence: %w", err)
		}
		if err := t.insertStamp(ctx, st, signature, set); err != nil {
			return fmt.Errorf("write stamp: %w", err)
		}
		index, err := t.append(ctx, entry)
		if err != nil {
			return err
		}
		return t.outbox(ctx, index, entry.Event)
	})
	if err == nil {
		s.db.evidence.keep(set)
	}
	return err
}

// finishIntent gives the intent up for its stamp, if this attempt still holds
// it and the stamp is the one that was intended.
func (t *tx) finishIntent(ctx context.Context, st seal.Stamp) error {
	n, err := t.exec(ctx, `UPDATE intents SET state = $1 WHERE stamp = $2 AND attempt = $3 AND state = $4
		AND application = $5 AND seal = $6 AND document = $7`,
		finished, st.ID, st.Attempt, running, st.Application, st.Seal, st.Document[:])
	if err != nil || n == 1 {
		return err
	}
	var attempt int
	var state string
	err = t.row(ctx, `SELECT attempt, state FROM intents WHERE stamp = $1`, st.ID).scan(&attempt, &state)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("intent of stamp %s: %w", st.ID, seal.ErrNotFound)
	case err != nil:
		return err
	case attempt != st.Attempt || state != running:
		return fmt.Errorf("stamp %s, attempt %d: %w", st.ID, st.Attempt, seal.ErrLeaseLost)
	}
	return fmt.Errorf("stamp %s is not the one that was intended: %w", st.ID, seal.ErrState)
}

func (t *tx) insertStamp(ctx context.Context, st seal.Stamp, signature []byte, set *evidenceSet) error {
	_, err := t.exec(ctx, `INSERT INTO stamps (id, code, application, officer, seal, department, grant_id, matter, case_ref,
		kind, decision, content_seen, document, output, rendered, rendered_ofd, output_type, level, time, attempt, withdrawn,
		withdrawn_why, signature, answer, evidence) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
		$19, $20, 0, '', $21, $22, $23)`,
		st.ID, st.Code, st.Application, st.Officer, st.Seal, st.Department, st.Grant, st.Matter, st.CaseRef,
		st.Kind, sql.NullString{String: st.Decision, Valid: st.Decision != ""}, st.ContentSeen,
		st.Document[:], maybe(st.Output), maybe(st.Rendered), maybe(st.RenderedOFD), st.OutputType, st.Level, milli(st.Time), st.Attempt,
		some(signature), []byte(st.Answer), set.key())
	return err
}

const stampColumns = `SELECT id, code, application, officer, seal, department, grant_id, matter, case_ref, kind,
	coalesce(decision, ''), content_seen, document, output, rendered, rendered_ofd, output_type, level, time, attempt,
	withdrawn, withdrawn_why, signature, answer, evidence FROM stamps`

// storedStamp is a stamp whose evidence is still to be read, and in whose
// signature the seal may be missing.
type storedStamp struct {
	seal.Stamp
	set []byte
}

func readStamp(scan scanner) (st storedStamp, err error) {
	var document, output, rendered, renderedOFD, answer []byte
	var at, withdrawn int64
	err = scan(&st.ID, &st.Code, &st.Application, &st.Officer, &st.Seal, &st.Department, &st.Grant, &st.Matter, &st.CaseRef,
		&st.Kind, &st.Decision, &st.ContentSeen, &document, &output, &rendered, &renderedOFD, &st.OutputType, &st.Level, &at, &st.Attempt,
		&withdrawn, &st.WithdrawnWhy, &st.Signature, &answer, &st.set)
	if err != nil {
		return st, err
	}
	st.Time, st.Withdrawn, st.Answer = instant(at), instant(withdrawn), answer
	var e1, e2, e3, e4 error
	st.Document, e1 = digest32(document)
	st.Output, e2 = digest32(output)
	st.Rendered, e3 = digest32(rendered)
	st.RenderedOFD, e4 = digest32(renderedOFD)
	return st, errors.Join(e1, e2, e3, e4)
}

func (db *DB) stamp(ctx context.Context, q querier, id string) (seal.Stamp, error) {
	st, err := readStamp(q.row(ctx, stampColumns+` WHERE id = $1`, id).scan)
	if err != nil {
		return seal.Stamp{}, found(err, seal.ErrNotFound, "stamp", id)
	}
	return db.complete(ctx, q, st)
}

// complete adds what many stamps share and is stored once.
func (db *DB) complete(ctx context.Context, q querier, st storedStamp) (seal.Stamp, error) {
	if err := db.addSeal(ctx, q, &st); err != nil {
		return seal.Stamp{}, err
	}
	err := db.addEvidence(ctx, q, &st)
	return st.Stamp, err
}

func (db *DB) stamps(ctx context.Context, condition string, args ...any) ([]seal.Stamp, error) {
	stored, err := all(ctx, db.read(), readStamp, stampColumns+condition, args...)
	if err != nil {
		return nil, err
	}
	stamps := make([]seal.Stamp, len(stored))
	for i := range stored {
		if stamps[i], err = db.complete(ctx, db.read(), stored[i]); err != nil {
			return nil, err
		}
	}
	return stamps, nil
}

func (s sealRows) Stamp(ctx context.Context, id string) (seal.Stamp, error) {
	return s.db.stamp(ctx, s.db.read(), id)
}

// UsesSince reads the table: a key is lost rarely, and an index on what is asked
// then would be paid for by every stamp.
func (s sealRows) UsesSince(ctx context.Context, esID string, since time.Time, limit int) ([]seal.Use, error) {
	var w where
	w.equal("seal", esID)
	w.add("time >= ", milli(since))
	return all(ctx, s.db.read(), func(scan scanner) (u seal.Use, err error) {
		var at, withdrawn int64
		err = scan(&u.Stamp, &u.Seal, &at, &u.Kind, &u.Application, &u.CaseRef, &u.Level, &withdrawn)
		u.Time, u.Withdrawn = instant(at), withdrawn != 0
		return u, err
	}, `SELECT id, seal, time, kind, application, case_ref, level, withdrawn FROM stamps`+w.clause()+` ORDER BY seq`+w.limit(limit), w.args...)
}

// StampsByCode returns none, and no error, for an unknown code.
func (s sealRows) StampsByCode(ctx context.Context, code string) ([]seal.Stamp, error) {
	return s.db.stamps(ctx, ` WHERE code = $1 AND code <> '' ORDER BY seq LIMIT 1000`, code)
}

// StampsByDigest asks each index once: an OR over the columns would have
// PostgreSQL read the table.
func (s sealRows) StampsByDigest(ctx context.Context, sm3 [32]byte) ([]seal.Stamp, error) {
	return s.db.stamps(ctx, ` WHERE seq IN (
		SELECT seq FROM stamps WHERE document = $1
		UNION SELECT seq FROM stamps WHERE output = $1
		UNION SELECT seq FROM stamps WHERE rendered = $1
		UNION SELECT seq FROM stamps WHERE rendered_ofd = $1
		UNION SELECT seq FROM stamps WHERE output IN (SELECT origin FROM extensions WHERE output = $1)
		UNION SELECT seq FROM stamps WHERE rendered IN (SELECT origin FROM extensions WHERE output = $1)) ORDER BY seq LIMIT 1000`, sm3[:])
}

func (s sealRows) DecisionStamps(ctx context.Context, id string) ([]seal.Stamp, error) {
	return s.db.stamps(ctx, ` WHERE decision = $1 ORDER BY seq LIMIT 1000`, id)
}

// RecordWithdrawal also withdraws the decision that the stamp stands on: a
// joint decision is in force only with all its stamps.
func (s sealRows) RecordWithdrawal(ctx context.Context, stampID, reason string, at time.Time, e ledger.Event) error {
	return s.db.announce(ctx, e, func(ctx context.Context, t *tx) error {
		var decision string
		var withdrawn int64
		err := t.row(ctx, `SELECT coalesce(decision, ''), withdrawn FROM stamps WHERE id = $1`+t.lock, stampID).
			scan(&decision, &withdrawn)
		switch {
		case err != nil:
			return found(err, seal.ErrNotFound, "stamp", stampID)
		case withdrawn != 0:
			return fmt.Errorf("stamp %s is withdrawn already: %w", stampID, seal.ErrState)
		}
		if _, err := t.exec(ctx, `UPDATE stamps SET withdrawn = $1, withdrawn_why = $2 WHERE id = $3`,
			milli(at), reason, stampID); err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE decisions SET withdrawn = $1, withdrawn_why = $2 WHERE id = $3 AND withdrawn = 0`,
			milli(at), reason, decision)
		return err
	})
}
