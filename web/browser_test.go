// SPDX-License-Identifier: Apache-2.0

package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// policy is what api sends with every page (api/pages.go).
const policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// serve puts every sample on loopback under /NAME, whatever the method; with
// ?as=post the page is the answer to a form, in both languages.
func serve(t *testing.T, wrap func(http.Handler) http.Handler) *httptest.Server {
	t.Helper()
	p := newPages(t)
	mux := http.NewServeMux()
	mux.Handle("/static/", p.Static())
	for _, s := range samples(t, drawn(t, "示例市自然资源和规划局"), drawn(t, "示例市住房和城乡建设局")) {
		mux.HandleFunc("/"+s.name, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("as") == "post" {
				r.Method = http.MethodPost
			}
			s.show(p, w, r)
		})
	}
	srv := httptest.NewServer(wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		mux.ServeHTTP(w, r)
	})))
	t.Cleanup(srv.Close)
	return srv
}
