// SPDX-License-Identifier: Apache-2.0

// Package web holds the pages that citizens see: templates, style and the one
// script, embedded. It knows no rules: package api fills the views from the
// same functions that answer its JSON routes.
package web

import (
	"net/http"
	"time"
)

// Text is one sentence in both languages.
type Text struct{ ZH, EN string }

// In returns the sentence in a language, "zh" or "en".
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.ZH
}

// Report is the page that answers an uploaded document.
type Report struct {
	Verdict  string // valid, invalid, indeterminate, unsealed
	Headline Text
	Kind     string // decision, pdf, ses, ...
	Digest   string // SM3 of the document, hex
	Checked  time.Time
	Advice   []Text // what to do next, what this does not prove
	Stamps   []Stamp
	Facts    []Fact // about the whole document
}

// Stamp is one seal on the document.
type Stamp struct {
	Verdict    string
	Headline   Text
	SealName   string
	Owner      string // department
	CreditCode string
	ESID       string
	Picture    []byte // PNG, shown only when the seal's own signature holds
	Time       time.Time
	TimeProven bool
	Signer     string // certificate subject, readable
	Issuer     string
	Serial     string
	Facts      []Fact
}

// Fact is one thing that was established, with its reasons.
type Fact struct {
	Name    Text
	Status  string // ok, failed, unknown, not-applicable
	Reasons []Text
}

// Landing is the page behind a QR code.
type Landing struct {
	Found       bool   // false: unknown and wrong codes look alike
	Code        string // in fours
	State       string // in-force, withdrawn, incomplete
	Kind        string // decision, pdf, digest
	Number      string // decision number
	Matter      string
	Departments []LandingDepartment
	Date        string
	ValidTo     string
	Applicant   string // masked
	Withdrawn   time.Time
	Why         string
	Stamped     time.Time
}

// LandingDepartment is one issuing department and its seal's state now.
type LandingDepartment struct {
	Name    string
	Stamped bool
	Seal    string // active, suspended, cancelled; "" while not stamped
}

// Problem is an error page.
type Problem struct {
	Status int
	Title  Text
	Detail Text
}

// Pages renders the views. It is safe for concurrent use.
type Pages struct{ _ struct{} }

// New parses the embedded templates.
func New() (*Pages, error) { panic("unwritten") }

// Static serves the embedded style, script, fonts and the browser verifier's
// loader under /static/, with long caching by content hash.
func (p *Pages) Static() http.Handler { panic("unwritten") }

// Home is the page that takes a file.
func (p *Pages) Home(w http.ResponseWriter, r *http.Request) { panic("unwritten") }

// Report, Landing and Problem write their view as a full page with its status.
func (p *Pages) Report(w http.ResponseWriter, r *http.Request, v Report)   { panic("unwritten") }
func (p *Pages) Landing(w http.ResponseWriter, r *http.Request, v Landing) { panic("unwritten") }
func (p *Pages) Problem(w http.ResponseWriter, r *http.Request, v Problem) { panic("unwritten") }

// Docs is the page that shows the OpenAPI document, without any script from elsewhere.
func (p *Pages) Docs(w http.ResponseWriter, r *http.Request, openAPI []byte) { panic("unwritten") }
