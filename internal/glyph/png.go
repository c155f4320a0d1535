// SPDX-License-Identifier: Apache-2.0

package glyph

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
)

// PNG returns Draw's picture as PNG with its physical size. The file has half
// an octet a sample: every stamp carries it, and the ink has one colour.
func (p SealPicture) PNG() ([]byte, error) {
	picture, err := p.Draw()
	if err != nil {
		return nil, err
	}
	return encode(picture, p.withDefaults().DPI, p.Centre == nil)
}

// encode writes a picture with its physical size; one of ink alone is written
// with a palette.
func encode(picture *image.NRGBA, dpi int, inkOnly bool) ([]byte, error) {
	var samples image.Image = picture
	if inkOnly {
		samples = inked(picture)
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, samples); err != nil {
		return nil, fmt.Errorf("encode seal picture: %w", err)
	}
	return withPhysicalSize(buf.Bytes(), dpi), nil
}

// inked returns the same samples with a palette: the ink at every opacity.
func inked(picture *image.NRGBA) *image.Paletted {
	palette := make(color.Palette, 255/opacityStep+1)
	for i := range palette {
		palette[i] = color.NRGBA{red, green, blue, uint8(i * opacityStep)}
	}
	out := image.NewPaletted(picture.Rect, palette)
	for i := range out.Pix {
		out.Pix[i] = picture.Pix[4*i+3] / opacityStep
	}
	return out
}

// withPhysicalSize inserts a pHYs chunk (PNG 11.3.4.3) behind the header
// chunk, which always ends at octet 33.
func withPhysicalSize(file []byte, dpi int) []byte {
	perMetre := uint32(math.Round(float64(dpi) / 0.0254))
	chunk := binary.BigEndian.AppendUint32(nil, 9)
	chunk = append(chunk, "pHYs"...)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = append(chunk, 1) // the unit is the metre
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return slices.Insert(file, 33, chunk...)
}
