// SPDX-License-Identifier: Apache-2.0

// Package web holds the pages that citizens see: templates, style and the one
// script, embedded. It knows no rules: package api fills the views from the
// same functions that answer its JSON routes.
//
// Every page works without script, loads nothing from elsewhere, has no inline
// style or script (the policy that api sends forbids both), and is
// well-formed XML as well as HTML, which the tests use. A page that answers a
// form cannot be fetched again in the other language, because no file is kept:
// it carries both languages, and the switch is a link within it.
package web

import (
	"net/http"
	"time"
)

// Beijing is the zone in which times are shown unless Location says otherwise.
var Beijing = time.FixedZone("UTC+8", 8*60*60)

// Pages renders the views. It is safe for concurrent use once its fields are set.
type Pages struct {
	// Location is the zone in which times are shown, with the offset beside
	// them. New sets Beijing.
	Location *time.Location
	// Operator is who runs the service, shown in the footer; may be empty.
	Operator Text
	// MaxUpload is the largest document taken, in octets; the page says it. 0: not said.
	MaxUpload int64

	templates map[string]*set // by language
	static    *static
	docs      docsCache
}

// New parses the embedded templates.
func New() (*Pages, error) {
	st, err := newStatic()
	if err != nil {
		return nil, err
	}
	p := &Pages{Location: Beijing, static: st, templates: map[string]*set{}}
	for _, lang := range []string{zh, en} {
		if p.templates[lang], err = p.parse(lang); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Static serves the embedded style, script and icon under /static/, with long
// caching by content hash. The prefix may be stripped or not.
func (p *Pages) Static() http.Handler { return p.static }

// Home is the page that takes a file.
func (p *Pages) Home(w http.ResponseWriter, r *http.Request) {
	p.write(w, r, http.StatusOK, "home", Text{"电子印章核验", "Check an electronic seal"}, nil)
}

// Report writes the answer to an uploaded document. An invalid document is an
// answer, not an error: the status is 200.
func (p *Pages) Report(w http.ResponseWriter, r *http.Request, v Report) {
	p.write(w, r, http.StatusOK, "report", Text{"验章报告", "Verification report"}, reportPage{Report: v})
}

// Landing writes the page behind a QR code, with status 404 if nothing was found.
func (p *Pages) Landing(w http.ResponseWriter, r *http.Request, v Landing) {
	if !v.Found {
		p.write(w, r, http.StatusNotFound, "unknown", Text{"没有这个验证码", "No such verification code"}, nil)
		return
	}
	p.write(w, r, http.StatusOK, "landing", Text{"文件登记状态", "Status of a document"}, v)
}

// Seal writes the page of a seal's public status, with status 404 if there is none.
func (p *Pages) Seal(w http.ResponseWriter, r *http.Request, v SealPage) {
	if !v.Found {
		p.write(w, r, http.StatusNotFound, "noseal", Text{"没有这枚印章", "No such seal"}, nil)
		return
	}
	p.write(w, r, http.StatusOK, "seal", Text{"电子印章状态", "Status of a seal"}, v)
}

// Problem writes an error page with the problem's status.
func (p *Pages) Problem(w http.ResponseWriter, r *http.Request, v Problem) {
	status := v.Status
	if status < 400 || status > 599 {
		status = http.StatusInternalServerError
	}
	v.Status = status
	look := problemPage{v}.Look()
	p.write(w, r, status, "problem", look.Word, problemPage{v})
}

// Docs is the page that shows the OpenAPI document, without any script from elsewhere.
func (p *Pages) Docs(w http.ResponseWriter, r *http.Request, openAPI []byte) {
	doc, err := p.docs.read(openAPI)
	if err != nil {
		p.Problem(w, r, Problem{
			Status: http.StatusInternalServerError,
			Title:  Text{"接口文档暂时无法显示", "The documentation cannot be shown"},
			Detail: Text{"接口描述无法读取，请稍后再试。", "The interface description cannot be read. Please try again later."},
		})
		return
	}
	p.write(w, r, http.StatusOK, "docs", Text{"接口文档", "API documentation"}, doc)
}
