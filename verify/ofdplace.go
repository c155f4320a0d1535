// SPDX-License-Identifier: Apache-2.0

package verify

import "github.com/govseal/govseal/internal/ofd"

// StampPlace is where a stamp shows, in millimetres from the top left of the page.
type StampPlace struct {
	Page   int     `json:"page"` // 1 is the first; 0 when there is no such page
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
	Slice  bool    `json:"slice,omitempty"` // only a part shows: a seal across the edges of pages
}

const maxPlaces = 100 // listed in a report for each stamp

// places says where the seal shows. A place where nothing shows leaves the
// seal undecided, since people go by what they see; other oddities are the
// signer's own, and are remarks.
func (o *ofdRun) places(sig *ofd.Signature, s *Stamp) error {
	d, err := o.pkg.Document(sig.Body)
	if err != nil {
		return s.Seal.fault(err)
	}
	pages := map[string]int{}
	for i, p := range d.Pages {
		pages[p.ID] = i + 1
	}
	for _, st := range sig.Stamps[:min(len(sig.Stamps), maxPlaces)] {
		b := st.Boundary
		s.Places = append(s.Places, StampPlace{Page: pages[st.PageRef], X: b.X, Y: b.Y, Width: b.Width, Height: b.Height, Slice: st.Clip != nil})
	}
	faults, err := o.pkg.CheckStamps(sig)
	if err != nil {
		return s.Seal.fault(err)
	}
	var nowhere, odd names
	for _, f := range faults {
		switch f.Name {
		case ofd.StampPage, ofd.StampOutside, ofd.StampSmall:
			nowhere.add(f.Name + ": " + f.Detail)
		default:
			odd.add(f.Name + ": " + f.Detail)
		}
	}
	if nowhere.n > 0 {
		s.Seal.unknown(CodePlace, nowhere.String())
	}
	if odd.n > 0 {
		s.Seal.note(CodePlace, odd.String())
	}
	return nil
}
