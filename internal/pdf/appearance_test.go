// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/pdf"
)

// TestAppearanceIsOnlyTheImage redraws the seal's appearance in ways that
// show something else than the picture's samples.
func TestAppearanceIsOnlyTheImage(t *testing.T) {
	const (
		res    = "/Resources<</XObject<</Seal 6 0 R>>/ExtGState<</Blend 30 0 R>>>>"
		form   = "/Type/XObject/Subtype/Form/BBox[0 0 20 20]"
		draw   = "q /Blend gs 20 0 0 20 0 0 cm /Seal Do Q"
		gs     = "<</BM/Multiply>>"
		widget = "<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal1)/V 8 0 R/P 3 0 R/Rect[9 9 29 29]/F 132/AP<</N 7 0 R>>>>"
		image  = "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceRGB/BitsPerComponent 8/SMask 5 0 R"
		mask   = "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8"
	)
	sealed := seal(t, newFile().table(simple("")).b, stampAt(1, 10, 10))
	plain := func() objects {
		return objects{7: stm(form+res, draw), 30: gs, 9: widget, 6: stm(image, "abc"), 5: stm(mask, "m")}
	}
	for name, c := range map[string]struct {
		num      int
		old, new string
		want     bool
	}{
		"as written":              {7, "", "", true},
		"without state":           {7, "/Blend gs ", "          ", true},
		"turned":                  {7, "/BBox[0 0 20 20]", "/BBox[0 0 20 20]/Matrix[0 1 -1 0 20 0]", true},
		"mirrored":                {7, "/BBox[0 0 20 20]", "/BBox[0 0 20 20]/Matrix[-1 0 0 1 20 0]", false},
		"slanted":                 {7, "/BBox[0 0 20 20]", "/BBox[0 0 20 20]/Matrix[1 1 0 1 0 0]", false},
		"flat":                    {7, "/BBox[0 0 20 20]", "/BBox[0 0 20 20]/Matrix[0 0 0 0 0 0]", false},
		"cropped":                 {7, "/BBox[0 0 20 20]", "/BBox[0 0 10 20]", false},
		"shifted":                 {7, "0 0 cm", "5 0 cm", false},
		"shrunk":                  {7, "20 0 0 20", "02 0 0 20", false},
		"upside down":             {7, "20 0 0 20 0 0 cm", "20 0 0 -20 0 20 cm", false},
		"drawn twice":             {7, "/Seal Do", "/Seal Do /Seal Do", false},
		"overpainted":             {7, " Q", " 1 g 0 0 20 20 re f Q", false},
		"clipped":                 {7, "q ", "q 0 0 1 1 re W n ", false},
		"another image after it":  {7, "Do Q", "Do Q /Other Do", false},
		"inline image":            {7, " Q", " BI /W 1 /H 1 ID x EI Q", false},
		"text in front":           {7, "q ", "BT (x) Tj ET q ", false},
		"two matrices":            {7, "cm", "cm 1 0 0 1 0 0 cm", false},
		"recoloured":              {7, "/XObject<<", "/ColorSpace<</DefaultRGB/X>>/XObject<<", false},
		"in a layer":              {7, "/BBox", "/OC 31 0 R/BBox", false},
		"in a group":              {7, "/BBox", "/Group<</S/Transparency>>/BBox", false},
		"no such image":           {7, "/Seal Do", "/Xeal Do", false},
		"not a stream":            {7, "", "<<>>", false},
		"see-through":             {30, ">>", "/ca 0>>", false},
		"another blend":           {30, "Multiply", "Difference", false},
		"masked state":            {30, ">>", "/SMask<<>>>>", false},
		"hidden":                  {9, "/F 132", "/F 134", false},
		"no view":                 {9, "/F 132", "/F 164", false},
		"widget in a layer":       {9, "/F 132", "/F 132/OC 31 0 R", false},
		"no area":                 {9, "29 29", "9 29", false},
		"appearance states":       {9, "7 0 R", "<</On 7 0 R>>", false},
		"no appearance":           {9, "/AP<</N 7 0 R>>", "", false},
		"inverted":                {6, "/SMask", "/Decode[1 0 1 0 1 0]/SMask", false},
		"gray":                    {6, "DeviceRGB", "DeviceGray", false},
		"without mask":            {6, "/SMask 5 0 R", "", false},
		"too few samples":         {6, "/Height 1", "/Height 2", false},
		"huge":                    {6, "/Width 1", "/Width 999999999999", false},
		"lossy":                   {6, "/SMask", "/Filter/DCTDecode/SMask", false},
		"mask of another size":    {5, "/Width 1", "/Width 2", false},
		"mask with a matte":       {5, "/Height", "/Matte[1 1 1]/Height", false},
		"image in a layer":        {6, "/SMask", "/OC 31 0 R/SMask", false},
		"image with alternatives": {6, "/SMask", "/Alternates[]/SMask", false},
	} {
		t.Run(name, func(t *testing.T) {
			objs := plain()
			if c.old == "" {
				if c.new != "" {
					objs[c.num] = c.new
				}
			} else if objs[c.num] = edited(objs[c.num], c.old, c.new); objs[c.num] == plain()[c.num] {
				t.Fatal("nothing was edited")
			}
			d, err := open(from(sealed).table(objs).b)
			if err != nil {
				t.Fatal(err)
			}
			sigs, err := d.Signatures()
			if err != nil || len(sigs) != 1 {
				t.Fatalf("%d signatures, %v", len(sigs), err)
			}
			m, err := d.Appearance(&sigs[0])
			if (err == nil) != c.want || err != nil && !errors.Is(err, pdf.ErrNoImage) {
				t.Errorf("got %v, %v", m, err)
			}
			if err == nil && string(m.Pix) != "abcm" {
				t.Errorf("samples %q", m.Pix)
			}
		})
	}
}

// edited replaces text in an object; a stream's Length follows.
func edited(body, old, new string) string {
	dict, data, isStream := strings.Cut(body, ">>\nstream\n")
	if !isStream {
		return strings.Replace(body, old, new, 1)
	}
	data = strings.TrimSuffix(data, "\nendstream")
	dict = strings.TrimPrefix(dict[:strings.LastIndex(dict, "/Length")], "<<")
	if strings.Contains(dict, old) {
		return stm(strings.Replace(dict, old, new, 1), data)
	}
	return stm(dict, strings.Replace(data, old, new, 1))
}
