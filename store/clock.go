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

// checkClock compares now with the highest time at which anything was sealed,
// in any process, and raises it. The mark lags by less than clockStep.
func (t *tx) checkClock(ctx context.Context, now time.Time) error {
	var high int64
	if err := t.row(ctx, `SELECT high FROM clock WHERE id = 1`).scan(&high); err != nil {
		return fmt.Errorf("read clock mark: %w", err)
	}
	switch ms := milli(now); {
	case ms < high-clockTolerance:
		return fmt.Errorf("now is %d ms before the last time recorded: %w", high-ms, seal.ErrClock)
	case ms < high+clockStep:
		return nil
	default:
		_, err := t.exec(ctx, `UPDATE clock SET high = $1 WHERE id = 1 AND high < $1`, ms)
		return err
	}
}
