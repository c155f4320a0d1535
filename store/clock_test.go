// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"testing"
	"time"

	"github.com/govseal/govseal/seal"
)

func TestCheckClock(t *testing.T) {
	onBoth(t, func(h *house) {
		at := day.Add(time.Hour)
		h.must(h.db.CheckClock(ctx, at))
		h.must(h.db.CheckClock(ctx, at.Add(500*time.Millisecond)))
		h.must(h.db.CheckClock(ctx, at.Add(-4*time.Second)))
		h.is(h.db.CheckClock(ctx, at.Add(-6*time.Second)), seal.ErrClock)
		h.must(h.db.CheckClock(ctx, at.Add(time.Minute)))
		h.is(h.db.CheckClock(ctx, at), seal.ErrClock)
	})
}
