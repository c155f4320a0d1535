// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/store"
)

// What can happen to a server, and cannot to a file.

func TestConnectionLost(t *testing.T) {
	h := newHouse(t, "postgres")
	h.furnish()
	size := h.size()
	err := h.db.WriteBetween(ctx, func() error {
		_, err := h.behind().Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'govseal'`)
		return err
	})
	h.is(err, seal.ErrUnavailable)
	// The next transaction has a new connection; nothing is left of the lost one.
	h.stamp(intent(1))
	if got := h.size(); got != size+1 {
		t.Errorf("ledger has %d leaves, want %d", got, size+1)
	}
	h.sound()
}

func TestDatabaseGone(t *testing.T) {
	h := newHouse(t, "postgres")
	h.furnish()
	h.must(h.db.Ping(ctx))
	admin, err := sql.Open("pgx", pg.url)
	h.must(err)
	defer admin.Close()
	_, err = admin.Exec(`DROP DATABASE ` + databaseOf(h.dsn) + ` WITH (FORCE)`)
	h.must(err)
	_, err = h.db.Seals().RecordIntent(ctx, intent(1))
	h.is(err, seal.ErrUnavailable)
	h.is(h.db.Ping(ctx), seal.ErrUnavailable)
}

func TestHeadIsLocked(t *testing.T) {
	h := newHouse(t, "postgres")
	h.furnish()
	h.must(h.db.Close())
	h.db = h.again(store.Config{Wait: 100 * time.Millisecond})
	on, err := h.behind().Begin()
	h.must(err)
	_, err = on.Exec(`SELECT size FROM ledger_head FOR UPDATE`)
	h.must(err)
	h.is(h.db.Ledger().Append(ctx, event("admin", "x", "x")), seal.ErrUnavailable)
	h.must(on.Rollback())
	h.must(h.db.Ledger().Append(ctx, event("admin", "x", "x")))
}

func TestStandbyIsUnavailable(t *testing.T) {
	h := newHouse(t, "postgres")
	h.furnish()
	h.must(h.db.Close())
	_, err := h.behind().Exec(`ALTER DATABASE ` + databaseOf(h.dsn) + ` SET default_transaction_read_only = on`)
	h.must(err)
	h.db = h.again(store.Config{})
	h.is(h.db.Ping(ctx), seal.ErrUnavailable)
	_, err = h.db.Seals().RecordIntent(ctx, intent(1))
	h.is(err, seal.ErrUnavailable)
	if _, err := h.db.Seals().Seal(ctx, testSeal.ESID); err != nil {
		t.Errorf("a standby cannot be read: %v", err)
	}
}
