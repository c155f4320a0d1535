// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/store"
)

func TestLedgerAppendAndRead(t *testing.T) {
	onBoth(t, func(h *house) {
		l := h.db.Ledger()
		if head, err := l.Head(ctx); err != nil || head.Size != 0 {
			h.Fatalf("a new ledger has head %v, %v", head, err)
		}
		full := event("admin", "test.full", "o1")
		full.Reason, full.Before = "原因", []byte(`{"b":[1, 2]}`)
		full.Time = day.Add(123456789)
		h.must(l.Append(ctx, full, ledger.Event{Kind: "admin", Time: day, Actor: "system", Act: "test.bare", Object: "o2"}))

		entries, err := l.Entries(ctx, 0, 10)
		h.must(err)
		if len(entries) != 2 || entries[0].Index != 0 || entries[1].Index != 1 {
			h.Fatalf("got %d entries", len(entries))
		}
		want := full
		want.Time = full.Time.Truncate(time.Millisecond)
		if d := cmp.Diff(want, entries[0].Event); d != "" {
			h.Error(d)
		}
		for _, e := range entries {
			h.must(e.CheckLeaf())
		}
		_, err = l.EntryOf(ctx, "seal", "o1")
		h.is(err, ledger.ErrNotFound)
		got, err := l.EntryOf(ctx, "admin", "o1")
		h.must(err)
		if d := cmp.Diff(entries[0], got); d != "" {
			h.Error(d)
		}
		h.sound()
	})
}

// Kept hashes are complete at the edges of tiles of both levels.
func TestLedgerKeepsTileHashes(t *testing.T) {
	onBoth(t, func(h *house) {
		l := h.db.Ledger()
		var all []ledger.Event
		for i := range 2*ledger.TileWidth + 3 {
			all = append(all, event("admin", "test", fmt.Sprint(i)))
		}
		h.must(l.Append(ctx, all[0]))
		h.must(l.Append(ctx, all[1:300]...))
		h.must(l.Append(ctx, all[300:]...))
		h.sound()
		leaves, err := l.Hashes(ctx, 0, 250, 1000)
		h.must(err)
		if len(leaves) != len(all)-250 {
			h.Errorf("got %d leaf hashes, want %d", len(leaves), len(all)-250)
		}
		tiles, err := l.Hashes(ctx, ledger.TileHeight, 0, 1000)
		h.must(err)
		if len(tiles) != 2 {
			h.Fatalf("got %d hashes of level 8, want 2", len(tiles))
		}
		head := ledger.Head{}
		first, err := l.Hashes(ctx, 0, 0, ledger.TileWidth)
		h.must(err)
		for _, leaf := range first {
			head = head.Append(leaf)
		}
		if tiles[0] != head.Root {
			h.Error("the first hash of level 8 is not the root of the first 256 leaves")
		}
	})
}

func TestAuditSearch(t *testing.T) {
	onBoth(t, func(h *house) {
		l := h.db.Ledger()
		for i := range 10 {
			e := event("admin", []string{"a", "b"}[i%2], fmt.Sprint("o", i%3))
			e.Actor, e.Time = fmt.Sprint("operator:", i%5), day.Add(time.Duration(i)*time.Hour)
			h.must(l.Append(ctx, e))
		}
		tests := []struct {
			name string
			q    ledger.Query
			want []uint64
		}{
			{"all", ledger.Query{}, []uint64{9, 8, 7, 6, 5, 4, 3, 2, 1, 0}},
			{"page", ledger.Query{Limit: 2, Before: 5}, []uint64{4, 3}},
			{"actor", ledger.Query{Actor: "operator:3"}, []uint64{8, 3}},
			{"act and object", ledger.Query{Act: "a", Object: "o0"}, []uint64{6, 0}},
			{"since until", ledger.Query{Since: day.Add(2 * time.Hour), Until: day.Add(4 * time.Hour)}, []uint64{3, 2}},
			{"none", ledger.Query{Actor: `' OR 1=1 --`}, nil},
		}
		for _, test := range tests {
			entries, err := l.Search(ctx, test.q)
			h.must(err)
			var got []uint64
			for _, e := range entries {
				got = append(got, e.Index)
			}
			if d := cmp.Diff(test.want, got); d != "" {
				h.Errorf("%s: %s", test.name, d)
			}
		}
	})
}

