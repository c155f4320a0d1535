// SPDX-License-Identifier: Apache-2.0

package glyph

import (
	"math"
	"slices"
)

// The em box of the faces around the ink of ideographs: it is the box that is
// scaled, never the ink, or 一 would grow as tall as its neighbours.
const (
	emTop    = 0.88
	emBottom = -0.12
)

// placed is one character on the seal: its em box has the given width and
// height, centred at (x, y), turned clockwise by angle.
type placed struct {
	r             rune
	x, y, angle   float64
	width, height float64
	advance       float64 // of the face, in em
}

// matrix maps the outline's em (y up) onto the seal (y down).
func (c placed) matrix() Matrix {
	sx, sy := c.width/c.advance, c.height
	sin, cos := math.Sincos(c.angle)
	// Box centre to the origin, scale with y turned down, rotate, move.
	dx, dy := -c.advance/2*sx, (emTop+emBottom)/2*sy
	return Matrix{
		A: cos * sx, B: sin * sx,
		C: sin * sy, D: -cos * sy,
		E: c.x + cos*dx - sin*dy, F: c.y + sin*dx + cos*dy,
	}
}

// corners of the em box.
func (c placed) corners() [4]Point {
	sin, cos := math.Sincos(c.angle)
	var out [4]Point
	for i, s := range [4]Point{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		x, y := s.X*c.width/2, s.Y*c.height/2
		out[i] = Point{c.x + cos*x - sin*y, c.y + sin*x + cos*y}
	}
	return out
}

// sealLayout is where all characters stand.
type sealLayout struct{ name, line, serial []placed }

func (l sealLayout) all() []placed { return slices.Concat(l.name, l.line, l.serial) }

// layout places serial, name and line in this order: each takes what the
// earlier ones left.
func (p SealPicture) layout() sealLayout {
	var l sealLayout
	room := 150.0 * math.Pi / 180 // how far from the top the name may reach, each side
	if p.Serial != "" {
		var reach float64
		l.serial, reach = placeSerial([]rune(p.Serial))
		room = min(room, math.Pi-reach-14*math.Pi/180)
	}
	if p.Horizontal != "" {
		// The name ends beside the line; only a long one reaches further down.
		long := min(max(float64(len([]rune(p.Name)))-18, 0)*0.6, 12)
		room = min(room, (122+long)*math.Pi/180)
	}
	l.name = placeName([]rune(p.Name), room)
	if p.Horizontal != "" {
		at := band{top: lineTop, tall: lineTall, low: lineLow}
		if p.NoStar && p.Centre == nil {
			at = band{middle: true, tall: 6, low: lineLow}
		}
		l.line = placeLine([]rune(p.Horizontal), at, roundEdge, slices.Concat(l.name, l.serial))
	}
	return l
}

// advances of characters in em.
func advances(text []rune) []float64 {
	out := make([]float64, len(text))
	for i, r := range text {
		out[i] = max(float64(Bold().Advance(r))/UnitsPerEm, 0.2)
	}
	return out
}

func sum(v []float64) float64 {
	total := 0.0
	for _, x := range v {
		total += x
	}
	return total
}
