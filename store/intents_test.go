// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/store"
)

func TestIntentIsAdmitted(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		a, err := h.db.Seals().RecordIntent(ctx, intent(1))
		h.must(err)
		want := seal.Admission{Stamp: "stamp0001", Attempt: 1, Grant: "grt1", Seal: testSeal, Department: department}
		if d := cmp.Diff(want, a); d != "" {
			h.Error(d)
		}
	})
}

// What an Idempotency-Key answers, by what was done with it before.
func TestIdempotency(t *testing.T) {
	type before func(h *house, i seal.Intent) // what the key did
	fail := func(h *house, i seal.Intent) {
		a, err := h.db.Seals().RecordIntent(ctx, i)
		h.must(err)
		h.must(h.db.Seals().RecordFailure(ctx, a.Stamp, a.Attempt, "no", event("admin", "stamp.failed", a.Stamp)))
	}
	run := func(h *house, i seal.Intent) {
		_, err := h.db.Seals().RecordIntent(ctx, i)
		h.must(err)
	}
	done := func(h *house, i seal.Intent) { h.stamp(i) }
	later := func(d time.Duration) func(*seal.Intent) { return func(i *seal.Intent) { i.Now = i.Now.Add(d) } }
	otherPrint := func(i *seal.Intent) { i.Fingerprint[31] = 1 }
	tests := []struct {
		name    string
		before  before
		change  func(*seal.Intent)
		err     error
		attempt int
		replay  bool
	}{
		{"running", run, nil, seal.ErrRunning, 0, false},
		{"running, other request", run, otherPrint, seal.ErrKeyReused, 0, false},
		{"lease almost over", run, later(time.Minute - time.Millisecond), seal.ErrRunning, 0, false},
		{"lease over", run, later(time.Minute), nil, 2, false},
		{"lease over, other request", func(h *house, i seal.Intent) { run(h, i) }, func(i *seal.Intent) {
			i.Fingerprint[31], i.Now = 1, i.Now.Add(time.Hour)
		}, seal.ErrKeyReused, 0, false},
		{"failed", fail, nil, nil, 2, false},
		{"failed, other request", fail, otherPrint, seal.ErrKeyReused, 0, false},
		{"finished", done, nil, nil, 1, true},
		{"finished, six days ago", done, later(6 * 24 * time.Hour), nil, 1, true},
		{"finished, eight days ago", done, later(8 * 24 * time.Hour), nil, 1, false},
		{"finished, eight days ago, other request", done, func(i *seal.Intent) {
			i.Fingerprint[31], i.Now = 1, i.Now.Add(8*24*time.Hour)
		}, nil, 1, false},
		{"finished, other request", done, otherPrint, seal.ErrKeyReused, 0, false},
		{"finished, other key", done, func(i *seal.Intent) { i.IdempotencyKey = "other" }, nil, 1, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			onBoth(t, func(h *house) {
				h.furnish()
				first := intent(1)
				test.before(h, first)
				second := first
				second.Stamp = "another"
				if test.change != nil {
					test.change(&second)
				}
				a, err := h.db.Seals().RecordIntent(ctx, second)
				if !errors.Is(err, test.err) {
					h.Fatalf("got error %v, want %v", err, test.err)
				}
				if err != nil {
					return
				}
				if a.Attempt != test.attempt || (a.Replay != nil) != test.replay {
					h.Errorf("got attempt %d, replay %v", a.Attempt, a.Replay != nil)
				}
				if same := a.Stamp == first.Stamp; same != (test.attempt == 2 || test.replay) {
					h.Errorf("got stamp id %s", a.Stamp)
				}
			})
		})
	}
}

func TestReplayGivesTheFirstAnswer(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		first := h.stamp(intent(1))
		size := h.size()
		// Whatever happened meanwhile, the answer was given.
		h.must(h.db.Registry().SetGrantState(ctx, "grt1", registry.Ended, event("grant", "grant.revoke", "grt1")))
		a, err := h.db.Seals().RecordIntent(ctx, intent(1))
		h.must(err)
		if a.Replay == nil {
			h.Fatal("no replay")
		}
		if d := cmp.Diff(first, *a.Replay); d != "" {
			h.Error(d)
		}
		if h.size() != size+1 {
			h.Error("a replay left a leaf")
		}
	})
}

