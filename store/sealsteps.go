// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

// RecordSeal writes a seal that was made in one act.
func (s sealRows) RecordSeal(ctx context.Context, r seal.Seal, e ledger.Event, also ...seal.Change) error {
	st := seal.Step{ESID: r.ESID, Act: seal.ActMake, To: r.State, Actor: e.Actor, Reason: r.Reason, Reference: r.Predecessor, At: r.Changed}
	r.Steps = 1
	return s.db.announceAll(ctx, eventsOf(e, also), func(ctx context.Context, t *tx) error {
		if err := s.db.insertSeal(ctx, t, r, st); err != nil {
			return err
		}
		return s.db.applyAll(ctx, t, also)
	})
}

func eventsOf(first ledger.Event, also []seal.Change) []ledger.Event {
	events := []ledger.Event{first}
	for _, c := range also {
		events = append(events, c.Event)
	}
	return events
}

// RecordMade writes a seal that was made of a draft, and closes the draft. The
// draft's own row keeps what was approved.
func (s sealRows) RecordMade(ctx context.Context, r seal.Seal, d seal.Draft, st seal.Step, e ledger.Event) error {
	return s.db.announce(ctx, e, func(ctx context.Context, t *tx) error {
		now, err := s.db.draft(ctx, t, d.ESID, t.lock)
		if err != nil {
			return err
		}
		if !now.Open() || now.Steps != d.Steps || now.Digest() != d.Digest() {
			return fmt.Errorf("draft of seal %s: %w", d.ESID, seal.ErrConflict)
		}
		r, st := r, st
		st.From = now.State
		r.Steps = now.Steps + 1
		now.State, now.Changed = seal.Made, r.Changed
		if err := s.db.writeDraft(ctx, t, now); err != nil {
			return err
		}
		return s.db.insertSeal(ctx, t, r, st)
	})
}

func (db *DB) insertSeal(ctx context.Context, t *tx, r seal.Seal, st seal.Step) error {
	key, err := db.key()
	if err != nil {
		return err
	}
	design, err := json.Marshal(r.Design)
	if err != nil {
		return fmt.Errorf("design of seal %s: %w", r.ESID, err)
	}
	body, state := sealMAC(key, r, string(design)), stateMAC(key, r)
	n, err := t.exec(ctx, `INSERT INTO seals (es_id, department, name, horizontal, cert_serial, key_ref,
		valid_from, valid_to, created, mac, der, picture, certificate, design, predecessor)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING`,
		r.ESID, r.Department, r.Name, r.Horizontal, r.CertSerial, r.KeyRef, milli(r.ValidFrom), milli(r.ValidTo),
		milli(r.Created), body[:], some(r.DER), some(r.Picture), some(r.Certificate), string(design), r.Predecessor)
	switch {
	case err != nil:
		return err
	case n == 0:
		return fmt.Errorf("seal %s: %w", r.ESID, seal.ErrExists)
	}
	_, err = t.exec(ctx, `INSERT INTO seal_states (es_id, state, changed, reason, effective, successor, filing, steps, mac)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		r.ESID, r.State, milli(r.Changed), r.Reason, milli(r.Effective), r.Successor, r.Filing, r.Steps, state[:])
	if err != nil {
		return err
	}
	st.Number = r.Steps
	return db.insertStep(ctx, t, st)
}

// RecordSealSteps moves seals, all or none.
func (s sealRows) RecordSealSteps(ctx context.Context, changes ...seal.Change) error {
	if len(changes) == 0 {
		return nil
	}
	return s.db.announceAll(ctx, eventsOf(changes[0].Event, changes[1:]), func(ctx context.Context, t *tx) error {
		return s.db.applyAll(ctx, t, changes)
	})
}

func (db *DB) applyAll(ctx context.Context, t *tx, changes []seal.Change) error {
	for _, c := range changes {
		if err := db.apply(ctx, t, c); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) apply(ctx context.Context, t *tx, c seal.Change) error {
	key, err := db.key()
	if err != nil {
		return err
	}
	st := c.Step
	r := seal.Seal{ESID: st.ESID}
	if err := db.sealState(ctx, t, &r, t.lock); err != nil {
		return err
	}
	switch {
	case !slices.Contains(c.From, r.State):
		return fmt.Errorf("seal %s is %s: %w", st.ESID, r.State, seal.ErrState)
	case c.Steps >= 0 && c.Steps != r.Steps:
		return fmt.Errorf("seal %s: %w", st.ESID, seal.ErrConflict)
	}
	st.From, st.Number = r.State, r.Steps+1
	if st.To != r.State { // Changed is of the state
		r.Changed = st.At
	}
	r.State, r.Reason, r.Steps = st.To, st.Reason, st.Number
	switch st.Act {
	case seal.ActFile:
		r.Filing = st.Reference
	case seal.ActSupersede:
		r.Successor = st.Reference
	case seal.ActCancel, seal.ActLost, seal.ActCompromise:
		r.Effective = st.Effective
	}
	mac := stateMAC(key, r)
	_, err = t.exec(ctx, `UPDATE seal_states SET state = $1, changed = $2, reason = $3, effective = $4, successor = $5,
		filing = $6, steps = $7, mac = $8 WHERE es_id = $9`,
		r.State, milli(r.Changed), r.Reason, milli(r.Effective), r.Successor, r.Filing, r.Steps, mac[:], r.ESID)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM seal_proposals WHERE es_id = $1`, st.ESID); err != nil {
		return err
	}
	return db.insertStep(ctx, t, st)
}

