// SPDX-License-Identifier: Apache-2.0

// Package render lays out a decision as an official-looking document, as PDF or
// as OFD. Both are written by our own writers, so that every character survives
// extraction: facts/pdf.md 10 tells how libraries lose or change characters.
//
// compose.go turns a decision into a flow of items, flow.go cuts the flow into
// pages, canvas.go draws, paintpdf.go and paintofd.go write what was drawn,
// font.go and its neighbours embed what was used.
// Lengths are millimetres, from the top left of a page, unless named otherwise.
package render

import (
	"fmt"
	"slices"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/glyph"
)

// Options of a rendering.
type Options struct {
	// VerifyURL is where decisions are checked: the QR code leads to VerifyURL
	// + "/s/" + code. Empty prints the code alone.
	VerifyURL string
	// NoArchive leaves out the claim that a PDF is PDF/A-2b, which signatures
	// that are too long would make untrue. Nothing else differs.
	NoArchive bool
}

// Place says where a thing stands; millimetres from the top left of the page.
type Place struct {
	Page                int // 1 is the first
	X, Y, Width, Height float64
}

// Rendered is a laid-out decision and the places reserved for its seals, one
// per issuing department, in order.
type Rendered struct {
	File  []byte // the PDF or the OFD package
	Seals []Place
}

// PDF lays out the file as PDF; stamps and evidence are not looked at. The same
// input gives the same octets. A *glyph.MissingError names characters that
// cannot be shown, a *decision.ParseError what is wrong with the file.
func PDF(f *decision.File, o Options) (*Rendered, error) {
	claim := archiveClaim
	if o.NoArchive {
		claim = ""
	}
	return layOut(f, o, func(s *sheet, d *decision.Decision) ([]byte, error) { return s.writePDF(d, claim) })
}

// OFD is PDF for the other format: the same layout as an OFD package
// (GB/T 33190), fonts embedded, ready to be sealed.
func OFD(f *decision.File, o Options) (*Rendered, error) {
	return layOut(f, o, func(s *sheet, d *decision.Decision) ([]byte, error) { return s.writeOFD(d, f.Code) })
}

func layOut(f *decision.File, o Options, write func(*sheet, *decision.Decision) ([]byte, error)) (*Rendered, error) {
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
	file, err := write(s, &f.Decision)
	if err != nil {
		return nil, fmt.Errorf("write decision: %w", err)
	}
	return &Rendered{File: file, Seals: seals}, nil
}

// Names of the fonts as resources of a document.
const (
	regularResource = "FR"
	boldResource    = "FB"
)

// sheet is a document in the making: its fonts and the canvas of each page.
type sheet struct {
	regular, bold *font
	pages         []*canvas
}

func newSheet() *sheet {
	return &sheet{regular: newFont(regularResource, glyph.Regular()), bold: newFont(boldResource, glyph.Bold())}
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
