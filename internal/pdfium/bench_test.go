// SPDX-License-Identifier: Apache-2.0

package pdfium_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/pdfium"
)

// BenchmarkFind reports the first search apart: it compiles the module.
func BenchmarkFind(b *testing.B) {
	f := &pdfium.Finder{Wait: time.Minute}
	doc := paper(b, "Seal here", nil)
	search := func() {
		if hits, err := f.Find(b.Context(), bytes.NewReader(doc), int64(len(doc)), []int{1, 2}, "here", 9); err != nil || len(hits) != 3 {
			b.Fatal(hits, err)
		}
	}
	start := time.Now()
	search()
	first := time.Since(start).Seconds()
	for b.Loop() {
		search()
	}
	b.ReportMetric(first, "first-s")
}
