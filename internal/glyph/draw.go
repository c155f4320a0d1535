// SPDX-License-Identifier: Apache-2.0

package glyph

import (
	"image"
	"math"

	"golang.org/x/image/vector"
)

// drawing is a seal around the origin, y down, before it is made of pixels.
type drawing struct {
	width, height float64
	ink           Path
	cut           Path // taken out of the ink: characters carved white (阴文)
	centre        *CentrePicture
	centreRadius  float64
}

// paint makes pixels of it; w and h have the drawing's proportions.
func (d drawing) paint(w, h int) *image.NRGBA {
	scale := float64(w) / d.width
	mask := coverage(d.ink, w, h, scale)
	if len(d.cut) > 0 {
		for i, carved := range coverage(d.cut, w, h, scale).Pix {
			mask.Pix[i] = uint8(int(mask.Pix[i]) * (255 - int(carved)) / 255)
		}
	}
	out := image.NewNRGBA(mask.Bounds())
	for i, alpha := range mask.Pix {
		copy(out.Pix[4*i:], []byte{red, green, blue, stepped(alpha)})
	}
	if d.centre != nil {
		d.centre.paint(out, d.centreRadius*scale)
	}
	return out
}

// opacityStep makes 16 opacities of 256: no eye tells their edges apart in
// print, and the picture, which every stamp carries, takes half the room.
const opacityStep = 255 / 15

func stepped(alpha uint8) uint8 {
	return uint8((int(alpha) + opacityStep/2) / opacityStep * opacityStep)
}

// coverage is how much of each pixel a path covers.
func coverage(p Path, w, h int, scale float64) *image.Alpha {
	z := vector.NewRasterizer(w, h)
	p.fill(z, scale, float64(w)/2, float64(h)/2)
	mask := image.NewAlpha(image.Rect(0, 0, w, h))
	z.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	return mask
}

// outlines are the shapes of placed characters.
func outlines(all []placed) (Path, error) {
	var shape Path
	for _, c := range all {
		outline, err := Bold().Outline(c.r)
		if err != nil {
			return nil, err
		}
		shape = append(shape, outline.Transform(c.matrix())...)
	}
	return shape, nil
}

// pixels is a length in millimetres at a resolution.
func pixels(mm float64, dpi int) int { return int(math.Round(mm / 25.4 * float64(dpi))) }
