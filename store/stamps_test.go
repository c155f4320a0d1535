// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/store"
)

func TestStampRoundTrip(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		want := h.stamp(intent(1))
		h.stamp(intent(2))
		cold := h.again(store.Config{}).Seals() // without cached evidence
		for _, s := range []seal.Store{h.db.Seals(), cold} {
			got, err := s.Stamp(ctx, want.ID)
			h.must(err)
			if d := cmp.Diff(want, got); d != "" {
				h.Error(d)
			}
			for name, list := range map[string]func() ([]seal.Stamp, error){
				"code":     func() ([]seal.Stamp, error) { return s.StampsByCode(ctx, want.Code) },
				"document": func() ([]seal.Stamp, error) { return s.StampsByDigest(ctx, want.Document) },
				"output":   func() ([]seal.Stamp, error) { return s.StampsByDigest(ctx, want.Output) },
			} {
				got, err := list()
				h.must(err)
				if d := cmp.Diff([]seal.Stamp{want}, got); d != "" {
					h.Errorf("by %s: %s", name, d)
				}
			}
		}
		_, err := h.db.Seals().Stamp(ctx, "x")
		h.is(err, seal.ErrNotFound)
		for _, digest := range [][32]byte{{}, {99}} {
			none, err := h.db.Seals().StampsByDigest(ctx, digest)
			h.must(err)
			if len(none) != 0 {
				h.Errorf("digest %x finds %d stamps", digest[:1], len(none))
			}
		}
		for _, code := range []string{"", "UNKNOWN"} {
			none, err := h.db.Seals().StampsByCode(ctx, code)
			h.must(err)
			if len(none) != 0 {
				h.Errorf("code %q finds %d stamps", code, len(none))
			}
		}
		h.sound()
	})
}

// An extended file, and one extended again, leads to the stamp of the first.
func TestExtensionsAreFound(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		want := h.stamp(intent(1))
		h.stamp(intent(2))
		s := h.db.Seals()
		before := h.size()
		once, again := [32]byte{50}, [32]byte{51}
		for i, x := range []seal.ExtensionRecord{
			{ID: "x1", Application: "app1", Input: want.Output, Output: once, Level: "LT", Time: day},
			{ID: "x2", Application: "app1", Input: once, Output: again, Level: "LTA", Time: day},
			{ID: "x3", Application: "app1", Input: [32]byte{60}, Output: [32]byte{61}, Level: "T", Time: day}, // of somebody else's file
		} {
			h.must(s.RecordExtension(ctx, x, event("extension", "stamp.extend", x.ID)))
			if h.size() != before+uint64(i)+1 {
				h.Errorf("%s has no leaf", x.ID)
			}
		}
		for _, digest := range [][32]byte{once, again} {
			got, err := s.StampsByDigest(ctx, digest)
			h.must(err)
			if d := cmp.Diff([]seal.Stamp{want}, got); d != "" {
				h.Error(d)
			}
		}
		if none, err := s.StampsByDigest(ctx, [32]byte{61}); err != nil || len(none) != 0 {
			h.Errorf("a foreign file leads to %d stamps, %v", len(none), err)
		}
		h.sound()
	})
}

func TestUsesSince(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		for n := range 4 {
			i := intent(n)
			i.Now = day.Add(time.Duration(n) * time.Hour)
			h.stamp(i)
		}
		s := h.db.Seals()
		for _, test := range []struct {
			name, seal string
			since      time.Time
			limit      int
			want       []string
		}{
			{"all", testSeal.ESID, day, 10, []string{"stamp0000", "stamp0001", "stamp0002", "stamp0003"}},
			{"of any seal", "", day.Add(2 * time.Hour), 10, []string{"stamp0002", "stamp0003"}},
			{"the oldest first", testSeal.ESID, day.Add(time.Hour), 1, []string{"stamp0001"}},
			{"of another seal", "1", day, 10, nil},
			{"later", testSeal.ESID, day.AddDate(1, 0, 0), 10, nil},
		} {
			uses, err := s.UsesSince(ctx, test.seal, test.since, test.limit)
			h.must(err)
			var got []string
			for _, u := range uses {
				got = append(got, u.Stamp)
				if u.Seal != testSeal.ESID || u.Level != "T" || u.Kind != seal.KindDigest || u.CaseRef != "case" || u.Withdrawn {
					h.Errorf("%s: %+v", test.name, u)
				}
			}
			if d := cmp.Diff(test.want, got); d != "" {
				h.Errorf("%s: %s", test.name, d)
			}
		}
	})
}

func TestStampWithoutEvidenceOrOutput(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		a, err := h.db.Seals().RecordIntent(ctx, intent(1))
		h.must(err)
		want := stampOf(intent(1), a)
		want.Chain, want.CRLs, want.Output, want.Code, want.Answer = nil, nil, [32]byte{}, "", nil
		h.must(h.db.Seals().RecordStamp(ctx, want, nil, event("stamp", "stamp.digest", want.ID)))
		got, err := h.db.Seals().Stamp(ctx, want.ID)
		h.must(err)
		if d := cmp.Diff(want, got); d != "" {
			h.Error(d)
		}
	})
}

