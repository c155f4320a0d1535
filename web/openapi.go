// SPDX-License-Identifier: Apache-2.0

package web

import (
	"encoding/json"
	"fmt"
)

// openAPI is the part of an OpenAPI 3.1 document that the page shows.
type openAPI struct {
	OpenAPI string `json:"openapi"`
	Info    struct {
		Title       string `json:"title"`
		Version     string `json:"version"`
		Description string `json:"description"`
	} `json:"info"`
	Tags []struct {
		Name        string `json:"name"`
		Description string `json:"description"`
	} `json:"tags"`
	Paths      map[string]pathItem `json:"paths"`
	Components struct {
		Schemas         schemas                   `json:"schemas"`
		SecuritySchemes map[string]securityScheme `json:"securitySchemes"`
	} `json:"components"`
	// Problems is our extension: the stable problem types and their titles.
	Problems []docsProblem `json:"x-problems"`
}

type pathItem struct {
	Get        *operation  `json:"get"`
	Post       *operation  `json:"post"`
	Put        *operation  `json:"put"`
	Patch      *operation  `json:"patch"`
	Delete     *operation  `json:"delete"`
	Head       *operation  `json:"head"`
	Options    *operation  `json:"options"`
	Parameters []parameter `json:"parameters"`
}

type operation struct {
	ID          string                `json:"operationId"`
	Summary     string                `json:"summary"`
	Description string                `json:"description"`
	Tags        []string              `json:"tags"`
	Deprecated  bool                  `json:"deprecated"`
	Parameters  []parameter           `json:"parameters"`
	Security    []map[string][]string `json:"security"`
	RequestBody *struct {
		Description string               `json:"description"`
		Required    bool                 `json:"required"`
		Content     map[string]mediaType `json:"content"`
	} `json:"requestBody"`
	Responses map[string]response `json:"responses"`
}

type parameter struct {
	Name        string  `json:"name"`
	In          string  `json:"in"`
	Description string  `json:"description"`
	Required    bool    `json:"required"`
	Schema      *schema `json:"schema"`
}

type response struct {
	Description string                `json:"description"`
	Headers     map[string]*parameter `json:"headers"`
	Content     map[string]mediaType  `json:"content"`
}

type mediaType struct {
	Schema *schema `json:"schema"`
}

type securityScheme struct {
	Type        string `json:"type"`
	Scheme      string `json:"scheme"`
	Description string `json:"description"`
}

type schema struct {
	Ref         string             `json:"$ref"`
	Type        oneOrMany          `json:"type"`
	Format      string             `json:"format"`
	Description string             `json:"description"`
	Enum        []any              `json:"enum"`
	Examples    []any              `json:"examples"`
	Required    []string           `json:"required"`
	Properties  map[string]*schema `json:"properties"`
	Items       *schema            `json:"items"`
	Additional  json.RawMessage    `json:"additionalProperties"`
	AllOf       []*schema          `json:"allOf"`
	AnyOf       []*schema          `json:"anyOf"`
	OneOf       []*schema          `json:"oneOf"`
	MinLength   *int64             `json:"minLength"`
	MaxLength   *int64             `json:"maxLength"`
	Minimum     *float64           `json:"minimum"`
	Maximum     *float64           `json:"maximum"`
	Pattern     string             `json:"pattern"`
}

// oneOrMany is JSON Schema's type: a name, or a list of names.
type oneOrMany []string

func (o *oneOrMany) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*o = oneOrMany{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(o))
}

// maxOpenAPI bounds the document, in octets. It is our own, so the bound is
// only against mistakes.
const maxOpenAPI = 8 << 20

func readOpenAPI(b []byte) (*openAPI, error) {
	if len(b) > maxOpenAPI {
		return nil, fmt.Errorf("read OpenAPI document: over %d octets", maxOpenAPI)
	}
	var doc openAPI
	if err := json.Unmarshal(b, &doc); err != nil {
		return nil, fmt.Errorf("read OpenAPI document: %w", err)
	}
	if doc.OpenAPI == "" {
		return nil, fmt.Errorf("read OpenAPI document: no version")
	}
	return &doc, nil
}
