// SPDX-License-Identifier: Apache-2.0

package pdf

import "fmt"

const unitsPerMM = 72 / 25.4

// Place is one place of the seal. Millimetres count from the top left of the
// page as displayed; the seal is moved so that it lies on the page.
type Place struct {
	Page  int // 1 is the first
	X, Y  float64
	Slice *Slice // nil for the whole picture
}

// Edge of a page as displayed.
type Edge string

// The edges that a page-edge seal (骑缝章) can stand on.
const (
	EdgeRight  Edge = "right"
	EdgeLeft   Edge = "left"
	EdgeTop    Edge = "top"
	EdgeBottom Edge = "bottom"
)

// Slice is one strip of the picture, flush with an edge of the page; X and Y
// of its Place are not looked at.
type Slice struct {
	Edge         Edge
	Offset       float64 // mm of the picture's corner from the top, or along the top and bottom edge from the left
	Middle       bool    // in the middle of the edge; Offset is then not looked at
	Index, Count int     // the strip counted from the picture's left, or top; of so many
}

// placed is where a form XObject stands on its page, and where in it the
// picture is drawn.
type placed struct {
	page   int // 1 is the first
	ref    Ref // of the page
	rect   [4]float64
	width  float64 // of the form's box as displayed, in units
	height float64
	image  [4]float64 // width, height, left, bottom of what is drawn, in units of the box
	rotate int
}

// place turns millimetres into user space, moved so that all of it lies on
// the page.
func (g geometry) place(p Place, width, height float64) (placed, error) {
	unit := unitsPerMM / g.unit
	at := placed{page: p.Page, width: width * unit, height: height * unit, rotate: g.rotate}
	w, h := g.size()
	if !(at.width > 0) || !(at.height > 0) || at.width > w || at.height > h {
		return at, &Refusal{ReasonPlace, fmt.Sprintf("a stamp of %g x %g mm does not fit on a page of %.0f x %.0f mm",
			width, height, w/unit, h/unit)}
	}
	at.image = [4]float64{at.width, at.height}
	if p.Slice != nil {
		return g.slice(at, *p.Slice, unit)
	}
	x := min(max(p.X*unit, 0), w-at.width)
	y := min(max(p.Y*unit, 0), h-at.height)
	if x != x || y != y {
		return at, &Refusal{ReasonPlace, "the position is not a number"}
	}
	g.stand(&at, x, y)
	return at, nil
}

// slice cuts the box down to one strip at the edge. What of the picture lies
// outside of the box is clipped away by it.
func (g geometry) slice(at placed, s Slice, unit float64) (placed, error) {
	if s.Count < 1 || s.Index < 0 || s.Index >= s.Count {
		return at, &Refusal{ReasonPlace, fmt.Sprintf("no strip %d of %d", s.Index, s.Count)}
	}
	w, h := g.size()
	i, n, offset := float64(s.Index), float64(s.Count), s.Offset*unit
	if offset != offset {
		return at, &Refusal{ReasonPlace, "the offset is not a number"}
	}
	var x, y float64
	if s.Middle {
		offset = (h - at.height) / 2
		if s.Edge == EdgeTop || s.Edge == EdgeBottom {
			offset = (w - at.width) / 2
		}
	}
	switch s.Edge {
	case EdgeLeft, EdgeRight:
		y = min(max(offset, 0), h-at.height)
		at.width /= n
		at.image[2] = -i * at.width
		if s.Edge == EdgeRight {
			x = w - at.width
		}
	case EdgeTop, EdgeBottom:
		x = min(max(offset, 0), w-at.width)
		at.height /= n
		at.image[3] = -(n - 1 - i) * at.height
		if s.Edge == EdgeBottom {
			y = h - at.height
		}
	default:
		return at, &Refusal{ReasonPlace, fmt.Sprintf("no edge %.20q", string(s.Edge))}
	}
	g.stand(&at, x, y)
	return at, nil
}

// caption stands in the middle below a seal, or above it where the page ends.
func (g geometry) caption(seal placed, c Caption) (placed, error) {
	unit := unitsPerMM / g.unit
	w, h := g.size()
	at := placed{page: seal.page, ref: seal.ref, width: c.Width * unit, height: c.Height * unit, rotate: g.rotate}
	if !(at.width > 0) || !(at.height > 0) || at.width > w || !(c.Gap >= 0) {
		return at, &Refusal{ReasonPlace, "the caption does not fit on the page"}
	}
	at.image = [4]float64{at.width, at.height}
	x1, y1 := g.shown(seal.rect[0], seal.rect[1])
	x2, y2 := g.shown(seal.rect[2], seal.rect[3])
	x := min(max((x1+x2-at.width)/2, 0), w-at.width)
	y := max(y1, y2) + c.Gap*unit
	if y+at.height > h {
		y = min(y1, y2) - c.Gap*unit - at.height
	}
	if y < 0 {
		return at, &Refusal{ReasonPlace, "there is no room for the caption above or below the seal"}
	}
	g.stand(&at, x, y)
	return at, nil
}

// overlap reports whether two boxes share more than an edge.
func overlap(a, b [4]float64) bool {
	const hair = 0.001 // units; rectangles are written with five decimals
	return a[0]+hair < b[2] && b[0]+hair < a[2] && a[1]+hair < b[3] && b[1]+hair < a[3]
}

// stand sets the rectangle of a box whose top left corner is x, y, in units
// from the top left of the displayed page.
func (g geometry) stand(at *placed, x, y float64) {
	x1, y1 := g.user(x, y)
	x2, y2 := g.user(x+at.width, y+at.height)
	at.rect = [4]float64{min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)}
}

// size is the page's width and height as displayed, in units.
func (g geometry) size() (w, h float64) {
	w, h = g.box[2]-g.box[0], g.box[3]-g.box[1]
	if g.rotate%180 != 0 {
		w, h = h, w
	}
	return w, h
}

// Shown says where a box in default user space stands on a page as displayed:
// its top left corner and its size, in mm.
func (d *Document) Shown(number int, box [4]float64) (x, y, width, height float64, err error) {
	v := d.newest()
	pages, err := v.pages()
	if err != nil {
		return 0, 0, 0, 0, err
	}
	if number < 1 || number > len(pages) {
		return 0, 0, 0, 0, &Refusal{ReasonPlace, fmt.Sprintf("no page %d among %d", number, len(pages))}
	}
	g, err := v.geometry(pages[number-1])
	if err != nil {
		return 0, 0, 0, 0, err
	}
	x1, y1 := g.shown(box[0], box[1])
	x2, y2 := g.shown(box[2], box[3])
	mm := g.unit / unitsPerMM
	return min(x1, x2) * mm, min(y1, y2) * mm, max(x1-x2, x2-x1) * mm, max(y1-y2, y2-y1) * mm, nil
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

// shown maps a point of user space to the displayed page: the inverse of user.
func (g geometry) shown(x, y float64) (float64, float64) {
	switch g.rotate {
	case 90:
		return y - g.box[1], x - g.box[0]
	case 180:
		return g.box[2] - x, y - g.box[1]
	case 270:
		return g.box[3] - y, g.box[2] - x
	}
	return x - g.box[0], g.box[3] - y
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
