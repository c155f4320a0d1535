// SPDX-License-Identifier: Apache-2.0

package glyph

import "math"

const (
	lineTop              = 8.1 // under the star's feet at 5.7
	lineTall, lineLow    = 4.2, 1.4
	lineSpace            = 0.08 // between characters, of their height
	lineWide, lineNarrow = 1.0, 0.6
	lineGap              = 1.0 // to other characters
)

// placeLine sets the line under the star, as large as the ring and the other
// characters allow.
func placeLine(text []rune, others []placed) []placed {
	adv := advances(text)
	units := sum(adv)
	var height, width float64 // of one em
	for height = lineTall; ; height -= 0.05 {
		spaces := lineSpace * height * float64(len(text)-1)
		room := 2*freeHalfWidth(lineTop, lineTop+height, others) - spaces
		width = min(room/units, lineWide*height)
		if width >= lineNarrow*height || height <= lineLow {
			break
		}
	}
	width = max(width, 0.3)
	space := lineSpace * height
	x := -(width*units + space*float64(len(text)-1)) / 2
	out := make([]placed, len(text))
	for i, r := range text {
		w := width * adv[i]
		out[i] = placed{r: r, x: x + w/2, y: lineTop + height/2, width: w, height: height, advance: adv[i]}
		x += w + space
	}
	return out
}

// freeHalfWidth is how far from the middle a line between y1 and y2 may reach:
// to the ring, or to other characters that stand in the band.
func freeHalfWidth(y1, y2 float64, others []placed) float64 {
	inside := outer - ringWidth - clearance
	if y2 >= inside {
		return 0
	}
	free := math.Sqrt(inside*inside - y2*y2)
	for _, c := range others {
		corners := c.corners()
		for i, a := range corners {
			b := corners[(i+1)%4]
			// Walk along each edge; where it passes through the band, it limits.
			for step := range 21 {
				t := float64(step) / 20
				x, y := a.X+(b.X-a.X)*t, a.Y+(b.Y-a.Y)*t
				if y > y1-lineGap && y < y2+lineGap {
					free = min(free, math.Abs(x)-lineGap)
				}
			}
		}
	}
	return max(free, 0)
}
