// SPDX-License-Identifier: Apache-2.0

package glyph

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// ellipse has its half axes; t counts from the top, clockwise.
type ellipse struct{ a, b float64 }

func (e ellipse) at(t float64) Point { return Point{e.a * math.Sin(t), -e.b * math.Cos(t)} }

// lean is the angle, clockwise from upright, of what stands on the ellipse.
func (e ellipse) lean(t float64) float64 { return math.Atan2(math.Sin(t)/e.a, math.Cos(t)/e.b) }

// half is half the width at height y.
func (e ellipse) half(y float64) float64 {
	if math.Abs(y) >= e.b {
		return 0
	}
	return e.a * math.Sqrt(1-y*y/(e.b*e.b))
}

func (e ellipse) inset(d float64) ellipse { return ellipse{e.a - d, e.b - d} }

// lengths are of the arc from the top, for arcSteps steps of t up to the bottom.
func (e ellipse) lengths() []float64 {
	out := make([]float64, arcSteps+1)
	for i := 1; i <= arcSteps; i++ {
		p, q := e.at(float64(i-1)*math.Pi/arcSteps), e.at(float64(i)*math.Pi/arcSteps)
		out[i] = out[i-1] + math.Hypot(q.X-p.X, q.Y-p.Y)
	}
	return out
}

const arcSteps = 720

// angleAt is the t up to which the arc has a length; negative to the left.
func angleAt(lengths []float64, length float64) float64 {
	l := math.Abs(length)
	i := min(max(sort.SearchFloat64s(lengths, l), 1), arcSteps)
	t := float64(i-1) + (l-lengths[i-1])/(lengths[i]-lengths[i-1])
	return math.Copysign(t*math.Pi/arcSteps, length)
}

// ovalSizes scale with the seal's height; a seal of 30 mm is the measure.
type ovalSizes struct{ ring, clear, unit float64 }

func (d Design) ovalSizes() (ellipse, ovalSizes) {
	unit := d.Height / 30
	return ellipse{d.Width / 2, d.Height / 2}, ovalSizes{ring: max(0.9*unit, 0.6), clear: 0.7 * unit, unit: unit}
}

func (d Design) oval() (drawing, error) {
	rim, s := d.ovalSizes()
	out := drawing{width: d.Width, height: d.Height}
	out.ink = append(ellipseContour(rim.a, rim.b, false), ellipseContour(rim.a-s.ring, rim.b-s.ring, true)...)
	l, radius, err := d.ovalLayout()
	if err != nil {
		return out, err
	}
	switch {
	case d.Centre != nil:
		out.centre, out.centreRadius = d.Centre, radius
		if err := d.Centre.sharp(2*radius, d.DPI); err != nil {
			return out, err
		}
	case d.Middle == "" && !d.NoStar:
		out.ink = append(out.ink, star(radius)...)
	}
	text, err := outlines(l.all())
	out.ink = append(out.ink, text...)
	return out, err
}

// ovalLayout places serial, name and lines in this order, and returns the
// radius that is left for star or picture.
func (d Design) ovalLayout() (l sealLayout, radius float64, err error) {
	rim, s := d.ovalSizes()
	inside := rim.inset(s.ring + s.clear)
	room := 125.0
	if d.Serial != "" {
		l.serial, room = ovalSerial([]rune(d.Serial), inside, s.unit)
	}
	name := []rune(d.Name)
	if d.Middle != "" {
		room = min(room, 90) // the name ends above it
	}
	if d.Horizontal != "" {
		room = min(room, 102+min(max(float64(len(name))-16, 0), 16))
	}
	l.name, err = ovalName(name, inside, room*math.Pi/180, s.unit, l.serial)
	if err != nil {
		return l, 0, err
	}
	frame := inside.half
	if d.Middle != "" {
		l.line = placeLine([]rune(d.Middle), band{middle: true, tall: 3.6 * s.unit, low: 1.2 * s.unit}, frame, slices.Concat(l.name, l.serial))
	}
	radius = 4.2 * s.unit
	if d.Horizontal != "" {
		below := band{top: radius + 0.6*s.unit, tall: 4 * s.unit, low: 1.2 * s.unit}
		if d.Middle == "" && d.NoStar && d.Centre == nil {
			below = band{middle: true, tall: 5 * s.unit, low: 1.2 * s.unit}
		}
		l.line = append(l.line, placeLine([]rune(d.Horizontal), below, frame, slices.Concat(l.name, l.serial, l.line))...)
	}
	return l, radius, collisions(l.all(), rim.inset(s.ring))
}

// ovalName sets the name on the upper arc with the largest characters that
// touch neither each other nor what stands below.
func ovalName(text []rune, inside ellipse, room, unit float64, serial []placed) ([]placed, error) {
	adv := advances(text)
	units := sum(adv)
	for height := 5.4 * unit; height >= 1.7*unit; height -= 0.1 * unit {
		line := inside.inset(height / 2)
		lengths := line.lengths()
		span := 2 * lengths[int(room/math.Pi*arcSteps)] * (1 - math.Exp(-units/5))
		for ratio := widest; ratio > 0.55; ratio -= 0.04 {
			chars := along(text, adv, line, lengths, span/units, ratio*height, height)
			if spaced(slices.Concat(chars, serial), 0.14*unit) {
				return chars, nil
			}
		}
	}
	return nil, fmt.Errorf("a name of %d characters does not fit on an oval seal of this size", len(text))
}

// along sets characters on an arc, each in the middle of a place of the given
// length per em.
func along(text []rune, adv []float64, line ellipse, lengths []float64, place, width, height float64) []placed {
	at := -place * sum(adv) / 2
	out := make([]placed, len(text))
	for i, r := range text {
		t := angleAt(lengths, at+place*adv[i]/2)
		at += place * adv[i]
		p := line.at(t)
		out[i] = placed{r: r, x: p.X, y: p.Y, angle: line.lean(t), width: width * adv[i], height: height, advance: adv[i]}
	}
	return out
}

// ovalSerial sets the number on the lower arc and returns how far from the top
// the name may reach, in degrees.
func ovalSerial(text []rune, inside ellipse, unit float64) ([]placed, float64) {
	height := serialHeight * unit
	line := ellipse{inside.a + 0.3*unit - height/2, inside.b + 0.3*unit - height/2}
	lengths := line.lengths()
	adv := advances(text)
	place := min(height*1.35, 1.7*lengths[arcSteps*50/180]/sum(adv))
	out := along(text, adv, line, lengths, place, place/1.35, height)
	for i := range out { // from the upper arc to the lower one, still upright
		out[i].y, out[i].angle = -out[i].y, -out[i].angle
	}
	reach := angleAt(lengths, place*sum(adv)/2) * 180 / math.Pi
	return out, min(125, 180-reach-12)
}
