// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/transparency-dev/merkle/compact"
	merkleproof "github.com/transparency-dev/merkle/proof"

	"github.com/govseal/govseal/ledger/proof"
)

// Proof proves the newest entry of kind about object, opening the named facts
// (never "audit" unless named). Its checkpoint is the current one.
func (l *Log) Proof(ctx context.Context, kind, object string, open ...string) (*proof.Proof, error) {
	entry, err := l.c.Store.EntryOf(ctx, kind, object)
	if err != nil {
		return nil, err
	}
	p := &proof.Proof{
		Version: proof.Version, Leaf: entry.Leaf, Index: entry.Index,
		Opened: []proof.Opened{}, Certificate: l.c.Certificate,
	}
	for _, name := range open {
		i := slices.IndexFunc(entry.Opening, func(o proof.Opened) bool { return o.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("ledger: entry %d commits to nothing named %q", entry.Index, name)
		}
		opened, err := entry.opened(entry.Opening[i])
		if err != nil {
			return nil, err
		}
		if opened.Value == nil {
			opened.Value = []byte{}
		}
		p.Opened = append(p.Opened, opened)
	}
	// The head is read after the entry, so it covers it.
	cp, err := l.checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	p.Checkpoint, p.TimeStamp = cp.note, cp.timeStamp
	if entry.Index >= cp.head.Size {
		return nil, fmt.Errorf("ledger entry %d is beyond the head: %w", entry.Index, ErrDamaged)
	}
	nodes, err := merkleproof.Inclusion(entry.Index, cp.head.Size)
	if err != nil {
		return nil, fmt.Errorf("ledger: path of entry %d: %w", entry.Index, err)
	}
	if p.Hashes, err = l.path(ctx, nodes, cp.head.Size); err != nil {
		return nil, err
	}
	// Nothing leaves that its own check would not pass: a damaged row shows
	// here and not at the citizen's.
	if err := proof.VerifyInclusion(proof.LeafHash(p.Leaf), p.Index, cp.head.Size, p.Hashes, cp.head.Root); err != nil {
		return nil, fmt.Errorf("ledger entry %d: %w (%w)", entry.Index, ErrDamaged, err)
	}
	return p, nil
}

// Consistency returns the hashes that prove size1 a prefix of size2.
func (l *Log) Consistency(ctx context.Context, size1, size2 uint64) ([][]byte, error) {
	head, err := l.head(ctx)
	if err != nil {
		return nil, err
	}
	if size1 > size2 || size2 > head.Size {
		return nil, fmt.Errorf("sizes %d and %d of a ledger of %d: %w", size1, size2, head.Size, ErrNotFound)
	}
	nodes, err := merkleproof.Consistency(size1, size2)
	if err != nil {
		return nil, fmt.Errorf("ledger: consistency path: %w", err)
	}
	return l.path(ctx, nodes, size2)
}

// path fetches the nodes of a proof and folds them into its hashes.
func (l *Log) path(ctx context.Context, nodes merkleproof.Nodes, size uint64) ([][]byte, error) {
	r := tileReader{store: l.c.Store, size: size, tiles: map[compact.NodeID][][32]byte{}}
	hashes := make([][]byte, len(nodes.IDs))
	for i, id := range nodes.IDs {
		h, err := r.node(ctx, id)
		if err != nil {
			return nil, err
		}
		hashes[i] = h[:]
	}
	return nodes.Rehash(hashes, func(left, right []byte) []byte {
		h := proof.NodeHash([32]byte(left), [32]byte(right))
		return h[:]
	})
}

// tileReader computes nodes of any level from the kept ones. A proof touches
// two tiles of each kept level at most, and reads each once.
type tileReader struct {
	store Store
	size  uint64 // of the tree, in leaves
	tiles map[compact.NodeID][][32]byte
}

func (r *tileReader) node(ctx context.Context, id compact.NodeID) ([32]byte, error) {
	base := id.Level - id.Level%TileHeight
	width := uint64(1) << (id.Level - base)
	first := id.Index * width // on the base level
	tile, err := r.tile(ctx, compact.NodeID{Level: base, Index: first / TileWidth})
	if err != nil {
		return [32]byte{}, err
	}
	from := first % TileWidth
	if from+width > uint64(len(tile)) {
		return [32]byte{}, fmt.Errorf("ledger node %d of level %d is not kept: %w", id.Index, id.Level, ErrDamaged)
	}
	row := slices.Clone(tile[from : from+width])
	for ; len(row) > 1; row = row[:len(row)/2] {
		for i := range len(row) / 2 {
			row[i] = proof.NodeHash(row[2*i], row[2*i+1])
		}
	}
	return row[0], nil
}

func (r *tileReader) tile(ctx context.Context, id compact.NodeID) ([][32]byte, error) {
	if tile, ok := r.tiles[id]; ok {
		return tile, nil
	}
	start := id.Index * TileWidth
	n := min(TileWidth, r.size>>id.Level-start)
	tile, err := r.store.Hashes(ctx, int(id.Level), start, int(n))
	if err != nil {
		return nil, fmt.Errorf("read ledger hashes: %w", err)
	}
	r.tiles[id] = tile
	return tile, nil
}