// Two processes, each with many callers, append at the same time: no leaf is
// lost or doubled, and the rows replay to the head.
func TestTwoProcessesCannotForkTheLedger(t *testing.T) {
	onBoth(t, func(h *house) {
		const callers, each = 6, 25
		other := h.again(store.Config{Wait: 20 * time.Second})
		var wg sync.WaitGroup
		errs := make(chan error, 2*callers*each)
		for p, db := range []*store.DB{h.db, other} {
			for c := range callers {
				wg.Go(func() {
					for i := range each {
						errs <- db.Ledger().Append(ctx, event("admin", "test", fmt.Sprintf("%d-%d-%d", p, c, i)))
					}
				})
			}
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			h.must(err)
		}
		if got := h.size(); got != 2*callers*each {
			h.Errorf("ledger has %d leaves, want %d", got, 2*callers*each)
		}
		seen := map[string]bool{}
		entries, err := other.Ledger().Entries(ctx, 0, 1000)
		h.must(err)
		for i, e := range entries {
			if e.Index != uint64(i) || seen[e.Object] {
				h.Fatalf("entry %d has index %d and object %q", i, e.Index, e.Object)
			}
			seen[e.Object] = true
		}
		h.sound()
	})
}

// A job that fails takes its leaf with it and nobody else's.
func TestFailedJobLosesOnlyItsSavepoint(t *testing.T) {
	onBoth(t, func(h *house) {
		bad := errors.New("bad")
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				err := h.db.WriteBetween(ctx, func() error {
					if i%2 == 0 {
						return bad
					}
					return nil
				})
				if (i%2 == 0) != errors.Is(err, bad) {
					t.Errorf("job %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if got := h.size(); got != 20 {
			h.Errorf("ledger has %d leaves, want 20", got)
		}
		h.sound()
	})
}

func TestPanicInAJobReachesItsCaller(t *testing.T) {
	onBoth(t, func(h *house) {
		func() {
			defer func() {
				if recover() != "job" {
					h.Error("the panic did not reach the caller")
				}
			}()
			_ = h.db.WriteBetween(ctx, func() error { panic("job") })
		}()
		h.must(h.db.Ledger().Append(ctx, event("admin", "test", "after")))
		if got := h.size(); got != 1 {
			h.Errorf("ledger has %d leaves, want 1", got)
		}
	})
}

// What an insider does to the rows shows in a replay.
func TestTamperedRowsAreFound(t *testing.T) {
	edits := map[string]string{
		"actor":     `UPDATE ledger_entries SET actor = 'operator:other' WHERE idx = 3`,
		"time":      `UPDATE ledger_entries SET time = time + 1 WHERE idx = 3`,
		"state":     `UPDATE ledger_entries SET after = NULL WHERE idx = 3`,
		"opening":   `UPDATE ledger_entries SET opening = leaf WHERE idx = 3`,
		"removed":   `DELETE FROM ledger_entries WHERE idx = 3`,
		"last":      `DELETE FROM ledger_entries WHERE idx = 299`,
		"swapped":   `UPDATE ledger_entries SET leaf = (SELECT leaf FROM ledger_entries WHERE idx = 4) WHERE idx = 3`,
		"tile hash": `UPDATE ledger_hashes SET hash = (SELECT leaf_hash FROM ledger_entries WHERE idx = 0)`,
		"head":      `UPDATE ledger_head SET size = 299`,
		"root":      `UPDATE ledger_head SET root = (SELECT leaf_hash FROM ledger_entries WHERE idx = 0)`,
	}
	for name, edit := range edits {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, "sqlite")
			var events []ledger.Event
			for i := range 300 {
				events = append(events, event("admin", "test", fmt.Sprint(i)))
			}
			h.must(h.db.Ledger().Append(ctx, events...))
			h.sound()
			h.sql(edit)
			l, err := ledger.New(ledger.Config{Store: h.db.Ledger(), Origin: "example.invalid/test/sm3"})
			h.must(err)
			findings, err := l.Verify(ctx, "", nil)
			if err == nil && len(findings) == 0 {
				t.Error("nothing was found")
			}
		})
	}
}

// A head row that is damaged stops appending, and is not repaired by it.
func TestDamagedHeadStopsAppending(t *testing.T) {
	onBoth(t, func(h *house) {
		h.must(h.db.Ledger().Append(ctx, event("admin", "test", "1")))
		h.sql(`UPDATE ledger_head SET size = 3 WHERE id = 1`)
		if h.db.Ledger().Append(ctx, event("admin", "test", "2")) == nil {
			h.Error("a leaf was appended to a damaged head")
		}
		h.sql(`DELETE FROM ledger_head`)
		if h.db.Ledger().Append(ctx, event("admin", "test", "3")) == nil {
			h.Error("a leaf was appended without a head")
		}
	})
}
