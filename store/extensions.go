// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/seal"
)

// RecordExtension follows a file that was extended before back to the one that
// was sealed.
func (s sealRows) RecordExtension(ctx context.Context, x seal.ExtensionRecord, e ledger.Event) error {
	return s.db.announce(ctx, e, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO extensions (id, application, input, output, origin, level, time)
			VALUES ($1, $2, $3, $4, coalesce((SELECT origin FROM extensions WHERE output = $3 ORDER BY seq LIMIT 1), $3), $5, $6)`,
			x.ID, x.Application, x.Input[:], x.Output[:], x.Level, milli(x.Time))
		return err
	})
}
