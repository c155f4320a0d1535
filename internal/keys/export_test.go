// SPDX-License-Identifier: Apache-2.0

package keys

// LowerFloor lets tests run few iterations; call the result to undo it.
func LowerFloor(n int) (undo func()) {
	was := minIterations
	minIterations = n
	return func() { minIterations = was }
}

// PublishedKeys is the compiled-in list: SM3 of the public key, in hex, to name.
func PublishedKeys() map[string]string { return examples }
