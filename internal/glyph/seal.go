// SPDX-License-Identifier: Apache-2.0

package glyph

import (
	"fmt"
	"image"
	"math"
)

// SealPicture says how a round seal looks (国发〔1999〕25号 as reposted: a
// five-pointed star in the centre, the name around it from left to right;
// facts/seal-formats.md 8). The emblem of state bodies is the operator's own
// picture: Centre.
type SealPicture struct {
	Name       string         // along the arc, 1 to MaxName characters
	Horizontal string         // optional line under the star
	Serial     string         // optional number on the lower arc
	Diameter   float64        // mm, outer edge of the ring; 0 means 42
	DPI        int            // 0 means 600
	Centre     *CentrePicture // in place of the star
	NoStar     bool           // nothing in the centre; the line moves up into it
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
	d, err := p.drawing()
	if err != nil {
		return nil, err
	}
	side := p.pixels()
	return d.paint(side, side), nil
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
	if err := checkTexts(texts{p.Name, "", p.Horizontal, p.Serial}); err != nil {
		return err
	}
	return p.Centre.sharp(2*p.centreRadius()*p.Diameter/nominal, p.DPI)
}

// centreRadius is of the picture in the centre: larger with no line below it.
func (p SealPicture) centreRadius() float64 {
	if p.Horizontal == "" {
		return 8.5
	}
	return starRadius
}

// drawing is the whole seal, as if it were one of 42 mm.
func (p SealPicture) drawing() (drawing, error) {
	d := drawing{width: nominal, height: nominal, ink: append(circle(outer), circle(-(outer - ringWidth))...)}
	switch {
	case p.Centre != nil:
		d.centre, d.centreRadius = p.Centre, p.centreRadius()
	case !p.NoStar:
		d.ink = append(d.ink, star(starRadius)...)
	}
	text, err := outlines(p.layout().all())
	d.ink = append(d.ink, text...)
	return d, err
}