// The stamp that is recorded is the one that was intended.
func TestStampMustFitItsIntent(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		a, err := h.db.Seals().RecordIntent(ctx, intent(1))
		h.must(err)
		size := h.size()
		e := event("stamp", "stamp.digest", a.Stamp)
		for name, change := range map[string]func(*seal.Stamp){
			"seal":        func(s *seal.Stamp) { s.Seal = "99000000000002" },
			"document":    func(s *seal.Stamp) { s.Document[0]++ },
			"application": func(s *seal.Stamp) { s.Application = "app2" },
		} {
			st := stampOf(intent(1), a)
			change(&st)
			if err := h.db.Seals().RecordStamp(ctx, st, nil, e); err == nil {
				h.Errorf("another %s was recorded", name)
			}
		}
		st := stampOf(intent(1), a)
		st.ID = "never intended"
		h.is(h.db.Seals().RecordStamp(ctx, st, nil, e), seal.ErrNotFound)
		if h.size() != size {
			h.Error("a refused stamp left a leaf")
		}
	})
}

func TestDamagedEvidenceIsFound(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		st := h.stamp(intent(1))
		h.sql(`UPDATE evidence SET content = digest`)
		if _, err := h.again(store.Config{}).Seals().Stamp(ctx, st.ID); err == nil {
			h.Error("evidence that does not fit its digest was given out")
		}
	})
}

func TestWithdrawal(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		s := h.db.Seals()
		st := h.decide(1, "dec1", 0)
		e := event("withdrawal", "stamp.withdraw", st.ID)
		h.is(s.RecordWithdrawal(ctx, "x", "撤销", day, e), seal.ErrNotFound)
		h.must(s.RecordWithdrawal(ctx, st.ID, "撤销", day, e))
		h.is(s.RecordWithdrawal(ctx, st.ID, "撤销", day, e), seal.ErrState)
		got, err := s.Stamp(ctx, st.ID)
		h.must(err)
		d, err := s.Decision(ctx, "dec1")
		h.must(err)
		if !got.Withdrawn.Equal(day) || got.WithdrawnWhy != "撤销" || !d.Withdrawn.Equal(day) || d.WithdrawnWhy != "撤销" {
			h.Errorf("withdrawn: stamp %v %q, decision %v %q", got.Withdrawn, got.WithdrawnWhy, d.Withdrawn, d.WithdrawnWhy)
		}
		// A withdrawn decision takes no further stamp.
		a, err := s.RecordIntent(ctx, decisionIntent(2, "dec1"))
		h.must(err)
		h.is(s.RecordStamp(ctx, stampOf(decisionIntent(2, "dec1"), a), &d, event("stamp", "stamp.decision", a.Stamp)), seal.ErrState)
	})
}

func decisionIntent(n int, id string) seal.Intent {
	i := intent(n)
	i.Kind, i.Decision = seal.KindDecision, id
	return i
}

// decide stamps a decision that was loaded at a revision.
func (h *house) decide(n int, id string, revision int) seal.Stamp {
	h.Helper()
	i := decisionIntent(n, id)
	a, err := h.db.Seals().RecordIntent(ctx, i)
	h.must(err)
	st := stampOf(i, a)
	st.Rendered, st.RenderedOFD = [32]byte{byte(n), 4}, [32]byte{byte(n), 7}
	d := decisionRecord(id, revision)
	h.must(h.db.Seals().RecordStamp(ctx, st, &d, event("stamp", "stamp.decision", st.ID)))
	return st
}

func decisionRecord(id string, revision int) seal.DecisionRecord {
	return seal.DecisionRecord{
		ID: id, Code: "CODE" + id, Number: "示例许〔2026〕1号", Signed: []byte("{}"), File: [32]byte{5, byte(revision)},
		PDF: [32]byte{6, byte(revision)}, OFD: [32]byte{8, byte(revision)}, Revision: revision, Created: day,
	}
}

func TestJointDecision(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		s := h.db.Seals()
		first, second := h.decide(1, "dec1", 0), h.decide(2, "dec1", 1)
		h.decide(3, "dec2", 0)
		stamps, err := s.DecisionStamps(ctx, "dec1")
		h.must(err)
		if d := cmp.Diff([]seal.Stamp{first, second}, stamps); d != "" {
			h.Error(d)
		}
		for _, digest := range [][32]byte{second.Rendered, second.RenderedOFD} {
			rendered, err := s.StampsByDigest(ctx, digest)
			h.must(err)
			if d := cmp.Diff([]seal.Stamp{second}, rendered); d != "" {
				h.Error(d)
			}
		}
		want := decisionRecord("dec1", 1)
		want.Revision = 2
		got, err := s.Decision(ctx, "dec1")
		h.must(err)
		byCode, err := s.DecisionByCode(ctx, "CODEdec1")
		h.must(err)
		if d := cmp.Diff(want, got) + cmp.Diff(want, byCode); d != "" {
			h.Error(d)
		}
		_, err = s.Decision(ctx, "x")
		h.is(err, seal.ErrNotFound)
		_, err = s.DecisionByCode(ctx, "x")
		h.is(err, seal.ErrNotFound)
	})
}

// Two departments stamp at once: the second loses nothing but its signature,
// and its attempt goes on.
func TestDecisionConflict(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		s := h.db.Seals()
		h.decide(1, "dec1", 0)
		size := h.size()
		a, err := s.RecordIntent(ctx, decisionIntent(2, "dec1"))
		h.must(err)
		st := stampOf(decisionIntent(2, "dec1"), a)
		e := event("stamp", "stamp.decision", st.ID)
		for _, stale := range []int{0, 2, 7} {
			d := decisionRecord("dec1", stale)
			h.is(s.RecordStamp(ctx, st, &d, e), seal.ErrConflict)
		}
		sameCode := decisionRecord("dec9", 0)
		sameCode.Code = "CODEdec1"
		h.is(s.RecordStamp(ctx, st, &sameCode, e), seal.ErrConflict)
		if h.size() != size {
			h.Error("a conflict left a leaf")
		}
		d := decisionRecord("dec1", 1)
		h.must(s.RecordStamp(ctx, st, &d, e))
		h.sound()
	})
}
