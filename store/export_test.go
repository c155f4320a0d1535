// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"time"

	"github.com/govseal/govseal/ledger"
)

// WriteSQL runs statements on the writer's connection, in one transaction.
func (db *DB) WriteSQL(ctx context.Context, statements ...string) error {
	return db.write(ctx, func(ctx context.Context, t *tx) error {
		t.standing.forget()
		for _, s := range statements {
			if _, err := t.exec(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// WriteBetween appends an event's entry and then asks fail whether the
// transaction succeeds.
func (db *DB) WriteBetween(ctx context.Context, fail func() error) error {
	return db.write(ctx, func(ctx context.Context, t *tx) error {
		if err := t.appendNow(ctx, ledger.Event{Kind: "admin", Time: time.Unix(1, 0), Actor: "system", Act: "test", Object: "between"}); err != nil {
			return err
		}
		return fail()
	})
}
