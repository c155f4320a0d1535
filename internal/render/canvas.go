// SPDX-License-Identifier: Apache-2.0

package render

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

// canvas collects what stands on one page, as marks that each format paints in
// its own way.
type canvas struct {
	*sheet
	page        int // 1 is the first
	marks       []mark
	first, last bool // the item drawn begins or ends a stretch of ruled items
}

// mark is a textMark, a lineMark or a boxesMark.
type mark any

// textMark is one run of text on a baseline.
type textMark struct {
	style
	x, baseline float64
	s           string
}

// lineMark is a stroked straight line.
type lineMark struct {
	colour         colour
	thick          float64
	x1, y1, x2, y2 float64
}

// boxesMark is rectangles filled as one path.
type boxesMark struct {
	colour colour
	boxes  []rectangle
}

type rectangle struct{ x, y, w, h float64 }

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
	st.font.encode(s) // notes what is used, and what is missing
	// The em box reaches from -0.12 to 0.88.
	c.marks = append(c.marks, textMark{style: st, x: x, baseline: y + 0.38*st.size, s: s})
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
	c.marks = append(c.marks, lineMark{col, thick, x1, y1, x2, y2})
}

// fill paints rectangles as one path.
func (c *canvas) fill(col colour, boxes []rectangle) {
	c.marks = append(c.marks, boxesMark{col, boxes})
}
