// SPDX-License-Identifier: Apache-2.0

package render

import (
	"fmt"
	"strconv"
)

// pt is how many points a millimetre has.
const pt = 72 / 25.4

// A4 with the margins that official papers commonly leave: 28 characters a
// line and 22 lines a page.
const (
	pageWidth, pageHeight = 210.0, 297.0
	left, top             = 28.0, 37.0
	width, height         = 156.0, 225.0
	middle                = left + width/2

	em    = width / 28  // of the text, close to 16 points (三号)
	pitch = height / 22 // from line to line
)

// colour is red, green and blue from 0 to 1.
type colour [3]float64

var (
	black = colour{}
	grey  = colour{0.35, 0.35, 0.35}
	red   = colour{0.9, 0, 0.07} // as the seals
)

// canvas collects the operators of one page.
type canvas struct {
	*sheet
	page        int // 1 is the first
	ops         []byte
	first, last bool // the item drawn begins or ends a stretch of ruled items
}

// style is how a piece of text looks.
type style struct {
	font   *font
	size   float64 // of the em, mm
	colour colour
	space  float64 // added to each advance, mm
	narrow float64 // horizontal scale; 0 means 1
}

// text draws s with its em box centred on y.
func (c *canvas) text(st style, x, y float64, s string) {
	if s == "" {
		return
	}
	if st.narrow == 0 {
		st.narrow = 1
	}
	baseline := y + 0.38*st.size // the em box reaches from -0.12 to 0.88
	c.ops = fmt.Appendf(c.ops, "BT %s %s rg /%s %s Tf %s Tc %s Tz %s %s Td <%X> Tj ET\n",
		num(st.colour[0]), num(st.colour[1])+" "+num(st.colour[2]), st.font.resource, num(st.size*pt),
		num(st.space*pt/st.narrow), num(st.narrow*100), num(x*pt), num((pageHeight-baseline)*pt), st.font.encode(s))
}

// centred draws s with its middle at x.
func (c *canvas) centred(st style, x, y float64, s string) {
	c.text(st, x-st.measure(s)/2, y, s)
}

// measure is the width of s on the page. The space behind the last character
// does not count.
func (st style) measure(s string) float64 {
	narrow := st.narrow
	if narrow == 0 {
		narrow = 1
	}
	total, n := 0.0, 0
	for _, r := range s {
		total += st.advance(r) * narrow
		n++
	}
	if n > 1 {
		total += st.space * float64(n-1)
	}
	return total
}

// advance of one character, mm.
func (st style) advance(r rune) float64 { return st.font.advance(r) * st.size }

// line strokes a straight line.
func (c *canvas) line(col colour, thick, x1, y1, x2, y2 float64) {
	c.ops = fmt.Appendf(c.ops, "%s %s %s RG %s w %s %s m %s %s l S\n", num(col[0]), num(col[1]), num(col[2]),
		num(thick*pt), num(x1*pt), num((pageHeight-y1)*pt), num(x2*pt), num((pageHeight-y2)*pt))
}

// box adds a rectangle to the path that fill paints.
func (c *canvas) box(x, y, w, h float64) {
	c.ops = fmt.Appendf(c.ops, "%s %s %s %s re\n", num(x*pt), num((pageHeight-y-h)*pt), num(w*pt), num(h*pt))
}

func (c *canvas) fill() { c.ops = append(c.ops, "f\n"...) }

// num writes a number as short as a thousandth of a point allows.
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
