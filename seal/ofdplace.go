// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"slices"

	"github.com/govseal/govseal/internal/ofd"
)

// spec turns the request's placement into places of an OFD signature.
func (p *ofdPaper) spec(ctx context.Context, open *openSeal) (ofd.Spec, error) {
	body := p.r.OFD.Document
	if body >= len(p.pkg.Bodies()) {
		return ofd.Spec{}, refuse(ReasonPlace, "the package holds %d documents; they count from 0", len(p.pkg.Bodies()))
	}
	doc, err := p.pkg.Document(body)
	if err != nil {
		return ofd.Spec{}, refusedOFD(err)
	}
	spec := ofd.Spec{Body: body, Type: ofd.TypeSeal, Lock: p.r.Lock}
	if p.r.OFD.Whole {
		spec.Whole = &ofd.Whole{Creator: "govseal"}
	}
	if p.r.OFD.Plain {
		spec.Type = ofd.TypeSign
		return spec, nil
	}
	asked := p.r.Place
	if len(asked) == 0 {
		asked = Placement{{Page: -1, X: defaultX, Y: defaultY}}
	}
	for i := range asked {
		if err := p.add(ctx, &spec, open, &asked[i], len(doc.Pages)); err != nil {
			return ofd.Spec{}, err
		}
	}
	return spec, nil
}

func (p *ofdPaper) add(ctx context.Context, spec *ofd.Spec, open *openSeal, at *Place, count int) error {
	width, height := float64(open.seal.Picture.Width), float64(open.seal.Picture.Height)
	put := func(page int, x, y float64) {
		spec.Places = append(spec.Places, ofd.Place{Page: page, X: x, Y: y, Width: width, Height: height})
	}
	pages, err := pageRange(at.Pages, count)
	if err != nil {
		return err
	}
	switch {
	case at.Field != "":
		return refuse(ReasonPlace, "an OFD has no signature fields")
	case at.Keyword != "":
		return p.byKeyword(ctx, at, pages, width, height, put)
	case at.Edge != "":
		return p.byEdge(spec, at, pages, count, width, height)
	case at.Page != 0:
		page := at.Page
		if page == -1 {
			page = count
		}
		if page < 1 || page > count {
			return refuse(ReasonPlace, "there is no page %d; the document has %d", at.Page, count)
		}
		put(page, at.X, at.Y)
		return nil
	}
	for _, page := range pages {
		put(page, at.X, at.Y)
	}
	return nil
}

// byKeyword puts the seal's middle on the middle of the hit.
func (p *ofdPaper) byKeyword(ctx context.Context, at *Place, pages []int, width, height float64, put func(int, float64, float64)) error {
	const most = 1000
	nth := max(1, at.Occurrence)
	hits, err := p.pkg.Find(ctx, p.r.OFD.Document, at.Keyword, most)
	if err != nil {
		return refusedOFD(err)
	}
	hits = slices.DeleteFunc(hits, func(h ofd.Hit) bool { return !slices.Contains(pages, h.Page) })
	if len(hits) < nth {
		return refuse(ReasonPlace, "the keyword was found %d times, not %d", len(hits), nth)
	}
	hit := hits[nth-1]
	put(hit.Page, hit.Box.X+(hit.Box.Width-width)/2+at.DX, hit.Box.Y+(hit.Box.Height-height)/2+at.DY)
	return nil
}

// byEdge cuts the seal across the pages' edge.
func (p *ofdPaper) byEdge(spec *ofd.Spec, at *Place, pages []int, count int, width, height float64) error {
	var skip []int
	if at.Skip != "" {
		var err error
		if skip, err = pageRange(at.Skip, count); err != nil {
			return err
		}
	}
	pages = slices.DeleteFunc(pages, func(n int) bool { return at.Odd && n%2 == 0 || slices.Contains(skip, n) })
	offset := at.offset()
	if at.Offset == nil && len(pages) > 0 { // none are refused later
		box, err := p.pkg.PageBox(p.r.OFD.Document, pages[0]-1)
		if err != nil {
			return refusedOFD(err)
		}
		long, seal := box.Height, height
		if at.Edge == ofd.SideTop || at.Edge == ofd.SideBottom {
			long, seal = box.Width, width
		}
		offset = (long - seal) / 2
	}
	spec.Riding = append(spec.Riding, ofd.Riding{Side: at.Edge, Offset: offset, Width: width, Height: height, Pages: pages, Slices: at.Slices})
	return nil
}
