// SPDX-License-Identifier: Apache-2.0

package web_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
)

// markup is what the checks need of a page.
type markup struct {
	elements []xml.StartElement
	ids      map[string]int
	scripts  string // text within script elements
}

// parseMarkup reads a page as strict XML: every tag closed, every attribute
// quoted, every reference one of XML's.
func parseMarkup(page string) (*markup, error) {
	m := &markup{ids: map[string]int{}}
	d := xml.NewDecoder(strings.NewReader(page))
	var open []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil {
			return nil, err
		}
		switch x := token.(type) {
		case xml.StartElement:
			open = append(open, x.Name.Local)
			m.elements = append(m.elements, x.Copy())
			if id := attribute(x, "id"); id != "" {
				m.ids[id]++
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 && open[len(open)-1] == "script" {
				m.scripts += string(x)
			}
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// Addresses stay within the site, or are a picture within the page.
var local = regexp.MustCompile(`^(/([^/\\]|$)|\?lang=(zh|en)$|#[A-Za-z0-9-]+$|data:image/png;base64,[A-Za-z0-9+/=]+$)`)

var addresses = map[string]bool{"href": true, "src": true, "action": true, "formaction": true, "srcset": true, "poster": true, "data": true, "background": true, "cite": true}

// faults lists what a page must not have.
func (m *markup) faults() []string {
	var out []string
	bad := func(f string, args ...any) { out = append(out, fmt.Sprintf(f, args...)) }
	for _, e := range m.elements {
		switch e.Name.Local {
		case "style", "iframe", "object", "embed", "base":
			bad("a <%s> element", e.Name.Local)
		case "script":
			if !strings.HasPrefix(attribute(e, "src"), "/static/") {
				bad("a script from %q", attribute(e, "src"))
			}
		case "img":
			if attribute(e, "alt") == "" {
				bad("a picture without words")
			}
		case "label":
			if m.ids[attribute(e, "for")] != 1 {
				bad("a label for %q, which is there %d times", attribute(e, "for"), m.ids[attribute(e, "for")])
			}
		}
		for _, a := range e.Attr {
			name := strings.ToLower(a.Name.Local)
			if name == "style" || strings.HasPrefix(name, "on") {
				bad("an inline %s attribute", name)
			}
			if addresses[name] && !local.MatchString(a.Value) {
				bad("%s=%q leads elsewhere", name, a.Value)
			}
			if strings.HasPrefix(a.Value, "#") && addresses[name] && m.ids[a.Value[1:]] != 1 {
				bad("%s leads to an id that is there %d times", a.Value, m.ids[a.Value[1:]])
			}
			if name == "aria-labelledby" && m.ids[a.Value] != 1 {
				bad("aria-labelledby %q is there %d times", a.Value, m.ids[a.Value])
			}
		}
	}
	for id, n := range m.ids {
		if n != 1 {
			bad("id %q is there %d times", id, n)
		}
	}
	if m.scripts != "" {
		bad("a script within the page: %.40s", m.scripts)
	}
	return append(out, m.outline()...)
}

// outline holds the headings to one h1 a language, and no level left out.
func (m *markup) outline() []string {
	var out []string
	level, pages, first := 0, 0, 0
	for _, e := range m.elements {
		if strings.HasPrefix(attribute(e, "class"), "page ") {
			level, pages = 0, pages+1
		}
		if len(e.Name.Local) != 2 || e.Name.Local[0] != 'h' || e.Name.Local[1] < '1' || e.Name.Local[1] > '6' {
			continue
		}
		n := int(e.Name.Local[1] - '0')
		if n == 1 {
			first++
		}
		if n > level+1 {
			out = append(out, fmt.Sprintf("h%d after h%d", n, level))
		}
		level = n
	}
	if first != pages {
		out = append(out, fmt.Sprintf("%d h1 for %d pages", first, pages))
	}
	return out
}

func TestMarkup(t *testing.T) {
	p := newPages(t)
	for _, s := range samples(t, onePixel, onePixel) {
		for _, lang := range langs {
			m, err := parseMarkup(s.get(p, lang).Body.String())
			if err != nil {
				t.Errorf("%s in %s is not well-formed: %v", s.name, lang, err)
				continue
			}
			for _, f := range m.faults() {
				t.Errorf("%s in %s: %s", s.name, lang, f)
			}
		}
	}
}

// The checks above must themselves be able to fail.
func TestMarkupChecksBite(t *testing.T) {
	for _, x := range []struct{ page, fault string }{
		{`<p style="color:red"></p>`, "inline style"},
		{`<p onclick="x()"></p>`, "inline onclick"},
		{`<a href="https://elsewhere.example/">x</a>`, "elsewhere"},
		{`<a href="//elsewhere.example/">x</a>`, "elsewhere"},
		{`<a href="javascript:x()">x</a>`, "elsewhere"},
		{`<img src="data:image/svg+xml;base64,AAAA" alt="x"/>`, "elsewhere"},
		{`<script>x()</script>`, "script"},
		{`<style>p{}</style>`, "<style>"},
		{`<b><i id="a"/><i id="a"/></b>`, "2 times"},
		{`<label for="none">x</label>`, "0 times"},
		{`<h2>x</h2>`, "h2 after h0"},
	} {
		m, err := parseMarkup(x.page)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(m.faults(), "; "); !strings.Contains(got, x.fault) {
			t.Errorf("%s: found %q, want %q", x.page, got, x.fault)
		}
	}
	if _, err := parseMarkup("<p><br></p>"); err == nil {
		t.Error("an unclosed tag was taken for well-formed")
	}
}
