// SPDX-License-Identifier: Apache-2.0

package api

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/govseal/govseal/seal"
)

// Placement is the union of ways to say where a seal stands on a PDF.
type Placement seal.Placement

// UnmarshalJSON is the seal service's own, strict decoder.
func (p *Placement) UnmarshalJSON(raw []byte) error { return (*seal.Placement)(p).UnmarshalJSON(raw) }

// MarshalJSON writes one place as an object and several as a list.
func (p Placement) MarshalJSON() ([]byte, error) { return seal.Placement(p).MarshalJSON() }

// Schema describes the union for OpenAPI.
func (Placement) Schema(r huma.Registry) *huma.Schema {
	whole, number, yes := property("integer", ""), property("number", "mm"), property("boolean", "")
	pages := property("string", "like 2-4,7,last; all when left out")
	minus := -1.0
	page := property("integer", "1 is the first, -1 the last")
	page.Minimum = &minus
	ways := []*huma.Schema{
		way("by position: the seal's top left corner, mm from the top left of the page as displayed", []string{"page", "x", "y"},
			map[string]*huma.Schema{"page": page, "x": number, "y": number}),
		way("by position, on each of these pages", []string{"pages", "x", "y"},
			map[string]*huma.Schema{"pages": pages, "x": number, "y": number}),
		way("by keyword: the seal's middle on the middle of a text", []string{"keyword"},
			map[string]*huma.Schema{"keyword": property("string", ""), "occurrence": property("integer", "1 is the first, and the default"),
				"dx": number, "dy": number, "pages": pages}),
		way("into an existing empty signature field", []string{"field"},
			map[string]*huma.Schema{"field": property("string", "its full name"), "fit": property("boolean", "shrink the seal to a field that is too small")}),
		way("across the pages' edge, one strip on each page", []string{"edge"},
			map[string]*huma.Schema{"edge": {Type: "string", Enum: []any{"right", "left", "top", "bottom"}}, "pages": pages,
				"skip": property("string", "pages without a strip"), "odd": yes,
				"offset": property("number", "mm from the top, or the left; the middle when left out"), "slices": whole}),
	}
	most, least := 100, 1
	one := &huma.Schema{OneOf: ways}
	return &huma.Schema{Description: "one place, or a list of places of one signature; PDF only", OneOf: []*huma.Schema{
		one, {Type: "array", Items: one, MinItems: &least, MaxItems: &most},
	}}
}

func property(kind, description string) *huma.Schema {
	return &huma.Schema{Type: kind, Description: description}
}

func way(description string, required []string, properties map[string]*huma.Schema) *huma.Schema {
	return &huma.Schema{Type: "object", Description: description, Required: required, Properties: properties, AdditionalProperties: false}
}
