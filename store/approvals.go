// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
)

// approvalRows implements registry.ApprovalStore.
type approvalRows struct{ db *DB }

func (r approvalRows) AddApproval(ctx context.Context, a registry.Approval, e ledger.Event) error {
	key, err := r.db.key()
	if err != nil {
		return err
	}
	a.Asked, a.Expires, a.Decided, a.Ended = whole(a.Asked), whole(a.Expires), whole(a.Decided), whole(a.Ended)
	mac := a.MAC(key)
	return registryRows(r).insert(ctx, committing(e, mac), "approval", `INSERT INTO approvals
		(id, act, hash, payload, command, maker, checker, reason, note, state, asked, expires, decided, ended, mac)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING`,
		a.ID, a.Act, a.Hash[:], some(a.Payload), list(a.Command), a.Maker, a.Checker, a.Reason, a.Note, a.State,
		milli(a.Asked), milli(a.Expires), milli(a.Decided), milli(a.Ended), mac[:])
}

// UpdateApproval is as UpdateOperator. What was asked cannot be changed.
func (r approvalRows) UpdateApproval(ctx context.Context, before, after registry.Approval, e ledger.Event) error {
	key, err := r.db.key()
	if err != nil {
		return err
	}
	now := before
	now.Checker, now.Note, now.State, now.Decided, now.Ended = after.Checker, after.Note, after.State, whole(after.Decided), whole(after.Ended)
	was, mac := before.MAC(key), now.MAC(key)
	return r.db.record(ctx, committing(e, mac), func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, `UPDATE approvals SET checker = $1, note = $2, state = $3, decided = $4, ended = $5, mac = $6
			WHERE id = $7 AND mac = $8`,
			now.Checker, now.Note, now.State, milli(now.Decided), milli(now.Ended), mac[:], before.ID, was[:])
		if err == nil && n != 1 {
			err = fmt.Errorf("approval %q changed meanwhile: %w", before.ID, registry.ErrState)
		}
		return err
	})
}

var approvalColumns = `SELECT r.id, r.act, r.hash, r.payload, r.command, r.maker, r.checker, r.reason, r.note, r.state,
	r.asked, r.expires, r.decided, r.ended, r.mac, ` + leafColumns + ` FROM approvals r` + newestLeaf("approval")

func (db *DB) readApproval(scan scanner) (a registry.Approval, err error) {
	var asked, expires, decided, ended int64
	var command string
	var hash, mac []byte
	var l leafRow
	err = scan(&a.ID, &a.Act, &hash, &a.Payload, &command, &a.Maker, &a.Checker, &a.Reason, &a.Note, &a.State,
		&asked, &expires, &decided, &ended, &mac, &l.hash, &l.leaf, &l.opening)
	if err != nil {
		return a, err
	}
	a.Asked, a.Expires, a.Decided, a.Ended = instant(asked), instant(expires), instant(decided), instant(ended)
	if a.Hash, err = digest32(hash); err == nil {
		a.Command, err = unlist(command)
	}
	if err != nil {
		return registry.Approval{}, fmt.Errorf("approvals %q: %w", a.ID, registry.ErrTampered)
	}
	key, err := db.key()
	if err != nil {
		return registry.Approval{}, err
	}
	code := a.MAC(key)
	if err := authentic(code, mac, "approvals", a.ID); err != nil {
		return registry.Approval{}, err
	}
	return a, l.newest(code, "approvals", a.ID)
}

func (r approvalRows) Approval(ctx context.Context, id string) (registry.Approval, error) {
	a, err := r.db.readApproval(r.db.read().row(ctx, approvalColumns+` WHERE r.id = $1`, id).scan)
	return a, found(err, registry.ErrNotFound, "approval", id)
}

func (r approvalRows) Approvals(ctx context.Context, limit int) ([]registry.Approval, error) {
	var w where
	return all(ctx, r.db.read(), r.db.readApproval, approvalColumns+` ORDER BY r.seq DESC`+w.limit(limit), w.args...)
}
