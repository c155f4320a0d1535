// SPDX-License-Identifier: Apache-2.0

package render

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/govseal/govseal/internal/glyph"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
)

// font collects the characters that were drawn with a face. Every character
// gets a glyph number of its own, even where two share a shape in the face:
// otherwise one of them would be extracted as the other.
type font struct {
	resource string
	face     *glyph.Face
	cids     map[rune]uint16
	used     []rune // by CID, from 1
	missing  []rune
	widths   map[rune]float64
}

func newFont(resource string, face *glyph.Face) *font {
	return &font{resource: resource, face: face, cids: map[rune]uint16{}, widths: map[rune]float64{}}
}

// advance of r in em.
func (f *font) advance(r rune) float64 {
	w, ok := f.widths[r]
	if !ok {
		w = float64(f.face.Advance(r)) / glyph.UnitsPerEm
		f.widths[r] = w
	}
	return w
}

// encode returns the codes that show s, two octets a character. Characters
// without a glyph are noted in missing.
func (f *font) encode(s string) []byte {
	var out []byte
	for _, r := range s {
		cid, ok := f.cids[r]
		if !ok {
			if !f.face.Has(r) {
				f.missing = append(f.missing, r)
			}
			f.used = append(f.used, r)
			cid = uint16(len(f.used))
			f.cids[r] = cid
		}
		out = append(out, byte(cid>>8), byte(cid))
	}
	return out
}

// embed writes the font with the glyphs that were used (ISO 32000-1 9.7).
func (f *font) embed(w *pdf.Writer) (pdf.Ref, error) {
	file, err := subset(f.face, f.used)
	if err != nil {
		return pdf.Ref{}, fmt.Errorf("embed %s: %w", f.face.Name(), err)
	}
	name := pdf.Name(subsetTag(f.used) + "+" + f.face.Name())
	stream := w.AddStream(pdf.Dict{"Length1": len(file)}, file)
	descriptor := w.Add(pdf.Dict{
		"Type": pdf.Name("FontDescriptor"), "FontName": name, "FontFile2": stream,
		"Flags":    6, // serif, symbolic
		"FontBBox": boundingBox(file), "ItalicAngle": 0,
		"Ascent": 880, "Descent": -120, "CapHeight": 735, "StemV": 80,
	})
	widths := pdf.Array{}
	for _, r := range f.used {
		widths = append(widths, f.face.Advance(r))
	}
	descendant := w.Add(pdf.Dict{
		"Type": pdf.Name("Font"), "Subtype": pdf.Name("CIDFontType2"), "BaseFont": name,
		"CIDSystemInfo":  pdf.Dict{"Registry": pdf.String("Adobe"), "Ordering": pdf.String("Identity"), "Supplement": 0},
		"FontDescriptor": descriptor, "CIDToGIDMap": pdf.Name("Identity"),
		"DW": glyph.UnitsPerEm, "W": pdf.Array{1, widths},
	})
	return w.Add(pdf.Dict{
		"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type0"), "BaseFont": name,
		"Encoding": pdf.Name("Identity-H"), "DescendantFonts": pdf.Array{descendant},
		"ToUnicode": w.AddStream(nil, toUnicode(f.used)),
	}), nil
}

// subsetTag is six letters that tell subsets apart (9.6.4), drawn from their
// content so that the same document gives the same octets.
func subsetTag(used []rune) string {
	sum := gm.SM3([]byte(string(used)))
	var tag strings.Builder
	for _, b := range sum[:6] {
		tag.WriteByte('A' + b%26)
	}
	return tag.String()
}

// toUnicode is the CMap from codes to characters (9.10.3), in UTF-16: beyond
// the basic plane a surrogate pair.
func toUnicode(used []rune) []byte {
	out := []byte("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	const most = 100 // entries of one section
	for from := 0; from < len(used); from += most {
		section := used[from:min(from+most, len(used))]
		out = fmt.Appendf(out, "%d beginbfchar\n", len(section))
		for i, r := range section {
			out = fmt.Appendf(out, "<%04X> <", from+i+1)
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, "%04X", unit)
			}
			out = append(out, ">\n"...)
		}
		out = append(out, "endbfchar\n"...)
	}
	return append(out, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"...)
}
