// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/store"
)

func TestOpenKeepsWhatWasWritten(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		size := h.size()
		h.must(h.db.Close())
		h.db = h.again(store.Config{})
		if got := h.size(); got != size {
			h.Errorf("ledger has %d leaves after opening again, want %d", got, size)
		}
		h.sound()
		h.must(h.db.Ping(ctx))
	})
}

// A closed database is one file: nothing is left beside it.
func TestCloseFoldsTheLog(t *testing.T) {
	h := newHouse(t, "sqlite")
	h.furnish()
	h.stamp(intent(1))
	h.must(h.db.Close())
	files, err := filepath.Glob(h.dsn + "*")
	h.must(err)
	if len(files) != 1 {
		t.Errorf("found %v", files)
	}
}

func TestCreateRefusesADatabaseThatIsThere(t *testing.T) {
	onBoth(t, func(h *house) {
		if db, err := store.Create(ctx, store.Config{DSN: h.dsn}); err == nil {
			db.Close()
			h.Error("a second database was made over the first")
		}
	})
}

func TestOpenRefusesWhatCreateDidNotMake(t *testing.T) {
	t.Run("no file", func(t *testing.T) {
		h := &house{TB: t}
		_, err := store.Open(ctx, store.Config{DSN: filepath.Join(t.TempDir(), "none.db")})
		h.is(err, seal.ErrUnavailable)
	})
	t.Run("empty PostgreSQL database", func(t *testing.T) {
		h := &house{TB: t}
		_, err := store.Open(ctx, store.Config{DSN: newPostgres(t)})
		h.is(err, seal.ErrUnavailable)
	})
	t.Run("no PostgreSQL server", func(t *testing.T) {
		h := &house{TB: t}
		_, err := store.Open(ctx, store.Config{DSN: "postgres://u:secret@127.0.0.1:1/none"})
		h.is(err, seal.ErrUnavailable)
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error tells the password: %v", err)
		}
	})
	t.Run("address that cannot be read", func(t *testing.T) {
		_, err := store.Open(ctx, store.Config{DSN: "postgres://u:secret@[::1/none"})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v, want an error without the password", err)
		}
	})
}

func TestNewerSchemaIsRefused(t *testing.T) {
	onBoth(t, func(h *house) {
		h.must(h.db.Close())
		h.sql(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)`)
		if db, err := store.Open(ctx, store.Config{DSN: h.dsn}); err == nil {
			db.Close()
			h.Error("a database with a newer schema was opened")
		}
	})
}

func TestClosedDatabaseIsUnavailable(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		h.must(h.db.Close())
		_, err := h.db.Seals().RecordIntent(ctx, intent(1))
		h.is(err, seal.ErrUnavailable)
		_, err = h.db.Seals().Stamp(ctx, "x")
		h.is(err, seal.ErrUnavailable)
		h.must(h.db.Close())
	})
}
