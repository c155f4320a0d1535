// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
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

// heavy is an OFD whose entries are that large together: a picture, which no
// filter makes smaller, and pages of text.
func heavy(b *testing.B, size int) (raw []byte, inflated [][]byte) {
	b.Helper()
	data := make([]byte, size*9/10)
	if _, err := rand.NewChaCha8([32]byte{}).Read(data); err != nil {
		b.Fatal(err)
	}
	p := paper(2)
	layer := `<ofd:Layer ID="9">` + strings.Repeat(`<ofd:TextObject ID="10" Boundary="20 20 100 10" Font="1" Size="5"/>`, size/20/66) + `</ofd:Layer>`
	p = p.swap(b, page0, "<ofd:Content>", "<ofd:Content>"+layer).swap(b, "Doc_0/Pages/Page_1/Content.xml", "<ofd:Content>", "<ofd:Content>"+layer)
	p = p.with("Doc_0/Res/logo.png", string(data))
	for _, e := range p {
		inflated = append(inflated, []byte(e.data))
	}
	return p.pack(b), inflated
}

// BenchmarkVerifyOFD reports its time as a multiple of hashing the inflated
// octets once with SM3.
func BenchmarkVerifyOFD(b *testing.B) {
	for _, size := range []int{200_000, 20_000_000} {
		b.Run(fmt.Sprintf("%d", size), func(b *testing.B) {
			h := newHouse(b)
			doc, inflated := heavy(b, size)
			raw := h.stampOFD(doc, ofdSpec{})
			var hashing time.Duration
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				start := time.Now()
				for _, data := range inflated {
					gm.SM3(data)
				}
				hashing += time.Since(start)
				b.StartTimer()
				if r, err := verify.Verify(context.Background(), document(raw), h.withMaterial()); err != nil || r.Verdict != verify.Valid {
					b.Fatal(r, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(hashing), "x-hash")
		})
	}
}
