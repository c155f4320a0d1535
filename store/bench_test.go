// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// BenchmarkStamp is what a stamp costs the database: RecordIntent and
// RecordStamp, each committed to disk before it returns, with audit entry,
// leaf and outbox event. Ids, codes and digests are shaped as in production.
func BenchmarkStamp(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, callers := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/callers=%d", engine, callers), func(b *testing.B) {
				h := newHouse(b, engine)
				h.furnish()
				b.SetParallelism(max(1, callers/runtime.GOMAXPROCS(0)))
				var n atomic.Uint64
				pair := func() {
					if err := h.pair(n.Add(1)); err != nil {
						b.Error(err)
					}
				}
				b.ResetTimer()
				used := cpu()
				if callers == 1 {
					for b.Loop() {
						pair()
					}
				} else {
					b.RunParallel(func(pb *testing.PB) {
						for pb.Next() {
							pair()
						}
					})
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "stamps/s")
				b.ReportMetric(float64((cpu()-used).Microseconds())/float64(b.N), "cpu-us/stamp")
			})
		}
	}
}

// cpu is the processor time that this process has used: what other processes
// do meanwhile disturbs it less than the clock.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// pair takes one digest through both transactions.
func (h *house) pair(n uint64) error {
	var r [80]byte
	_, _ = rand.Read(r[:])
	i := intent(0)
	id := append(binary.BigEndian.AppendUint64(nil, n), r[:8]...)
	i.Stamp = base32.HexEncoding.EncodeToString(id)
	i.IdempotencyKey = base32.HexEncoding.EncodeToString(r[8:24])
	i.Fingerprint, i.Document = [32]byte(r[24:56]), [32]byte(r[16:48])
	a, err := h.db.Seals().RecordIntent(ctx, i)
	if err != nil {
		return err
	}
	st := stampOf(i, a)
	st.Code, st.Output = base32.HexEncoding.EncodeToString(r[70:80]), [32]byte(r[40:72])
	st.Signature, st.Answer = make([]byte, 700), make([]byte, 500)
	st.Chain, st.CRLs = benchChain, benchLists
	return h.db.Seals().RecordStamp(ctx, st, nil, event("stamp", "stamp.digest", st.ID))
}

var (
	benchChain = [][]byte{make([]byte, 600), make([]byte, 500)}
	benchLists = [][]byte{make([]byte, 50_000), make([]byte, 400)}
)

// BenchmarkAppend is one ledgered act.
func BenchmarkAppend(b *testing.B) {
	h := newHouse(b, "sqlite")
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := h.db.Ledger().Append(ctx, event("admin", "bench", "object")); err != nil {
				b.Error(err)
			}
		}
	})
}
