// SPDX-License-Identifier: Apache-2.0

package glyph

import (
	"math"
	"slices"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// Op is a drawing step.
type Op byte

// The steps of a Path: TrueType outlines need no more.
const (
	MoveTo Op = iota // begins a contour at P
	LineTo           // to P
	QuadTo           // to P, pulled by C
)

// Point is a place on the plane.
type Point struct{ X, Y float64 }

// Segment is one step of a Path.
type Segment struct {
	Op   Op
	C, P Point // C only with QuadTo
}

// Path is a list of closed contours, filled by the non-zero winding rule.
type Path []Segment

// pathOf turns sfnt's fixed-point outline (y down) into an em of 1 (y up).
func pathOf(segments sfnt.Segments) Path {
	em := func(p fixed.Point26_6) Point {
		return Point{float64(p.X) / 64 / UnitsPerEm, -float64(p.Y) / 64 / UnitsPerEm}
	}
	path := make(Path, 0, len(segments))
	for _, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			path = append(path, Segment{Op: MoveTo, P: em(s.Args[0])})
		case sfnt.SegmentOpLineTo:
			path = append(path, Segment{Op: LineTo, P: em(s.Args[0])})
		case sfnt.SegmentOpQuadTo:
			path = append(path, Segment{Op: QuadTo, C: em(s.Args[0]), P: em(s.Args[1])})
		}
	}
	return path
}

// Matrix maps (x, y) to (A x + C y + E, B x + D y + F), as in PDF.
type Matrix struct{ A, B, C, D, E, F float64 }

// Apply maps one point.
func (m Matrix) Apply(p Point) Point {
	return Point{m.A*p.X + m.C*p.Y + m.E, m.B*p.X + m.D*p.Y + m.F}
}

// Transform returns the mapped path.
func (p Path) Transform(m Matrix) Path {
	out := make(Path, len(p))
	for i, s := range p {
		out[i] = Segment{s.Op, m.Apply(s.C), m.Apply(s.P)}
	}
	return out
}

// fill adds the path to a rasterizer whose pixels are 1/scale of the path's
// units, with the path's origin at (ox, oy) pixels.
func (p Path) fill(z *vector.Rasterizer, scale, ox, oy float64) {
	px := func(q Point) (float32, float32) { return float32(q.X*scale + ox), float32(q.Y*scale + oy) }
	open := false
	for _, s := range p {
		x, y := px(s.P)
		switch s.Op {
		case MoveTo:
			if open {
				z.ClosePath()
			}
			z.MoveTo(x, y)
			open = true
		case LineTo:
			z.LineTo(x, y)
		case QuadTo:
			cx, cy := px(s.C)
			z.QuadTo(cx, cy, x, y)
		}
	}
	if open {
		z.ClosePath()
	}
}

// circle is a contour of quadratic arcs; a negative radius runs the other way
// round and so cuts a hole. 32 arcs stay within r/100000 of the true circle.
func circle(r float64) Path {
	const arcs = 32
	turn := math.Copysign(2*math.Pi/arcs, r)
	r = math.Abs(r)
	at := func(angle, radius float64) Point { return Point{radius * math.Cos(angle), radius * math.Sin(angle)} }
	path := Path{{Op: MoveTo, P: at(0, r)}}
	for i := range arcs {
		a := float64(i) * turn
		path = append(path, Segment{QuadTo, at(a+turn/2, r/math.Cos(turn/2)), at(a+turn, r)})
	}
	return path
}

// star is the five-pointed star that stands on two points, with circumscribed
// radius r, y down.
func star(r float64) Path {
	inner := r * math.Sin(math.Pi/10) / math.Sin(3*math.Pi/10) // the sides are straight from point to point
	var path Path
	for i := range 10 {
		radius := r
		if i%2 == 1 {
			radius = inner
		}
		a := float64(i)*math.Pi/5 - math.Pi/2
		path = append(path, Segment{Op: LineTo, P: Point{radius * math.Cos(a), radius * math.Sin(a)}})
	}
	path[0].Op = MoveTo
	return path
}

// rectangle is a contour around the origin with corners rounded by r; inwards
// runs the other way round and so cuts a hole.
func rectangle(width, height, r float64, inwards bool) Path {
	x, y := width/2, height/2
	corners := []Point{{x, -y}, {x, y}, {-x, y}, {-x, -y}} // clockwise from the top right
	before := []Point{{x - r, -y}, {x, y - r}, {-x + r, y}, {-x, -y + r}}
	after := []Point{{x, -y + r}, {x - r, y}, {-x, y - r}, {-x + r, -y}}
	if inwards {
		slices.Reverse(corners)
		slices.Reverse(before)
		slices.Reverse(after)
		before, after = after, before
	}
	path := Path{{Op: MoveTo, P: before[0]}}
	for i := range corners {
		path = append(path, Segment{Op: LineTo, P: before[i]}, Segment{QuadTo, corners[i], after[i]})
	}
	return path
}

// ellipseContour is circle with two half axes.
func ellipseContour(a, b float64, inwards bool) Path {
	r := 1.0
	if inwards {
		r = -1
	}
	return circle(r).Transform(Matrix{A: a, D: b})
}
