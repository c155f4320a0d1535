// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/govseal/govseal/internal/pdf"
)

// Finder finds text on the pages of a PDF. It is asked before anything is
// signed, and may refuse a document that it cannot read with a *Refused.
type Finder interface {
	// Find returns the hits of text on these pages (ascending, 1 is the first)
	// in reading order, at most limit. The context bounds its time.
	Find(ctx context.Context, document io.ReaderAt, size int64, pages []int, text string, limit int) ([]Hit, error)
}

// Hit is one place of a text: left, bottom, right, top in the default user
// space of its page.
type Hit struct {
	Page int
	Box  [4]float64
}

// spots is a placement resolved: places, or one existing field.
type spots struct {
	places []pdf.Place
	into   string
	fit    bool
}

// Where a seal stands when nothing is said: the lower right of an A4 page.
const defaultX, defaultY = 138, 215

// settle finds the places: a search takes seconds.
func (p *pdfPaper) settle(ctx context.Context, a *act) error {
	_, err := p.resolve(ctx, a.seal)
	return err
}

// resolve turns the placement into places, once: a keyword is searched before
// anything is signed.
func (p *pdfPaper) resolve(ctx context.Context, open *openSeal) (*spots, error) {
	if p.at != nil {
		return p.at, nil
	}
	count, err := p.doc.PageCount()
	if err != nil {
		return nil, refusedPDF(err)
	}
	asked := p.r.Place
	if len(asked) == 0 {
		asked = Placement{{Page: -1, X: defaultX, Y: defaultY}}
	}
	at := &spots{}
	for i := range asked {
		if asked[i].Field != "" {
			at.into, at.fit = asked[i].Field, asked[i].Fit
			continue
		}
		places, err := p.find(ctx, open, &asked[i], count)
		if err != nil {
			return nil, err
		}
		at.places = append(at.places, places...)
	}
	if at.into != "" && p.r.Caption != (Caption{}) {
		return nil, refuse(ReasonPlace, "an existing field has no room for a caption")
	}
	p.at = at
	return at, nil
}

func (p *pdfPaper) find(ctx context.Context, open *openSeal, at *Place, count int) ([]pdf.Place, error) {
	if at.Page != 0 {
		page := at.Page
		if page == -1 {
			page = count
		}
		if page < 1 || page > count {
			return nil, refuse(ReasonPlace, "there is no page %d; the document has %d", at.Page, count)
		}
		return []pdf.Place{{Page: page, X: at.X, Y: at.Y}}, nil
	}
	pages, err := pageRange(at.Pages, count)
	if err != nil {
		return nil, err
	}
	switch {
	case at.Keyword != "":
		return p.byKeyword(ctx, open, at, pages)
	case at.Edge != "":
		return byEdge(at, pages, count)
	}
	out := make([]pdf.Place, len(pages))
	for i, n := range pages {
		out[i] = pdf.Place{Page: n, X: at.X, Y: at.Y}
	}
	return out, nil
}

// byEdge cuts the seal across the pages' edge.
func byEdge(at *Place, pages []int, count int) ([]pdf.Place, error) {
	var skip []int
	if at.Skip != "" {
		var err error
		if skip, err = pageRange(at.Skip, count); err != nil {
			return nil, err
		}
	}
	pages = slices.DeleteFunc(pages, func(n int) bool { return at.Odd && n%2 == 0 || slices.Contains(skip, n) })
	ride := pdf.Ride{Edge: pdf.Edge(at.Edge), Pages: pages, Offset: at.offset(), Middle: at.Offset == nil, Slices: at.Slices}
	places, err := ride.Places()
	if err != nil {
		return nil, refusedPDF(err)
	}
	return places, nil
}

// byKeyword puts the seal's middle on the middle of the hit.
func (p *pdfPaper) byKeyword(ctx context.Context, open *openSeal, at *Place, pages []int) ([]pdf.Place, error) {
	if p.s.cfg.Finder == nil {
		return nil, refuse(ReasonPlace, "this service does not search for keywords")
	}
	nth := max(1, at.Occurrence)
	hits, err := p.s.cfg.Finder.Find(ctx, p.document, p.size, pages, at.Keyword, nth)
	if err != nil {
		return nil, fmt.Errorf("seal: search for the keyword: %w", err)
	}
	if len(hits) < nth {
		return nil, refuse(ReasonPlace, "the keyword was found %d times, not %d", len(hits), nth)
	}
	hit := hits[nth-1]
	x, y, w, h, err := p.doc.Shown(hit.Page, hit.Box)
	if err != nil {
		return nil, refusedPDF(err)
	}
	width, height := float64(open.seal.Picture.Width), float64(open.seal.Picture.Height)
	return []pdf.Place{{Page: hit.Page, X: x + (w-width)/2 + at.DX, Y: y + (h-height)/2 + at.DY}}, nil
}
