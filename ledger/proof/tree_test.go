// SPDX-License-Identifier: Apache-2.0

package proof_test

import (
	"encoding/binary"
	"testing"

	"github.com/govseal/govseal/ledger/proof"
)

// reference is RFC 6962 2.1 word for word, over leaves numbered from 0: slow,
// recursive, and sharing nothing with the code under test but the two hashes.
type reference struct{ roots map[[2]uint64][32]byte }

func leafHash(i uint64) [32]byte { return proof.LeafHash(binary.BigEndian.AppendUint64(nil, i)) }

// split is the largest power of two smaller than n.
func split(n uint64) uint64 {
	k := uint64(1)
	for k*2 < n {
		k *= 2
	}
	return k
}

// mth is the root over leaves from (inclusive) to (exclusive).
func (r reference) mth(from, to uint64) [32]byte {
	if to-from == 1 {
		return leafHash(from)
	}
	if h, ok := r.roots[[2]uint64{from, to}]; ok {
		return h
	}
	k := from + split(to-from)
	h := proof.NodeHash(r.mth(from, k), r.mth(k, to))
	r.roots[[2]uint64{from, to}] = h
	return h
}

func (r reference) path(m, from, to uint64) [][]byte {
	if to-from == 1 {
		return nil
	}
	k := split(to - from)
	if m < k {
		h := r.mth(from+k, to)
		return append(r.path(m, from, from+k), h[:])
	}
	h := r.mth(from, from+k)
	return append(r.path(m-k, from+k, to), h[:])
}

func (r reference) subproof(m, from, to uint64, known bool) [][]byte {
	n := to - from
	if m == n {
		if known {
			return nil
		}
		h := r.mth(from, to)
		return [][]byte{h[:]}
	}
	k := split(n)
	if m <= k {
		h := r.mth(from+k, to)
		return append(r.subproof(m, from, from+k, known), h[:])
	}
	h := r.mth(from, from+k)
	return append(r.subproof(m-k, from+k, to, false), h[:])
}

const largest = 300

func TestInclusionOfEveryLeaf(t *testing.T) {
	r := reference{map[[2]uint64][32]byte{}}
	for size := uint64(1); size <= largest; size++ {
		root := r.mth(0, size)
		for index := range size {
			path := r.path(index, 0, size)
			if err := proof.VerifyInclusion(leafHash(index), index, size, path, root); err != nil {
				t.Fatalf("leaf %d of %d: %v", index, size, err)
			}
			if err := proof.VerifyInclusion(leafHash(index+1), index, size, path, root); err == nil {
				t.Fatalf("leaf %d of %d: another leaf is accepted", index, size)
			}
			if err := proof.VerifyInclusion(leafHash(index), index^1, size, path, root); err == nil {
				t.Fatalf("leaf %d of %d: another index is accepted", index, size)
			}
			if err := proof.VerifyInclusion(leafHash(index), index, size, append(path, root[:]), root); err == nil {
				t.Fatalf("leaf %d of %d: a longer path is accepted", index, size)
			}
		}
	}
}

func TestConsistencyOfEveryPair(t *testing.T) {
	r := reference{map[[2]uint64][32]byte{}}
	for size2 := uint64(1); size2 <= largest; size2++ {
		root2 := r.mth(0, size2)
		for size1 := uint64(1); size1 <= size2; size1++ {
			root1, hashes := r.mth(0, size1), r.subproof(size1, 0, size2, true)
			if err := proof.VerifyConsistency(size1, size2, root1, root2, hashes); err != nil {
				t.Fatalf("%d in %d: %v", size1, size2, err)
			}
			if size1 == size2 {
				continue
			}
			forged := root1
			forged[0] ^= 1
			if err := proof.VerifyConsistency(size1, size2, forged, root2, hashes); err == nil {
				t.Fatalf("%d in %d: a forged old root is accepted", size1, size2)
			}
			if err := proof.VerifyConsistency(size1, size2, root1, forged, hashes); err == nil {
				t.Fatalf("%d in %d: a forged new root is accepted", size1, size2)
			}
		}
	}
}

func TestConsistencyRefuses(t *testing.T) {
	empty := proof.EmptyRoot()
	for name, err := range map[string]error{
		"shrunk":              proof.VerifyConsistency(2, 1, empty, empty, nil),
		"wrong empty root":    proof.VerifyConsistency(0, 1, [32]byte{1}, leafHash(0), nil),
		"short hash":          proof.VerifyConsistency(1, 2, empty, empty, [][]byte{{1}}),
		"same size, new root": proof.VerifyConsistency(1, 1, empty, [32]byte{1}, nil),
	} {
		if err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
	if err := proof.VerifyConsistency(0, 1, empty, leafHash(0), nil); err != nil {
		t.Errorf("the empty tree is a prefix of every tree: %v", err)
	}
}
