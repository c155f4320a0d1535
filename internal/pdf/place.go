// SPDX-License-Identifier: Apache-2.0

package pdf

import "fmt"

const unitsPerMM = 72 / 25.4

// placed is where a stamp stands on its page.
type placed struct {
	rect   [4]float64 // default user space, corners in order
	width  float64    // as displayed, in units
	height float64
	rotate int
}

// place turns millimetres from the top left of the page as displayed into
// user space, moved so that the stamp lies on the page.
func (g geometry) place(s Stamp) (placed, error) {
	unit := unitsPerMM / g.unit
	p := placed{width: s.Width * unit, height: s.Height * unit, rotate: g.rotate}
	w, h := g.box[2]-g.box[0], g.box[3]-g.box[1]
	if g.rotate%180 != 0 {
		w, h = h, w
	}
	if !(p.width > 0) || !(p.height > 0) || p.width > w || p.height > h {
		return p, &Refusal{ReasonPlace, fmt.Sprintf("a stamp of %g x %g mm does not fit on a page of %.0f x %.0f mm",
			s.Width, s.Height, w/unit, h/unit)}
	}
	x := min(max(s.X*unit, 0), w-p.width)
	y := min(max(s.Y*unit, 0), h-p.height)
	if x != x || y != y {
		return p, &Refusal{ReasonPlace, "the position is not a number"}
	}
	x1, y1 := g.user(x, y)
	x2, y2 := g.user(x+p.width, y+p.height)
	p.rect = [4]float64{min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)}
	return p, nil
}

// user maps a point of the displayed page, units from its top left, to user
// space. /Rotate turns the page clockwise for display.
func (g geometry) user(x, y float64) (float64, float64) {
	switch g.rotate {
	case 90:
		return g.box[0] + y, g.box[1] + x
	case 180:
		return g.box[2] - x, g.box[1] + y
	case 270:
		return g.box[2] - y, g.box[3] - x
	}
	return g.box[0] + x, g.box[3] - y
}

// matrix turns the appearance against the page's rotation, so that it stands
// upright for the reader.
func (p placed) matrix() Array {
	switch p.rotate {
	case 90:
		return Array{0, 1, -1, 0, p.height, 0}
	case 180:
		return Array{-1, 0, 0, -1, p.width, p.height}
	case 270:
		return Array{0, -1, 1, 0, 0, p.width}
	}
	return Array{1, 0, 0, 1, 0, 0}
}
