// SPDX-License-Identifier: Apache-2.0

package glyph

import "math"

const (
	tallest, lowest = 6.4, 2.4 // height of the name's em box
	widest          = 0.92     // of its width to its height
	narrowest       = 0.62     // below this, characters get lower instead of narrower
	filled          = 0.96     // of its place that an em box may take up at its feet
)

// placeName sets the name on the arc from left to right, feet towards the
// centre. room is the angle from the top that each end may reach.
func placeName(text []rune, room float64) []placed {
	adv := advances(text)
	units := sum(adv)
	// Few characters stand together at the top; many fill the room.
	span := 2 * room * (1 - math.Exp(-units/5.6))
	unit := span / units // angle that one em of advance may take
	height, width := nameSize(unit)

	out := make([]placed, len(text))
	radius := outer - ringWidth - clearance - height/2
	angle := -span / 2
	for i, r := range text {
		place := adv[i] * unit
		at := angle + place/2
		angle += place
		out[i] = placed{
			r: r, x: radius * math.Sin(at), y: -radius * math.Cos(at), angle: at,
			width: width * adv[i], height: height, advance: adv[i],
		}
	}
	return out
}

// nameSize returns the largest em box for which a place of the given angle has
// room where it is tightest, at the feet.
func nameSize(unit float64) (height, width float64) {
	for height = tallest; ; height -= 0.05 {
		feet := outer - ringWidth - clearance - height
		room := filled * 2 * feet * math.Tan(min(unit, math.Pi/2)/2)
		if room >= narrowest*height || height <= lowest {
			return height, min(room, widest*height)
		}
	}
}

const (
	serialHeight = 1.7
	serialSpace  = 0.35 // between digits, of their height
)

// placeSerial sets the number on the lower arc, upright at the bottom, and
// returns the angle from the bottom that it reaches on each side.
func placeSerial(text []rune) (out []placed, reach float64) {
	adv := advances(text)
	radius := outer - ringWidth - 0.5 - serialHeight/2
	width := serialHeight
	length := func() float64 { return width*sum(adv) + serialSpace*serialHeight*float64(len(text)-1) }
	if widestReach := 50 * math.Pi / 180; length() > 2*widestReach*radius {
		width = max((2*widestReach*radius-length()+width*sum(adv))/sum(adv), 0.4*serialHeight)
	}
	reach = length() / 2 / radius
	at := -reach // from the bottom, to the right
	for i, r := range text {
		w := width * adv[i]
		mid := at + w/2/radius
		at += (w + serialSpace*serialHeight) / radius
		out = append(out, placed{
			r: r, x: radius * math.Sin(mid), y: radius * math.Cos(mid), angle: -mid,
			width: w, height: serialHeight, advance: adv[i],
		})
	}
	return out, reach
}
