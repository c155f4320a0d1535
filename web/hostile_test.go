// SPDX-License-Identifier: Apache-2.0

package web_test

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/web"
)

// hostile tries to leave text, an attribute, a script and a style, to reverse
// the reading order, and to break XML.
const hostile = "</p></bdi>\"'><script>alert(1)</script><img src=x onerror=alert(1)><!-- ]]> &lt; {{.}} javascript:alert(1) \u202e\u2066\x00\x01\xff\ufffe\u200f"

// poison sets every text within v, so that a field added later is covered.
func poison(v reflect.Value, picture []byte) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(hostile)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes(picture)
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			poison(v.Index(i), picture)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		poison(v.Elem(), picture)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(stampedAt))
			return
		}
		for i := range v.NumField() {
			poison(v.Field(i), picture)
		}
	}
}

func poisoned[T any](picture []byte) T {
	var v T
	poison(reflect.ValueOf(&v).Elem(), picture)
	return v
}

func hostileSamples(t *testing.T) []sample {
	report1, landing1, problem1 := poisoned[web.Report](onePixel), poisoned[web.Landing](nil), poisoned[web.Problem](nil)
	against := report1
	against.Verdict, against.Facts = "valid", []web.Fact{report1.Facts[0]}
	against.Facts[0].Status = "failed"
	// A JSON string cannot hold every octet of the text; what it can is enough.
	quoted := strings.NewReplacer(`"`, `\"`, "\x00", `\u0000`, "\x01", `\u0001`, "\xff", "").Replace(hostile)
	doc := openAPIFile(t)
	for _, text := range []string{"govseal\",", "Stamp a PDF", "stamps", "multipart/form-data", "Idempotency-Key", "StampRecord", "the PDF", "in-force", "integer", "/v1/stamps", "bearer", "201", "urn:govseal:problem:denied"} {
		doc = []byte(strings.ReplaceAll(string(doc), `"`+strings.TrimSuffix(text, `",`), `"`+quoted))
	}
	return []sample{
		{"report", "POST", report(report1)}, {"against", "POST", report(against)}, {"landing", "GET", land(landing1)},
		{"problem", "POST", func(p *web.Pages, w http.ResponseWriter, r *http.Request) { p.Problem(w, r, problem1) }},
		{"docs", "GET", func(p *web.Pages, w http.ResponseWriter, r *http.Request) { p.Docs(w, r, doc) }},
	}
}

func TestHostileTextsStayTexts(t *testing.T) {
	p := newPages(t)
	p.Operator = web.Text{ZH: hostile, EN: hostile}
	for _, s := range hostileSamples(t) {
		for _, lang := range langs {
			w := s.get(p, lang)
			page := w.Body.String()
			if !strings.Contains(page, "&lt;script&gt;alert(1)") {
				t.Errorf("%s in %s: the hostile text is not shown at all: the test misses its aim", s.name, lang)
			}
			if strings.ContainsAny(page, "\u202e\u2066\u200f\x00\x01\ufffe") {
				t.Errorf("%s in %s: control or bidirectional characters came through", s.name, lang)
			}
			m, err := parseMarkup(page)
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

// The code in the upload form's address comes from the record; nothing in it
// may leave the path.
func TestCodeInAddress(t *testing.T) {
	p := newPages(t)
	v := landing()
	v.Code = "7K3M-9QZA/../..//elsewhere.example?x#y"
	w := httptest.NewRecorder()
	p.Landing(w, httptest.NewRequest(http.MethodGet, "/", nil), v)
	if !strings.Contains(w.Body.String(), `action="/s/7K3M9QZAelsewhereexamplexy"`) {
		t.Error("the form's address holds more than letters and digits")
	}
}

func FuzzDocs(f *testing.F) {
	f.Add(openAPIFile(f))
	f.Add([]byte(`{"openapi":"3.1.0","paths":{"/":{"get":{"responses":{"":{}}}}},"components":{"schemas":{"A":null,"B":{"items":{"items":{}}}}}}`))
	p := newPages(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		w := httptest.NewRecorder()
		p.Docs(w, httptest.NewRequest(http.MethodGet, "/docs", nil), doc)
		if _, err := parseMarkup(w.Body.String()); err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
	})
}
