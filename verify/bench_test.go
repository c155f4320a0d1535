// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/verify"
)

func BenchmarkVerifyDecision(b *testing.B) {
	h := newHouse(b)
	raw := encode(b, h.joint())
	for b.Loop() {
		if r, err := verify.Verify(context.Background(), document(raw), h.policy()); err != nil || r.Verdict != verify.Valid {
			b.Fatal(r, err)
		}
	}
}

func BenchmarkVerifyPDF(b *testing.B) {
	h := newHouse(b)
	raw := h.stampPDF(blank(b), pdfSpec{})
	for b.Loop() {
		if r, err := verify.Verify(context.Background(), document(raw), h.policy()); err != nil || r.Verdict != verify.Valid {
			b.Fatal(r, err)
		}
	}
}

// large is a one-page PDF with 20 MB that no filter makes smaller.
func large(b *testing.B) []byte {
	b.Helper()
	data := make([]byte, 20<<20)
	source := rand.NewChaCha8([32]byte{})
	if _, err := source.Read(data); err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	w := pdf.NewWriter(&out, "1.7")
	pages := w.Alloc()
	content := w.AddStream(pdf.Dict{}, []byte("100 100 300 300 re S"))
	page := w.Add(pdf.Dict{
		"Type": pdf.Name("Page"), "Parent": pages, "Resources": pdf.Dict{}, "Contents": content,
		"MediaBox": pdf.Array{int64(0), int64(0), int64(595), int64(842)},
	})
	w.WriteObject(pages, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{page}, "Count": int64(1)})
	metadata := w.AddStream(pdf.Dict{}, data)
	root := w.Add(pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": pages, "Metadata": metadata})
	if err := w.Close(root, pdf.Ref{}); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// BenchmarkVerifyLargePDF reports its time as a multiple of hashing the file
// once with SM3 (design.md 11: at most 1.5).
func BenchmarkVerifyLargePDF(b *testing.B) {
	h := newHouse(b)
	raw := h.stampPDF(large(b), pdfSpec{})
	var hashing time.Duration
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		start := time.Now()
		gm.SM3(raw)
		hashing += time.Since(start)
		b.StartTimer()
		if r, err := verify.Verify(context.Background(), document(raw), h.policy()); err != nil || r.Verdict != verify.Valid {
			b.Fatal(r, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(hashing), "x-hash")
}
