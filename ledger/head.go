// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"math/bits"
	"slices"

	"github.com/govseal/govseal/ledger/proof"
)

// Head is the tree's state, one row in the store. The zero Head is the empty
// tree.
type Head struct {
	Size     uint64
	Root     [32]byte
	Frontier [][32]byte // roots of the complete subtrees, largest first
}

// Node is a complete subtree's root: number Index (from 0) among those of
// 2^Level leaves.
type Node struct {
	Level int
	Index uint64
	Hash  [32]byte
}

// Append returns the head after one more leaf. h is not changed.
func (h Head) Append(leafHash [32]byte) Head {
	next, _ := h.Grow(leafHash)
	return next
}

// Grow is Append that also returns the nodes that the store keeps because of
// this leaf: the leaf's own hash, and one of level 8, 16 … for each tile that
// it fills.
func (h Head) Grow(leafHash [32]byte) (Head, []Node) {
	kept := []Node{{0, h.Size, leafHash}}
	frontier := slices.Clone(h.Frontier)
	node := leafHash
	for level := 0; h.Size>>level&1 == 1; level++ {
		last := len(frontier) - 1
		node = proof.NodeHash(frontier[last], node)
		frontier = frontier[:last]
		if up := level + 1; up%TileHeight == 0 {
			kept = append(kept, Node{up, h.Size >> up, node})
		}
	}
	next := Head{Size: h.Size + 1, Frontier: append(frontier, node)}
	next.Root = next.root()
	return next, kept
}

// root folds the frontier from its smallest subtree upwards.
func (h Head) root() [32]byte {
	if len(h.Frontier) == 0 {
		return proof.EmptyRoot()
	}
	last := len(h.Frontier) - 1
	root := h.Frontier[last]
	for i := last - 1; i >= 0; i-- {
		root = proof.NodeHash(h.Frontier[i], root)
	}
	return root
}

// sound reports whether size, root and frontier belong together, so that a
// head row edited by hand is found before it is signed.
func (h Head) sound() bool {
	if len(h.Frontier) != bits.OnesCount64(h.Size) || h.Size>>63 != 0 {
		return false
	}
	return h.Size == 0 || h.Root == h.root()
}
