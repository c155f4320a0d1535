// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/png"
	"strings"

	"github.com/govseal/govseal/internal/ses"
)

// maxPixels bounds a decoded seal picture: 42 mm at 2400 dpi.
const maxPixels = 16 << 20

var errPictureType = errors.New("only PNG and GIF pictures are decoded")

// decodePicture returns the samples of a seal's picture. The size is read
// before anything is decoded.
func decodePicture(p ses.Picture) (*image.NRGBA, error) {
	var config func(*bytes.Reader) (image.Config, error)
	var decode func(*bytes.Reader) (image.Image, error)
	switch strings.ToLower(p.Type) {
	case "png":
		config = func(r *bytes.Reader) (image.Config, error) { return png.DecodeConfig(r) }
		decode = func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) }
	case "gif":
		config = func(r *bytes.Reader) (image.Config, error) { return gif.DecodeConfig(r) }
		decode = func(r *bytes.Reader) (image.Image, error) { return gif.Decode(r) }
	default:
		return nil, errPictureType
	}
	c, err := config(bytes.NewReader(p.Data))
	if err != nil {
		return nil, fmt.Errorf("read seal picture: %w", err)
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > maxPixels/c.Height {
		return nil, fmt.Errorf("read seal picture: %d x %d samples", c.Width, c.Height)
	}
	img, err := decode(bytes.NewReader(p.Data))
	if err != nil {
		return nil, fmt.Errorf("read seal picture: %w", err)
	}
	return toNRGBA(img), nil
}

func toNRGBA(img image.Image) *image.NRGBA {
	if n, ok := img.(*image.NRGBA); ok {
		return n
	}
	out := image.NewNRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	if p, ok := img.(*image.Paletted); ok {
		fromPalette(out, p)
		return out
	}
	draw.Draw(out, out.Bounds(), img, img.Bounds().Min, draw.Src)
	return out
}

// fromPalette is draw.Draw for pictures with a palette, as seals' are. That
// converts every sample through 16 bits, which was a third of verifying a PDF
// (docs/performance.md); this converts every colour so, once, and copies.
func fromPalette(out *image.NRGBA, p *image.Paletted) {
	colours := image.NewNRGBA(image.Rect(0, 0, 256, 1)) // an index beyond the palette stays transparent
	index := &image.Paletted{Pix: make([]uint8, len(p.Palette)), Stride: len(p.Palette), Rect: image.Rect(0, 0, len(p.Palette), 1), Palette: p.Palette}
	for i := range index.Pix {
		index.Pix[i] = uint8(i)
	}
	draw.Draw(colours, index.Rect, index, image.Point{}, draw.Src)
	var samples [256][4]uint8
	for i := range samples {
		samples[i] = [4]uint8(colours.Pix[4*i:])
	}
	for y := range out.Rect.Dy() {
		row, from := out.Pix[y*out.Stride:], p.Pix[y*p.Stride:][:p.Rect.Dx()]
		for x, i := range from {
			*(*[4]uint8)(row[4*x:]) = samples[i] // one store, where copy is a call
		}
	}
}

// encodePNG returns the picture as PNG: as it is when it is one, else encoded anew.
func encodePNG(p ses.Picture, img *image.NRGBA) []byte {
	if strings.EqualFold(p.Type, "png") {
		return p.Data
	}
	var b bytes.Buffer
	if png.Encode(&b, img) != nil {
		return nil
	}
	return b.Bytes()
}

// samePicture compares two pictures sample by sample. The colour of a sample
// that is fully transparent is not seen and not compared.
func samePicture(a, b *image.NRGBA) bool {
	if a.Bounds().Dx() != b.Bounds().Dx() || a.Bounds().Dy() != b.Bounds().Dy() {
		return false
	}
	for y := range a.Bounds().Dy() {
		ra := a.Pix[y*a.Stride:][:4*a.Bounds().Dx()]
		rb := b.Pix[y*b.Stride:][:4*b.Bounds().Dx()]
		if bytes.Equal(ra, rb) {
			continue
		}
		for x := 0; x < len(ra); x += 4 {
			if ra[x+3] != rb[x+3] || (ra[x+3] != 0 && !bytes.Equal(ra[x:x+3], rb[x:x+3])) {
				return false
			}
		}
	}
	return true
}
