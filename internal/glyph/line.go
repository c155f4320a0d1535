// SPDX-License-Identifier: Apache-2.0

package glyph

import "math"

const (
	lineTop              = 8.1 // under the star's feet at 5.7
	lineTall, lineLow    = 4.2, 1.4
	lineSpace            = 0.08 // between characters, of their height
	lineWide, lineNarrow = 1.0, 0.6
	lineGap              = 1.0 // to other characters
	lineApart            = 2.4 // to those at the same height as a line in the middle, or both read as one
)

// band is where a line of text may stand: from top downwards, or around the
// middle; its characters between tall and low.
type band struct {
	top, tall, low float64
	middle         bool
}

func (b band) from(height float64) float64 {
	if b.middle {
		return -height / 2
	}
	return b.top
}

// edge is how far from the middle the frame lets characters reach at height y;
// 0 outside it.
type edge func(y float64) float64

func roundEdge(y float64) float64 {
	const inside = outer - ringWidth - clearance
	if y >= inside {
		return 0
	}
	return math.Sqrt(inside*inside - y*y)
}

// placeLine sets a line as large as the frame and the other characters allow.
func placeLine(text []rune, at band, frame edge, others []placed) []placed {
	adv := advances(text)
	units := sum(adv)
	var height, width float64 // of one em
	for height = at.tall; ; height -= 0.05 {
		spaces := lineSpace * height * float64(len(text)-1)
		room := 2*freeHalfWidth(at.from(height), at.from(height)+height, frame, others) - spaces
		width = min(room/units, lineWide*height)
		if width >= lineNarrow*height || height <= at.low {
			break
		}
	}
	width = max(width, 0.3)
	return row(text, Point{0, at.from(height) + height/2}, width, height, lineSpace*height)
}

// row sets characters side by side around a point; width and height are of
// one em, space between them.
func row(text []rune, middle Point, width, height, space float64) []placed {
	adv := advances(text)
	x := middle.X - (width*sum(adv)+space*float64(len(text)-1))/2
	out := make([]placed, len(text))
	for i, r := range text {
		w := width * adv[i]
		out[i] = placed{r: r, x: x + w/2, y: middle.Y, width: w, height: height, advance: adv[i]}
		x += w + space
	}
	return out
}

// freeHalfWidth is how far from the middle a line between y1 and y2 may reach:
// to the frame, or to other characters that stand in the band: further away
// from those at the height of a line in the middle.
func freeHalfWidth(y1, y2 float64, frame edge, others []placed) float64 {
	free := min(frame(math.Abs(y1)), frame(math.Abs(y2)))
	for _, c := range others {
		corners := c.corners()
		for i, a := range corners {
			b := corners[(i+1)%4]
			// Walk along each edge; where it passes through the band, it limits.
			for step := range 21 {
				t := float64(step) / 20
				x, y := a.X+(b.X-a.X)*t, a.Y+(b.Y-a.Y)*t
				switch {
				case y > y1 && y < y2 && y1 < 0:
					free = min(free, math.Abs(x)-lineApart)
				case y > y1-lineGap && y < y2+lineGap:
					free = min(free, math.Abs(x)-lineGap)
				}
			}
		}
	}
	return max(free, 0)
}
