// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/verify"
)

// pagesOf is a document of many pages and objects.
func pagesOf(t testing.TB, pages, perPage int) []byte {
	t.Helper()
	var out bytes.Buffer
	w := pdf.NewWriter(&out, "1.7")
	tree := w.Alloc()
	var kids pdf.Array
	for i := range pages {
		xobjects := pdf.Dict{}
		for k := range perPage {
			xobjects[pdf.Name(fmt.Sprint("X", k))] = w.AddStream(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": pdf.Array{0, 0, 9, 9}}, []byte("0 g"))
		}
		content := w.AddStream(pdf.Dict{}, fmt.Appendf(nil, "%d 100 300 300 re S", i))
		kids = append(kids, w.Add(pdf.Dict{"Type": pdf.Name("Page"), "Parent": tree, "MediaBox": pdf.Array{0, 0, 595, 842},
			"Resources": pdf.Dict{"XObject": xobjects}, "Contents": content}))
	}
	w.WriteObject(tree, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": kids, "Count": pages})
	if err := w.Close(w.Add(pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": tree}), pdf.Ref{}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (h *house) sealed(doc []byte, times int) []byte {
	for i := range times {
		doc = h.stampPDF(doc, pdfSpec{y: float64(i)})
	}
	return doc
}

func TestManySignatures(t *testing.T) {
	h := newHouse(t)
	r := examine(t, document(h.sealed(pagesOf(t, 3, 2), 12)), h.policy())
	want(t, r, verify.Valid)
	for i, s := range r.Stamps {
		if len(s.Changes.List) != 11-i {
			t.Errorf("stamp %d is followed by %d changes, want %d", i+1, len(s.Changes.List), 11-i)
		}
	}
}

// BenchmarkManySignatures verifies files with one and with fifty signatures on
// a document of 300 pages and 6,600 objects.
func BenchmarkManySignatures(b *testing.B) {
	h := newHouse(b)
	doc := pagesOf(b, 300, 20)
	for _, n := range []int{1, 10, 50} {
		raw := h.sealed(doc, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r, err := verify.Verify(context.Background(), document(raw), h.policy())
				if err != nil || r.Verdict != verify.Valid || len(r.Stamps) != n {
					b.Fatal(err)
				}
			}
		})
	}
}
