// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"errors"
	"fmt"
	"image"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/pdf"
)

// pagesOf is a document of n pages, each with these entries; the pages are
// the objects from 10 on.
func pagesOf(n int, entries func(page int) string) objects {
	o := objects{1: "<</Type/Catalog/Pages 2 0 R>>", 4: stm("", "0.9 0.9 0.6 rg 0 0 2000 2000 re f")}
	var kids strings.Builder
	for i := range n {
		fmt.Fprintf(&kids, "%d 0 R ", 10+i)
		o[10+i] = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents 4 0 R" + entries(i+1) + ">>"
	}
	o[2] = fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", kids.String(), n)
	return o
}

func plainPages(int) string { return "" }

func upTo(n int) (pages []int) {
	for i := range n {
		pages = append(pages, i+1)
	}
	return pages
}

func riding(t testing.TB, r pdf.Ride, more ...pdf.Place) pdf.Stamp {
	t.Helper()
	places, err := r.Places()
	if err != nil {
		t.Fatal(err)
	}
	s := stampAt(0, 0, 0)
	s.Places = append(places, more...)
	return s
}

// TestRidingSealOnTurnedPages renders pages that are turned and cropped in
// different ways and puts the strips together again: they must give the seal.
func TestRidingSealOnTurnedPages(t *testing.T) {
	shapes := []string{"", "/Rotate 90", "/Rotate 180/CropBox[100 200 500 700]", "/Rotate 270", "/CropBox[100 200 500 700]", "/Rotate 90/CropBox[100 200 500 700]"}
	b := newFile().table(pagesOf(len(shapes), func(n int) string { return shapes[n-1] })).b
	for _, edge := range []pdf.Edge{pdf.EdgeRight, pdf.EdgeLeft, pdf.EdgeTop, pdf.EdgeBottom} {
		t.Run(string(edge), func(t *testing.T) {
			sealed := seal(t, b, riding(t, pdf.Ride{Edge: edge, Pages: upTo(len(shapes)), Offset: 50}))
			judgeByOthers(t, sealed)
			for reader, draw := range drawers {
				t.Run(reader, func(t *testing.T) {
					var strips []image.Image
					for n := range shapes {
						strips = append(strips, draw(t, sealed, n+1))
					}
					judgeStrips(t, edge, strips)
				})
			}
		})
	}
}

// judgeStrips looks for the ring and the mark of the test picture, 42 mm
// wide and 50 mm from the corner, in strips flush with the edge.
func judgeStrips(t *testing.T, edge pdf.Edge, pages []image.Image) {
	t.Helper()
	const mm = 72 / 25.4
	n := float64(len(pages))
	strip, along := 42*mm/n, 50*mm
	wrong := 0
	for y := 4.0; y < 42*mm-4; y += 2 {
		for x := 4.0; x < 42*mm-4; x += 2 {
			i, px, py := 0, 0.0, 0.0
			m := func(i int) (float64, float64) { r := pages[i].Bounds(); return float64(r.Dx()), float64(r.Dy()) }
			switch edge {
			case pdf.EdgeRight, pdf.EdgeLeft:
				k := int(x / strip)
				i, px, py = k, x-float64(k)*strip, along+y
				if edge == pdf.EdgeLeft {
					i = len(pages) - 1 - k
				} else {
					w, _ := m(i)
					px += w - strip
				}
			default:
				k := int(y / strip)
				i, px, py = k, along+x, y-float64(k)*strip
				if edge == pdf.EdgeTop {
					i = len(pages) - 1 - k
				} else {
					_, h := m(i)
					py += h - strip
				}
			}
			want := picture().NRGBAAt(int(x/(42*mm)*120), int(y/(42*mm)*120)).A > 0
			if red(pages[i], int(px), int(py)) != want {
				wrong++
			}
		}
	}
	if wrong > 60 { // of 3,000 points, those on outlines may differ
		t.Errorf("%d points differ from the seal", wrong)
	}
}

