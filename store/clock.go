// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"
	"time"

	"github.com/govseal/govseal/seal"
)

const (
	clockTolerance = 5000 // milliseconds that a clock may be set back
	clockStep      = 1000 // the mark is raised in steps: not each intent rewrites it
)

// CheckClock compares now with the high-water mark of all processes and raises
// it, so that a clock set back over a restart is noticed. seal.ErrClock means
// that now lies behind what was recorded. It writes once a second at most.
func (db *DB) CheckClock(ctx context.Context, now time.Time) error {
	var high int64
	if err := db.read().row(ctx, `SELECT high FROM clock WHERE id = 1`).scan(&high); err != nil {
		return fmt.Errorf("read clock mark: %w", err)
	}
	if ms := milli(now); ms >= high-clockTolerance && ms < high+clockStep {
		return nil
	}
	return db.write(ctx, func(ctx context.Context, t *tx) error { return t.checkClock(ctx, now) })
}

// checkClock compares now with the highest time at which anything was sealed,
// in any process, and raises it. The mark lags by less than clockStep. Of the
// jobs that share SQLite's transaction only the first reads it.
func (t *tx) checkClock(ctx context.Context, now time.Time) error {
	if t.clock == nil {
		var high int64
		if err := t.row(ctx, `SELECT high FROM clock WHERE id = 1`).scan(&high); err != nil {
			return fmt.Errorf("read clock mark: %w", err)
		}
		t.clock = &high
	}
	switch ms := milli(now); {
	case ms < *t.clock-clockTolerance:
		return fmt.Errorf("now is %d ms before the last time recorded: %w", *t.clock-ms, seal.ErrClock)
	case ms < *t.clock+clockStep:
		return nil
	default:
		t.clock = nil
		_, err := t.exec(ctx, `UPDATE clock SET high = $1 WHERE id = 1 AND high < $1`, ms)
		return err
	}
}
