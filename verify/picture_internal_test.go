// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"testing"
)

// A picture with a palette is converted exactly as draw.Draw converts it, half
// transparent colours and an origin off zero included.
func TestPaletteIsConvertedAsDrawDoes(t *testing.T) {
	palette := color.Palette{color.NRGBA{}, color.RGBA{0x80, 0x10, 0, 0x80}, color.Gray{9}}
	for a := range 250 {
		palette = append(palette, color.NRGBA{uint8(200 + a%50), uint8(3 * a), uint8(a), uint8(a)})
	}
	for _, rect := range []image.Rectangle{image.Rect(0, 0, 70, 5), image.Rect(3, -2, 20, 40), image.Rect(0, 0, 1, 1)} {
		p := image.NewPaletted(rect, palette)
		for i := range p.Pix {
			p.Pix[i] = uint8(i % len(palette))
		}
		want := image.NewNRGBA(image.Rect(0, 0, rect.Dx(), rect.Dy()))
		draw.Draw(want, want.Rect, p, rect.Min, draw.Src)
		if got := toNRGBA(p); got.Rect != want.Rect || !bytes.Equal(got.Pix, want.Pix) {
			t.Errorf("%v: the samples differ", rect)
		}
		part := p.SubImage(image.Rect(rect.Min.X, rect.Min.Y, rect.Max.X-rect.Dx()/3, rect.Max.Y))
		want = image.NewNRGBA(image.Rect(0, 0, part.Bounds().Dx(), part.Bounds().Dy()))
		draw.Draw(want, want.Rect, part, part.Bounds().Min, draw.Src)
		if got := toNRGBA(part); !bytes.Equal(got.Pix, want.Pix) {
			t.Errorf("part of %v: the samples differ", rect)
		}
	}
}
