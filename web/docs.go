// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
)

// docsPage is an OpenAPI document arranged for readers: operations by tag,
// then the schemas they name.
type docsPage struct {
	Title, Version, Description string
	Security                    []docsSecurity
	Groups                      []docsGroup
	Problems                    []docsProblem
	Schemas                     []docsSchema
}

type docsSecurity struct{ Name, Description string }

type docsGroup struct {
	Name, Description string
	Operations        []docsOperation
}

type docsOperation struct {
	Method, Path, Anchor, Summary, Description string
	Deprecated                                 bool
	Security                                   []string
	Parameters                                 []docsField
	Body                                       []docsContent
	Answers                                    []docsAnswer
}

type docsAnswer struct {
	Status, Description string
	Headers             []docsField
	Content             []docsContent
}

// Class of the status, for its colour.
func (a docsAnswer) Class() string {
	switch {
	case strings.HasPrefix(a.Status, "2"):
		return "answer-good"
	case strings.HasPrefix(a.Status, "3"):
		return "answer-calm"
	}
	return "answer-bad"
}

// docsContent is one media type with its schema: a type, and the fields if it
// is an object without a name.
type docsContent struct {
	MediaType string
	Type      docsType
	Fields    []docsField
}

type docsProblem struct {
	Type    string `json:"type"`
	Status  int    `json:"status"`
	Title   string `json:"title"`
	TitleZH string `json:"titleZh"`
}

// docsCache keeps the arranged page of the last document, which in practice
// is the only one.
type docsCache struct {
	mu   sync.Mutex
	of   []byte
	page *docsPage
}

func (c *docsCache) read(b []byte) (*docsPage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.page != nil && bytes.Equal(c.of, b) {
		return c.page, nil
	}
	doc, err := readOpenAPI(b)
	if err != nil {
		return nil, err
	}
	c.of, c.page = bytes.Clone(b), arrange(doc)
	return c.page, nil
}

func arrange(doc *openAPI) *docsPage {
	all := doc.Components.Schemas
	p := &docsPage{Title: doc.Info.Title, Version: doc.Info.Version, Description: doc.Info.Description, Problems: doc.Problems}
	for _, name := range sortedKeys(doc.Components.SecuritySchemes) {
		p.Security = append(p.Security, docsSecurity{name, doc.Components.SecuritySchemes[name].Description})
	}
	for _, path := range sortedKeys(doc.Paths) {
		item := doc.Paths[path]
		for _, o := range item.operations() {
			p.add(doc, path, o.verb, item.Parameters, o.operation)
		}
	}
	for _, name := range sortedKeys(all) {
		if s := all[name]; s != nil {
			p.Schemas = append(p.Schemas, docsSchema{name, s.Description, all.typeOf(s, 0), all.fieldsOf(s)})
		}
	}
	return p
}

type verbed struct {
	verb      string
	operation *operation
}

func (i pathItem) operations() []verbed {
	all := []verbed{
		{"GET", i.Get}, {"POST", i.Post}, {"PUT", i.Put}, {"PATCH", i.Patch},
		{"DELETE", i.Delete}, {"HEAD", i.Head}, {"OPTIONS", i.Options},
	}
	return slices.DeleteFunc(all, func(v verbed) bool { return v.operation == nil })
}

// add enters an operation under its first tag. Groups stand in the order of
// the document's tags, then as they come.
func (p *docsPage) add(doc *openAPI, path, verb string, shared []parameter, o *operation) {
	all := doc.Components.Schemas
	op := docsOperation{
		Method: verb, Path: path, Anchor: anchor(verb + " " + path), Summary: o.Summary, Description: o.Description, Deprecated: o.Deprecated,
	}
	for _, s := range o.Security {
		op.Security = append(op.Security, sortedKeys(s)...)
	}
	for _, q := range slices.Concat(shared, o.Parameters) {
		op.Parameters = append(op.Parameters, all.parameter(q))
	}
	if o.RequestBody != nil {
		op.Body = all.contents(o.RequestBody.Content)
	}
	for _, status := range sortedKeys(o.Responses) {
		r := o.Responses[status]
		a := docsAnswer{Status: status, Description: r.Description, Content: all.contents(r.Content)}
		for _, name := range sortedKeys(r.Headers) {
			if h := r.Headers[name]; h != nil {
				h.Name, h.In = name, "header"
				a.Headers = append(a.Headers, all.parameter(*h))
			}
		}
		op.Answers = append(op.Answers, a)
	}
	g := p.group(doc, o.Tags)
	g.Operations = append(g.Operations, op)
}

func (p *docsPage) group(doc *openAPI, tags []string) *docsGroup {
	if len(p.Groups) == 0 {
		for _, t := range doc.Tags {
			p.Groups = append(p.Groups, docsGroup{Name: t.Name, Description: t.Description})
		}
	}
	name := ""
	if len(tags) > 0 {
		name = tags[0]
	}
	i := slices.IndexFunc(p.Groups, func(g docsGroup) bool { return g.Name == name })
	if i < 0 {
		p.Groups = append(p.Groups, docsGroup{Name: name})
		i = len(p.Groups) - 1
	}
	return &p.Groups[i]
}

func (all schemas) contents(in map[string]mediaType) []docsContent {
	var out []docsContent
	for _, name := range sortedKeys(in) {
		c := docsContent{MediaType: name}
		if s := in[name].Schema; s != nil {
			c.Type, c.Fields = all.typeOf(s, 0), all.fieldsOf(s)
		}
		out = append(out, c)
	}
	return out
}

// anchor makes an id from a route or a schema's name: letters, digits and hyphens.
func anchor(s string) string {
	mapped := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return ' '
	}, s)
	return strings.Join(strings.Fields(mapped), "-")
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
