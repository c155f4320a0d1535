// SPDX-License-Identifier: Apache-2.0

package glyph

import "errors"

// collisions is an error when characters touch each other or the frame: such
// a seal is refused, never drawn.
func collisions(all []placed, frame ellipse) error {
	if !spaced(all, 0) {
		return errors.New("the texts do not fit on a seal of this size: two characters touch")
	}
	for _, c := range all {
		for _, p := range c.corners() {
			if x, y := p.X/frame.a, p.Y/frame.b; x*x+y*y > 1 {
				return errors.New("the texts do not fit on a seal of this size: a character touches the ring")
			}
		}
	}
	return nil
}

// spaced reports whether all em boxes keep a distance from each other.
func spaced(all []placed, gap float64) bool {
	boxes := make([][4]Point, len(all))
	for i, c := range all {
		c.width += gap
		c.height += gap
		boxes[i] = c.corners()
	}
	for i, a := range boxes {
		for _, b := range boxes[i+1:] {
			if !divided(a, b) && !divided(b, a) {
				return false
			}
		}
	}
	return true
}

// divided reports whether the line along an edge of a has all of b on its
// other side: for two convex boxes one such edge exists if they are apart.
func divided(a, b [4]Point) bool {
	for i := range a {
		p, q := a[i], a[(i+1)%4]
		beyond := true
		for _, c := range b {
			if (q.X-p.X)*(c.Y-p.Y)-(q.Y-p.Y)*(c.X-p.X) > 0 {
				beyond = false
				break
			}
		}
		if beyond {
			return true
		}
	}
	return false
}
