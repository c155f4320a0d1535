// SPDX-License-Identifier: Apache-2.0

package proof

import (
	"crypto/subtle"
	"errors"
	"fmt"

	"github.com/transparency-dev/merkle"
	merkleproof "github.com/transparency-dev/merkle/proof"

	"github.com/govseal/govseal/internal/gm"
)

// HashSize is the size of every hash in the tree, in octets.
const HashSize = gm.Size

// maxPath bounds a path: a tree of 2^63 leaves has an inclusion path of 63
// hashes; a consistency path has one more.
const maxPath = 64

// Prefixes that keep leaves and nodes apart (RFC 6962 2.1).
const (
	leafPrefix = 0
	nodePrefix = 1
)

// LeafHash returns SM3(0x00 || leaf).
func LeafHash(raw []byte) [32]byte { return gm.SM3([]byte{leafPrefix}, raw) }

// NodeHash returns SM3(0x01 || left || right).
func NodeHash(left, right [32]byte) [32]byte {
	return gm.SM3([]byte{nodePrefix}, left[:], right[:])
}

// EmptyRoot returns the root of the empty tree, SM3 of nothing.
func EmptyRoot() [32]byte { return gm.SM3() }

// hasher drives the tree arithmetic of transparency-dev/merkle with SM3.
type hasher struct{}

var _ merkle.LogHasher = hasher{}

func (hasher) EmptyRoot() []byte { h := EmptyRoot(); return h[:] }
func (hasher) HashLeaf(leaf []byte) []byte {
	h := LeafHash(leaf)
	return h[:]
}
func (hasher) HashChildren(l, r []byte) []byte {
	h := gm.SM3([]byte{nodePrefix}, l, r)
	return h[:]
}
func (hasher) Size() int { return HashSize }

// VerifyInclusion checks that the leaf with the given hash is number index
// (from 0) of the tree with that size and root.
func VerifyInclusion(leafHash [32]byte, index, size uint64, hashes [][]byte, root [32]byte) error {
	if err := checkPath(hashes); err != nil {
		return err
	}
	if index >= size {
		return fmt.Errorf("ledger proof: leaf %d is not in a tree of %d", index, size)
	}
	got, err := merkleproof.RootFromInclusionProof(hasher{}, index, size, leafHash[:], hashes)
	if err != nil {
		return fmt.Errorf("ledger proof: inclusion: %w", err)
	}
	if subtle.ConstantTimeCompare(got, root[:]) != 1 {
		return errors.New("ledger proof: the inclusion path does not lead to the checkpoint's root")
	}
	return nil
}

// VerifyConsistency checks that the tree of size1 and root1 is a prefix of the
// tree of size2 and root2.
func VerifyConsistency(size1, size2 uint64, root1, root2 [32]byte, hashes [][]byte) error {
	if err := checkPath(hashes); err != nil {
		return err
	}
	if size1 > size2 {
		return fmt.Errorf("ledger proof: a tree of %d cannot be a prefix of a tree of %d", size1, size2)
	}
	if size1 == 0 && root1 != EmptyRoot() {
		return errors.New("ledger proof: the root of the empty tree is wrong")
	}
	if err := merkleproof.VerifyConsistency(hasher{}, size1, size2, hashes, root1[:], root2[:]); err != nil {
		var mismatch merkleproof.RootMismatchError
		if errors.As(err, &mismatch) {
			return errors.New("ledger proof: the older tree is not a prefix of the newer one")
		}
		return fmt.Errorf("ledger proof: consistency: %w", err)
	}
	return nil
}

func checkPath(hashes [][]byte) error {
	if len(hashes) > maxPath {
		return formatErrorf("a path has at most %d hashes", maxPath)
	}
	for _, h := range hashes {
		if len(h) != HashSize {
			return formatErrorf("a hash has %d octets", HashSize)
		}
	}
	return nil
}
