// SPDX-License-Identifier: Apache-2.0

package render

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/pdf"
)

// writePDF puts the document together as PDF.
func (s *sheet) writePDF(d *decision.Decision, claim string) ([]byte, error) {
	var out bytes.Buffer
	w := pdf.NewWriter(&out, "1.7")
	tree := w.Alloc()
	fonts := pdf.Dict{}
	for _, f := range []*font{s.regular, s.bold} {
		ref, err := f.embed(w)
		if err != nil {
			return nil, err
		}
		fonts[pdf.Name(f.resource)] = ref
	}
	var kids pdf.Array
	for _, c := range s.pages {
		kids = append(kids, w.Add(pdf.Dict{
			"Type": pdf.Name("Page"), "Parent": tree, "Contents": w.AddStream(nil, c.operators()),
			"MediaBox":  pdf.Array{0, 0, pageWidth * pt, pageHeight * pt},
			"Resources": pdf.Dict{"Font": fonts},
		}))
	}
	w.WriteObject(tree, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": kids, "Count": len(kids)})
	root, info := writeCatalog(w, tree, d, claim)
	err := w.Close(root, info)
	return out.Bytes(), err
}

// operators paints the page's marks as a content stream (ISO 32000-1 8, 9).
func (c *canvas) operators() []byte {
	var ops []byte
	for _, m := range c.marks {
		switch m := m.(type) {
		case textMark:
			ops = m.operators(ops)
		case lineMark:
			ops = fmt.Appendf(ops, "%s RG %s w %s %s m %s %s l S\n", m.colour.operands(),
				num(m.thick*pt), num(m.x1*pt), num((pageHeight-m.y1)*pt), num(m.x2*pt), num((pageHeight-m.y2)*pt))
		case boxesMark:
			ops = fmt.Appendf(ops, "%s rg\n", m.colour.operands())
			for _, b := range m.boxes {
				ops = fmt.Appendf(ops, "%s %s %s %s re\n", num(b.x*pt), num((pageHeight-b.y-b.h)*pt), num(b.w*pt), num(b.h*pt))
			}
			ops = append(ops, "f\n"...)
		}
	}
	return ops
}

func (m textMark) operators(ops []byte) []byte {
	return fmt.Appendf(ops, "BT %s rg /%s %s Tf %s Tc %s Tz %s %s Td <%X> Tj ET\n",
		m.colour.operands(), m.font.resource, num(m.size*pt), num(m.space*pt/m.narrow), num(m.narrow*100),
		num(m.x*pt), num((pageHeight-m.baseline)*pt), m.font.encode(m.s))
}

func (c colour) operands() string { return num(c[0]) + " " + num(c[1]) + " " + num(c[2]) }

// num writes a number as short as a thousandth of a unit allows.
func num(v float64) string {
	s := strconv.FormatFloat(v, 'f', 3, 64)
	for s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	if s[len(s)-1] == '.' {
		s = s[:len(s)-1]
	}
	if s == "-0" {
		return "0"
	}
	return s
}
