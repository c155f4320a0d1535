// SPDX-License-Identifier: Apache-2.0

package testpki

import (
	"bytes"
	"testing"
)

// Flip returns a copy of b with the lowest bit of one octet turned; a negative
// position counts from the end.
func Flip(b []byte, at int) []byte {
	out := bytes.Clone(b)
	if at < 0 {
		at += len(out)
	}
	out[at] ^= 1
	return out
}

// Replace returns a copy of b in which old, which must occur, is replaced by
// as many other octets: the structure around it stays sound.
func Replace(t testing.TB, b, old, repl []byte) []byte {
	t.Helper()
	if len(old) != len(repl) || !bytes.Contains(b, old) {
		t.Fatalf("testpki: cannot replace %q by %q", old, repl)
	}
	return bytes.ReplaceAll(b, old, repl)
}
