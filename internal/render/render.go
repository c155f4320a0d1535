// SPDX-License-Identifier: Apache-2.0

// Package render lays out a decision as an official-looking document. The PDF
// is written by our own writer, so that every character survives extraction:
// facts/pdf.md 10 tells how libraries lose or change characters.
//
// compose.go turns a decision into a flow of items, flow.go cuts the flow into
// pages, canvas.go draws, font.go and its neighbours embed what was used.
// Lengths are millimetres, from the top left of a page, unless named otherwise.
package render

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/glyph"
	"github.com/govseal/govseal/internal/pdf"
)

// Options of a rendering.
type Options struct {
	// VerifyURL is where decisions are checked: the QR code leads to VerifyURL
	// + "/s/" + code. Empty prints the code alone.
	VerifyURL string
}

// Place says where a thing stands; millimetres from the top left of the page.
type Place struct {
	Page                int // 1 is the first
	X, Y, Width, Height float64
}

// Rendered is a laid-out decision and the places reserved for its seals, one
// per issuing department, in order.
type Rendered struct {
	PDF   []byte
	Seals []Place
}

// PDF lays out the file; stamps and evidence are not looked at. The same input
// gives the same octets. A *glyph.MissingError names characters that cannot be
// shown, a *decision.ParseError what is wrong with the file.
func PDF(f *decision.File, o Options) (*Rendered, error) {
	bare := decision.File{Schema: f.Schema, Code: f.Code, Decision: f.Decision}
	if err := bare.Validate(); err != nil {
		return nil, err
	}
	link, err := newLink(o.VerifyURL, f.Code)
	if err != nil {
		return nil, err
	}
	s := newSheet()
	pages := paginate(compose(s, &f.Decision))
	seals := s.drawPages(pages, &f.Decision, f.Code, link)
	if missing := s.missing(); missing != nil {
		return nil, &glyph.MissingError{Characters: missing}
	}
	file, err := s.write(&f.Decision)
	if err != nil {
		return nil, fmt.Errorf("write decision: %w", err)
	}
	return &Rendered{PDF: file, Seals: seals}, nil
}

// sheet is a document in the making: its fonts and the canvas of each page.
type sheet struct {
	regular, bold *font
	pages         []*canvas
}

func newSheet() *sheet {
	return &sheet{regular: newFont("FR", glyph.Regular()), bold: newFont("FB", glyph.Bold())}
}

// drawPages draws every page and returns where the seals go.
func (s *sheet) drawPages(pages [][]placedItem, d *decision.Decision, code string, link *link) []Place {
	seals := make([]Place, len(d.Departments))
	for n, items := range pages {
		c := &canvas{sheet: s, page: n + 1}
		if n == 0 {
			c.drawLink(link, code)
		}
		for i, it := range items {
			c.first = i == 0 || !items[i-1].ruled
			c.last = i == len(items)-1 || !items[i+1].ruled
			for _, p := range it.draw(c, it.y) {
				seals[p.department] = p.Place
			}
		}
		c.drawFoot(d, code, len(pages))
		s.pages = append(s.pages, c)
	}
	return seals
}

// missing lists the characters without a glyph that were drawn anywhere.
func (s *sheet) missing() []rune {
	all := slices.Concat(s.regular.missing, s.bold.missing)
	slices.Sort(all)
	return slices.Compact(all)
}

// write puts the document together.
func (s *sheet) write(d *decision.Decision) ([]byte, error) {
	var out bytes.Buffer
	w := pdf.NewWriter(&out, "1.7")
	tree := w.Alloc()
	fonts := pdf.Dict{}
	for _, f := range []*font{s.regular, s.bold} {
		ref, err := f.embed(w)
		if err != nil {
			return nil, err
		}
		fonts[pdf.Name(f.resource)] = ref
	}
	var kids pdf.Array
	for _, c := range s.pages {
		kids = append(kids, w.Add(pdf.Dict{
			"Type": pdf.Name("Page"), "Parent": tree, "Contents": w.AddStream(nil, c.ops),
			"MediaBox":  pdf.Array{0, 0, pageWidth * pt, pageHeight * pt},
			"Resources": pdf.Dict{"Font": fonts},
		}))
	}
	w.WriteObject(tree, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": kids, "Count": len(kids)})
	root, info := writeCatalog(w, tree, d)
	err := w.Close(root, info)
	return out.Bytes(), err
}
