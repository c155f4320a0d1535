// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/store"
)

// What can happen to a file, and cannot to a server.

func TestDiskFull(t *testing.T) {
	h := newHouse(t, "sqlite")
	h.furnish()
	st := h.stamp(intent(1))
	a, err := h.db.Seals().RecordIntent(ctx, intent(2))
	h.must(err)
	h.must(h.db.WriteSQL(ctx, `PRAGMA max_page_count = 1`)) // SQLite raises it to the present size
	var full error
	for n := 0; full == nil && n < 1000; n++ {
		full = h.db.Ledger().Append(ctx, event("admin", "filler", fmt.Sprint(n)))
	}
	h.is(full, seal.ErrUnavailable)
	second := stampOf(intent(2), a)
	second.Signature = make([]byte, 1<<20)
	err = h.db.Seals().RecordStamp(ctx, second, nil, event("stamp", "stamp.digest", a.Stamp))
	h.is(err, seal.ErrUnavailable)
	// What was stamped can still be looked up, and the ledger is whole.
	got, err := h.db.Seals().StampsByCode(ctx, st.Code)
	h.must(err)
	if len(got) != 1 {
		h.Error("a recorded stamp cannot be read on a full disk")
	}
	h.sound()
	// With room again, the same attempt is finished.
	h.must(h.db.WriteSQL(ctx, `PRAGMA max_page_count = 1000000`))
	h.must(h.db.Seals().RecordStamp(ctx, second, nil, event("stamp", "stamp.digest", a.Stamp)))
	h.sound()
}

// Callers beside the one whose row does not fit are not harmed.
func TestDiskFullInAGroup(t *testing.T) {
	h := newHouse(t, "sqlite")
	h.furnish()
	before := h.size()
	var pages int
	h.must(h.behind().QueryRow(`PRAGMA page_count`).Scan(&pages))
	h.must(h.db.WriteSQL(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+27)))
	var wg sync.WaitGroup
	for n := range 40 {
		wg.Go(func() {
			e := event("admin", "test", fmt.Sprint(n))
			if n == 20 {
				e.After = fmt.Appendf(nil, `"%0120000d"`, n) // 30 pages
			}
			err := h.db.Ledger().Append(ctx, e)
			if (err != nil) != (n == 20) || err != nil && !errors.Is(err, seal.ErrUnavailable) {
				t.Errorf("caller %d got %v", n, err)
			}
		})
	}
	wg.Wait()
	if got := h.size() - before; got != 39 {
		t.Errorf("%d leaves were appended, want 39", got)
	}
	h.sound()
}

func TestLockedDatabase(t *testing.T) {
	h := newHouse(t, "sqlite")
	h.furnish()
	h.must(h.db.Close())
	h.db = h.again(store.Config{Wait: 50 * time.Millisecond})
	conn, err := h.behind().Conn(ctx)
	h.must(err)
	defer conn.Close()
	_, err = conn.ExecContext(ctx, `BEGIN IMMEDIATE`)
	h.must(err)
	var wg sync.WaitGroup
	start := time.Now()
	for n := range 20 {
		wg.Go(func() {
			if _, err := h.db.Seals().RecordIntent(ctx, intent(n)); !errors.Is(err, seal.ErrUnavailable) {
				t.Errorf("caller %d got %v", n, err)
			}
		})
	}
	wg.Wait()
	if waited := time.Since(start); waited > 5*time.Second {
		t.Errorf("20 callers waited %v for the same lock", waited)
	}
	if _, err := h.db.Seals().Seal(ctx, testSeal.ESID); err != nil {
		t.Errorf("a locked database cannot be read: %v", err)
	}
	_, err = conn.ExecContext(ctx, `ROLLBACK`)
	h.must(err)
	h.stamp(intent(1))
}

