// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

const draftColumns = `SELECT es_id, department, state, content, picture, hands, approver, approved, changed, steps, mac FROM seal_drafts`

// RecordDraft adds a draft, or replaces one that is as the caller read it.
func (s sealRows) RecordDraft(ctx context.Context, d seal.Draft, st seal.Step, e ledger.Event) error {
	return s.db.record(ctx, e, func(ctx context.Context, t *tx) error {
		d, st := d, st
		if d.Steps == 0 {
			if err := s.insertDraft(ctx, t, d.ESID, d.Department); err != nil {
				return err
			}
		} else {
			now, err := s.db.draft(ctx, t, d.ESID, t.lock)
			if err != nil {
				return err
			}
			if now.Steps != d.Steps || !now.Open() {
				return fmt.Errorf("draft of seal %s: %w", d.ESID, seal.ErrConflict)
			}
			st.From = now.State
		}
		d.Steps++
		st.Number = d.Steps
		if err := s.db.writeDraft(ctx, t, d); err != nil {
			return err
		}
		return s.db.insertStep(ctx, t, st)
	})
}

// insertDraft makes the row that writeDraft then fills.
func (s sealRows) insertDraft(ctx context.Context, t *tx, esID, department string) error {
	n, err := t.exec(ctx, `INSERT INTO seal_drafts (es_id, department, state, content, picture, hands, approver, approved, changed, steps, mac)
		VALUES ($1, $2, '', '', $3, '', '', NULL, 0, 0, $3) ON CONFLICT DO NOTHING`, esID, department, []byte{})
	if err == nil && n == 0 {
		err = fmt.Errorf("draft of seal %s: %w", esID, seal.ErrExists)
	}
	return err
}

func (db *DB) writeDraft(ctx context.Context, t *tx, d seal.Draft) error {
	key, err := db.key()
	if err != nil {
		return err
	}
	mac := draftMAC(key, d)
	_, err = t.exec(ctx, `UPDATE seal_drafts SET state = $1, content = $2, picture = $3, hands = $4, approver = $5, approved = $6,
		changed = $7, steps = $8, mac = $9 WHERE es_id = $10`,
		d.State, string(d.Content), some(d.Picture), list(d.Hands), d.Approver, maybe(d.Approved), milli(d.Changed), d.Steps, mac[:], d.ESID)
	return err
}

func draftMAC(key [32]byte, d seal.Draft) [32]byte {
	return registry.MAC(key, "govseal/store/seal-draft/v1", d.ESID, d.Department, string(d.State), string(d.Content), sm3Hex(d.Picture),
		list(d.Hands), d.Approver, hex.EncodeToString(d.Approved[:]), decimal(milli(d.Changed)), decimal(int64(d.Steps)))
}

func (s sealRows) Draft(ctx context.Context, esID string) (seal.Draft, error) {
	return s.db.draft(ctx, s.db.read(), esID, "")
}

// Drafts lists a department's open drafts; "" lists all.
func (s sealRows) Drafts(ctx context.Context, department string) ([]seal.Draft, error) {
	query, args := draftColumns+` WHERE state IN ('draft', 'awaiting', 'approved')`, []any{}
	if department != "" {
		query, args = query+` AND department = $1`, append(args, department)
	}
	return all(ctx, s.db.read(), s.db.readDraft, query+` ORDER BY seq`, args...)
}

func (db *DB) draft(ctx context.Context, q querier, esID, lock string) (seal.Draft, error) {
	d, err := db.readDraft(q.row(ctx, draftColumns+` WHERE es_id = $1`+lock, esID).scan)
	return d, found(err, seal.ErrNotFound, "draft of seal", esID)
}

func (db *DB) readDraft(scan scanner) (d seal.Draft, err error) {
	var content, hands string
	var approved, mac []byte
	var changed int64
	err = scan(&d.ESID, &d.Department, &d.State, &content, &d.Picture, &hands, &d.Approver, &approved, &changed, &d.Steps, &mac)
	if err != nil {
		return d, err
	}
	d.Content, d.Changed = []byte(content), instant(changed)
	if d.Approved, err = digest32(approved); err != nil {
		return d, err
	}
	if d.Hands, err = unlist(hands); err != nil {
		return d, fmt.Errorf("seal_drafts %q: %w", d.ESID, registry.ErrTampered)
	}
	key, err := db.key()
	if err != nil {
		return d, err
	}
	return d, authentic(draftMAC(key, d), mac, "seal_drafts", d.ESID)
}

// RecordProposal puts an act before a second person, in place of any earlier one.
func (s sealRows) RecordProposal(ctx context.Context, p seal.Proposal, e ledger.Event) error {
	key, err := s.db.key()
	if err != nil {
		return err
	}
	mac := proposalMAC(key, p)
	return s.db.record(ctx, e, func(ctx context.Context, t *tx) error {
		r := seal.Seal{ESID: p.ESID}
		if err := s.db.sealState(ctx, t, &r, t.lock); err != nil {
			return err
		}
		if r.Steps != p.Steps {
			return fmt.Errorf("seal %s: %w", p.ESID, seal.ErrConflict)
		}
		_, err := t.exec(ctx, `INSERT INTO seal_proposals (es_id, act, proposer, reason, reference, effective, at, steps, mac)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (es_id) DO UPDATE SET act = excluded.act, proposer = excluded.proposer,
			reason = excluded.reason, reference = excluded.reference, effective = excluded.effective, at = excluded.at,
			steps = excluded.steps, mac = excluded.mac`,
			p.ESID, string(p.Act), p.By, p.Reason, p.Reference, milli(p.Effective), milli(p.At), p.Steps, mac[:])
		return err
	})
}

func proposalMAC(key [32]byte, p seal.Proposal) [32]byte {
	return registry.MAC(key, "govseal/store/seal-proposal/v1", p.ESID, string(p.Act), p.By, p.Reason, p.Reference,
		decimal(milli(p.Effective)), decimal(milli(p.At)), decimal(int64(p.Steps)))
}

func (s sealRows) Proposal(ctx context.Context, esID string) (seal.Proposal, error) {
	var p seal.Proposal
	var effective, at int64
	var mac []byte
	err := s.db.read().row(ctx, `SELECT es_id, act, proposer, reason, reference, effective, at, steps, mac FROM seal_proposals WHERE es_id = $1`, esID).
		scan(&p.ESID, &p.Act, &p.By, &p.Reason, &p.Reference, &effective, &at, &p.Steps, &mac)
	if err != nil {
		return p, found(err, seal.ErrNotFound, "proposal on seal", esID)
	}
	p.Effective, p.At = instant(effective), instant(at)
	key, err := s.db.key()
	if err != nil {
		return p, err
	}
	return p, authentic(proposalMAC(key, p), mac, "seal_proposals", esID)
}
