// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/ca"
)

// issuing records the authority whose lists the tests are about.
func (h *house) issuing() ca.Store {
	h.Helper()
	s := h.db.CA()
	h.must(recordCA(s, ca.CA{ID: "issuing", Certificate: []byte("c"), Created: day}))
	return s
}

// shard records a good certificate in a shard.
func (h *house) shard(serial string, shard int) ca.Certificate {
	h.Helper()
	c, s := certificate, h.db.CA()
	c.SerialHex, c.Shard = serial, shard
	h.must(s.RecordPlanned(ctx, c))
	h.must(s.RecordCertificate(ctx, serial, []byte("der"), event("certificate", "ca.issue", serial)))
	return c
}

func (h *house) move(c ca.Certificate, to ca.Status, reason int) {
	h.Helper()
	from, err := h.db.CA().Certificate(ctx, c.SerialHex)
	h.must(err)
	c.Status, c.Reason, c.RevokedAt = to, reason, day
	if to == ca.Good {
		c.RevokedAt = time.Time{}
	}
	h.must(h.db.CA().RecordStatus(ctx, c, []ca.Status{from.Status}, event("revocation", "ca.move", c.SerialHex)))
}

func TestRevocationLists(t *testing.T) {
	onBoth(t, func(h *house) {
		s, e := h.db.CA(), event("crl", "ca.crl", "issuing")
		id := ca.ListID{CA: "issuing"}
		list := ca.CRL{CA: "issuing", Number: 5, Change: 1, DER: []byte("crl"), ThisUpdate: day, NextUpdate: day.AddDate(0, 0, 7)}
		h.is(s.RecordCRL(ctx, []ca.CRL{list}, e), ca.ErrNotFound)
		h.issuing()
		_, err := s.LatestCRL(ctx, id, -1)
		h.is(err, ca.ErrNotFound)
		h.must(s.RecordCRL(ctx, []ca.CRL{list}, e))
		for _, number := range []int64{5, 4, 0, -1} {
			back := list
			back.Number = number
			h.is(s.RecordCRL(ctx, []ca.CRL{back}, e), ca.ErrStaleCRL)
		}
		next := list
		next.Number, next.NextUpdate = 6, day.AddDate(0, 0, 8)
		delta := next
		delta.Base, delta.DER = 5, []byte("delta")
		other := delta
		other.Number = 7
		if s.RecordCRL(ctx, []ca.CRL{next, other}, e) == nil {
			h.Error("two numbers at once: want an error")
		}
		h.must(s.RecordCRL(ctx, []ca.CRL{next, delta}, e))
		for _, want := range []ca.CRL{next, delta} {
			got, err := s.LatestCRL(ctx, want.ID(), 5)
			h.must(err)
			if d := cmp.Diff(want, got); d != "" {
				h.Error(d)
			}
			got, err = s.LatestCRL(ctx, want.ID(), 6)
			h.must(err)
			if got.DER != nil || got.Number != 6 {
				h.Errorf("a list that the caller has: %v", got)
			}
		}
		// Each shard has numbers of its own.
		sharded := list
		sharded.Number, sharded.Shard = 1, 3
		h.must(s.RecordCRL(ctx, []ca.CRL{sharded}, e))
		h.is(s.RecordCRL(ctx, []ca.CRL{sharded}, e), ca.ErrStaleCRL)
	})
}

func TestBaseOfADelta(t *testing.T) {
	onBoth(t, func(h *house) {
		s, e := h.issuing(), event("crl", "ca.crl", "issuing")
		_, err := s.BaseCRL(ctx, "issuing", 0, day)
		h.is(err, ca.ErrNotFound)
		for n := range int64(4) {
			// The first is of before changes were counted.
			h.must(s.RecordCRL(ctx, []ca.CRL{{CA: "issuing", Number: n + 1, Change: n, DER: []byte("l"),
				ThisUpdate: day.AddDate(0, 0, int(n)), NextUpdate: day.AddDate(0, 0, int(n)+7)}}, e))
		}
		for days, want := range map[int]int64{3: 2, 7: 2, 8: 3, 9: 4} {
			base, err := s.BaseCRL(ctx, "issuing", 0, day.AddDate(0, 0, days))
			h.must(err)
			if base.Number != want || base.DER != nil || base.Change != want-1 {
				h.Errorf("after %d days: base %d, want %d", days, base.Number, want)
			}
		}
		_, err = s.BaseCRL(ctx, "issuing", 0, day.AddDate(0, 0, 10))
		h.is(err, ca.ErrNotFound)
	})
}

