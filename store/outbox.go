// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"time"
)

// Notice is an outbox event: what supervision and the portal are told. It was
// written in the transaction of its fact, so none is missed and none is told
// that did not happen.
type Notice struct {
	Seq    int64  // order of delivery
	Topic  string // the act: stamp.pdf, seal.suspend …
	Object string // id of what it is about
	Entry  uint64 // index of its ledger entry
	Time   time.Time
}

// Notices returns up to n undelivered events, oldest first.
func (db *DB) Notices(ctx context.Context, n int) ([]Notice, error) {
	return all(ctx, db.read(), func(scan scanner) (o Notice, err error) {
		var entry, at int64
		err = scan(&o.Seq, &o.Topic, &o.Object, &entry, &at)
		o.Entry, o.Time = uint64(entry), instant(at)
		return o, err
	}, `SELECT seq, topic, object, entry, time FROM outbox ORDER BY seq LIMIT $1`, min(n, mostRows))
}

// Delivered removes one event after it was delivered.
func (db *DB) Delivered(ctx context.Context, seq int64) error {
	return db.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM outbox WHERE seq = $1`, seq)
		return err
	})
}