// The first attempt lost its lease: it can no longer release anything, and
// the next attempt is in the audit log.
func TestTakeover(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		s := h.db.Seals()
		first, err := s.RecordIntent(ctx, intent(1))
		h.must(err)
		open, err := s.Unfinished(ctx, day)
		h.must(err)
		if len(open) != 0 {
			h.Error("a live lease counts as unfinished")
		}
		open, err = s.Unfinished(ctx, day.Add(time.Minute))
		h.must(err)
		if d := cmp.Diff([]seal.Intent{intent(1)}, open); d != "" {
			h.Error(d)
		}

		late := intent(1)
		late.Now = day.Add(2 * time.Minute)
		second, err := s.RecordIntent(ctx, late)
		h.must(err)
		entry, err := h.db.Ledger().EntryOf(ctx, "admin", second.Stamp)
		h.must(err)
		if entry.Act != "stamp.retry" || second.Attempt != 2 || second.Stamp != first.Stamp {
			h.Errorf("takeover gave attempt %d of %s, audit act %q", second.Attempt, second.Stamp, entry.Act)
		}
		e := event("stamp", "stamp.digest", first.Stamp)
		size := h.size()
		h.is(s.RecordStamp(ctx, stampOf(intent(1), first), nil, e), seal.ErrLeaseLost)
		h.is(s.RecordFailure(ctx, first.Stamp, 1, "late", e), seal.ErrLeaseLost)
		if h.size() != size {
			h.Error("a lost attempt left a leaf")
		}
		h.must(s.RecordStamp(ctx, stampOf(late, second), nil, e))
		h.is(s.RecordStamp(ctx, stampOf(late, second), nil, e), seal.ErrLeaseLost)
		h.is(s.RecordFailure(ctx, first.Stamp, 2, "late", e), seal.ErrLeaseLost)
		open, err = s.Unfinished(ctx, day.AddDate(1, 0, 0))
		h.must(err)
		if len(open) != 0 {
			h.Error("a finished intent counts as unfinished")
		}
	})
}

// An attempt whose lease ran out but that nobody took over still holds it.
func TestSlowAttemptFinishes(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		i := intent(1)
		i.Lease = time.Millisecond
		a, err := h.db.Seals().RecordIntent(ctx, i)
		h.must(err)
		time.Sleep(5 * time.Millisecond)
		h.must(h.db.Seals().RecordStamp(ctx, stampOf(i, a), nil, event("stamp", "stamp.digest", a.Stamp)))
	})
}

func TestOneKeyOneStamp(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		dbs := []*store.DB{h.db, h.again(store.Config{})}
		var admitted, running atomic.Int64
		var wg sync.WaitGroup
		for n := range 32 {
			wg.Go(func() {
				i := intent(1)
				i.Stamp = "stamp" + string(rune('a'+n))
				switch _, err := dbs[n%2].Seals().RecordIntent(ctx, i); {
				case err == nil:
					admitted.Add(1)
				case errors.Is(err, seal.ErrRunning):
					running.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if admitted.Load() != 1 || running.Load() != 31 {
			h.Errorf("%d were admitted and %d told to wait", admitted.Load(), running.Load())
		}
	})
}

// Each reason to refuse, with the audit entry that it leaves.
func TestDeniedIsRecorded(t *testing.T) {
	reg := func(h *house) registry.Store { return h.db.Registry() }
	tests := []struct {
		reason string
		set    func(h *house, i *seal.Intent)
	}{
		{"application", func(h *house, i *seal.Intent) { i.Application = "unknown" }},
		{"application", func(h *house, i *seal.Intent) {
			h.must(reg(h).SetApplicationState(ctx, "app1", registry.Suspended, event("application", "x", "app1")))
		}},
		{"officer", func(h *house, i *seal.Intent) { i.Officer = "unknown" }},
		{"officer", func(h *house, i *seal.Intent) {
			h.must(reg(h).SetOfficerState(ctx, "off1", registry.Suspended, event("officer", "x", "off1")))
		}},
		{"grant-matter", func(h *house, i *seal.Intent) { i.Matter = "M-3" }},
		{"grant-time", func(h *house, i *seal.Intent) { i.Now = i.Now.AddDate(2, 0, 0) }},
		{"seal-validity", func(h *house, i *seal.Intent) { i.Now = i.Now.AddDate(4, 0, 0) }},
		{"no-grant", func(h *house, i *seal.Intent) {
			h.must(reg(h).SetGrantState(ctx, "grt1", registry.Ended, event("grant", "x", "grt1")))
		}},
		{"seal-state", func(h *house, i *seal.Intent) {
			h.must(h.db.Seals().RecordSealSteps(ctx, step(seal.ActSuspend, seal.Suspended, "", day)))
		}},
		{"certificate", func(h *house, i *seal.Intent) {
			c := certificate
			c.Status = ca.Hold
			h.must(h.db.CA().RecordStatus(ctx, c, []ca.Status{ca.Good}, event("revocation", "x", c.SerialHex)))
		}},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			onBoth(t, func(h *house) {
				h.furnish()
				i := intent(1)
				test.set(h, &i)
				_, err := h.db.Seals().RecordIntent(ctx, i)
				var denied *registry.Denied
				if !errors.As(err, &denied) || denied.Reason != test.reason {
					h.Fatalf("got %v, want a denial for %s", err, test.reason)
				}
				entries, err := h.db.Ledger().Search(ctx, ledger.Query{Act: "stamp.denied"})
				h.must(err)
				if len(entries) != 1 || entries[0].Reason != test.reason || entries[0].Object != testSeal.ESID {
					h.Errorf("audit log says %+v", entries)
				}
				open, err := h.db.Seals().Unfinished(ctx, day.AddDate(9, 0, 0))
				h.must(err)
				if len(open) != 0 {
					h.Error("a denied request left an intent")
				}
			})
		})
	}
	t.Run("unknown seal", func(t *testing.T) {
		onBoth(t, func(h *house) {
			h.furnish()
			i := intent(1)
			i.Seal = "99000000009999"
			_, err := h.db.Seals().RecordIntent(ctx, i)
			h.is(err, seal.ErrNotFound)
		})
	})
}

