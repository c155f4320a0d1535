// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ledger"
)

// The part of ca.Store about revocation lists. Shard 0 is a whole CA; the
// statements for it and for a shard differ, so that each has its index.

// Changes reads one row for each authority.
func (c caRows) Changes(ctx context.Context) (map[string]int64, error) {
	rows, err := c.db.read().query(ctx, `SELECT id, changes FROM authorities`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := make(map[string]int64)
	for rows.Next() {
		var id string
		var n int64
		if err := rows.Scan(&id, &n); err != nil {
			return nil, err
		}
		all[id] = n
	}
	return all, classify(rows.Err())
}

// LastChange of a shard in which nothing changed yet is 1, where counting
// begins: lists that hold no change for certain have 0.
func (c caRows) LastChange(ctx context.Context, authority string, shard int) (n int64, err error) {
	if shard == 0 {
		err = c.db.read().row(ctx, `SELECT changes FROM authorities WHERE id = $1`, authority).scan(&n)
		return n, found(err, ca.ErrNotFound, "authority", authority)
	}
	err = c.db.read().row(ctx, `SELECT coalesce(max(change), 1) FROM certificates
		WHERE ca = $1 AND shard = $2 AND change > 0`, authority, shard).scan(&n)
	return n, err
}

const listedColumns = `SELECT serial, status, revoked_at, reason, invalidity FROM certificates WHERE ca = $1`

func readListed(scan scanner) (e ca.Entry, err error) {
	var revoked, invalidity int64
	err = scan(&e.SerialHex, &e.Status, &revoked, &e.Reason, &invalidity)
	e.RevokedAt, e.Invalidity = instant(revoked), instant(invalidity)
	return e, err
}

func (c caRows) NotGood(ctx context.Context, authority string, shard int) ([]ca.Entry, error) {
	if shard == 0 {
		return all(ctx, c.db.read(), readListed, listedColumns+` AND status IN ('hold', 'revoked') ORDER BY seq`, authority)
	}
	return all(ctx, c.db.read(), readListed,
		listedColumns+` AND shard = $2 AND status IN ('hold', 'revoked') ORDER BY seq`, authority, shard)
}

func (c caRows) Changed(ctx context.Context, authority string, shard int, after int64) ([]ca.Entry, error) {
	if shard == 0 {
		return all(ctx, c.db.read(), readListed, listedColumns+` AND change > $2 AND change > 0 ORDER BY change`, authority, after)
	}
	return all(ctx, c.db.read(), readListed,
		listedColumns+` AND shard = $2 AND change > $3 AND change > 0 ORDER BY change`, authority, shard, after)
}

func (c caRows) RecordCRL(ctx context.Context, lists []ca.CRL, e ledger.Event) error {
	return c.db.announce(ctx, e, func(ctx context.Context, t *tx) error { return t.insertCRLs(ctx, lists) })
}

// insertCRLs writes lists of one shard and number.
func (t *tx) insertCRLs(ctx context.Context, lists []ca.CRL) error {
	for i, l := range lists {
		if i == 0 {
			if err := t.nextCRL(ctx, l); err != nil {
				return err
			}
		} else if l.CA != lists[0].CA || l.Shard != lists[0].Shard || l.Number != lists[0].Number {
			return fmt.Errorf("CRL %s number %d does not go with %s number %d", l.ID(), l.Number, lists[0].ID(), lists[0].Number)
		}
		_, err := t.exec(ctx, `INSERT INTO crls (ca, shard, number, base, change, der, this_update, next_update)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			l.CA, l.Shard, l.Number, l.Base, l.Change, l.DER, milli(l.ThisUpdate), milli(l.NextUpdate))
		if err != nil {
			return err
		}
	}
	return nil
}

// nextCRL locks the authority's row, so that two servers cannot record numbers
// out of order, and refuses a number that is not above the last.
func (t *tx) nextCRL(ctx context.Context, l ca.CRL) error {
	var id string
	if err := t.row(ctx, `SELECT id FROM authorities WHERE id = $1`+t.lock, l.CA).scan(&id); err != nil {
		return found(err, ca.ErrNotFound, "authority", l.CA)
	}
	var last int64
	err := t.row(ctx, `SELECT coalesce(max(number), 0) FROM crls WHERE ca = $1 AND shard = $2`, l.CA, l.Shard).scan(&last)
	if err == nil && l.Number <= last {
		err = fmt.Errorf("CRL number %d of %s after %d: %w", l.Number, l.ID(), last, ca.ErrStaleCRL)
	}
	return err
}

func (c caRows) LatestCRL(ctx context.Context, id ca.ListID, have int64) (ca.CRL, error) {
	kind := ` AND base = 0`
	if id.Delta {
		kind = ` AND base > 0`
	}
	l, err := readCRL(c.db.read().row(ctx, `SELECT ca, shard, number, base, change, CASE WHEN number = $3 THEN NULL ELSE der END,
		this_update, next_update FROM crls WHERE ca = $1 AND shard = $2`+kind+` ORDER BY number DESC LIMIT 1`, id.CA, id.Shard, have).scan)
	return l, found(err, ca.ErrNotFound, "CRL", id.Name())
}

func (c caRows) BaseCRL(ctx context.Context, authority string, shard int, at time.Time) (ca.CRL, error) {
	l, err := readCRL(c.db.read().row(ctx, `SELECT ca, shard, number, base, change, NULL, this_update, next_update FROM crls
		WHERE ca = $1 AND shard = $2 AND base = 0 AND next_update > $3 AND change > 0 ORDER BY number LIMIT 1`,
		authority, shard, milli(at)).scan)
	return l, found(err, ca.ErrNotFound, "base CRL of", authority)
}

func readCRL(scan scanner) (l ca.CRL, err error) {
	var this, next int64
	err = scan(&l.CA, &l.Shard, &l.Number, &l.Base, &l.Change, &l.DER, &this, &next)
	l.ThisUpdate, l.NextUpdate = instant(this), instant(next)
	return l, err
}

func (c caRows) RecordPoint(ctx context.Context, authority string, p ca.Point) error {
	return c.db.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO crl_points (ca, shard, uri) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, authority, p.Shard, p.URI)
		return err
	})
}

func (c caRows) Points(ctx context.Context, authority string) ([]ca.Point, error) {
	return all(ctx, c.db.read(), func(scan scanner) (p ca.Point, err error) {
		return p, scan(&p.Shard, &p.URI)
	}, `SELECT shard, uri FROM crl_points WHERE ca = $1 ORDER BY seq`, authority)
}
