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
