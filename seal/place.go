// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Place is where a seal stands on a PDF, in exactly one of four ways. Lengths
// are millimetres; positions count from the top left of the page as displayed
// and are moved so that the seal lies on the page.
type Place struct {
	// By position: the picture's top left corner, on one page (1 is the first,
	// -1 the last) or on each of a range.
	Page  int
	Pages string // "2-4,7,last", "all"; also of a keyword and of an edge
	X, Y  float64

	// By keyword: the seal's middle on the middle of the Occurrence-th hit
	// (1 is the first, and the default), moved by DX to the right and DY down.
	Keyword    string
	Occurrence int
	DX, DY     float64

	// Into an existing empty signature field. Fit shrinks the seal to a field
	// that is too small for it.
	Field string
	Fit   bool

	// Across the pages' edge (骑缝章): one strip of the picture on each page.
	Edge   string   // right, left, top, bottom
	Skip   string   // pages that get no strip
	Odd    bool     // only odd pages, for paper printed on both sides
	Offset *float64 // from the top, or the left; nil is the middle
	Slices int      // at most so many strips of one picture; 0 means 20
}

// Placement is all places of one stamp: one signature, however many.
type Placement []Place

const maxPlacements = 100 // entries of a request; each may stand for many pages

func (p Placement) check() error {
	if len(p) > maxPlacements {
		return refuse(ReasonPlace, "more than %d places", maxPlacements)
	}
	for i := range p {
		if err := p[i].check(); err != nil {
			return err
		}
		if p[i].Field != "" && len(p) > 1 {
			return refuse(ReasonPlace, "a field stands for itself, not beside other places")
		}
	}
	return nil
}

// check refuses a mixture of ways and numbers out of range.
func (p *Place) check() error {
	ways := 0
	for _, way := range []bool{p.Keyword != "", p.Field != "", p.Edge != "", p.positioned()} {
		if way {
			ways++
		}
	}
	if ways != 1 {
		return refuse(ReasonPlace, "a place has one of page or pages, keyword, field, edge")
	}
	for _, mm := range []float64{p.X, p.Y, p.DX, p.DY, p.offset()} {
		if !sound(mm) {
			return refuse(ReasonPlace, "lengths are millimetres")
		}
	}
	for _, r := range []string{p.Pages, p.Skip} {
		if _, err := pageRange(r, 1<<20); err != nil {
			return err
		}
	}
	stray := *p != p.only()
	switch {
	case stray:
		return refuse(ReasonPlace, "a place has members that do not go together")
	case p.Keyword != "" && (!utf8.ValidString(p.Keyword) || len(p.Keyword) > maxText || p.Occurrence < 0 || p.Occurrence > 10_000):
		return refuse(ReasonPlace, "the keyword is too long, or the occurrence out of range")
	case p.Edge != "" && !slices.Contains([]string{"right", "left", "top", "bottom"}, p.Edge):
		return refuse(ReasonPlace, "edge is right, left, top or bottom")
	case p.Slices != 0 && (p.Slices < 2 || p.Slices > 100):
		return refuse(ReasonPlace, "slices is 2 to 100")
	}
	return validText("field", p.Field)
}

func (p *Place) positioned() bool {
	return p.Page != 0 || p.Keyword == "" && p.Field == "" && p.Edge == "" && p.Pages != ""
}

// only keeps the members of the place's own way.
func (p *Place) only() Place {
	switch {
	case p.Keyword != "":
		return Place{Keyword: p.Keyword, Occurrence: p.Occurrence, DX: p.DX, DY: p.DY, Pages: p.Pages}
	case p.Field != "":
		return Place{Field: p.Field, Fit: p.Fit}
	case p.Edge != "":
		return Place{Edge: p.Edge, Pages: p.Pages, Skip: p.Skip, Odd: p.Odd, Offset: p.Offset, Slices: p.Slices}
	case p.Page != 0:
		return Place{Page: p.Page, X: p.X, Y: p.Y}
	}
	return Place{Pages: p.Pages, X: p.X, Y: p.Y}
}

func (p *Place) offset() float64 {
	if p.Offset == nil {
		return 0
	}
	return *p.Offset
}

// pageRange lists the pages of "2-4,7,9-,last" in order, each once; "" and
// "all" are all. Pages beyond the last are left out of a range, but named
// alone they are refused.
func pageRange(text string, count int) ([]int, error) {
	bad := func() ([]int, error) { return nil, refuse(ReasonPlace, "pages are like 2-4,7,last") }
	if len(text) > 200 {
		return bad()
	}
	wanted := map[int]bool{}
	for part := range strings.SplitSeq(text, ",") {
		from, to, ok := pageSpan(strings.TrimSpace(part), count)
		if !ok || text == "" && part != "" {
			return bad()
		}
		if from > count {
			return nil, refuse(ReasonPlace, "there is no page %d; the document has %d", from, count)
		}
		if to-from > 100_000 {
			to = min(to, from+100_000) // of the check before the document is known
		}
		for n := from; n <= to; n++ {
			wanted[n] = true
		}
	}
	out := make([]int, 0, len(wanted))
	for n := range wanted {
		out = append(out, n)
	}
	slices.Sort(out)
	return out, nil
}

func pageSpan(part string, count int) (from, to int, ok bool) {
	switch part {
	case "", "all":
		return 1, count, true
	case "last", "-1":
		return count, count, true
	}
	first, rest, span := strings.Cut(part, "-")
	from, err := strconv.Atoi(first)
	if err != nil || from < 1 || len(first) > 7 {
		return 0, 0, false
	}
	switch {
	case !span:
		return from, from, true
	case rest == "" || rest == "last":
		return from, max(from, count), true
	}
	to, err = strconv.Atoi(rest)
	return from, min(to, max(from, count)), err == nil && len(rest) <= 7 && to >= from
}

// String is the place as it is recorded in the audit log.
func (p *Place) String() string {
	raw, err := p.MarshalJSON()
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(raw)
}
