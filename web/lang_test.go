// SPDX-License-Identifier: Apache-2.0

package web_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"text/template/parse"
	"unicode"

	"github.com/govseal/govseal/web"
)

func TestLanguageChoice(t *testing.T) {
	p := newPages(t)
	for _, x := range []struct{ query, cookie, accept, want, set string }{
		{"", "", "", "zh-CN", ""},
		{"", "", "en-GB,en", "zh-CN", ""},
		{"", "en", "", "en", ""},
		{"", "zh", "", "zh-CN", ""},
		{"", "klingon", "", "zh-CN", ""},
		{"?lang=en", "", "", "en", "en"},
		{"?lang=zh", "en", "", "zh-CN", "zh"},
		{"?lang=fr", "en", "", "en", ""},
	} {
		r := httptest.NewRequest(http.MethodGet, "/"+x.query, nil)
		r.Header.Set("Accept-Language", x.accept)
		if x.cookie != "" {
			r.AddCookie(&http.Cookie{Name: "lang", Value: x.cookie})
		}
		w := httptest.NewRecorder()
		p.Home(w, r)
		if got := w.Header().Get("Content-Language"); got != x.want {
			t.Errorf("%+v: in %s", x, got)
		}
		set := ""
		for _, c := range w.Result().Cookies() {
			set = c.Value
		}
		if set != x.set {
			t.Errorf("%+v: set the cookie to %q", x, set)
		}
	}
}

// A page that can be fetched again switches by address; an answer to a form
// carries both languages, for no file is kept to answer again.
func TestSwitch(t *testing.T) {
	p := newPages(t)
	for _, s := range samples(t, onePixel, onePixel) {
		for lang, other := range map[string]string{"zh": "en", "en": "zh"} {
			page := s.get(p, lang).Body.String()
			both := strings.Contains(page, `id="zh"`) && strings.Contains(page, `id="en"`)
			if want := s.method == http.MethodPost; both != want {
				t.Errorf("%s in %s: both languages %v, want %v", s.name, lang, both, want)
			}
			link := `href="?lang=` + other + `"`
			if both {
				link = `href="#` + other + `"`
				if strings.Index(page, `<div class="page second" id="`+other+`"`) > strings.Index(page, `<div class="page first" id="`+lang+`"`) {
					t.Errorf("%s in %s: the style needs the second language first", s.name, lang)
				}
			}
			if !strings.Contains(page, link) {
				t.Errorf("%s in %s: no switch %s", s.name, lang, link)
			}
		}
	}
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func hasLetter(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

func TestEveryTextHasBothLanguages(t *testing.T) {
	for name, x := range web.AllTexts() {
		if !hasHan(x.ZH) || !hasLetter(x.EN) || hasHan(x.EN) {
			t.Errorf("%s: %q / %q", name, x.ZH, x.EN)
		}
	}
	files, err := fs.Glob(web.TemplateFiles, "templates/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("templates: %v %v", files, err)
	}
	pairs := 0
	for _, file := range files {
		content, err := fs.ReadFile(web.TemplateFiles, file)
		if err != nil {
			t.Fatal(err)
		}
		tree := parse.New(file)
		tree.Mode = parse.SkipFuncCheck
		trees := map[string]*parse.Tree{}
		if _, err := tree.Parse(string(content), "", "", trees); err != nil {
			t.Fatal(err)
		}
		for _, tr := range trees {
			walk(tr.Root, func(n parse.Node) { pairs += checkNode(t, file, n) })
		}
	}
	if pairs < 80 {
		t.Errorf("only %d pairs found: the walk misses some", pairs)
	}
}

// checkNode holds {{tr}} to two sentences, and bare text to none.
func checkNode(t *testing.T, file string, n parse.Node) int {
	switch x := n.(type) {
	case *parse.TextNode:
		if hasHan(string(x.Text)) {
			t.Errorf("%s: Chinese outside of tr: %q", file, x.Text)
		}
	case *parse.CommandNode:
		id, ok := x.Args[0].(*parse.IdentifierNode)
		if !ok || id.Ident != "tr" {
			return 0
		}
		if len(x.Args) != 3 {
			t.Errorf("%s: %s", file, x)
			return 1
		}
		zh, ok1 := x.Args[1].(*parse.StringNode)
		en, ok2 := x.Args[2].(*parse.StringNode)
		if !ok1 || !ok2 {
			t.Errorf("%s: %s", file, x)
			return 1
		}
		switched := en.Text == "中文" || en.Text == "zh-CN" || en.Text == "zh" || zh.Text == "zh"
		if !switched && (hasHan(en.Text) || hasLetter(zh.Text) != hasLetter(en.Text) && zh.Text != " 枚") {
			t.Errorf("%s: %q and %q are not the same in two languages", file, zh.Text, en.Text)
		}
		return 1
	}
	return 0
}

// walk visits every node of a template.
func walk(n parse.Node, visit func(parse.Node)) {
	visit(n)
	switch x := n.(type) {
	case *parse.ListNode:
		if x == nil {
			return
		}
		for _, c := range x.Nodes {
			walk(c, visit)
		}
	case *parse.ActionNode:
		walk(x.Pipe, visit)
	case *parse.TemplateNode:
		if x.Pipe != nil {
			walk(x.Pipe, visit)
		}
	case *parse.PipeNode:
		for _, c := range x.Cmds {
			walk(c, visit)
		}
	case *parse.CommandNode:
		for _, a := range x.Args {
			walk(a, visit)
		}
	case *parse.IfNode:
		walkBranch(&x.BranchNode, visit)
	case *parse.RangeNode:
		walkBranch(&x.BranchNode, visit)
	case *parse.WithNode:
		walkBranch(&x.BranchNode, visit)
	}
}

func walkBranch(b *parse.BranchNode, visit func(parse.Node)) {
	walk(b.Pipe, visit)
	walk(b.List, visit)
	if b.ElseList != nil {
		walk(b.ElseList, visit)
	}
}
