// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/seal"
)

func TestSealNumbers(t *testing.T) {
	onBoth(t, func(h *house) {
		var mu sync.Mutex
		seen := map[string]bool{}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				id, err := h.db.Seals().NextESID(ctx, "990000")
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				seen[id] = true
			})
		}
		wg.Wait()
		if len(seen) != 20 || !seen["99000000000001"] || !seen["99000000000020"] {
			h.Errorf("drew %v", seen)
		}
		other, err := h.db.Seals().NextESID(ctx, "990001")
		h.must(err)
		if other != "99000100000001" {
			h.Errorf("another area's first number is %s", other)
		}
		h.sql(`UPDATE seal_numbers SET last = 99999999`)
		_, err = h.db.Seals().NextESID(ctx, "990001")
		h.is(err, seal.ErrState)
	})
}

func TestSealRoundTrip(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		s := h.db.Seals()
		h.is(s.RecordSeal(ctx, testSeal, event("seal", "seal.make", testSeal.ESID)), seal.ErrExists)
		for range 2 { // from the table, then from the cache
			got, err := s.Seal(ctx, testSeal.ESID)
			h.must(err)
			if d := cmp.Diff(testSeal, got); d != "" {
				h.Error(d)
			}
		}
		for of, want := range map[string]int{"": 1, "dep1": 1, "dep2": 0} {
			seals, err := s.Seals(ctx, of)
			h.must(err)
			if len(seals) != want {
				h.Errorf("department %q has %d seals, want %d", of, len(seals), want)
			}
		}
		_, err := s.Seal(ctx, "x")
		h.is(err, seal.ErrNotFound)
	})
}

func TestSealStates(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		s := h.db.Seals()
		size := h.size()
		at := day.AddDate(0, 0, 1)
		h.must(s.RecordSealSteps(ctx, step(seal.ActSuspend, seal.Suspended, "保管人变更", at)))
		h.is(s.RecordSealSteps(ctx, step(seal.ActSuspend, seal.Suspended, "again", at)), seal.ErrState)
		unknown := step(seal.ActSuspend, seal.Suspended, "", at)
		unknown.Step.ESID = "x"
		h.is(s.RecordSealSteps(ctx, unknown), seal.ErrNotFound)
		got, err := s.Seal(ctx, testSeal.ESID)
		h.must(err)
		want := testSeal
		want.State, want.Reason, want.Changed, want.Steps = seal.Suspended, "保管人变更", at, 2
		if d := cmp.Diff(want, got); d != "" {
			h.Error(d)
		}
		if h.size() != size+1 {
			h.Errorf("%d leaves were appended, want 1", h.size()-size)
		}
		notices, err := h.db.Notices(ctx, 100)
		h.must(err)
		last := notices[len(notices)-1]
		if last.Topic != "seal.suspend" || last.Object != testSeal.ESID || last.Entry != size {
			h.Errorf("last notice is %+v", last)
		}
		h.must(h.db.Delivered(ctx, last.Seq))
		after, err := h.db.Notices(ctx, 100)
		h.must(err)
		if len(after) != len(notices)-1 {
			h.Error("a delivered notice is still there")
		}
	})
}
