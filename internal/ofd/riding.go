// SPDX-License-Identifier: Apache-2.0

package ofd

import "fmt"

// Sides of a page.
const (
	SideRight  = "right"
	SideLeft   = "left"
	SideTop    = "top"
	SideBottom = "bottom"
)

// Riding is a seal across the edges of pages (骑缝章): fan the pages out, and
// the slices on their edges make up one seal.
type Riding struct {
	Side          string  // one of the Side constants, default SideRight
	Offset        float64 // mm from the top of the page, for SideTop and SideBottom from its left
	Width, Height float64 // mm of the whole seal
	Pages         []int   // 1 is the first, ascending; nil takes all
	Slices        int     // at most so many slices a seal, default 20; more pages get several seals
}

const (
	defaultSlices = 20
	thinnest      = 1.5 // mm of a slice; below, print and cut swallow it
)

// ride lays out one StampAnnot a page.
func (p *Package) ride(d *Document, body int, r Riding) ([]StampAnnot, error) {
	pages, err := r.pages(len(d.Pages))
	if err != nil {
		return nil, err
	}
	length := r.Width
	if r.Side == SideTop || r.Side == SideBottom {
		length = r.Height
	}
	if !(r.Width >= smallest) || !(r.Height >= smallest) || r.Width > maxMM || r.Height > maxMM || r.Offset != r.Offset {
		return nil, refuse(ReasonPlace, "a seal of %g x %g mm", r.Width, r.Height)
	}
	most := r.Slices
	if most <= 0 {
		most = defaultSlices
	}
	most = min(most, int(length/thinnest))
	if most < 2 {
		return nil, refuse(ReasonPlace, "a seal of %g mm cannot be cut into slices", length)
	}
	groups := min((len(pages)+most-1)/most, len(pages)/2)
	var out []StampAnnot
	for g := range groups {
		group := pages[g*len(pages)/groups : (g+1)*len(pages)/groups]
		for i, page := range group {
			box, err := p.PageBox(body, page-1)
			if err != nil {
				return nil, err
			}
			st, err := r.slice(box, i, len(group))
			if err != nil {
				return nil, err
			}
			st.PageRef = d.Pages[page-1].ID
			out = append(out, st)
		}
	}
	return out, nil
}

func (r *Riding) pages(count int) ([]int, error) {
	switch r.Side {
	case "":
		r.Side = SideRight
	case SideRight, SideLeft, SideTop, SideBottom:
	default:
		return nil, fmt.Errorf("prepare OFD: unknown side %q", r.Side)
	}
	pages := r.Pages
	if pages == nil {
		for i := range count {
			pages = append(pages, i+1)
		}
	}
	for i, n := range pages {
		if n < 1 || n > count {
			return nil, refuse(ReasonPlace, "no page %d among %d", n, count)
		}
		if i > 0 && n <= pages[i-1] {
			return nil, refuse(ReasonPlace, "the pages of a seal across the edges are not in ascending order")
		}
	}
	if len(pages) < 2 {
		return nil, refuse(ReasonPlace, "a seal across the edges needs two pages")
	}
	return pages, nil
}

// slice places slice i of n: Boundary keeps the full size and is moved so that
// only the slice lies on the page, Clip names the slice. With the pages fanned
// out to the right or down, the first page lies on top and shows the first
// part; fanned out to the left or up, it shows the last.
func (r *Riding) slice(page Box, i, n int) (StampAnnot, error) {
	if r.Side == SideLeft || r.Side == SideTop {
		i = n - 1 - i
	}
	cut := func(length float64, i int) float64 { return round(length * float64(i) / float64(n)) }
	room, across := page.Height, r.Height
	b := Box{Width: round(r.Width), Height: round(r.Height)}
	clip := b
	if r.Side == SideTop || r.Side == SideBottom {
		room, across = page.Width, r.Width
		clip.Y, clip.Height = cut(b.Height, i), round(cut(b.Height, i+1)-cut(b.Height, i))
		b.X = min(max(r.Offset, 0), room-across)
		b.Y = -clip.Y
		if r.Side == SideBottom {
			b.Y = round(page.Height - clip.Y - clip.Height)
		}
	} else {
		clip.X, clip.Width = cut(b.Width, i), round(cut(b.Width, i+1)-cut(b.Width, i))
		b.Y = min(max(r.Offset, 0), room-across)
		b.X = -clip.X
		if r.Side == SideRight {
			b.X = round(page.Width - clip.X - clip.Width)
		}
	}
	if across > room || clip.Width > page.Width || clip.Height > page.Height {
		return StampAnnot{}, refuse(ReasonPlace, "a seal of %g x %g mm does not fit on the edge of a page of %g x %g mm",
			r.Width, r.Height, page.Width, page.Height)
	}
	return StampAnnot{Boundary: b, Clip: &clip}, nil
}
