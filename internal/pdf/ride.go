// SPDX-License-Identifier: Apache-2.0

package pdf

import "fmt"

// Ride describes a page-edge seal (骑缝章): the picture cut into strips, one
// on each page, so that the pages fanned out show it whole.
type Ride struct {
	Edge   Edge
	Pages  []int   // in their order
	Offset float64 // mm, as Slice.Offset
	Middle bool    // in the middle of the edge
	Slices int     // at most so many strips of one picture, then another begins; 0 means DefaultSlices
}

// DefaultSlices is how many strips a picture is cut into at most: of 42 mm
// they are then 2 mm wide.
const (
	DefaultSlices = 20
	maxSlices     = 100
)

// Places cuts the picture. The groups are as even as can be, so that the last
// is no narrow rest.
func (r Ride) Places() ([]Place, error) {
	most := r.Slices
	if most == 0 {
		most = DefaultSlices
	}
	switch {
	case len(r.Pages) < 2:
		return nil, &Refusal{ReasonPlace, fmt.Sprintf("a page-edge seal needs two pages or more, not %d", len(r.Pages))}
	case most < 2 || most > maxSlices:
		return nil, &Refusal{ReasonPlace, fmt.Sprintf("a picture cannot be cut into up to %d strips", most)}
	}
	groups := (len(r.Pages) + most - 1) / most
	out := make([]Place, 0, len(r.Pages))
	for g := range groups {
		pages := r.Pages[g*len(r.Pages)/groups : (g+1)*len(r.Pages)/groups]
		for i, page := range pages {
			// The first page lies on top: what sticks out below it to the right,
			// or down, is the picture's next strip; to the left, or up, the one
			// before.
			strip := i
			if r.Edge == EdgeLeft || r.Edge == EdgeTop {
				strip = len(pages) - 1 - i
			}
			out = append(out, Place{Page: page, Slice: &Slice{Edge: r.Edge, Offset: r.Offset, Middle: r.Middle, Index: strip, Count: len(pages)}})
		}
	}
	return out, nil
}