// Writing goes on for a while in a file that has lost its name; what is
// written would be gone. So it must stop at once.
func TestVanishedDatabase(t *testing.T) {
	move := func(h *house, suffix string) {
		h.must(os.Rename(h.dsn+suffix, h.dsn+suffix+".moved"))
	}
	tests := map[string]func(h *house){
		"removed": func(h *house) { h.must(os.Remove(h.dsn)) },
		"moved":   func(h *house) { move(h, "") },
		"replaced": func(h *house) {
			move(h, "")
			h.must(os.WriteFile(h.dsn, nil, 0o600))
		},
		"log removed": func(h *house) { h.must(os.Remove(h.dsn + "-wal")) },
		"log replaced": func(h *house) {
			move(h, "-wal")
			h.must(os.WriteFile(h.dsn+"-wal", nil, 0o600))
		},
		"folder moved": func(h *house) {
			h.must(os.Rename(filepath.Dir(h.dsn), filepath.Dir(h.dsn)+".moved"))
		},
	}
	for name, vanish := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, "sqlite")
			h.furnish()
			st := h.stamp(intent(1))
			size := h.size()
			h.must(h.db.Ping(ctx))
			vanish(h)
			h.is(h.db.Ping(ctx), seal.ErrUnavailable)
			_, err := h.db.Seals().RecordIntent(ctx, intent(2))
			h.is(err, seal.ErrUnavailable)
			if got, err := h.db.Seals().Stamp(ctx, st.ID); err != nil || got.ID != st.ID {
				t.Errorf("an open file cannot be read any more: %v", err)
			}
			if h.size() != size {
				t.Error("a leaf was appended to a file without a name")
			}
		})
	}
}

func TestReadOnlyAndForeignFiles(t *testing.T) {
	h := newHouse(t, "sqlite")
	h.furnish()
	h.must(h.db.Close())
	whole, err := os.ReadFile(h.dsn)
	h.must(err)
	tests := map[string][]byte{
		"empty":     nil,
		"text":      []byte("this is not a database, but a letter to one; it is long enough to hold a header of a hundred octets."),
		"truncated": whole[:5000],
		"zeroed":    append(append([]byte{}, whole[:100]...), make([]byte, len(whole)-100)...),
	}
	for name, content := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			h.must(os.WriteFile(path, content, 0o600))
			db, err := store.Open(ctx, store.Config{DSN: path})
			if err == nil {
				db.Close()
				t.Error("it was opened")
			}
		})
	}
}

func TestNewFileIsPrivate(t *testing.T) {
	h := newHouse(t, "sqlite")
	h.furnish()
	files, err := filepath.Glob(h.dsn + "*")
	h.must(err)
	for _, f := range files {
		st, err := os.Stat(f)
		h.must(err)
		if st.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", filepath.Base(f), st.Mode())
		}
	}
	if len(files) < 2 {
		t.Errorf("found only %v", files)
	}
}

func TestPathsWithStrangeCharacters(t *testing.T) {
	h := &house{TB: t, dsn: filepath.Join(t.TempDir(), "a b?mode=memory#%20市.db")}
	db, err := store.Create(ctx, store.Config{DSN: h.dsn})
	h.must(err)
	h.must(db.Ledger().Append(ctx, event("admin", "x", "x")))
	h.must(db.Close())
	if _, err := os.Stat(h.dsn); err != nil {
		t.Fatal(err)
	}
	h.db = h.again(store.Config{})
	if h.size() != 1 {
		t.Error("the leaf is gone")
	}
}

// A command beside a server that never rests gets its turn.
func TestBusyServerYields(t *testing.T) {
	h := newHouse(t, "sqlite")
	h.furnish()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	var appended atomic.Int64
	for n := range 32 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := h.db.Ledger().Append(ctx, event("admin", "load", fmt.Sprint(n))); err != nil {
					t.Error(err)
					return
				}
				appended.Add(1)
			}
		})
	}
	command := h.again(store.Config{})
	worst := time.Duration(0)
	for n := range 20 {
		start := time.Now()
		if err := command.Ledger().Append(ctx, event("admin", "command", fmt.Sprint(n))); err != nil {
			t.Error(err)
		}
		worst = max(worst, time.Since(start))
	}
	close(stop)
	wg.Wait()
	t.Logf("a command waited at most %v beside %d appends", worst, appended.Load())
	h.sound()
}
