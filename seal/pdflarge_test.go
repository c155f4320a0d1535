// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/seal"
)

// onDisk keeps files in a folder without ever holding one in memory.
type onDisk struct {
	seal.Blobs
	dir string
}

func (d onDisk) PutFrom(_ context.Context, digest [32]byte, content io.Reader, size int64) error {
	f, err := os.Create(filepath.Join(d.dir, fmt.Sprintf("%x", digest)))
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.CopyN(f, content, size)
	return err
}

// writeLargePDF writes a document of about so many octets.
func writeLargePDF(t testing.TB, path string, size int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := pdf.NewWriter(f, "1.7")
	tree := w.Alloc()
	block := bytes.Repeat([]byte{0x20}, 4<<20)
	contents := pdf.Array{}
	for range size / len(block) {
		ref := w.Alloc()
		w.WriteStreamRaw(ref, pdf.Dict{}, block)
		contents = append(contents, ref)
	}
	page := w.Add(pdf.Dict{"Type": pdf.Name("Page"), "Parent": tree, "MediaBox": pdf.Array{0, 0, 595, 842}, "Resources": pdf.Dict{}, "Contents": contents})
	w.WriteObject(tree, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{page}, "Count": 1})
	if err := w.Close(w.Add(pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": tree}), pdf.Ref{}); err != nil {
		t.Fatal(err)
	}
}

// TestLargeDocumentsStayOnDisk: what stamping a document by path allocates in
// all does not grow with it. GOVSEAL_LARGE=1 takes one of nearly 1 GiB.
func TestLargeDocumentsStayOnDisk(t *testing.T) {
	size := 48 << 20
	if os.Getenv("GOVSEAL_LARGE") != "" {
		size = 1000 << 20
	}
	path := filepath.Join(t.TempDir(), "large.pdf")
	writeLargePDF(t, path, size)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	h := newHouse(t, func(c *seal.Config) { c.MaxDocument, c.Blobs = 1<<30, onDisk{c.Blobs, dir} })
	if _, err := h.StampPDF(ctx, h.request(h.seals[0], "warm"), blankPDF(t, 1, nil)); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	made, err := h.StampPDFFrom(ctx, h.request(h.seals[0], "k1"), f, st.Size())
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 32<<20 {
		t.Errorf("%d octets allocated for a document of %d", taken, st.Size())
	}
	sealed, err := os.Open(filepath.Join(dir, fmt.Sprintf("%x", made.Output)))
	if err != nil {
		t.Fatal(err)
	}
	defer sealed.Close()
	sum := gm.NewSM3()
	n, err := io.Copy(sum, sealed)
	if err != nil || sum.Digest() != made.Output || n <= st.Size() {
		t.Errorf("%d octets were kept, %v", n, err)
	}
	doc, err := pdf.Open(sealed, n, pdf.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := doc.Signatures()
	if err != nil || len(all) != 1 || !all[0].WholeFile || len(all[0].Law) > 0 {
		t.Errorf("signatures %+v, %v", all, err)
	}
}

// BenchmarkRiding cuts a seal across the edge of 500 pages.
func BenchmarkRiding(b *testing.B) {
	h, s := benchHouse(b)
	document := blankPDF(b, 500, nil)
	n := 0
	for b.Loop() {
		n++
		r := h.request(h.seals[0], fmt.Sprint("k", n))
		r.Place = seal.Placement{{Edge: "right"}}
		if _, err := s.StampPDF(ctx, r, document); err != nil {
			b.Fatal(err)
		}
	}
}
