// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/govseal/govseal/ledger/proof"
)

// Finding is one thing wrong with the ledger.
type Finding struct {
	Index   uint64
	Problem string
}

const (
	// maxFindings ends a replay that has nothing new to say.
	maxFindings = 1000
	// replayBatch is how many rows are read at a time.
	replayBatch = 512
)

// Verify replays every row and compares leaves, audit entries, kept hashes
// and head; with since (a signed checkpoint held outside) it is the auditor's
// form, which a rebuilt tree cannot pass. progress may be nil. Rows appended
// while it runs are left to the next run. The error says that the ledger, or
// the checkpoint, could not be looked at.
func (l *Log) Verify(ctx context.Context, since string, progress func(done, total uint64)) ([]Finding, error) {
	r := replay{log: l}
	if since != "" {
		if err := r.hold(since); err != nil {
			return nil, err
		}
	}
	head, err := l.c.Store.Head(ctx)
	if err != nil {
		return nil, fmt.Errorf("read ledger head: %w", err)
	}
	r.head = head
	if r.since != nil && r.since.Size > head.Size {
		r.find(head.Size, "the ledger ends before the checkpoint of size %d", r.since.Size)
	}
	if progress == nil {
		progress = func(uint64, uint64) {}
	}
	for r.tree.Size < head.Size && len(r.findings) < maxFindings {
		if err := r.batch(ctx); err != nil {
			return nil, err
		}
		progress(r.tree.Size, head.Size)
	}
	if len(r.findings) < maxFindings {
		r.finish()
		err = r.beyond(ctx)
	}
	return r.findings, err
}

// replay is one run of Verify: tree is what the rows so far make.
type replay struct {
	log      *Log
	head     Head
	tree     Head
	since    *proof.Checkpoint
	findings []Finding
}

func (r *replay) find(index uint64, format string, args ...any) {
	r.findings = append(r.findings, Finding{index, fmt.Sprintf(format, args...)})
}

// hold opens the checkpoint that the auditor kept.
func (r *replay) hold(since string) error {
	if r.log.key == nil {
		return errors.New("ledger: a checkpoint cannot be checked without the ledger's public key")
	}
	cp, err := proof.OpenCheckpoint(since, r.log.key)
	if err != nil {
		return err
	}
	if cp.Origin != r.log.c.Origin {
		return fmt.Errorf("ledger: the checkpoint is of %q, not of %q", cp.Origin, r.log.c.Origin)
	}
	r.since = &cp
	r.compareSince()
	return nil
}

// compareSince compares the replayed tree with the held checkpoint when it
// has just reached that size.
func (r *replay) compareSince() {
	if r.since == nil || r.tree.Size != r.since.Size {
		return
	}
	if r.tree.root() != r.since.Root {
		r.find(r.tree.Size, "the first %d rows are not those that the checkpoint was signed for: the ledger was rebuilt", r.since.Size)
	}
}

// batch replays the next rows and the hashes kept for them.
func (r *replay) batch(ctx context.Context) error {
	from := r.tree.Size
	n := int(min(replayBatch, r.head.Size-from))
	entries, err := r.log.c.Store.Entries(ctx, from, n)
	if err != nil {
		return fmt.Errorf("read ledger entries from %d: %w", from, err)
	}
	leaves, err := r.log.c.Store.Hashes(ctx, 0, from, n)
	if err != nil {
		return fmt.Errorf("read ledger hashes from %d: %w", from, err)
	}
	for index := from; index < from+uint64(n) && len(r.findings) < maxFindings; index++ {
		var keptHash *[32]byte
		if i := index - from; i < uint64(len(leaves)) {
			keptHash = &leaves[i]
		}
		for len(entries) > 0 && entries[0].Index < index {
			r.find(entries[0].Index, "there are two rows with this index, or it is out of order")
			entries = entries[1:]
		}
		var entry *Entry
		if len(entries) > 0 && entries[0].Index == index {
			entry, entries = &entries[0], entries[1:]
		}
		if err := r.row(ctx, index, entry, keptHash); err != nil {
			return err
		}
	}
	return nil
}

// row replays one row. A row that is gone is stood in for by its kept hash,
// so that what follows can still be judged.
func (r *replay) row(ctx context.Context, index uint64, entry *Entry, keptHash *[32]byte) error {
	var hash [32]byte
	switch {
	case entry == nil:
		r.find(index, "the row is missing")
		if keptHash != nil {
			hash = *keptHash
		}
	default:
		hash = proof.LeafHash(entry.Leaf)
		if err := entry.CheckLeaf(); err != nil {
			r.find(index, "%v", err)
		}
	}
	switch {
	case keptHash == nil:
		r.find(index, "the hash of the row is missing")
	case entry != nil && *keptHash != hash:
		r.find(index, "the row is not the one whose hash was kept")
	}
	next, kept := r.tree.Grow(hash)
	r.tree = next
	r.compareSince()
	for _, node := range kept[1:] {
		if err := r.compareNode(ctx, node); err != nil {
			return err
		}
	}
	return nil
}

func (r *replay) compareNode(ctx context.Context, node Node) error {
	got, err := r.log.c.Store.Hashes(ctx, node.Level, node.Index, 1)
	if err != nil {
		return fmt.Errorf("read ledger hash %d of level %d: %w", node.Index, node.Level, err)
	}
	if len(got) != 1 || got[0] != node.Hash {
		r.find(r.tree.Size-1, "the kept hash %d of level %d is missing or does not fit the rows under it", node.Index, node.Level)
	}
	return nil
}

// finish compares the head with what the rows make.
func (r *replay) finish() {
	if !r.head.sound() {
		r.find(r.head.Size, "size, root and frontier of the head do not belong together")
	}
	if r.tree.Size == r.head.Size && r.head.Size > 0 && r.tree.Root != r.head.Root {
		r.find(r.head.Size, "the rows do not make the root of the head")
	}
}

// beyond looks for rows after the head, which no transaction of ours leaves.
func (r *replay) beyond(ctx context.Context) error {
	entries, err := r.log.c.Store.Entries(ctx, r.head.Size, 1)
	if err != nil {
		return fmt.Errorf("read ledger entries from %d: %w", r.head.Size, err)
	}
	hashes, err := r.log.c.Store.Hashes(ctx, 0, r.head.Size, 1)
	if err != nil {
		return fmt.Errorf("read ledger hashes from %d: %w", r.head.Size, err)
	}
	if len(entries) == 0 && len(hashes) == 0 {
		return nil
	}
	now, err := r.log.c.Store.Head(ctx)
	if err != nil {
		return fmt.Errorf("read ledger head: %w", err)
	}
	if now.Size <= r.head.Size {
		r.find(r.head.Size, "there is a row beyond the head: the head was set back")
	}
	return nil
}