// A right that was just used is gone at once when it is taken away, by this
// process, by another, or by hand.
func TestRightsEndAtOnce(t *testing.T) {
	end := func(db *store.DB) error {
		return db.Registry().SetGrantState(ctx, "grt1", registry.Ended, event("grant", "grant.revoke", "grt1"))
	}
	ways := map[string]func(h *house) error{
		"this process":  func(h *house) error { return end(h.db) },
		"other process": func(h *house) error { return end(h.again(store.Config{})) },
		"by hand":       func(h *house) error { h.sql(`DELETE FROM grants`); return nil },
		"certificate": func(h *house) error {
			c := certificate
			c.Status = ca.Revoked
			return h.again(store.Config{}).CA().RecordStatus(ctx, c, []ca.Status{ca.Good}, event("revocation", "x", "x"))
		},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(h *house) {
				h.furnish()
				h.stamp(intent(1))
				h.stamp(intent(2))
				h.must(way(h))
				_, err := h.db.Seals().RecordIntent(ctx, intent(3))
				var denied *registry.Denied
				if !errors.As(err, &denied) {
					h.Errorf("got %v, want a denial", err)
				}
			})
		})
	}
	t.Run("edited by hand", func(t *testing.T) {
		onBoth(t, func(h *house) {
			h.furnish()
			h.stamp(intent(1))
			h.sql(`UPDATE grants SET matters = '["*"]'`)
			_, err := h.db.Seals().RecordIntent(ctx, intent(2))
			h.is(err, registry.ErrTampered)
		})
	})
}

// A retry of a failed request is judged by the grants of today.
func TestTakeoverIsJudgedAgain(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		_, err := h.db.Seals().RecordIntent(ctx, intent(1))
		h.must(err)
		h.must(h.db.Registry().SetGrantState(ctx, "grt1", registry.Ended, event("grant", "x", "grt1")))
		late := intent(1)
		late.Now = day.Add(time.Hour)
		_, err = h.db.Seals().RecordIntent(ctx, late)
		var denied *registry.Denied
		if !errors.As(err, &denied) {
			h.Errorf("got %v, want a denial", err)
		}
	})
}

// The mark is the database's: another process, or this one after a restart,
// finds a clock that went back.
func TestClockMustNotGoBack(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		_, err := h.db.Seals().RecordIntent(ctx, intent(1))
		h.must(err)
		other := h.again(store.Config{}).Seals()
		back := intent(2)
		back.Now = day.Add(-5001 * time.Millisecond)
		_, err = other.RecordIntent(ctx, back)
		h.is(err, seal.ErrClock)
		back.Now = day.Add(-5 * time.Second)
		_, err = other.RecordIntent(ctx, back)
		h.must(err)
		ahead := intent(3)
		ahead.Now = day.Add(time.Minute)
		_, err = other.RecordIntent(ctx, ahead)
		h.must(err)
		_, err = h.db.Seals().RecordIntent(ctx, intent(4))
		h.is(err, seal.ErrClock)
	})
}
