// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Box is a rectangle (ST_Box) in millimetres; the origin is the top left.
type Box struct{ X, Y, Width, Height float64 }

const maxMM = 1e6

// parseBox reads "x y w h". Width and height are positive.
func parseBox(text string) (Box, error) {
	v, err := parseNumbers(text, 4)
	if err != nil || len(v) != 4 {
		return Box{}, fmt.Errorf("%.60q is not a box of four numbers", text)
	}
	if !(v[2] > 0) || !(v[3] > 0) {
		return Box{}, fmt.Errorf("%.60q is a box without area", text)
	}
	return Box{v[0], v[1], v[2], v[3]}, nil
}

// parseNumbers reads at most most numbers set apart by spaces.
func parseNumbers(text string, most int) ([]float64, error) {
	out := make([]float64, 0, min(most, 8))
	for field := range strings.FieldsSeq(text) {
		f, ok := parseNumber(field)
		if !ok || len(out) == most {
			return nil, fmt.Errorf("%.60q is not a list of %d numbers", text, most)
		}
		out = append(out, f)
	}
	return out, nil
}

// parseNumber takes a plain decimal number of a size that can be on a page.
func parseNumber(text string) (float64, bool) {
	if len(text) > 40 || strings.ContainsAny(text, "xXpP_nNiI") {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil && math.Abs(f) <= maxMM
}

// String writes the box as an ST_Box, to a ten-thousandth of a millimetre.
func (b Box) String() string {
	return number(b.X) + " " + number(b.Y) + " " + number(b.Width) + " " + number(b.Height)
}

func number(f float64) string {
	f = round(f)
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// round is to a ten-thousandth of a millimetre; it gives no negative zero.
func round(f float64) float64 { return math.Round(f*1e4)/1e4 + 0 }

// meet returns the part that both boxes have in common.
func (b Box) meet(c Box) Box {
	x, y := max(b.X, c.X), max(b.Y, c.Y)
	return Box{x, y, min(b.X+b.Width, c.X+c.Width) - x, min(b.Y+b.Height, c.Y+c.Height) - y}
}

const tolerance = 0.01 // mm; a hundredth is far below what anyone sees

func (b Box) empty() bool { return !(b.Width > tolerance) || !(b.Height > tolerance) }

// within reports whether b lies in c.
func (b Box) within(c Box) bool {
	return b.X >= c.X-tolerance && b.Y >= c.Y-tolerance &&
		b.X+b.Width <= c.X+c.Width+tolerance && b.Y+b.Height <= c.Y+c.Height+tolerance
}

func (b Box) near(c Box) bool {
	return math.Abs(b.X-c.X) <= tolerance && math.Abs(b.Y-c.Y) <= tolerance &&
		math.Abs(b.Width-c.Width) <= tolerance && math.Abs(b.Height-c.Height) <= tolerance
}
