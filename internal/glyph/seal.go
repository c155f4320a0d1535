// SPDX-License-Identifier: Apache-2.0

package glyph

import (
	"errors"
	"fmt"
	"image"
	"math"
	"unicode/utf8"

	"golang.org/x/image/vector"
)

// SealPicture says how a round seal looks (国发〔1999〕25号 as reposted: a
// five-pointed star in the centre, the name around it from left to right;
// facts/seal-formats.md 8). The emblem of state bodies is the operator's own
// picture and is not drawn here.
type SealPicture struct {
	Name       string  // along the arc, 1 to MaxName characters
	Horizontal string  // optional line under the star
	Serial     string  // optional number on the lower arc
	Diameter   float64 // mm, outer edge of the ring; 0 means 42
	DPI        int     // 0 means 600
}

// Limits of a picture.
const (
	MaxName       = 48
	MaxHorizontal = 16
	MaxSerial     = 20

	minDiameter, maxDiameter = 20.0, 80.0
	minDPI, maxDPI           = 72, 1200
)

// The seal's red. The alpha channel alone tells ink from ground, so that no
// viewer shows a dark fringe.
const red, green, blue = 0xE6, 0x00, 0x12

// All lengths below are millimetres on a seal of 42 mm; other diameters scale.
const (
	nominal    = 42.0
	outer      = nominal / 2
	ringWidth  = 1.2
	starRadius = 7.0
	clearance  = 0.9 // between ring and characters
)

// Draw returns the picture with transparent ground. A *MissingError refuses
// characters without a glyph.
func (p SealPicture) Draw() (*image.NRGBA, error) {
	p = p.withDefaults()
	if err := p.check(); err != nil {
		return nil, err
	}
	shape, err := p.shape()
	if err != nil {
		return nil, err
	}
	side := p.pixels()
	z := vector.NewRasterizer(side, side)
	half := float64(side) / 2
	shape.fill(z, half/outer, half, half)
	mask := image.NewAlpha(image.Rect(0, 0, side, side))
	z.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})

	out := image.NewNRGBA(mask.Bounds())
	for i, alpha := range mask.Pix {
		copy(out.Pix[4*i:], []byte{red, green, blue, alpha})
	}
	return out, nil
}

func (p SealPicture) withDefaults() SealPicture {
	if p.Diameter == 0 {
		p.Diameter = nominal
	}
	if p.DPI == 0 {
		p.DPI = 600
	}
	return p
}

// pixels is the picture's side.
func (p SealPicture) pixels() int {
	return int(math.Round(p.Diameter / 25.4 * float64(p.DPI)))
}

func (p SealPicture) check() error {
	if !(p.Diameter >= minDiameter && p.Diameter <= maxDiameter) {
		return fmt.Errorf("seal diameter must be %g to %g mm", minDiameter, maxDiameter)
	}
	if p.DPI < minDPI || p.DPI > maxDPI {
		return fmt.Errorf("seal resolution must be %d to %d dpi", minDPI, maxDPI)
	}
	if p.Name == "" {
		return errors.New("seal has no name")
	}
	for _, s := range []struct {
		what, text string
		max        int
	}{{"name", p.Name, MaxName}, {"line", p.Horizontal, MaxHorizontal}, {"serial", p.Serial, MaxSerial}} {
		if len(s.text) > 4*s.max || utf8.RuneCountInString(s.text) > s.max {
			return fmt.Errorf("seal %s has more than %d characters", s.what, s.max)
		}
		if !utf8.ValidString(s.text) {
			return fmt.Errorf("seal %s is not UTF-8", s.what)
		}
	}
	return Check(p.Name + p.Horizontal + p.Serial)
}

// shape is the whole seal around the origin, y down.
func (p SealPicture) shape() (Path, error) {
	l := p.layout()
	shape := append(circle(outer), circle(-(outer - ringWidth))...)
	shape = append(shape, star(starRadius)...)
	for _, c := range l.all() {
		outline, err := Bold().Outline(c.r)
		if err != nil {
			return nil, err
		}
		shape = append(shape, outline.Transform(c.matrix())...)
	}
	return shape, nil
}
