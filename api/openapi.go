// SPDX-License-Identifier: Apache-2.0

package api

import (
	"maps"
	"net/http"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// openAPI configures huma: no pages and schema links of its own, which would
// load scripts from elsewhere.
func (s *Server) openAPI() huma.Config {
	c := huma.DefaultConfig("govseal", s.c.Version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	c.Info.Description = "Electronic seals for approval decisions: stamping for approval systems, verification for everybody."
	c.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "The application's token, shown once by `govseal app add`."},
	}
	c.Extensions = map[string]any{"x-problems": problemTypes()}
	return c
}

// problemType is one stable problem, as the document and its page list it.
type problemType struct {
	Type    string `json:"type"`
	Status  int    `json:"status"`
	Title   string `json:"title"`
	TitleZH string `json:"titleZh"`
}

// problemTypes are all problems by name: what a program can branch on.
func problemTypes() []problemType {
	var out []problemType
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		k := kinds[name]
		out = append(out, problemType{problemPrefix + name, k.status, k.en, k.zh})
	}
	return out
}

// share lets routes behind another rate limit enter the same document.
func (s *Server) share(with huma.API) huma.Config {
	c := s.openAPI()
	c.OpenAPI = with.OpenAPI()
	return c
}

// jsonBody declares the JSON object that a route reads itself, strictly.
func jsonBody[T any](with huma.API) option {
	schema := huma.SchemaFromType(with.OpenAPI().Components.Schemas, reflect.TypeFor[T]())
	return func(o *huma.Operation) {
		o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
		o.SkipValidateBody = true
	}
}

// form declares the parts of a multipart body.
func form(with huma.API, parts map[string]part) option {
	schema := &huma.Schema{Type: "object", Properties: map[string]*huma.Schema{}}
	encoding := map[string]*huma.Encoding{}
	for _, name := range slices.Sorted(maps.Keys(parts)) { // the document is compared octet for octet
		p := parts[name]
		property := &huma.Schema{Type: "string", Description: p.doc}
		if p.schema != nil {
			property = with.OpenAPI().Components.Schemas.Schema(p.schema, true, p.schema.Name())
		}
		if p.json {
			encoding[name] = &huma.Encoding{ContentType: "application/json"}
		} else if p.schema == nil {
			property.Format = "binary"
		}
		schema.Properties[name] = property
		if p.required {
			schema.Required = append(schema.Required, name)
		}
	}
	return func(o *huma.Operation) {
		o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"multipart/form-data": {Schema: schema, Encoding: encoding},
		}}
		o.SkipValidateBody = true
	}
}

func (s *Server) serveOpenAPI(w http.ResponseWriter, r *http.Request) {
	doc, err := s.OpenAPI()
	if err != nil {
		s.problemOf(r.Context(), err).write(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/openapi+json")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write(doc)
}
