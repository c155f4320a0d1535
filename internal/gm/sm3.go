// SPDX-License-Identifier: Apache-2.0

package gm

import (
	"crypto/hmac"
	"encoding"
	"fmt"
	"hash"

	"github.com/emmansun/gmsm/sm3"
)

// Size and BlockSize of SM3 in octets (GB/T 32905).
const (
	Size      = sm3.Size
	BlockSize = sm3.BlockSize
)

// SM3 returns the digest of the concatenated parts.
func SM3(parts ...[]byte) [Size]byte {
	if len(parts) == 1 {
		return sm3.Sum(parts[0])
	}
	h := sm3.New()
	for _, p := range parts {
		h.Write(p)
	}
	return [Size]byte(h.Sum(nil))
}

// Hash is a running SM3 whose state can be cloned, so that two documents with
// a common beginning (a PDF and its signed form) are hashed once.
type Hash struct{ hash.Hash }

// NewSM3 returns an empty running SM3.
func NewSM3() *Hash { return &Hash{sm3.New()} }

// NewHash is NewSM3 as the constructor that crypto/hmac and others ask for.
func NewHash() hash.Hash { return sm3.New() }

// Clone returns an independent copy of the running digest.
func (h *Hash) Clone() *Hash {
	state, err := h.Hash.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		panic(fmt.Sprintf("gm: SM3 state cannot be saved: %v", err))
	}
	c := sm3.New()
	if err := c.(encoding.BinaryUnmarshaler).UnmarshalBinary(state); err != nil {
		panic(fmt.Sprintf("gm: SM3 state cannot be restored: %v", err))
	}
	return &Hash{c}
}

// Digest returns the digest of what was written so far; writing may go on.
func (h *Hash) Digest() [Size]byte { return [Size]byte(h.Sum(nil)) }

// HMAC returns HMAC-SM3 of the concatenated parts.
func HMAC(key []byte, parts ...[]byte) [Size]byte {
	m := hmac.New(sm3.New, key)
	for _, p := range parts {
		m.Write(p)
	}
	return [Size]byte(m.Sum(nil))
}

// EqualMAC compares two authentication codes in constant time.
func EqualMAC(a, b []byte) bool { return hmac.Equal(a, b) }
