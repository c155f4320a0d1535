// SPDX-License-Identifier: Apache-2.0

package render

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Numbers of the objects of an OFD document (ST_ID): fonts first, then a page,
// its layer and what stands on it.
const (
	ofdRegular = 1
	ofdBold    = 2
	ofdFirst   = 10
)

// ofdPainter writes the marks of pages as graphic units (GB/T 33190-2016 as
// facts/seal-formats.md 6 and other writers have it).
type ofdPainter struct {
	out    strings.Builder
	lastID int
}

func (p *ofdPainter) id() int {
	p.lastID++
	return p.lastID
}

// page returns Content.xml of one page.
func (p *ofdPainter) page(c *canvas) string {
	p.out.Reset()
	fmt.Fprintf(&p.out, xmlHead+`<ofd:Page %s><ofd:Area><ofd:PhysicalBox>%s</ofd:PhysicalBox></ofd:Area><ofd:Content><ofd:Layer Type="Body" ID="%d">`,
		ofdNamespace, physicalBox, p.id())
	for _, m := range c.marks {
		switch m := m.(type) {
		case textMark:
			p.text(m)
		case lineMark:
			p.line(m)
		case boxesMark:
			p.boxes(m)
		}
	}
	p.out.WriteString("</ofd:Layer></ofd:Content></ofd:Page>\n")
	return p.out.String()
}

// text writes the characters themselves, their advances, and, since the
// embedded font is a subset, the number of each glyph (CGTransform).
func (p *ofdPainter) text(m textMark) {
	width, font := m.measure(m.s), ofdRegular
	if m.font.resource == boldResource {
		font = ofdBold
	}
	scale := ""
	if m.narrow != 1 {
		scale = fmt.Sprintf(` HScale="%s"`, num(m.narrow))
	}
	fmt.Fprintf(&p.out, `<ofd:TextObject ID="%d" Boundary="%s %s %s %s" Font="%d" Size="%s"%s><ofd:FillColor Value="%s"/>`,
		p.id(), num(m.x), num(m.baseline-m.size), num(width), num(1.2*m.size), font, num(m.size), scale, m.colour.value())
	n := utf8.RuneCountInString(m.s)
	fmt.Fprintf(&p.out, `<ofd:CGTransform CodePosition="0" CodeCount="%d" GlyphCount="%d"><ofd:Glyphs>%s</ofd:Glyphs></ofd:CGTransform>`, n, n, m.glyphs())
	fmt.Fprintf(&p.out, `<ofd:TextCode X="0" Y="%s"%s>%s</ofd:TextCode></ofd:TextObject>`, num(m.size), m.deltas(), escaped(m.s))
}

func (m textMark) glyphs() string {
	codes := m.font.encode(m.s)
	numbers := make([]string, 0, len(codes)/2)
	for i := 0; i < len(codes); i += 2 {
		numbers = append(numbers, fmt.Sprint(int(codes[i])<<8|int(codes[i+1])))
	}
	return strings.Join(numbers, " ")
}

// deltas is the way from each character to the next.
func (m textMark) deltas() string {
	var steps []string
	for _, r := range m.s {
		steps = append(steps, num(m.advance(r)*m.narrow+m.space))
	}
	if len(steps) < 2 {
		return ""
	}
	return ` DeltaX="` + strings.Join(steps[:len(steps)-1], " ") + `"`
}

func (p *ofdPainter) line(m lineMark) {
	x, y := min(m.x1, m.x2)-m.thick/2, min(m.y1, m.y2)-m.thick/2
	w, h := max(m.x1, m.x2)-x+m.thick/2, max(m.y1, m.y2)-y+m.thick/2
	fmt.Fprintf(&p.out, `<ofd:PathObject ID="%d" Boundary="%s %s %s %s" LineWidth="%s"><ofd:StrokeColor Value="%s"/><ofd:AbbreviatedData>M %s %s L %s %s</ofd:AbbreviatedData></ofd:PathObject>`,
		p.id(), num(x), num(y), num(w), num(h), num(m.thick), m.colour.value(), num(m.x1-x), num(m.y1-y), num(m.x2-x), num(m.y2-y))
}

func (p *ofdPainter) boxes(m boxesMark) {
	fmt.Fprintf(&p.out, `<ofd:PathObject ID="%d" Boundary="%s" Stroke="false" Fill="true"><ofd:FillColor Value="%s"/><ofd:AbbreviatedData>`,
		p.id(), physicalBox, m.colour.value())
	for i, b := range m.boxes {
		if i > 0 {
			p.out.WriteByte(' ')
		}
		fmt.Fprintf(&p.out, "M %s %s L %s %s L %s %s L %s %s C", num(b.x), num(b.y), num(b.x+b.w), num(b.y),
			num(b.x+b.w), num(b.y+b.h), num(b.x), num(b.y+b.h))
	}
	p.out.WriteString("</ofd:AbbreviatedData></ofd:PathObject>")
}

// value is the colour in the default colour space, 0 to 255.
func (c colour) value() string {
	return fmt.Sprintf("%d %d %d", int(c[0]*255+0.5), int(c[1]*255+0.5), int(c[2]*255+0.5))
}
