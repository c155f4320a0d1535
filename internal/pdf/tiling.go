// SPDX-License-Identifier: Apache-2.0

package pdf

import "math"

// tiling holds the places of one signature to the law: each shows the same
// image whole, or belongs to a run of strips, one a page, that make it up
// without gap, overlap or repetition. Captions stand beside.
type tiling struct {
	image    Object // the one reference
	seals    []showing
	captions []showing
	run      []showing // strips of a picture that is not complete yet
	axis     int       // of the run: 0 strips side by side, 1 one above the other
	wholes   int       // pictures shown whole, in one piece or in strips
}

const hair = 1e-4 // of the picture's side; numbers are written with five decimals

const maxCaptions = 1000

var wholeImage = [4]float64{0, 0, 1, 1}

// add takes the next place, in the order of the field's kids.
func (t *tiling) add(s showing) bool {
	if s.caption {
		t.captions = append(t.captions, s)
		return len(t.captions) <= maxCaptions && s.page != Ref{}
	}
	if _, ref := s.image.(Ref); !ref || t.image != nil && t.image != s.image {
		return false
	}
	t.image = s.image
	t.seals = append(t.seals, s)
	if s.part == wholeImage {
		t.wholes++
		return len(t.run) == 0 // no picture begins within another
	}
	return t.strip(s)
}

// strip continues the run, or begins one. A run goes in one direction, from
// one side of the picture to the other.
func (t *tiling) strip(s showing) bool {
	if !s.exact || s.page == (Ref{}) || len(t.run) == maxSlices {
		return false
	}
	for _, r := range t.run {
		if r.page == s.page {
			return false
		}
	}
	t.run = append(t.run, s)
	if len(t.run) == 1 {
		return t.begins(s)
	}
	first, before := t.run[0].part, t.run[len(t.run)-2].part
	i, other := t.axis, 1-t.axis
	if s.part[other] != 0 || s.part[other+2] != 1 {
		return false
	}
	up := first[i] < hair // else down from 1
	if up && math.Abs(s.part[i]-before[i+2]) > hair || !up && math.Abs(s.part[i+2]-before[i]) > hair {
		return false
	}
	if up && s.part[i+2] > 1-hair || !up && s.part[i] < hair {
		t.run = t.run[:0]
		t.wholes++
	}
	return true
}

func (t *tiling) begins(s showing) bool {
	p := s.part
	switch {
	case p[1] == 0 && p[3] == 1:
		t.axis = 0
	case p[0] == 0 && p[2] == 1:
		t.axis = 1
	default:
		return false
	}
	return (p[t.axis] < hair) != (p[t.axis+2] > 1-hair)
}

// complete reports whether every picture is, and no caption lies on one.
func (t *tiling) complete() bool {
	for _, c := range t.captions {
		for _, s := range t.seals {
			if c.page == s.page && overlap(c.rect, s.rect) {
				return false
			}
		}
	}
	return t.wholes > 0 && len(t.run) == 0
}
