// SPDX-License-Identifier: Apache-2.0

package pdfium_test

import (
	"bytes"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/internal/pdfium"
)

// paper has two pages with the given text in Helvetica at 100, 300 and, on
// the second page twice, 100, 500.
func paper(t testing.TB, text string, page pdf.Dict) []byte {
	t.Helper()
	var out bytes.Buffer
	w := pdf.NewWriter(&out, "1.7")
	tree := w.Alloc()
	font := w.Add(pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Helvetica")})
	var kids pdf.Array
	for i := range 2 {
		content := "BT /F 20 Tf 100 300 Td (" + text + ") Tj ET"
		if i == 1 {
			content += " BT /F 20 Tf 200 500 Td (" + text + ") Tj ET"
		}
		dict := pdf.Dict{"Type": pdf.Name("Page"), "Parent": tree, "MediaBox": pdf.Array{0, 0, 595, 842},
			"Resources": pdf.Dict{"Font": pdf.Dict{"F": font}}, "Contents": w.AddStream(pdf.Dict{}, []byte(content))}
		for k, v := range page {
			dict[k] = v
		}
		kids = append(kids, w.Add(dict))
	}
	w.WriteObject(tree, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": kids, "Count": 2})
	if err := w.Close(w.Add(pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": tree}), pdf.Ref{}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestFind: boxes are in the page's default user space, whatever is displayed.
func TestFind(t *testing.T) {
	f := &pdfium.Finder{Wait: time.Minute}
	for name, page := range map[string]pdf.Dict{"plain": nil, "cropped": {"CropBox": pdf.Array{50, 100, 500, 700}}, "turned": {"Rotate": 90},
		"both": {"Rotate": 270, "CropBox": pdf.Array{50, 100, 500, 700}}} {
		b := paper(t, "Seal here please", page)
		hits, err := f.Find(t.Context(), bytes.NewReader(b), int64(len(b)), []int{1, 2}, "here", 10)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(hits) != 3 || hits[0].Page != 1 || hits[1].Page != 2 {
			t.Fatalf("%s: hits %v", name, hits)
		}
		// "Seal " is 47.8 units wide in Helvetica at 20, "here" 40.0.
		box := hits[0].Box
		if math.Abs(box[0]-147.8) > 3 || math.Abs(box[2]-187) > 4 || box[1] < 295 || box[1] > 303 || box[3] < 310 || box[3] > 320 {
			t.Errorf("%s: box %v", name, box)
		}
	}
}

func TestFindIsBounded(t *testing.T) {
	f := &pdfium.Finder{Wait: time.Minute}
	b := paper(t, "Seal here", nil)
	for _, c := range []struct {
		pages []int
		text  string
		limit int
		want  int
	}{{[]int{1, 2}, "here", 1, 1}, {[]int{2}, "here", 9, 2}, {[]int{1, 2}, "HERE", 9, 0}, {[]int{1}, "nowhere", 9, 0}} {
		hits, err := f.Find(t.Context(), bytes.NewReader(b), int64(len(b)), c.pages, c.text, c.limit)
		if err != nil || len(hits) != c.want {
			t.Errorf("%+v: %v, %v", c, hits, err)
		}
	}
	for name, bad := range map[string][]byte{"empty": nil, "garbage": []byte("not a PDF"), "cut": b[:len(b)/3]} {
		if _, err := f.Find(t.Context(), bytes.NewReader(bad), int64(len(bad)), []int{1}, "x", 1); !errors.Is(err, pdfium.ErrSearch) {
			t.Errorf("%s: %v", name, err)
		}
	}
	hurried := &pdfium.Finder{Wait: time.Millisecond}
	if _, err := hurried.Find(t.Context(), bytes.NewReader(b), int64(len(b)), []int{1}, "here", 1); !errors.Is(err, pdfium.ErrSearch) {
		t.Errorf("in a millisecond: %v", err)
	}
}