func TestRideIsCutEvenly(t *testing.T) {
	for _, c := range []struct{ pages, most, groups, smallest int }{{2, 0, 1, 2}, {20, 0, 1, 20}, {21, 0, 2, 10}, {500, 0, 25, 20}, {7, 3, 3, 2}, {5, 2, 3, 1}} {
		places, err := pdf.Ride{Edge: pdf.EdgeRight, Pages: upTo(c.pages), Slices: c.most}.Places()
		if err != nil || len(places) != c.pages {
			t.Fatalf("%d places, %v", len(places), err)
		}
		groups, smallest := 0, c.pages
		for _, p := range places {
			if p.Slice.Index == 0 {
				groups++
			}
			smallest = min(smallest, p.Slice.Count)
		}
		if groups != c.groups || smallest != c.smallest {
			t.Errorf("%d pages, up to %d: %d groups, smallest %d", c.pages, c.most, groups, smallest)
		}
	}
	for _, r := range []pdf.Ride{{Edge: pdf.EdgeRight, Pages: upTo(1)}, {Pages: upTo(3), Slices: 1}, {Pages: upTo(3), Slices: 1000}} {
		var no *pdf.Refusal
		if _, err := r.Places(); !errors.As(err, &no) {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

// TestManyPlacesAreOneSignature: fifty pages in three groups, a whole seal on
// two pages, one of them twice.
func TestManyPlacesAreOneSignature(t *testing.T) {
	b := newFile().table(pagesOf(50, plainPages)).b
	s := riding(t, pdf.Ride{Edge: pdf.EdgeRight, Pages: upTo(50)}, pdf.Place{Page: 50, X: 20, Y: 20}, pdf.Place{Page: 50, X: 100, Y: 200}, pdf.Place{Page: 3, X: 30, Y: 30})
	sealed := seal(t, b, s)
	judgeByOthers(t, sealed)
	if grown := len(sealed) - len(b); grown > 80_000 {
		t.Errorf("%d octets for one seal", grown)
	}
	d, err := open(sealed)
	if err != nil {
		t.Fatal(err)
	}
	sigs, err := d.Signatures()
	if err != nil || len(sigs) != 1 || len(sigs[0].Fields) != 1 {
		t.Fatalf("%d signatures in %v, %v", len(sigs), sigs, err)
	}
	again := seal(t, sealed, stampAt(7, 50, 50))
	judgeByOthers(t, again)
	wantChanges(t, again, pdf.LevelSignature, "signature")
}

// TestTamperedStrips redraws the strips of a riding seal in ways that show
// something else than the whole picture once.
func TestTamperedStrips(t *testing.T) {
	const n = 4
	base := newFile().table(pagesOf(n, plainPages)).b
	sealed := seal(t, base, riding(t, pdf.Ride{Edge: pdf.EdgeRight, Pages: upTo(n), Offset: 20}))
	d, err := open(sealed)
	if err != nil {
		t.Fatal(err)
	}
	size := 14
	// Objects: mask 14, image 15, forms 16 to 19, value 20, field 21, widgets 22 to 25.
	form := func(strip float64) string {
		return stm("/Type/XObject/Subtype/Form/BBox[0 0 10 40]/Resources<</XObject<</Seal 15 0 R>>>>", fmt.Sprintf("q 40 0 0 40 %g 0 cm /Seal Do Q", -10*strip))
	}
	widget := func(i int) string {
		return fmt.Sprintf("<</Type/Annot/Subtype/Widget/Parent 21 0 R/P %d 0 R/Rect[585 100 595 140]/F 132/AP<</N %d 0 R>>>>", 10+i, size+2+i)
	}
	plain := func() objects {
		o := objects{}
		for i := range n {
			o[size+2+i], o[size+8+i] = form(float64(i)), widget(i)
		}
		return o
	}
	if s, err := d.Signatures(); err != nil || s[0].Object != 20 {
		t.Fatalf("the signature is object %d, %v", s[0].Object, err)
	}
	for name, c := range map[string]struct {
		want bool
		edit func(o objects)
	}{
		"as written":               {true, func(objects) {}},
		"a strip twice":            {false, func(o objects) { o[17] = form(0) }},
		"a strip left out":         {false, func(o objects) { o[17] = form(2) }},
		"two strips changed over":  {false, func(o objects) { o[17], o[18] = form(2), form(1) }},
		"a gap":                    {false, func(o objects) { o[17] = form(1.1) }},
		"all the first":            {false, func(o objects) { o[17], o[18], o[19] = form(0), form(0), form(0) }},
		"shifted beyond the image": {false, func(o objects) { o[19] = form(4) }},
		"backwards":                {true, func(o objects) { o[16], o[17], o[18], o[19] = form(3), form(2), form(1), form(0) }},
		"another image": {false, func(o objects) {
			o[30] = stm("/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceRGB/BitsPerComponent 8/SMask 14 0 R", "abc")
			o[17] = edited(form(1), "15 0 R", "30 0 R")
		}},
		"something painted over":  {false, func(o objects) { o[17] = edited(form(1), " Q", " 1 g 0 0 9 9 re f Q") }},
		"two strips on one page":  {false, func(o objects) { o[23] = strings.Replace(o[23], "/P 11", "/P 10", 1) }},
		"a strip of no page":      {false, func(o objects) { o[23] = strings.Replace(o[23], "/P 11 0 R", "", 1) }},
		"a strip stretched":       {false, func(o objects) { o[23] = strings.Replace(o[23], "585", "500", 1) }},
		"a strip hidden":          {false, func(o objects) { o[23] = strings.Replace(o[23], "132", "134", 1) }},
		"a strip without drawing": {false, func(o objects) { o[17] = edited(form(1), "/Seal Do", "") }},
		"the field's kids changed over": {false, func(o objects) {
			o[21] = "<</FT/Sig/T(Seal1)/V 20 0 R/Kids[23 0 R 22 0 R 24 0 R 25 0 R]>>"
		}},
		"a kid left out": {false, func(o objects) { o[21] = "<</FT/Sig/T(Seal1)/V 20 0 R/Kids[22 0 R 23 0 R 24 0 R]>>" }},
		"a strip from below": {false, func(o objects) {
			o[17] = stm("/Type/XObject/Subtype/Form/BBox[0 0 40 10]/Resources<</XObject<</Seal 15 0 R>>>>", "q 40 0 0 40 0 -10 cm /Seal Do Q")
			o[23] = strings.Replace(o[23], "[585 100 595 140]", "[555 100 595 110]", 1)
		}},
		"the whole among the strips": {false, func(o objects) {
			o[17] = stm("/Type/XObject/Subtype/Form/BBox[0 0 40 40]/Resources<</XObject<</Seal 15 0 R>>>>", "q 40 0 0 40 0 0 cm /Seal Do Q")
		}},
		"no widgets that are references": {false, func(o objects) { o[23] = strings.Replace(o[23], "/P 11 0 R", "/P[11 0 R]", 1) }},
	} {
		t.Run(name, func(t *testing.T) {
			o := plain()
			c.edit(o)
			d, err := open(from(sealed).table(o).b)
			if err != nil {
				t.Fatal(err)
			}
			sigs, err := d.Signatures()
			if err != nil || len(sigs) != 1 {
				t.Fatalf("%d signatures, %v", len(sigs), err)
			}
			m, err := d.Appearance(&sigs[0])
			if (err == nil) != c.want || err != nil && !errors.Is(err, pdf.ErrNoImage) {
				t.Errorf("got %v, %v", m != nil, err)
			}
		})
	}
}

func TestBoxesStandAtTheEdge(t *testing.T) {
	b := newFile().table(pagesOf(3, func(n int) string { return "/CropBox[100 200 500 700]" })).b
	d, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Prepare(t.Context(), riding(t, pdf.Ride{Edge: pdf.EdgeRight, Pages: upTo(3), Offset: 1e6}))
	if err != nil {
		t.Fatal(err)
	}
	boxes := p.Boxes()
	if len(boxes) != 3 || !slices.IsSortedFunc(boxes, func(a, b pdf.Box) int { return a.Page - b.Page }) {
		t.Fatalf("boxes %v", boxes)
	}
	for _, box := range boxes {
		if r := box.Rect; r[2] != 500 || math.Abs(r[1]-200) > 1e-6 || math.Abs(r[2]-r[0]-14*72/25.4) > 1e-6 {
			t.Errorf("box %v", r)
		}
	}
}

func TestSharedAnnotations(t *testing.T) {
	o := pagesOf(2, func(int) string { return "/Annots 5 0 R" })
	o[5] = "[]"
	d, err := open(newFile().table(o).b)
	if err != nil {
		t.Fatal(err)
	}
	var no *pdf.Refusal
	if _, err := d.Prepare(t.Context(), riding(t, pdf.Ride{Edge: pdf.EdgeRight, Pages: upTo(2)})); !errors.As(err, &no) {
		t.Errorf("two pages that share their annotations: %v", err)
	}
}
