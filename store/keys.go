// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"

	"github.com/govseal/govseal/internal/keys"
)

// keyRows implements keys.Store. The type is not exported, because custody of
// keys is internal to govseal.
type keyRows struct{ db *DB }

var _ keys.Store = keyRows{}

func (k keyRows) CreateKEK(ctx context.Context, r keys.KEK) error {
	return k.db.write(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO keks (id, salt, iterations, wrapped, created)
			VALUES (1, $1, $2, $3, $4) ON CONFLICT DO NOTHING`, r.Salt, r.Iterations, r.Wrapped, milli(r.Created))
		if err == nil && n == 0 {
			return errors.New("create key-encryption key: the database has one already")
		}
		return err
	})
}

func (k keyRows) KEK(ctx context.Context) (keys.KEK, error) {
	var r keys.KEK
	var created int64
	err := k.db.read().row(ctx, `SELECT salt, iterations, wrapped, created FROM keks WHERE id = 1`).
		scan(&r.Salt, &r.Iterations, &r.Wrapped, &created)
	r.Created = instant(created)
	return r, found(err, keys.ErrNoKey, "key-encryption key of", "this database")
}

func (k keyRows) PutKey(ctx context.Context, r keys.Record) error {
	return k.db.write(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO keys (id, use, public, wrapped, created)
			VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, r.ID, r.Use, r.Public, r.Wrapped, milli(r.Created))
		if err == nil && n == 0 {
			return errors.New("store key: its id is in use")
		}
		return err
	})
}

func (k keyRows) Key(ctx context.Context, id string) (keys.Record, error) {
	r := keys.Record{ID: id}
	var created int64
	err := k.db.read().row(ctx, `SELECT use, public, wrapped, created FROM keys WHERE id = $1`, id).
		scan(&r.Use, &r.Public, &r.Wrapped, &created)
	r.Created = instant(created)
	return r, found(err, keys.ErrNoKey, "key", id)
}
