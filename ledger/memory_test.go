// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"context"
	"slices"
	"sync"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/ledger/proof"
)

// memory is a ledger.Store whose rows tests can tamper with.
type memory struct {
	mu      sync.Mutex
	head    ledger.Head
	entries []ledger.Entry
	hashes  map[int][][32]byte
	reads   int // hashes read
}

func (m *memory) Append(_ context.Context, events ...ledger.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, ev := range events {
		e, err := ev.Entry(nil)
		if err != nil {
			return err
		}
		e.Index = m.head.Size
		m.addLocked(e)
	}
	return nil
}

func (m *memory) addLocked(e ledger.Entry) {
	head, kept := m.head.Grow(proof.LeafHash(e.Leaf))
	if m.hashes == nil {
		m.hashes = map[int][][32]byte{}
	}
	for _, n := range kept {
		m.hashes[n.Level] = append(m.hashes[n.Level], n.Hash)
	}
	m.entries = append(m.entries, e)
	m.head = head
}

// rebuild makes the tree anew from the rows, as an insider would.
func (m *memory) rebuild() {
	entries := m.entries
	m.head, m.entries, m.hashes = ledger.Head{}, nil, nil
	for i, e := range entries {
		e.Index = uint64(i)
		m.addLocked(e)
	}
}

func (m *memory) Head(context.Context) (ledger.Head, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.head, nil
}

func (m *memory) Hashes(_ context.Context, level int, start uint64, n int) ([][32]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	row := m.hashes[level]
	from := min(start, uint64(len(row)))
	to := min(start+uint64(n), uint64(len(row)))
	m.reads += int(to - from)
	return slices.Clone(row[from:to]), nil
}

func (m *memory) Entries(_ context.Context, from uint64, n int) ([]ledger.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []ledger.Entry
	for _, e := range m.entries {
		if e.Index >= from && len(out) < n {
			out = append(out, e)
		}
	}
	return out, nil
}

func (m *memory) EntryOf(_ context.Context, kind, object string) (ledger.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range slices.Backward(m.entries) {
		if e.Kind == kind && e.Object == object {
			return e, nil
		}
	}
	return ledger.Entry{}, ledger.ErrNotFound
}

func (m *memory) Search(context.Context, ledger.Query) ([]ledger.Entry, error) { return nil, nil }
