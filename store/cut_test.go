// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"bytes"
	"testing"

	"github.com/govseal/govseal/store"
)

// A stamp's row does not hold the seal once more, and reads back whole, in a
// process that knows the seal and in one that does not.
func TestSealIsStoredOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		der := append([]byte("a large seal "), bytes.Repeat([]byte{7}, 20_000)...)
		large := testSeal
		large.ESID, large.DER, large.CertSerial = "99000000000009", der, "0a1b"
		h.must(h.db.Seals().RecordSeal(ctx, large, event("seal", "seal.make", large.ESID)))
		g := grant
		g.ID, g.Seal = "grt9", large.ESID
		h.must(h.db.Registry().AddGrant(ctx, g, event("grant", "grant.add", g.ID)))
		for n, signature := range map[int][]byte{
			1: append(append([]byte("before "), der...), " behind"...),
			2: der,
			3: append([]byte{0}, der...),
			4: {0, 1, 2},
			5: []byte("no seal at all"),
			6: {},
		} {
			i := intent(n)
			i.Seal = large.ESID
			a, err := h.db.Seals().RecordIntent(ctx, i)
			h.must(err)
			st := stampOf(i, a)
			st.Signature = signature
			h.must(h.db.Seals().RecordStamp(ctx, st, nil, event("stamp", "stamp.digest", st.ID)))
			for _, db := range []*store.DB{h.db, h.again(store.Config{})} {
				got, err := db.Seals().Stamp(ctx, st.ID)
				h.must(err)
				if !bytes.Equal(got.Signature, signature) {
					t.Errorf("%d: %d octets come back, %d were given", n, len(got.Signature), len(signature))
				}
			}
			var stored []byte
			h.must(h.behind().QueryRow(`SELECT signature FROM stamps WHERE id = '` + st.ID + `'`).Scan(&stored))
			if len(stored) > 100 {
				t.Errorf("%d: the row holds %d octets", n, len(stored))
			}
		}
	})
}

// A row that was cut wrongly is an error, not a panic.
func TestDamagedSignature(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		st := h.stamp(intent(1))
		for _, stored := range [][]byte{{0}, {0, 0, 0, 0, 9, 1}, {0, 0xff, 0xff, 0xff}} {
			_, err := h.behind().Exec(`UPDATE stamps SET signature = $1`, stored)
			h.must(err)
			if _, err := h.db.Seals().Stamp(ctx, st.ID); err == nil {
				t.Errorf("%x: no error", stored)
			}
		}
	})
}
