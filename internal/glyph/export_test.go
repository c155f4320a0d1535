// SPDX-License-Identifier: Apache-2.0

package glyph

import "math"

// Quad is the em box of one character on the seal, in millimetres.
type Quad = [4]Point

// Quads returns the em boxes of name, line and serial.
func (p SealPicture) Quads() []Quad {
	var out []Quad
	for _, c := range p.layout().all() {
		out = append(out, c.corners())
	}
	return out
}

// Heights returns the heights of the em boxes of name and line.
func (p SealPicture) Heights() (name, line float64) {
	l := p.layout()
	if len(l.line) > 0 {
		line = l.line[0].height
	}
	return l.name[0].height, line
}

// InkBox returns the bounds of the drawn outline of the i-th character of the
// name, turned back upright around the seal's centre.
func (p SealPicture) InkBox(i int) (minX, minY, maxX, maxY float64, err error) {
	c := p.layout().name[i]
	outline, err := Bold().Outline(c.r)
	minX, minY, maxX, maxY = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	sin, cos := math.Sincos(-c.angle)
	for _, s := range outline.Transform(c.matrix()) {
		x, y := s.P.X*cos-s.P.Y*sin, s.P.X*sin+s.P.Y*cos
		minX, minY, maxX, maxY = min(minX, x), min(minY, y), max(maxX, x), max(maxY, y)
	}
	return minX, minY, maxX, maxY, err
}

const (
	InnerRadius = outer - ringWidth
	StarRadius  = starRadius
	LineTop     = lineTop
)

// Quads returns the em boxes of all characters of a design, in the
// millimetres of the seal.
func (d Design) Quads() ([]Quad, error) {
	d = d.withDefaults()
	all, scale, err := d.placed()
	var out []Quad
	for _, c := range all {
		q := c.corners()
		for i := range q {
			q[i] = Point{q[i].X * scale, q[i].Y * scale}
		}
		out = append(out, q)
	}
	return out, err
}

func (d Design) placed() (all []placed, scale float64, err error) {
	switch d.Shape {
	case Round:
		return d.round().layout().all(), d.Width / nominal, nil
	case Oval:
		l, _, err := d.ovalLayout()
		return l.all(), 1, err
	case Rectangle:
		all, err = d.rowLayout(d.rowFrame())
	default:
		all, err = d.columnLayout(d.columnFrame())
	}
	return all, 1, err
}

// Runes are the characters in the order of Quads.
func (d Design) Runes() string {
	all, _, _ := d.withDefaults().placed()
	out := ""
	for _, c := range all {
		out += string(c.r)
	}
	return out
}

// Frame is the thickness of the frame of a design, in millimetres.
func (d Design) Frame() float64 {
	d = d.withDefaults()
	switch d.Shape {
	case Round:
		return ringWidth * d.Width / nominal
	case Oval:
		_, s := d.ovalSizes()
		return s.ring
	case Rectangle:
		return d.rowFrame().line
	}
	return d.columnFrame().line
}
