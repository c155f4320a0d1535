// SPDX-License-Identifier: Apache-2.0

package render

import (
	"encoding/binary"

	"github.com/govseal/govseal/internal/glyph"
)

var (
	Lines     = lines
	Balanced  = balanced
	MayPart   = mayPart
	ToUnicode = toUnicode
	SRGB      = sRGB
	Subset    = subset
	PageOf    = pageOf
)

// NotFirst and Hanging are the line breaker's tables.
const (
	NotFirst = notFirst
	NotLast  = notLast
	Hanging  = hanging
)

// Outlines returns the glyphs of a font file by number, and whether its
// checksums are right.
func Outlines(file []byte) (outlines [][]byte, advances []int, sound bool, err error) {
	tables, err := readTables(file)
	if err != nil {
		return nil, nil, false, err
	}
	for i := range binary.BigEndian.Uint16(tables["maxp"][4:]) {
		g, err := tables.glyph(i)
		if err != nil {
			return nil, nil, false, err
		}
		outlines = append(outlines, g)
		advances = append(advances, int(binary.BigEndian.Uint16(tables.metric(i))))
	}
	return outlines, advances, checksum(file) == 0xB1B0AFBA, nil
}

// FaceOutline is the outline of r as the face holds it.
func FaceOutline(face *glyph.Face, r rune) ([]byte, error) {
	tables, err := readTables(face.Data())
	if err != nil {
		return nil, err
	}
	i, _ := face.Index(r)
	return tables.glyph(i)
}
