// SPDX-License-Identifier: Apache-2.0

package glyph

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image/png"
	"math"
	"slices"
)

// PNG returns Draw's picture as PNG with its physical size.
func (p SealPicture) PNG() ([]byte, error) {
	picture, err := p.Draw()
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, picture); err != nil {
		return nil, fmt.Errorf("encode seal picture: %w", err)
	}
	return withPhysicalSize(buf.Bytes(), p.withDefaults().DPI), nil
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