// Unsettled finds superseded seals whose certificates are not revoked.
func (s sealRows) Unsettled(ctx context.Context) ([]string, error) {
	return all(ctx, s.db.read(), func(scan scanner) (id string, err error) {
		return id, scan(&id)
	}, `SELECT t.es_id FROM seal_states t JOIN seals s ON s.es_id = t.es_id JOIN certificates c ON c.serial = s.cert_serial
		WHERE t.state = $1 AND c.status <> $2 ORDER BY t.es_id`, seal.Superseded, ca.Revoked)
}

// stateMAC covers what changes about a seal. A state without steps is of
// before migration 2; whatever came later is held to be empty then.
func stateMAC(key [32]byte, r seal.Seal) [32]byte {
	fields := []string{r.ESID, string(r.State), decimal(milli(r.Changed)), r.Reason}
	if r.Steps == 0 && r.Effective.IsZero() && r.Successor == "" && r.Filing == "" {
		return registry.MAC(key, "govseal/store/seal-state/v1", fields...)
	}
	return registry.MAC(key, "govseal/store/seal-state/v2",
		append(fields, decimal(milli(r.Effective)), r.Successor, r.Filing, decimal(int64(r.Steps)))...)
}

func (db *DB) sealState(ctx context.Context, q querier, r *seal.Seal, lock string) error {
	var changed, effective int64
	var mac []byte
	err := q.row(ctx, `SELECT state, changed, reason, effective, successor, filing, steps, mac FROM seal_states WHERE es_id = $1`+lock, r.ESID).
		scan(&r.State, &changed, &r.Reason, &effective, &r.Successor, &r.Filing, &r.Steps, &mac)
	if err != nil {
		return found(err, seal.ErrNotFound, "seal", r.ESID)
	}
	r.Changed, r.Effective = instant(changed), instant(effective)
	key, err := db.key()
	if err != nil {
		return err
	}
	return authentic(stateMAC(key, *r), mac, "seal_states", r.ESID)
}

func (db *DB) insertStep(ctx context.Context, t *tx, st seal.Step) error {
	key, err := db.key()
	if err != nil {
		return err
	}
	mac := stepMAC(key, st)
	_, err = t.exec(ctx, `INSERT INTO seal_steps (es_id, number, act, from_state, to_state, actor, second, approved,
		reason, reference, at, effective, mac) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		st.ESID, st.Number, string(st.Act), st.From, st.To, st.Actor, st.Second, maybe(st.Approved),
		st.Reason, st.Reference, milli(st.At), milli(st.Effective), mac[:])
	return err
}

func stepMAC(key [32]byte, st seal.Step) [32]byte {
	return registry.MAC(key, "govseal/store/seal-step/v1", st.ESID, decimal(int64(st.Number)), string(st.Act), string(st.From), string(st.To),
		st.Actor, st.Second, hex.EncodeToString(st.Approved[:]), st.Reason, st.Reference, decimal(milli(st.At)), decimal(milli(st.Effective)))
}

// SealHistory returns the steps, complete or not at all.
func (s sealRows) SealHistory(ctx context.Context, esID string) ([]seal.Step, error) {
	r := seal.Seal{ESID: esID}
	err := s.db.sealState(ctx, s.db.read(), &r, "")
	if errors.Is(err, seal.ErrNotFound) {
		var d seal.Draft
		d, err = s.db.draft(ctx, s.db.read(), esID, "")
		r.Steps = d.Steps
	}
	if err != nil {
		return nil, err
	}
	steps := r.Steps
	history, err := all(ctx, s.db.read(), s.db.readStep, `SELECT es_id, number, act, from_state, to_state, actor, second, approved,
		reason, reference, at, effective, mac FROM seal_steps WHERE es_id = $1 AND number <= $2 ORDER BY number`, esID, steps)
	if err != nil {
		return nil, err
	}
	if len(history) != steps {
		return nil, fmt.Errorf("seal %s has %d steps, and %d are there: %w", esID, steps, len(history), registry.ErrTampered)
	}
	return history, nil
}

func (db *DB) readStep(scan scanner) (st seal.Step, err error) {
	var at, effective int64
	var approved, mac []byte
	err = scan(&st.ESID, &st.Number, &st.Act, &st.From, &st.To, &st.Actor, &st.Second, &approved,
		&st.Reason, &st.Reference, &at, &effective, &mac)
	if err != nil {
		return st, err
	}
	if st.Approved, err = digest32(approved); err != nil {
		return st, err
	}
	st.At, st.Effective = instant(at), instant(effective)
	key, err := db.key()
	if err != nil {
		return st, err
	}
	return st, authentic(stepMAC(key, st), mac, "seal_steps", fmt.Sprintf("%s/%d", st.ESID, st.Number))
}
