// SPDX-License-Identifier: Apache-2.0

package api

import (
	"errors"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/web"
)

// pages serves people. Each handler asks the same function as the JSON route
// beside it, and hands the answer to a template.
type pages struct {
	s   *Server
	web *web.Pages
}

func (s *Server) mountPages(r chi.Router, uploads chi.Middlewares) error {
	w, err := web.New()
	if err != nil {
		return err
	}
	w.MaxUpload = min(s.c.MaxDocument, maxInMemory)
	p := pages{s, w}
	r.Group(func(r chi.Router) {
		r.Use(pageHeaders)
		r.Get("/", w.Home)
		r.With(uploads...).Post("/", p.upload)
		r.With(s.limit(s.c.CodeLimit)).Get("/s/{code}", p.landing)
		r.With(uploads...).Post("/s/{code}", p.upload)
		r.With(s.limit(s.c.CodeLimit)).Post("/code", p.typed)
		r.With(s.limit(s.c.CodeLimit)).Get("/seal/{esID}", p.seal)
		r.Get("/docs", p.docs)
	})
	r.Handle("/static/*", http.StripPrefix("/static/", w.Static()))
	return nil
}

// pageHeaders keep a page from being framed, and from loading or sending
// anything elsewhere.
func pageHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// pageForm is what the page's form sends: the document and, for a bare
// signature, what it signs; or a side file of evidence.
var pageForm = map[string]part{
	"document": verifyForm["document"], "content": verifyForm["content"], "evidence": verifyForm["evidence"],
}

// upload answers a file chosen on a page with the report page. Behind a code
// it also says whether the file belongs to that code.
func (p pages) upload(w http.ResponseWriter, r *http.Request) {
	parts, err := p.s.receiveInMemory(r.Header.Get("Content-Type"), r.Body, r.ContentLength, pageForm)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	for name := range pageForm {
		if name != "document" && len(parts[name]) == 0 {
			delete(parts, name) // a browser sends an empty part for a field left empty
		}
	}
	report, err := p.s.check(r.Context(), parts)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	view := reportView(report)
	if err := p.s.sealsToday(r.Context(), &view, report); err != nil {
		p.fail(w, r, err)
		return
	}
	if code := chi.URLParam(r, "code"); code != "" {
		if err := p.s.compareCode(r.Context(), &view, report, code); err != nil {
			p.fail(w, r, err)
			return
		}
	} else if err := p.s.standing(r.Context(), &view, report); err != nil {
		p.fail(w, r, err)
		return
	}
	p.web.Report(w, r, view)
}

// landing is where the QR code leads.
func (p pages) landing(w http.ResponseWriter, r *http.Request) {
	status, err := p.s.statusOf(r.Context(), chi.URLParam(r, "code"))
	if errors.Is(err, seal.ErrNotFound) {
		p.web.Landing(w, r, web.Landing{})
		return
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.web.Landing(w, r, landingView(status))
}

// typed takes a code that somebody typed and leads to its page.
func (p pages) typed(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	code := strings.Map(codeCharacter, r.FormValue("code"))
	if code == "" || len(code) > 40 {
		p.web.Landing(w, r, web.Landing{})
		return
	}
	http.Redirect(w, r, "/s/"+code, http.StatusSeeOther)
}

// codeCharacter keeps what a code may be made of, so that nothing typed can
// lead anywhere but to a code's page.
func codeCharacter(c rune) rune {
	switch {
	case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
		return c
	}
	return -1
}

func (p pages) docs(w http.ResponseWriter, r *http.Request) {
	doc, err := p.s.OpenAPI()
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.web.Docs(w, r, doc)
}

func (p pages) fail(w http.ResponseWriter, r *http.Request, err error) {
	problem := p.s.problemOf(r.Context(), err)
	title := kinds[problem.name]
	p.web.Problem(w, r, web.Problem{Status: problem.Status, Title: web.Text{ZH: title.zh, EN: title.en}})
}
