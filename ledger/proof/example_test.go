// SPDX-License-Identifier: Apache-2.0

package proof_test

import (
	"fmt"

	"github.com/govseal/govseal/ledger/proof"
)

// Three leaves; the second is proven with the hashes of its neighbours.
func ExampleVerifyInclusion() {
	a, b, c := proof.LeafHash([]byte("a")), proof.LeafHash([]byte("b")), proof.LeafHash([]byte("c"))
	root := proof.NodeHash(proof.NodeHash(a, b), c)

	fmt.Println(proof.VerifyInclusion(b, 1, 3, [][]byte{a[:], c[:]}, root))
	fmt.Println(proof.VerifyInclusion(c, 1, 3, [][]byte{a[:], c[:]}, root) != nil)
	// The tree of the first two leaves is a prefix of it.
	fmt.Println(proof.VerifyConsistency(2, 3, proof.NodeHash(a, b), root, [][]byte{c[:]}))
	// Output:
	// <nil>
	// true
	// <nil>
}
