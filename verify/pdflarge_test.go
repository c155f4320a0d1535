// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/verify"
)

// heavyFile writes a one-page PDF of about so many octets into a file, without
// holding it.
func heavyFile(b *testing.B, size int64) *os.File {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "large.pdf"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	w := pdf.NewWriter(f, "1.7")
	pages, page := w.Alloc(), w.Alloc()
	w.WriteObject(page, pdf.Dict{"Type": pdf.Name("Page"), "Parent": pages, "Resources": pdf.Dict{}, "MediaBox": pdf.Array{0, 0, 595, 842}})
	w.WriteObject(pages, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{page}, "Count": 1})
	noise := make([]byte, min(size, 10<<20))
	if _, err := rand.NewChaCha8([32]byte{}).Read(noise); err != nil {
		b.Fatal(err)
	}
	var kids pdf.Array
	for left := size; left > 0; left -= int64(len(noise)) {
		ref := w.Alloc()
		w.WriteStreamRaw(ref, pdf.Dict{}, noise[:min(left, int64(len(noise)))])
		kids = append(kids, ref)
	}
	if err := w.Close(w.Add(pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": pages, "PieceInfo": pdf.Dict{"Noise": kids}}), pdf.Ref{}); err != nil {
		b.Fatal(err)
	}
	return f
}

// BenchmarkFile seals and verifies files of 0.2 and 20 MB by path, and of
// GOVSEAL_BENCH_MB when that is set, and says the time as a multiple of one
// SM3 pass over the same file in the same run, and the largest heap seen.
func BenchmarkFile(b *testing.B) {
	sizes := []int64{200 << 10, 20 << 20}
	if mb, err := strconv.ParseInt(os.Getenv("GOVSEAL_BENCH_MB"), 10, 64); err == nil {
		sizes = append(sizes, mb<<20)
	}
	h := newHouse(b)
	contents := func(digest [32]byte) []byte { return h.cmsOf(digest, h.Seal, h.seal(sealSpec{}), true) }
	for _, size := range sizes {
		b.Run(fmt.Sprintf("seal/%dk", size>>10), func(b *testing.B) {
			f := heavyFile(b, size)
			against(b, f, func() { h.sealFile(b, f, io.Discard, contents) })
		})
		b.Run(fmt.Sprintf("verify/%dk", size>>10), func(b *testing.B) {
			f := heavyFile(b, size)
			out, err := os.Create(filepath.Join(b.TempDir(), "sealed.pdf"))
			if err != nil {
				b.Fatal(err)
			}
			defer out.Close()
			h.sealFile(b, f, out, contents)
			against(b, out, func() {
				r, err := verify.Verify(context.Background(), verify.Document{ReaderAt: out, Size: length(b, out)}, h.policy())
				if err != nil || r.Verdict != verify.Valid {
					b.Fatal(r, err)
				}
			})
		})
	}
}

func length(b *testing.B, f *os.File) int64 {
	b.Helper()
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// sealFile is what sealing costs beside the house's records: read, guard, lay
// out, sign, time-stamp, write.
func (h *house) sealFile(b *testing.B, f *os.File, to io.Writer, contents func([32]byte) []byte) {
	b.Helper()
	d, err := pdf.Open(f, length(b, f), pdf.Limits{})
	if err != nil {
		b.Fatal(err)
	}
	p, err := d.Prepare(context.Background(), pdf.Stamp{Page: 1, X: 20, Y: 20, Width: 42, Height: 42, Reserve: 24 << 10,
		Picture: samples(b, picture(b, 64)), Filter: "Adobe.PPKLite", SubFilter: "adbe.pkcs7.detached", Time: h.clock})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := p.Write(to, contents(p.Digest())); err != nil {
		b.Fatal(err)
	}
}

// against runs f beside one SM3 pass over the file, and watches the heap.
func against(b *testing.B, file *os.File, f func()) {
	b.Helper()
	var hashing time.Duration
	var heap uint64
	size := length(b, file)
	b.SetBytes(size)
	for b.Loop() {
		b.StopTimer()
		sum := gm.NewSM3()
		start := time.Now()
		if _, err := io.CopyBuffer(onlyWriter{sum}, io.NewSectionReader(file, 0, size), make([]byte, 1<<20)); err != nil {
			b.Fatal(err)
		}
		hashing += time.Since(start)
		runtime.GC()
		done := make(chan uint64)
		stop := make(chan bool)
		go watchHeap(stop, done)
		b.StartTimer()
		f()
		b.StopTimer()
		close(stop)
		heap = max(heap, <-done)
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed())/float64(hashing), "x-hash")
	b.ReportMetric(float64(heap)/(1<<20), "MB-heap")
}

type onlyWriter struct{ io.Writer }

func watchHeap(stop chan bool, done chan uint64) {
	var most uint64
	var m runtime.MemStats
	for {
		select {
		case <-stop:
			done <- most
			return
		case <-time.After(20 * time.Millisecond):
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		}
	}
}

// Material of a store that nobody can use is passed over, not believed.
func TestUselessStores(t *testing.T) {
	h := newHouse(t)
	sealed := h.stampPDF(blank(t), pdfSpec{})
	stream := "<</Length 3>>\nstream\nxyz\nendstream"
	for name, store := range map[string]string{
		"empty":           "<<>>",
		"garbage":         "<</Certs[41 0 R]/CRLs[41 0 R]/OCSPs[41 0 R]/VRI<</AA<</Cert[41 0 R]>>>>>>",
		"nothing there":   "<</Certs[77 0 R]>>",
		"a list of lists": "<</Certs[[41 0 R]]>>",
		"in itself":       "<</Certs 40 0 R/VRI 40 0 R>>",
		"no dictionary":   "(x)",
	} {
		raw := revision(t, sealed, map[int]string{4: "<</Type/Catalog/Pages 1 0 R/AcroForm 10 0 R/DSS 40 0 R>>", 40: store, 41: stream})
		r := examine(t, document(raw), h.policy())
		if r.Verdict == verify.Valid && r.Stamps[0].Level != "T" {
			t.Errorf("%s: level %s", name, r.Stamps[0].Level)
		}
		if s := r.Stamps[0]; s.Signature.Status != verify.OK || s.Signer.Status != verify.OK {
			t.Errorf("%s: %v", name, r.Codes())
		}
	}
	// A store that lacks what the verdict needs makes no LT.
	d, err := pdf.Open(bytes.NewReader(sealed), int64(len(sealed)), pdf.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	full, err := d.AppendDSS(context.Background(), pdf.DSS{Certs: [][]byte{h.Issuing.DER}, CRLs: [][]byte{h.IssuingCRL, h.RootCRL}})
	if err != nil {
		t.Fatal(err)
	}
	bare := h.stampPDF(blank(t), pdfSpec{subFilter: "GM.sm2seal"}) // carries no CRLs
	if d, err = pdf.Open(bytes.NewReader(bare), int64(len(bare)), pdf.Limits{}); err != nil {
		t.Fatal(err)
	}
	lacking, err := d.AppendDSS(context.Background(), pdf.DSS{Certs: [][]byte{h.Issuing.DER}})
	if err != nil {
		t.Fatal(err)
	}
	p := h.policy()
	p.CRLs = [][]byte{h.IssuingCRL, h.RootCRL}
	for level, raw := range map[string][]byte{"LT": append(sealed, full...), "T": append(bare, lacking...)} {
		if r := examine(t, document(raw), p); r.Verdict != verify.Valid || r.Stamps[0].Level != level {
			t.Errorf("%s %v, level %s, want %s", r.Verdict, r.Codes(), r.Stamps[0].Level, level)
		}
	}
}
