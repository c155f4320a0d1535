// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"github.com/govseal/govseal/ledger"
)

// tx is a transaction under way. The ledger's head is read under its lock at
// the first append and written back once, before the commit; it lives no
// longer than the transaction.
type tx struct {
	querier
	lock     string // clause that locks selected rows
	head     *ledger.Head
	moved    bool
	wrote    bool           // something, since this was last set to false
	clock    *int64         // the clock's mark in milliseconds once it was read
	standing *standingCache // nil outside SQLite's writer
}

// mark and reset save and restore what a savepoint's rollback must undo here.
func (t *tx) mark() tx {
	saved := *t
	if t.head != nil {
		h := *t.head
		h.Frontier = slices.Clone(h.Frontier)
		saved.head = &h
	}
	return saved
}

func (t *tx) reset(saved tx) { *t = saved }

// exec notes that there is something to undo.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	t.wrote = true
	return t.querier.exec(ctx, query, args...)
}

// append writes one entry and moves the head. It returns the entry's index.
func (t *tx) append(ctx context.Context, e *entered) (uint64, error) {
	if err := t.lockHead(ctx); err != nil {
		return 0, err
	}
	index := t.head.Size
	next, kept := t.head.Grow(e.leafHash)
	if err := t.insertEntry(ctx, index, e); err != nil {
		return 0, fmt.Errorf("append ledger entry: %w", err)
	}
	for _, n := range kept[1:] { // the leaf's own hash stands in its entry
		if _, err := t.exec(ctx, `INSERT INTO ledger_hashes (level, idx, hash) VALUES ($1, $2, $3)`,
			n.Level, int64(n.Index), n.Hash[:]); err != nil {
			return 0, fmt.Errorf("append ledger entry: %w", err)
		}
	}
	t.head, t.moved = &next, true
	return index, nil
}

func (t *tx) lockHead(ctx context.Context) error {
	if t.head != nil {
		return nil
	}
	h, err := readHead(ctx, t, t.lock)
	if err != nil {
		return fmt.Errorf("lock ledger head: %w", err)
	}
	t.head = &h
	return nil
}

// finish writes the head back; it comes last before the commit.
func (t *tx) finish(ctx context.Context) error {
	if !t.moved {
		return nil
	}
	n, err := t.exec(ctx, `UPDATE ledger_head SET size = $1, root = $2, frontier = $3 WHERE id = 1`,
		int64(t.head.Size), t.head.Root[:], slices.Concat(octets(t.head.Frontier)...))
	if err == nil && n != 1 {
		err = errors.New("the head row is missing")
	}
	if err != nil {
		return fmt.Errorf("write ledger head: %w", err)
	}
	return nil
}

// readHead returns the head row; an empty ledger has the zero head.
func readHead(ctx context.Context, q querier, lock string) (ledger.Head, error) {
	var size int64
	var root, frontier []byte
	err := q.row(ctx, `SELECT size, root, frontier FROM ledger_head WHERE id = 1`+lock).scan(&size, &root, &frontier)
	if err != nil {
		return ledger.Head{}, err
	}
	if size == 0 {
		return ledger.Head{}, nil
	}
	h := ledger.Head{Size: uint64(size), Frontier: digests(frontier)}
	if size < 0 || copy(h.Root[:], root) != len(h.Root) || len(frontier) != 32*bits.OnesCount64(h.Size) {
		return ledger.Head{}, errors.New("the ledger's head row is damaged")
	}
	return h, nil
}

// outbox writes an event for supervision and the portal beside its fact.
func (t *tx) outbox(ctx context.Context, entry uint64, e ledger.Event) error {
	_, err := t.exec(ctx, `INSERT INTO outbox (topic, object, entry, time) VALUES ($1, $2, $3, $4)`,
		e.Act, e.Object, int64(entry), milli(e.Time))
	return err
}

func octets(digests [][32]byte) [][]byte {
	out := make([][]byte, len(digests))
	for i := range digests {
		out[i] = digests[i][:]
	}
	return out
}

func digests(packed []byte) [][32]byte {
	out := make([][32]byte, 0, len(packed)/32)
	for part := range slices.Chunk(packed, 32) {
		if len(part) == 32 {
			out = append(out, [32]byte(part))
		}
	}
	return out
}
