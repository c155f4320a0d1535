// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// StampFault is something wrong with where a seal shows.
type StampFault struct {
	Stamp  int    // index in Signature.Stamps; -1 for all of them together
	Name   string // one of the Stamp constants
	Detail string // English
}

// Names of stamp faults.
const (
	StampPage       = "page"       // PageRef names no page, or the page has no box that can be read
	StampOutside    = "outside"    // Boundary does not meet the page: nothing shows
	StampOverEdge   = "over-edge"  // Boundary reaches over the page and no Clip says which part is meant
	StampClip       = "clip"       // Clip reaches out of Boundary
	StampSlice      = "slice"      // the clipped part does not lie on the page
	StampSmall      = "small"      // too small to be seen
	StampUneven     = "uneven"     // slices of seals of different sizes
	StampIncomplete = "incomplete" // the slices do not make up the whole seal, or overlap
)

const smallest = 1.0 // mm of width and height that must show

// CheckStamps says what is wrong with the places of a seal. A seal across the
// edges of pages is one signature with one StampAnnot a page, each of full
// size, moved so that only its slice lies on the page, and clipped to it
// (facts/seal-formats.md 6).
func (p *Package) CheckStamps(s *Signature) ([]StampFault, error) {
	var out []StampFault
	if len(s.Stamps) == 0 {
		return nil, nil
	}
	d, err := p.Document(s.Body)
	if err != nil {
		return nil, err
	}
	pages := map[string]int{}
	for i, pg := range d.Pages {
		pages[pg.ID] = i
	}
	for i, st := range s.Stamps {
		page, ok := pages[st.PageRef]
		if !ok {
			out = append(out, StampFault{i, StampPage, fmt.Sprintf("no page with ID %q", st.PageRef)})
			continue
		}
		box, err := p.PageBox(s.Body, page)
		if err != nil {
			if err = ignoreFault(err); err != nil {
				return nil, err
			}
			out = append(out, StampFault{i, StampPage, fmt.Sprintf("page %d has no box that can be read", page+1)})
			continue
		}
		if name, detail := st.fault(Box{0, 0, box.Width, box.Height}); name != "" {
			out = append(out, StampFault{i, name, detail})
		}
	}
	return append(out, sliceFaults(s.Stamps)...), nil
}

// fault judges one stamp on a page whose top left is the origin.
func (st StampAnnot) fault(page Box) (name, detail string) {
	full := Box{0, 0, st.Boundary.Width, st.Boundary.Height}
	shown := st.Boundary.meet(page)
	switch {
	case st.Boundary == Box{}:
		return StampOutside, "no legal Boundary"
	case shown.empty():
		return StampOutside, fmt.Sprintf("Boundary %s on a page of %s x %s mm", st.Boundary, number(page.Width), number(page.Height))
	case st.Clip == nil && !st.Boundary.within(page):
		return StampOverEdge, fmt.Sprintf("Boundary %s without a Clip", st.Boundary)
	case st.Clip != nil && !st.Clip.within(full):
		return StampClip, fmt.Sprintf("Clip %s in a Boundary of %s x %s mm", *st.Clip, number(full.Width), number(full.Height))
	case st.Clip != nil:
		slice := *st.Clip
		slice.X, slice.Y = slice.X+st.Boundary.X, slice.Y+st.Boundary.Y
		if !slice.within(page) {
			return StampSlice, fmt.Sprintf("the part %s does not lie on the page", slice)
		}
		shown = slice
	}
	if shown.Width < smallest && st.Boundary.Width > smallest || shown.Height < smallest && st.Boundary.Height > smallest ||
		st.Boundary.Width < smallest || st.Boundary.Height < smallest {
		return StampSmall, fmt.Sprintf("%s x %s mm show", number(shown.Width), number(shown.Height))
	}
	return "", ""
}

// sliceFaults looks at the clipped stamps together.
func sliceFaults(stamps []StampAnnot) []StampFault {
	var clips []Box
	var size Box
	for _, st := range stamps {
		if st.Clip == nil || (Box{0, 0, st.Boundary.Width, st.Boundary.Height}).near(*st.Clip) {
			continue
		}
		full := Box{0, 0, st.Boundary.Width, st.Boundary.Height}
		if len(clips) > 0 && !full.near(size) {
			return []StampFault{{-1, StampUneven, fmt.Sprintf("%s x %s mm and %s x %s mm",
				number(size.Width), number(size.Height), number(full.Width), number(full.Height))}}
		}
		size = full
		clips = append(clips, *st.Clip)
	}
	if whole(clips, size) {
		return nil
	}
	return []StampFault{{-1, StampIncomplete, fmt.Sprintf("%d slices of a seal of %s x %s mm", len(clips), number(size.Width), number(size.Height))}}
}

// whole reports whether the clips, in order of the stamps, make up whole
// seals: one, or one for each group of pages.
func whole(clips []Box, full Box) bool {
	area, group := 0.0, 0
	for i, c := range clips {
		area += c.Width * c.Height / (full.Width * full.Height)
		if n := i + 1 - group; area > 1-tolerance {
			if !tiles(clips[group:group+n], full) {
				return false
			}
			area, group = 0, i+1
		}
	}
	return group == len(clips)
}

// tiles reports whether the clips cut the picture into strips, upright or
// flat, from one end to the other.
func tiles(clips []Box, full Box) bool {
	upright := !slices.ContainsFunc(clips, func(c Box) bool {
		return math.Abs(c.Y) > tolerance || math.Abs(c.Height-full.Height) > tolerance
	})
	flat := !slices.ContainsFunc(clips, func(c Box) bool {
		return math.Abs(c.X) > tolerance || math.Abs(c.Width-full.Width) > tolerance
	})
	if !upright && !flat {
		return false
	}
	type strip struct{ from, to float64 }
	var strips []strip
	length := full.Height
	for _, c := range clips {
		strips = append(strips, strip{c.Y, c.Y + c.Height})
		if upright {
			strips[len(strips)-1], length = strip{c.X, c.X + c.Width}, full.Width
		}
	}
	slices.SortFunc(strips, func(a, b strip) int { return cmp.Compare(a.from, b.from) })
	end := 0.0
	for _, s := range strips {
		if math.Abs(s.from-end) > tolerance {
			return false
		}
		end = s.to
	}
	return math.Abs(end-length) <= tolerance
}
