// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"fmt"
	"time"
)

// MethodSM2 is the SignatureMethod that is written by default: SM2 with SM3.
const MethodSM2 = "1.2.156.10197.1.501"

// Spec describes a new signature.
type Spec struct {
	Body     int       // index of the document in Bodies
	Type     string    // TypeSeal or TypeSign
	Places   []Place   // where the seal shows; any number in one signature
	Riding   []Riding  // seals across the edges of pages
	Provider Provider  // Name is required
	Method   string    // SignatureMethod, default MethodSM2
	Time     time.Time // SignatureDateTime, left out when zero; written in UTC
	Seal     []byte    // Seal.esl, left out when empty
	Relative string    // ID of the signature that this one is based on

	// Lock lists Signatures.xml, so that no further signature may follow.
	Lock bool
	// Cover says which entries are listed; nil lists all that can be: everything
	// but the lists of signatures, this signature's own two files, and
	// OFDEntries.xml with its value. Seal.esl is always listed.
	Cover func(entry string) bool
	// Whole writes OFDEntries.xml anew; nil writes none, and refuses a package that has one.
	Whole *Whole
}

// Place is where a seal shows whole.
type Place struct {
	Page                int     // 1 is the first
	X, Y, Width, Height float64 // mm from the top left of the page; moved so that the seal lies on the page
}

// Whole describes OFDEntries.xml.
type Whole struct {
	Creator string
	Version string
	Date    time.Time // left out when zero
}

func (s *Spec) check() error {
	switch {
	case s.Type != TypeSeal && s.Type != TypeSign:
		return fmt.Errorf("prepare OFD: unknown type of signature %q", s.Type)
	case s.Type == TypeSeal && len(s.Places)+len(s.Riding) == 0:
		return fmt.Errorf("prepare OFD: a seal that shows nowhere")
	case s.Type == TypeSign && (len(s.Places)+len(s.Riding) > 0 || len(s.Seal) > 0):
		return fmt.Errorf("prepare OFD: a plain signature with a seal")
	case s.Provider.Name == "":
		return fmt.Errorf("prepare OFD: no ProviderName")
	}
	for _, text := range []string{s.Provider.Name, s.Provider.Version, s.Provider.Company, s.Method, s.Relative} {
		if illegalCharacter([]byte(text)) >= 0 || len(text) > maxName {
			return fmt.Errorf("prepare OFD: %.40q cannot stand in XML", text)
		}
	}
	if w := s.Whole; w != nil && illegalCharacter([]byte(w.Creator+w.Version)) >= 0 {
		return fmt.Errorf("prepare OFD: %.40q cannot stand in XML", w.Creator+w.Version)
	}
	if s.Method == "" {
		s.Method = MethodSM2
	}
	return nil
}

// annotations lays out the StampAnnot elements; IDs are given later.
func (p *Package) annotations(s *Spec) ([]StampAnnot, error) {
	d, err := p.Document(s.Body)
	if err != nil {
		return nil, err
	}
	var out []StampAnnot
	for _, pl := range s.Places {
		if pl.Page < 1 || pl.Page > len(d.Pages) {
			return nil, refuse(ReasonPlace, "no page %d among %d", pl.Page, len(d.Pages))
		}
		page, err := p.PageBox(s.Body, pl.Page-1)
		if err != nil {
			return nil, err
		}
		if !(pl.Width >= smallest) || !(pl.Height >= smallest) || pl.Width > page.Width || pl.Height > page.Height {
			return nil, refuse(ReasonPlace, "a seal of %g x %g mm does not fit on a page of %g x %g mm",
				pl.Width, pl.Height, page.Width, page.Height)
		}
		x := min(max(pl.X, 0), page.Width-pl.Width)
		y := min(max(pl.Y, 0), page.Height-pl.Height)
		if x != x || y != y {
			return nil, refuse(ReasonPlace, "the position is not a number")
		}
		out = append(out, StampAnnot{PageRef: d.Pages[pl.Page-1].ID, Boundary: Box{x, y, pl.Width, pl.Height}})
	}
	for _, r := range s.Riding {
		list, err := p.ride(d, s.Body, r)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	if len(out) > p.lim.Stamps {
		return nil, refuse(ReasonPlace, "%d places", len(out))
	}
	return out, nil
}
