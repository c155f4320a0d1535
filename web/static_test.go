// SPDX-License-Identifier: Apache-2.0

package web_test

import (
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/govseal/govseal/web"
)

func TestStatic(t *testing.T) {
	p := newPages(t)
	home := samples(t, nil, nil)[0].get(p, "zh").Body.String()
	links := regexp.MustCompile(`"(/static/[^"]+)"`).FindAllStringSubmatch(home, -1)
	if len(links) != 3 {
		t.Fatalf("links to static files: %v", links)
	}
	for _, l := range links {
		for _, path := range []string{l[1], strings.TrimPrefix(l[1], "/static/")} {
			r := httptest.NewRequest(http.MethodGet, l[1], nil)
			r.URL.Path = path // stripped of its prefix, or not
			w := httptest.NewRecorder()
			p.Static().ServeHTTP(w, r)
			if w.Code != http.StatusOK || w.Body.Len() == 0 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %d, %d octets, %v", path, w.Code, w.Body.Len(), w.Header())
			}
			again := httptest.NewRequest(http.MethodGet, l[1], nil)
			again.Header.Set("If-None-Match", w.Header().Get("ETag"))
			w = httptest.NewRecorder()
			p.Static().ServeHTTP(w, again)
			if w.Code != http.StatusNotModified {
				t.Errorf("%s again: %d, want 304", path, w.Code)
			}
		}
	}
	for _, path := range []string{"/static/", "/static/style.css", "/static/style.000000000000.css", "/static/../web.go"} {
		w := httptest.NewRecorder()
		p.Static().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, w.Code)
		}
	}
	w := httptest.NewRecorder()
	p.Static().ServeHTTP(w, httptest.NewRequest(http.MethodPost, links[0][1], nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d, want 405", w.Code)
	}
}

func style(t *testing.T) string {
	t.Helper()
	b, err := web.StaticFiles.ReadFile("static/style.css")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestStaticLoadsNothing(t *testing.T) {
	script, err := web.StaticFiles.ReadFile("static/page.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"http://", "https://", "url(", "@import", "fetch(", "eval(", "innerHTML", "document.write"} {
		if strings.Contains(style(t), bad) || strings.Contains(string(script), bad) {
			t.Errorf("style or script holds %q", bad)
		}
	}
}

var (
	root   = regexp.MustCompile(`(?s):root \{(.*?)\n\s*\}`)
	colour = regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`)
)

// WCAG 2 asks for a contrast of 4.5 between text and its ground.
func TestContrast(t *testing.T) {
	themes := root.FindAllStringSubmatch(style(t), 2)
	if len(themes) != 2 {
		t.Fatalf("%d themes, want light and dark", len(themes))
	}
	for i, theme := range themes {
		c := map[string]string{}
		for _, m := range colour.FindAllStringSubmatch(theme[1], -1) {
			c[m[1]] = m[2]
		}
		pairs := [][2]string{{"ink", "paper"}, {"ink", "ground"}, {"soft", "paper"}, {"soft", "ground"}, {"brand", "paper"}, {"brand", "ground"}, {"on-brand", "brand"}, {"on-brand", "brand-deep"}, {"brand", "calm-bg"}, {"soft", "calm-bg"}}
		for _, tone := range []string{"good", "bad", "doubt", "calm"} {
			pairs = append(pairs, [2]string{tone, "paper"}, [2]string{tone, tone + "-bg"}, [2]string{"ink", tone + "-bg"}, [2]string{"on-tone", tone})
		}
		for _, p := range pairs {
			if got := contrast(t, c[p[0]], c[p[1]]); got < 4.5 {
				t.Errorf("theme %d: %s on %s has a contrast of %.2f", i, p[0], p[1], got)
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) != 7 {
		t.Fatalf("colour %q", hex)
	}
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}
