// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"slices"
	"strings"
)

// docsSchema is a named schema with its fields.
type docsSchema struct {
	Name, Description string
	Type              docsType
	Fields            []docsField
}

// Anchor is where links to the schema lead.
func (s docsSchema) Anchor() string { return "schema-" + anchor(s.Name) }

// docsField is a parameter, a header or an object's member.
type docsField struct {
	Name, In, Description string
	Required              bool
	Type                  docsType
	Limits                []string
	Enum                  []string
	Example               string
}

// docsType is a type in words; Link is the name of the schema it ends with.
type docsType struct{ Text, Link string }

// Anchor is where the link leads.
func (t docsType) Anchor() string { return "schema-" + anchor(t.Link) }

// maxTypeDepth bounds how deep arrays and unions are spelled out.
const maxTypeDepth = 6

// schemas are the named ones; a link leads only to one that is there.
type schemas map[string]*schema

func (all schemas) typeOf(s *schema, depth int) docsType {
	if s == nil || depth > maxTypeDepth {
		return docsType{Text: "any"}
	}
	if s.Ref != "" {
		name := strings.TrimPrefix(s.Ref, "#/components/schemas/")
		if all[name] == nil {
			return docsType{Text: name}
		}
		return docsType{Link: name}
	}
	for _, union := range [][]*schema{s.OneOf, s.AnyOf, s.AllOf} {
		if len(union) > 0 {
			return all.typeOf(union[0], depth+1)
		}
	}
	names := slices.DeleteFunc(slices.Clone([]string(s.Type)), func(n string) bool { return n == "null" })
	if slices.Contains(names, "array") {
		inner := all.typeOf(s.Items, depth+1)
		return docsType{Text: "array of " + inner.Text, Link: inner.Link}
	}
	text := strings.Join(names, " or ")
	if text == "" {
		text = "any"
	}
	if s.Format != "" {
		text += " (" + s.Format + ")"
	}
	return docsType{Text: text}
}

// fieldsOf lists an object's members, the required ones first.
func (all schemas) fieldsOf(s *schema) []docsField {
	if s == nil {
		return nil
	}
	var required, optional []docsField
	for _, name := range sortedKeys(s.Properties) {
		if name == "$schema" {
			continue
		}
		f := all.field(s.Properties[name], name)
		if f.Required = slices.Contains(s.Required, name); f.Required {
			required = append(required, f)
		} else {
			optional = append(optional, f)
		}
	}
	return append(required, optional...)
}

func (all schemas) field(s *schema, name string) docsField {
	f := docsField{Name: name, Type: all.typeOf(s, 0)}
	if s == nil {
		return f
	}
	f.Description, f.Limits = s.Description, s.limits()
	of := s
	if s.Items != nil && len(s.Enum) == 0 {
		of = s.Items
	}
	for _, e := range of.Enum {
		f.Enum = append(f.Enum, fmt.Sprint(e))
	}
	if len(s.Examples) > 0 {
		f.Example = fmt.Sprint(s.Examples[0])
	}
	return f
}

func (s *schema) limits() []string {
	var out []string
	if s.MinLength != nil {
		out = append(out, fmt.Sprintf("length ≥ %d", *s.MinLength))
	}
	if s.MaxLength != nil {
		out = append(out, fmt.Sprintf("length ≤ %d", *s.MaxLength))
	}
	if s.Minimum != nil {
		out = append(out, fmt.Sprintf("≥ %g", *s.Minimum))
	}
	if s.Maximum != nil {
		out = append(out, fmt.Sprintf("≤ %g", *s.Maximum))
	}
	if s.Pattern != "" {
		out = append(out, s.Pattern)
	}
	return out
}

func (all schemas) parameter(q parameter) docsField {
	f := all.field(q.Schema, q.Name)
	f.In, f.Required = q.In, q.Required
	if q.Description != "" {
		f.Description = q.Description
	}
	return f
}
