// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/ledger/proof"
)

func TestVerifySound(t *testing.T) {
	key := newKey(t)
	m := filled(t, 3)
	l := newLog(t, m, key)
	empty := newLog(t, &memory{}, key)
	if found, err := empty.Verify(t.Context(), "", nil); err != nil || len(found) != 0 {
		t.Errorf("empty ledger: got %v, %v", found, err)
	}
	since, _, err := l.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := 3; i < 600; i++ {
		if err := m.Append(t.Context(), event(i)); err != nil {
			t.Fatal(err)
		}
	}
	var done uint64
	found, err := l.Verify(t.Context(), since, func(d, total uint64) {
		if d <= done || total != 600 {
			t.Errorf("progress %d of %d after %d", d, total, done)
		}
		done = d
	})
	if err != nil || len(found) != 0 || done != 600 {
		t.Errorf("got %v, %v, %d rows; want nothing found in 600", found, err, done)
	}
	reader, err := ledger.New(ledger.Config{Store: m, Public: &key.PublicKey, Origin: origin})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := reader.Verify(t.Context(), since, nil); err != nil || len(found) != 0 {
		t.Errorf("without the private key: got %v, %v", found, err)
	}
}

// Each case is what an insider with write access to the database could do.
func TestVerifyCatches(t *testing.T) {
	const size, row = 600, 300
	tests := []struct {
		name    string
		tamper  func(*memory)
		rebuilt bool   // only the auditor's form can catch it
		want    string // part of a finding's problem
	}{
		{"a changed column", func(m *memory) { m.entries[row].Actor = "app:9" }, false, "no longer fits"},
		{"a changed state", func(m *memory) { m.entries[row].After = json.RawMessage(`{"n":301}`) }, false, "no longer fits"},
		{"a changed leaf", func(m *memory) { m.entries[row].Leaf = m.entries[row-1].Leaf }, false, "whose hash was kept"},
		{"a consistent row put in its place", func(m *memory) { m.entries[row] = forged(row) }, false, "whose hash was kept"},
		{"the same with its hash", func(m *memory) {
			m.entries[row] = forged(row)
			m.hashes[0][row] = proof.LeafHash(m.entries[row].Leaf)
		}, false, "does not fit the rows under it"},
		{"the same with its hash and tile", func(m *memory) {
			copied := &memory{entries: slices.Clone(m.entries)}
			copied.entries[row] = forged(row)
			copied.rebuild()
			m.entries, m.hashes = copied.entries, copied.hashes
		}, false, "do not make the root of the head"},
		{"a removed row", func(m *memory) { m.entries = slices.Delete(m.entries, row, row+1) }, false, "row is missing"},
		{"a removed row, the others moved up", func(m *memory) {
			m.entries = slices.Delete(m.entries, row, row+1)
			for i := row; i < len(m.entries); i++ {
				m.entries[i].Index--
			}
		}, false, "whose hash was kept"},
		{"the last row removed", func(m *memory) { m.entries = m.entries[:size-1] }, false, "row is missing"},
		{"the last hash removed", func(m *memory) { m.hashes[0] = m.hashes[0][:size-1] }, false, "hash of the row is missing"},
		{"two rows exchanged", func(m *memory) {
			a, b := m.entries[row], m.entries[row+1]
			a.Index, b.Index = b.Index, a.Index
			m.entries[row], m.entries[row+1] = b, a
		}, false, "whose hash was kept"},
		{"a row twice", func(m *memory) { m.entries = slices.Insert(m.entries, row, m.entries[row]) }, false, "two rows"},
		{"a row beyond the head", func(m *memory) { e := forged(size); m.entries = append(m.entries, e) }, false, "beyond the head"},
		{"a kept hash", func(m *memory) { m.hashes[8][1][0] ^= 1 }, false, "does not fit the rows under it"},
		{"the head's root", func(m *memory) { m.head.Root[0] ^= 1 }, false, "do not belong together"},
		{"the head's frontier", func(m *memory) { m.head.Frontier[0][0] ^= 1 }, false, "do not belong together"},
		{"rebuilt with a forged row", func(m *memory) { m.entries[row] = forged(row); m.rebuild() }, true, "was rebuilt"},
		{"rebuilt without a row", func(m *memory) { m.entries = slices.Delete(m.entries, row, row+1); m.rebuild() }, true, "was rebuilt"},
		{"rebuilt shorter", func(m *memory) { m.entries = m.entries[:row]; m.rebuild() }, true, "ends before the checkpoint"},
		{"rebuilt in another order", func(m *memory) {
			m.entries[1], m.entries[2] = m.entries[2], m.entries[1]
			m.rebuild()
		}, true, "was rebuilt"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, key := filled(t, size-50), newKey(t)
			l := newLog(t, m, key)
			since, _, err := l.Checkpoint(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for i := size - 50; i < size; i++ {
				_ = m.Append(t.Context(), event(i))
			}
			tt.tamper(m)
			found, err := l.Verify(t.Context(), "", nil)
			if err != nil || (len(found) == 0) != tt.rebuilt {
				t.Errorf("without a checkpoint: got %d findings, %v", len(found), err)
			}
			found, err = l.Verify(t.Context(), since, nil)
			has := slices.ContainsFunc(found, func(f ledger.Finding) bool { return strings.Contains(f.Problem, tt.want) })
			if err != nil || !has {
				t.Errorf("got %v, %v; want %q", found, err, tt.want)
			}
		})
	}
}

// forged is a well-formed entry of something that never happened.
func forged(index uint64) ledger.Entry {
	ev := event(int(index))
	ev.Actor = "app:forger"
	e, err := ev.Entry(nil)
	if err != nil {
		panic(err)
	}
	e.Index = index
	return e
}

func TestVerifyRefusesAStrangersCheckpoint(t *testing.T) {
	m := filled(t, 3)
	l := newLog(t, m, newKey(t))
	sign := func(key *gm.PrivateKey, origin string) string {
		s, err := proof.Checkpoint{Origin: origin, Size: 3, Root: m.head.Root}.Sign(key)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	key := newKey(t)
	l2 := newLog(t, m, key)
	for name, try := range map[string]func() ([]ledger.Finding, error){
		"another key":    func() ([]ledger.Finding, error) { return l.Verify(t.Context(), sign(key, origin), nil) },
		"another origin": func() ([]ledger.Finding, error) { return l2.Verify(t.Context(), sign(key, "other/sm3"), nil) },
		"not a note":     func() ([]ledger.Finding, error) { return l.Verify(t.Context(), "hello", nil) },
	} {
		if found, err := try(); err == nil {
			t.Errorf("%s: got %v, want an error", name, found)
		}
	}
}

func TestVerifyStopsOnAHugeHead(t *testing.T) {
	m := filled(t, 3)
	m.head.Size = 1 << 62
	found, err := newLog(t, m, newKey(t)).Verify(t.Context(), "", nil)
	if err != nil || len(found) < 1000 || len(found) > 1010 {
		t.Errorf("got %d findings, %v", len(found), err)
	}
}
