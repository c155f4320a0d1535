// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/ledger/proof"
)

// Whatever the sizes, what the log proves its checker accepts, and what the
// kept nodes fold to is the head.
func TestPropertyProofs(t *testing.T) {
	const size = 1200
	m := &memory{}
	roots := [][32]byte{proof.EmptyRoot()}
	heads := []ledger.Head{{}}
	for i := range size {
		if err := m.Append(t.Context(), event(i)); err != nil {
			t.Fatal(err)
		}
		roots, heads = append(roots, m.head.Root), append(heads, m.head)
	}
	l := newLog(t, m, newKey(t))
	rapid.Check(t, func(rt *rapid.T) {
		size2 := rapid.IntRange(0, size).Draw(rt, "size2")
		size1 := rapid.IntRange(0, size2).Draw(rt, "size1")
		hashes, err := l.Consistency(t.Context(), uint64(size1), uint64(size2))
		if err != nil {
			rt.Fatal(err)
		}
		if err := proof.VerifyConsistency(uint64(size1), uint64(size2), roots[size1], roots[size2], hashes); err != nil {
			rt.Error(err)
		}
		if size2 == size {
			return
		}
		next := heads[size2].Append(proof.LeafHash(m.entries[size2].Leaf))
		if next.Root != roots[size2+1] || heads[size2].Root != roots[size2] && size2 > 0 {
			rt.Errorf("appending to a head of %d changed it or gave another root", size2)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	var h ledger.Head
	for b.Loop() {
		h = h.Append([32]byte{1})
	}
}

func BenchmarkEntry(b *testing.B) {
	e := event(1)
	for b.Loop() {
		if _, err := e.Entry(nil); err != nil {
			b.Fatal(err)
		}
	}
}
