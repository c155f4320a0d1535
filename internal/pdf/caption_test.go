// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"errors"
	"image"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/pdf"
)

func captioned(x, y float64) pdf.Stamp {
	s := stampAt(1, x, y)
	m := image.NewGray(image.Rect(0, 0, 80, 40))
	for i := range m.Pix {
		m.Pix[i] = byte(i%2) * 255
	}
	s.Caption = &pdf.Caption{Mask: m, Width: 20, Height: 10, Gap: 1}
	return s
}

// TestCaptionStandsBeside: below the seal, above it at the foot of the page,
// and never on another seal.
func TestCaptionStandsBeside(t *testing.T) {
	b := newFile().table(simple("/Rotate 90/CropBox[100 100 500 700]")).b
	for _, y := range []float64{10, 1000} {
		sealed := seal(t, b, captioned(20, y))
		judgeByOthers(t, sealed)
		wantChanges(t, seal(t, sealed, stampAt(1, 90, 10)), pdf.LevelSignature, "signature")
	}
	d, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	crowded := captioned(0, 0)
	crowded.Places = []pdf.Place{{Page: 1, X: 10, Y: 10}, {Page: 1, X: 10, Y: 60}}
	var no *pdf.Refusal
	if _, err := d.Prepare(t.Context(), crowded); !errors.As(err, &no) || no.Reason != pdf.ReasonPlace {
		t.Errorf("a caption on a seal: %v", err)
	}
}

// TestTamperedCaption: what stands beside the seal is a black stencil and
// nothing else, and does not cover it.
func TestTamperedCaption(t *testing.T) {
	sealed := seal(t, newFile().table(simple("")).b, captioned(20, 20))
	// Objects: mask 5, image 6, form 7, stencil 8, its form 9, value 10, field 11, widgets 12 and 13.
	form := stm("/Type/XObject/Subtype/Form/BBox[0 0 50 20]/Resources<</XObject<</Caption 8 0 R/Seal 6 0 R>>>>", "q 0 g 50 0 0 20 0 0 cm /Caption Do Q")
	stencil := stm("/Type/XObject/Subtype/Image/Width 8/Height 1/ImageMask true/BitsPerComponent 1", "x")
	widget := "<</Type/Annot/Subtype/Widget/Parent 11 0 R/P 3 0 R/Rect[90 620 140 640]/F 132/AP<</N 9 0 R>>>>"
	for name, c := range map[string]struct {
		num      int
		old, new string
		want     bool
	}{
		"as written":       {9, "", "", true},
		"gray":             {9, "0 g", ".5 g", false},
		"no colour":        {9, "0 g ", "", false},
		"red":              {9, "0 g", "1 0 0 rg", false},
		"the seal in it":   {9, "0 g 50 0 0 20 0 0 cm /Caption", "50 0 0 20 0 0 cm /Seal", true}, // the same image, whole: a further place
		"cut":              {9, "BBox[0 0 50 20]", "BBox[0 0 25 20]", false},
		"painted over":     {9, " Q", " 0 0 9 9 re f Q", false},
		"coloured image":   {8, "/ImageMask true/BitsPerComponent 1", "/ColorSpace/DeviceRGB/BitsPerComponent 8", false},
		"inverted":         {8, "/ImageMask", "/Decode[1 0]/ImageMask", false},
		"on the seal":      {13, "620 140 640", "700 140 720", false},
		"on no page":       {13, "/P 3 0 R", "", false},
		"hidden":           {13, "132", "134", false},
		"nothing but this": {11, "", "<</FT/Sig/T(Seal1)/V 10 0 R/Kids[13 0 R]>>", false},
	} {
		t.Run(name, func(t *testing.T) {
			objs := objects{8: stencil, 9: form, 13: widget}
			if c.old == "" && c.new != "" {
				objs[c.num] = c.new
			} else if c.old != "" {
				before := objs[c.num]
				if objs[c.num] = edited(before, c.old, c.new); objs[c.num] == before {
					t.Fatal("nothing was edited")
				}
			}
			d, err := open(from(sealed).table(objs).b)
			if err != nil {
				t.Fatal(err)
			}
			sigs, err := d.Signatures()
			if err != nil || len(sigs) != 1 || !strings.Contains(sigs[0].Fields[0], "Seal1") {
				t.Fatalf("signatures %+v, %v", sigs, err)
			}
			if _, err := d.Appearance(&sigs[0]); (err == nil) != c.want || err != nil && !errors.Is(err, pdf.ErrNoImage) {
				t.Errorf("got %v", err)
			}
		})
	}
}