func TestChangesAreCounted(t *testing.T) {
	onBoth(t, func(h *house) {
		s := h.issuing()
		a, b := h.shard("0a", 1), h.shard("0b", 2)
		counts := func(whole, first, second int64) {
			h.Helper()
			all, err := s.Changes(ctx)
			h.must(err)
			for shard, want := range []int64{whole, first, second} {
				got, err := s.LastChange(ctx, "issuing", shard)
				h.must(err)
				if got != want || all["issuing"] != whole {
					h.Errorf("shard %d: last change %d, want %d (counted %d)", shard, got, want, all["issuing"])
				}
			}
		}
		counts(1, 1, 1)
		h.move(a, ca.Hold, 6)
		counts(2, 2, 1)
		h.move(b, ca.Revoked, 1)
		counts(3, 2, 3)
		h.move(a, ca.Good, 0)
		counts(4, 4, 3)
		// A move that is refused counts for nothing.
		h.is(s.RecordStatus(ctx, a, []ca.Status{ca.Hold}, event("revocation", "ca.move", "0a")), ca.ErrState)
		counts(4, 4, 3)
		_, err := s.LastChange(ctx, "none", 0)
		h.is(err, ca.ErrNotFound)

		serials := func(entries []ca.Entry, err error) (all []string) {
			h.must(err)
			for _, e := range entries {
				all = append(all, e.SerialHex+" "+string(e.Status))
			}
			return all
		}
		for _, test := range []struct {
			name      string
			got, want []string
		}{
			{"not good", serials(s.NotGood(ctx, "issuing", 0)), []string{"0b revoked"}},
			{"not good, shard 1", serials(s.NotGood(ctx, "issuing", 1)), nil},
			{"not good, shard 2", serials(s.NotGood(ctx, "issuing", 2)), []string{"0b revoked"}},
			{"changed after 1", serials(s.Changed(ctx, "issuing", 0, 1)), []string{"0b revoked", "0a good"}},
			{"changed after 3", serials(s.Changed(ctx, "issuing", 0, 3)), []string{"0a good"}},
			{"changed after 1, shard 2", serials(s.Changed(ctx, "issuing", 2, 1)), []string{"0b revoked"}},
			{"changed after 4", serials(s.Changed(ctx, "issuing", 0, 4)), nil},
		} {
			if d := cmp.Diff(test.want, test.got); d != "" {
				h.Errorf("%s: %s", test.name, d)
			}
		}
		entries, err := s.NotGood(ctx, "issuing", 2)
		h.must(err)
		if d := cmp.Diff(ca.Entry{SerialHex: "0b", Status: ca.Revoked, RevokedAt: day, Reason: 1}, entries[0]); d != "" {
			h.Error(d)
		}
	})
}

// Changes of several processes get numbers one by one, none twice.
func TestChangesAtOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		s := h.issuing()
		const n = 20
		var wg sync.WaitGroup
		for i := range n {
			c := h.shard(fmt.Sprintf("%02x", i+1), 1)
			wg.Go(func() {
				c.Status, c.RevokedAt, c.Reason = ca.Revoked, day, 4
				if err := s.RecordStatus(ctx, c, []ca.Status{ca.Good}, event("revocation", "ca.revoke", c.SerialHex)); err != nil {
					h.Error(err)
				}
			})
		}
		wg.Wait()
		for after := range int64(n) {
			if got, err := s.Changed(ctx, "issuing", 1, 1+after); err != nil || len(got) != n-int(after) {
				h.Errorf("after %d: %d changed, %v", after, len(got), err)
			}
		}
	})
}

func TestPointsOfShards(t *testing.T) {
	onBoth(t, func(h *house) {
		s := h.issuing()
		want := []ca.Point{{Shard: 2, URI: "https://a.example/pki/issuing.2.crl"}, {Shard: 2, URI: "https://b.example/pki/issuing.2.crl"}, {Shard: 1, URI: "https://b.example/pki/issuing.1.crl"}}
		for _, p := range append(want, want...) {
			h.must(s.RecordPoint(ctx, "issuing", p))
		}
		got, err := s.Points(ctx, "issuing")
		h.must(err)
		if d := cmp.Diff(want, got); d != "" {
			h.Error(d)
		}
		if got, err := s.Points(ctx, "other"); err != nil || len(got) != 0 {
			h.Errorf("points of another CA: %v, %v", got, err)
		}
	})
}
