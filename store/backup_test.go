// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/store"
)

// A copy made while work goes on is a whole database of one moment.
func TestBackup(t *testing.T) {
	h := newHouse(t, "sqlite")
	h.furnish()
	st := h.stamp(intent(1))
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
				if err := h.db.Ledger().Append(ctx, event("admin", "load", fmt.Sprint(n))); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	copyPath := filepath.Join(t.TempDir(), "copy ?.db")
	h.must(h.db.Backup(ctx, copyPath))
	close(stop)
	wg.Wait()

	head, err := store.ReadHead(ctx, copyPath)
	h.must(err)
	c := &house{TB: t, engine: "sqlite", dsn: copyPath}
	before, err := os.ReadFile(copyPath)
	c.must(err)
	c.db = c.again(store.Config{})
	c.sound()
	got, err := c.db.Ledger().Head(ctx)
	c.must(err)
	if got.Size != head.Size || got.Root != head.Root || head.Size < 7 {
		t.Errorf("the copy's head is of size %d, ReadHead said %d", got.Size, head.Size)
	}
	if again, err := c.db.Seals().Stamp(ctx, st.ID); err != nil || again.Code != st.Code {
		t.Errorf("the stamp is not in the copy: %v", err)
	}
	if st, err := os.Stat(copyPath); err != nil || st.Mode().Perm() != 0o600 || st.Size() != int64(len(before)) {
		t.Errorf("the copy has mode %v, %v", st.Mode(), err)
	}
}

func TestBackupOverwritesNothing(t *testing.T) {
	h := newHouse(t, "sqlite")
	path := filepath.Join(t.TempDir(), "kept")
	h.must(os.WriteFile(path, []byte("kept"), 0o600))
	if h.db.Backup(ctx, path) == nil {
		t.Error("a file was overwritten")
	}
	if raw, _ := os.ReadFile(path); string(raw) != "kept" {
		t.Error("the file was changed")
	}
	if h.db.Backup(ctx, filepath.Join(t.TempDir(), "none", "copy")) == nil {
		t.Error("a copy was made in a folder that does not exist")
	}
}

func TestBackupOfPostgresSaysHow(t *testing.T) {
	h := newHouse(t, "postgres")
	if err := h.db.Backup(ctx, filepath.Join(t.TempDir(), "copy")); err == nil {
		t.Error("a copy of PostgreSQL was claimed")
	}
}

func TestReadHeadChangesNothing(t *testing.T) {
	h := newHouse(t, "sqlite")
	path := filepath.Join(t.TempDir(), "copy")
	h.must(h.db.Ledger().Append(ctx, event("admin", "x", "x")))
	h.must(h.db.Backup(ctx, path))
	before, err := os.ReadFile(path)
	h.must(err)
	head, err := store.ReadHead(ctx, path)
	h.must(err)
	after, err := os.ReadFile(path)
	h.must(err)
	if string(before) != string(after) || head.Size != 1 {
		t.Error("reading the head changed the file")
	}
	for _, bad := range []string{filepath.Join(t.TempDir(), "none"), os.Args[0]} {
		if _, err := store.ReadHead(ctx, bad); err == nil {
			t.Errorf("a head was read from %s", filepath.Base(bad))
		}
	}
	var _ ledger.Head = head
}
