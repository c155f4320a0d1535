// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// placeJSON is the union on the wire; a member that was not sent is nil.
type placeJSON struct {
	Page       *int     `json:"page,omitempty"`
	Pages      *string  `json:"pages,omitempty"`
	X          *float64 `json:"x,omitempty"`
	Y          *float64 `json:"y,omitempty"`
	Keyword    *string  `json:"keyword,omitempty"`
	Occurrence *int     `json:"occurrence,omitempty"`
	DX         *float64 `json:"dx,omitempty"`
	DY         *float64 `json:"dy,omitempty"`
	Field      *string  `json:"field,omitempty"`
	Fit        *bool    `json:"fit,omitempty"`
	Edge       *string  `json:"edge,omitempty"`
	Skip       *string  `json:"skip,omitempty"`
	Odd        *bool    `json:"odd,omitempty"`
	Offset     *float64 `json:"offset,omitempty"`
	Slices     *int     `json:"slices,omitempty"`
}

// UnmarshalJSON takes one place or a list of them. Unknown members, members
// twice, and members of different ways in one place are a *Refused.
func (p *Placement) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	if bytes.Equal(raw, []byte("null")) {
		*p = nil
		return nil
	}
	list := []json.RawMessage{raw}
	if len(raw) > 0 && raw[0] == '[' {
		list = nil // a RawMessage is decoded over what it held
		if err := json.Unmarshal(raw, &list); err != nil {
			return err
		}
		if len(list) == 0 || len(list) > maxPlacements {
			return refuse(ReasonPlace, "1 to %d places", maxPlacements)
		}
	}
	out := make(Placement, len(list))
	for i, one := range list {
		if err := out[i].UnmarshalJSON(one); err != nil {
			return err
		}
	}
	*p = out
	return out.check()
}

// MarshalJSON writes one place as itself and several as a list.
func (p Placement) MarshalJSON() ([]byte, error) {
	switch len(p) {
	case 0:
		return []byte("null"), nil
	case 1:
		return p[0].MarshalJSON()
	}
	return json.Marshal([]Place(p))
}

// UnmarshalJSON reads one place strictly.
func (p *Place) UnmarshalJSON(raw []byte) error {
	if err := eachOnce(raw); err != nil {
		return err
	}
	var w placeJSON
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return refuse(ReasonPlace, "the placement has an unknown member, or one of the wrong type")
	}
	*p = Place{
		Page: value(w.Page), Pages: value(w.Pages), X: value(w.X), Y: value(w.Y),
		Keyword: value(w.Keyword), Occurrence: value(w.Occurrence), DX: value(w.DX), DY: value(w.DY),
		Field: value(w.Field), Fit: value(w.Fit),
		Edge: value(w.Edge), Skip: value(w.Skip), Odd: value(w.Odd), Offset: w.Offset, Slices: value(w.Slices),
	}
	position := w.Page != nil || w.Keyword == nil && w.Field == nil && w.Edge == nil
	switch {
	case position && (w.X == nil || w.Y == nil):
		return refuse(ReasonPlace, "a page needs x and y")
	case w.Page != nil && (*w.Page < -1 || *w.Page == 0):
		return refuse(ReasonPlace, "page 1 is the first, -1 the last")
	case w.Page != nil && w.Pages != nil:
		return refuse(ReasonPlace, "page and pages exclude each other")
	case w.Slices != nil && *w.Slices == 0, w.Occurrence != nil && *w.Occurrence < 1:
		return refuse(ReasonPlace, "slices and occurrence count from one")
	}
	return p.check()
}

// MarshalJSON writes the members of the place's own way.
func (p *Place) MarshalJSON() ([]byte, error) {
	var w placeJSON
	pages := given(p.Pages)
	switch {
	case p.Keyword != "":
		w = placeJSON{Keyword: &p.Keyword, Pages: pages, Occurrence: given(p.Occurrence), DX: given(p.DX), DY: given(p.DY)}
	case p.Field != "":
		w = placeJSON{Field: &p.Field, Fit: given(p.Fit)}
	case p.Edge != "":
		w = placeJSON{Edge: &p.Edge, Pages: pages, Skip: given(p.Skip), Odd: given(p.Odd), Offset: p.Offset, Slices: given(p.Slices)}
	default:
		w = placeJSON{Page: given(p.Page), Pages: pages, X: &p.X, Y: &p.Y}
	}
	return json.Marshal(w)
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func given[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// notLower keeps out other spellings of a member, which encoding/json takes
// for the same.
func notLower(c rune) bool { return c < 'a' || c > 'z' }

// eachOnce refuses an object with a member twice, or with a null: readers
// disagree about what those mean.
func eachOnce(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	bad := refuse(ReasonPlace, "the placement is not an object with each member once")
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return bad
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok || seen[name] || strings.ContainsFunc(name, notLower) {
			return bad
		}
		seen[name] = true
		var v json.RawMessage
		if err := d.Decode(&v); err != nil || bytes.Equal(v, []byte("null")) {
			return bad
		}
	}
	if _, err := d.Token(); err != nil {
		return bad
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return bad
	}
	return nil
}
