// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
)

//go:embed templates/*.html
var templateFiles embed.FS

// set is all templates, with functions bound to one language.
type set struct{ *template.Template }

// block is one language's whole visible page. A page has one, or both when it
// answers a form.
type block struct {
	Lang   string // zh or en
	Tag    string // for the lang attribute
	Other  string // address of the other language: ?lang=en, or #en
	Hidden bool   // shown only when its id is the address's fragment
	Page   string // name of the template
	V      any
}

// parse reads the templates for one language. "body" runs the page's own
// template, which html/template could not name dynamically.
func (p *Pages) parse(lang string) (*set, error) {
	s := &set{}
	funcs := p.funcs(lang)
	funcs["page"] = func(name string, v any) (template.HTML, error) {
		var b bytes.Buffer
		err := s.ExecuteTemplate(&b, name, v)
		return template.HTML(b.String()), err // our own templates' output, escaped already
	}
	t, err := template.New("").Funcs(funcs).ParseFS(templateFiles, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse pages in %s: %w", lang, err)
	}
	s.Template = t
	return s, nil
}

// shell is what surrounds the blocks.
type shell struct {
	Title         string
	Tag           string
	Blocks        []template.HTML
	Style, Script string
	Icon          string
	Listed        bool // search engines may list it
}

// write renders a page whole before it sends anything, so that a failure can
// still have its own status.
func (p *Pages) write(w http.ResponseWriter, r *http.Request, status int, page string, title Text, v any) {
	lang := language(r)
	out, err := p.render(lang, r.Method == http.MethodGet || r.Method == http.MethodHead, page, title, v)
	if err != nil {
		http.Error(w, "The page cannot be shown. 页面无法显示。", http.StatusInternalServerError)
		return
	}
	remember(w, r)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", tag(lang))
	h.Set("Content-Length", strconv.Itoa(len(out)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(out)
	}
}

// render builds the page in its language, and beside it in the other one if it
// cannot be fetched again. The other comes first: the style hides the first
// language while the other is the address's target, by sibling order.
func (p *Pages) render(lang string, again bool, page string, title Text, v any) ([]byte, error) {
	sh := shell{
		Title: plain(title.In(lang)), Tag: tag(lang),
		Style: p.static.address("style.css"), Script: p.static.address("page.js"), Icon: p.static.address("seal.svg"),
		Listed: page == "home" || page == "docs",
	}
	blocks := []block{{Lang: lang, Tag: tag(lang), Other: "?lang=" + other(lang), Page: page, V: v}}
	if !again {
		o := other(lang)
		blocks[0].Other = "#" + o
		blocks = []block{{Lang: o, Tag: tag(o), Other: "#" + lang, Hidden: true, Page: page, V: v}, blocks[0]}
	}
	for _, b := range blocks {
		var out bytes.Buffer
		if err := p.templates[b.Lang].ExecuteTemplate(&out, "block", b); err != nil {
			return nil, fmt.Errorf("render %s in %s: %w", page, b.Lang, err)
		}
		sh.Blocks = append(sh.Blocks, template.HTML(out.String())) // our own templates' output, escaped already
	}
	var out bytes.Buffer
	err := p.templates[lang].ExecuteTemplate(&out, "shell", sh)
	return out.Bytes(), err
}

func tag(lang string) string {
	if lang == en {
		return "en"
	}
	return "zh-CN"
}
