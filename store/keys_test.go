// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/internal/keys"
)

func TestKeys(t *testing.T) {
	onBoth(t, func(h *house) {
		s := h.db.Keys()
		_, err := s.KEK(ctx)
		h.is(err, keys.ErrNoKey)
		_, err = s.Key(ctx, "k1")
		h.is(err, keys.ErrNoKey)

		kek := keys.KEK{Salt: []byte("salt"), Iterations: 600_000, Wrapped: []byte("wrapped"), Created: day}
		h.must(s.CreateKEK(ctx, kek))
		if s.CreateKEK(ctx, kek) == nil {
			h.Error("a second key-encryption key was stored")
		}
		key := keys.Record{ID: "k1", Use: "seal", Public: []byte("public"), Wrapped: []byte{0, 1, 255}, Created: day}
		h.must(s.PutKey(ctx, key))
		if s.PutKey(ctx, key) == nil {
			h.Error("a key was stored over another")
		}
		gotKEK, err := s.KEK(ctx)
		h.must(err)
		gotKey, err := s.Key(ctx, "k1")
		h.must(err)
		if d := cmp.Diff(kek, gotKEK) + cmp.Diff(key, gotKey); d != "" {
			h.Error(d)
		}
	})
}
