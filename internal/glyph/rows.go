// SPDX-License-Identifier: Apache-2.0

package glyph

import "errors"

// frame is a rounded rectangle and the room inside it, in millimetres.
type frame struct{ line, margin, corner float64 }

// textRow is one row of a rectangular seal; weight is its share of the height.
type textRow struct {
	text   []rune
	weight float64
}

const (
	rowGap      = 0.16 // between rows, of a row's height
	serialShare = 0.5  // of a serial's row, of a name's row
	lowestRow   = 1.5  // mm
)

// rows draws a rectangular seal: the name in one to four rows from left to
// right, the line below it, the serial small at the foot.
func (d Design) rows() (drawing, error) {
	f := d.rowFrame()
	out := drawing{width: d.Width, height: d.Height, ink: f.path(d.Width, d.Height)}
	chars, err := d.rowLayout(f)
	if err != nil {
		return out, err
	}
	text, err := outlines(chars)
	out.ink = append(out.ink, text...)
	return out, err
}

func (d Design) rowFrame() frame {
	return frame{line: max(0.05*d.Height, 0.7), margin: max(0.06*d.Height, 0.7), corner: 0.06 * d.Height}
}

func (f frame) path(width, height float64) Path {
	outside := rectangle(width, height, f.corner, false)
	return append(outside, rectangle(width-2*f.line, height-2*f.line, max(f.corner-f.line/2, 0.1), true)...)
}

// rowLayout tries one to four rows for the name and keeps the largest.
func (d Design) rowLayout(f frame) ([]placed, error) {
	width, height := d.Width-2*(f.line+f.margin), d.Height-2*(f.line+f.margin)
	var best []placed
	largest := 0.0
	for n := 1; n <= 4; n++ {
		rows := d.textRows(n)
		if rows == nil {
			break
		}
		chars, size := setRows(rows, width, height)
		if size > largest*1.05 { // fewer rows when it is much the same
			best, largest = chars, size
		}
	}
	if largest < lowestRow {
		return nil, errors.New("the texts do not fit on a rectangular seal of this size")
	}
	return best, nil
}

// textRows breaks the name into n rows of about the same length; nil when it
// has fewer characters.
func (d Design) textRows(n int) []textRow {
	name := []rune(d.Name)
	if len(name) < n || n > 1 && len(name) < 2*n {
		return nil
	}
	var rows []textRow
	for i := range n {
		rows = append(rows, textRow{name[i*len(name)/n : (i+1)*len(name)/n], 1})
	}
	if d.Horizontal != "" {
		rows = append(rows, textRow{[]rune(d.Horizontal), 1})
	}
	if d.Serial != "" {
		rows = append(rows, textRow{[]rune(d.Serial), serialShare})
	}
	return rows
}

// setRows places the rows and returns the size of the smallest full character,
// the geometric middle of width and height.
func setRows(rows []textRow, width, height float64) (all []placed, size float64) {
	weights := rowGap * float64(len(rows)-1)
	for _, r := range rows {
		weights += r.weight
	}
	unit := height / weights
	y, size := -height/2, unit
	for _, r := range rows {
		em := unit * r.weight
		chars, w, h := justified(r.text, Point{0, y + em/2}, width, em)
		all = append(all, chars...)
		if r.weight == 1 {
			size = min(size, w, h)
		}
		y += em + rowGap*unit
	}
	return all, size
}

// justified sets a row over a width: characters at most as wide as high, at
// least narrowest times; what is left goes between them, in bounds.
func justified(text []rune, middle Point, width, height float64) (chars []placed, w, h float64) {
	units, gaps := sum(advances(text)), float64(max(len(text)-1, 1))
	h = height
	w = min(h, width/(units+0.06*gaps))
	if w < narrowest*h { // lower instead of narrower
		h = w / narrowest
	}
	space := min((width-w*units)/gaps, 0.5*w)
	return row(text, middle, w, h, space), w, h
}
