// SPDX-License-Identifier: Apache-2.0

package keyfile

import "testing"

// Floor is the least count of iterations that is written under a passphrase,
// here and in the key store and the recovery shares: MinIterations, but in the
// tests of whole programs.
func Floor() int { return floor }

// CheapForTests lowers the floors for the tests of whole programs, which open
// a key store some hundred times: half a second each, all of it stretching. It
// panics outside a test binary.
func CheapForTests() {
	if !testing.Testing() {
		panic("keyfile: CheapForTests outside a test")
	}
	floor, readFloor = MinForeignIterations, MinForeignIterations
}
