// SPDX-License-Identifier: Apache-2.0

package render

import (
	"slices"
	"unicode/utf16"

	"github.com/govseal/govseal/internal/glyph"
)

// subsetWithNames is subset as a font file that stands on its own: OFD readers
// hand it to the system's font code, which wants a character map, names and
// metrics (OpenType 1.9: cmap, name, OS/2, post).
func subsetWithNames(face *glyph.Face, used []rune) ([]byte, error) {
	tables, err := subsetTables(face, used)
	if err != nil {
		return nil, err
	}
	tables["cmap"] = characterMap(used)
	tables["name"] = nameTable(face.Name())
	tables["OS/2"] = metricsTable(used)
	tables["post"] = slices.Concat([]byte{0, 3, 0, 0}, make([]byte, 28)) // 3.0: no glyph names
	return assemble(tables), nil
}

// characterMap is cmap with one subtable of format 12 for platform 3,
// encoding 10 (all of Unicode), one group a character.
func characterMap(used []rune) []byte {
	type pair struct {
		r   rune
		gid int
	}
	var pairs []pair
	for i, r := range used {
		pairs = append(pairs, pair{r, i + 1})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return int(a.r - b.r) })
	out := []byte{0, 0, 0, 1, 0, 3, 0, 10, 0, 0, 0, 12, 0, 12, 0, 0}
	out = be.AppendUint32(out, uint32(16+12*len(pairs)))
	out = be.AppendUint32(out, 0) // no language
	out = be.AppendUint32(out, uint32(len(pairs)))
	for _, p := range pairs {
		out = be.AppendUint32(out, uint32(p.r))
		out = be.AppendUint32(out, uint32(p.r))
		out = be.AppendUint32(out, uint32(p.gid))
	}
	return out
}

// nameTable holds family, style, full and PostScript name for Windows, English.
func nameTable(name string) []byte {
	values := []struct {
		id   uint16
		text string
	}{{1, name}, {2, "Regular"}, {4, name}, {6, name}}
	out := be.AppendUint16([]byte{0, 0}, uint16(len(values)))
	out = be.AppendUint16(out, uint16(6+12*len(values)))
	var texts []byte
	for _, v := range values {
		var text []byte
		for _, unit := range utf16.Encode([]rune(v.text)) {
			text = be.AppendUint16(text, unit)
		}
		for _, field := range []uint16{3, 1, 0x409, v.id, uint16(len(text)), uint16(len(texts))} {
			out = be.AppendUint16(out, field)
		}
		texts = append(texts, text...)
	}
	return append(out, texts...)
}

// metricsTable is OS/2 version 0: what the head and hhea tables do not say,
// and the first and last character.
func metricsTable(used []rune) []byte {
	out := make([]byte, 78)
	be.PutUint16(out[2:], glyph.UnitsPerEm) // xAvgCharWidth
	be.PutUint16(out[4:], 400)              // usWeightClass
	be.PutUint16(out[6:], 5)                // usWidthClass
	if len(used) > 0 {
		be.PutUint16(out[64:], uint16(min(slices.Min(used), 0xffff)))
		be.PutUint16(out[66:], uint16(min(slices.Max(used), 0xffff)))
	}
	be.PutUint16(out[68:], 880)         // sTypoAscender
	be.PutUint16(out[70:], 0x10000-120) // sTypoDescender
	be.PutUint16(out[74:], 880)         // usWinAscent
	be.PutUint16(out[76:], 120)         // usWinDescent
	return out
}
