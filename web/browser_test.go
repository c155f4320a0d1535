// SPDX-License-Identifier: Apache-2.0

package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// policy is what api sends with every page (api/pages.go), but for the frames
// of this test.
const policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'; report-uri /violation"

// narrow is the width of the smallest telephone, in CSS pixels.
const narrow = 320

// site serves every sample under /NAME, or with ?as=post as the answer to a
// form, and collects what breaks the policy.
type site struct {
	*httptest.Server
	mu         sync.Mutex
	violations []string
}

func newSite(t *testing.T) *site {
	t.Helper()
	p, s, mux := newPages(t), &site{}, http.NewServeMux()
	mux.Handle("/static/", p.Static())
	for _, page := range samples(t, drawn(t, "示例市自然资源和规划局"), drawn(t, "示例市住房和城乡建设局")) {
		mux.HandleFunc("/"+page.name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			if r.URL.Query().Get("as") == "post" {
				r.Method = http.MethodPost
			}
			page.show(p, w, r)
		})
	}
	mux.HandleFunc("/violation", func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(io.LimitReader(r.Body, 1<<16))
		s.mu.Lock()
		defer s.mu.Unlock()
		s.violations = append(s.violations, string(b))
	})
	mux.HandleFunc("/harness", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, harness(samples(t, nil, nil))) })
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// measured is what the harness reports of one frame.
type measured struct {
	Page           string
	Width, Scroll  int
	Wide           string // the element that sticks out furthest
	Zh, En         string // computed display of the language blocks
	Submit, Choose int    // width of the visible button and file field
	Visible        bool   // the print button, which needs the script, shows
}

// harness shows each page in a narrow frame: in both languages with the script,
// and once with scripts switched off, where the other language is chosen by
// the link within the page.
func harness(pages []sample) string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html><html><body>")
	frame := func(name, src, sandbox string) {
		fmt.Fprintf(&b, `<iframe name="%s" width="%d" height="600" %s src="%s"></iframe>`, name, narrow, sandbox, html.EscapeString(src))
	}
	for _, p := range pages {
		for _, lang := range langs {
			frame(p.name+" "+lang, "/"+p.name+"?lang="+lang, "")
		}
		frame(p.name+" plain", "/"+p.name+"?as=post&lang=zh#en", `sandbox="allow-same-origin"`)
	}
	b.WriteString(`<script>window.addEventListener("load", function () {
		var out = [].map.call(document.querySelectorAll("iframe"), function (f) {
			var d = f.contentDocument, v = f.contentWindow, wide = "", right = ` + fmt.Sprint(narrow) + `;
			d.querySelectorAll("main *, header *, footer *").forEach(function (e) {
				var r = e.getBoundingClientRect();
				if (r.width && r.right > right + 0.5) { right = r.right; wide = e.tagName + "." + e.className; }
			});
			function display(id) { var e = d.getElementById(id); return e ? v.getComputedStyle(e).display : "none"; }
			function width(s) { return [].reduce.call(d.querySelectorAll(s), function (m, e) { return Math.max(m, e.offsetWidth); }, 0); }
			return {Page: f.name, Width: d.documentElement.clientWidth, Scroll: d.documentElement.scrollWidth, Wide: wide,
				Zh: display("zh"), En: display("en"), Submit: width("button[type=submit]"), Choose: width("input[type=file]"),
				Visible: width("button[data-print]") > 0};
		});
		var pre = document.createElement("pre"); pre.id = "out"; pre.textContent = JSON.stringify(out);
		document.body.replaceChildren(pre);
	});</script></body></html>`)
	return b.String()
}

// browse runs Chromium once and returns what the harness measured.
func browse(t *testing.T, address string) []measured {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed: the pages were not looked at in a browser")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
		"--user-data-dir="+t.TempDir(), "--dump-dom", address+"/harness").Output()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	found := regexp.MustCompile(`(?s)<pre id="out">(.*?)</pre>`).FindStringSubmatch(string(out))
	if found == nil {
		t.Fatalf("the harness measured nothing: %.400s", out)
	}
	var all []measured
	if err := json.Unmarshal([]byte(html.UnescapeString(found[1])), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// reports are the pages with a print button.
var reports = map[string]bool{"valid": true, "invalid": true, "indeterminate": true, "unsealed": true, "foreign": true}

func TestInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("not in short mode: starts a browser")
	}
	s := newSite(t)
	all := browse(t, s.URL)
	if want := 3 * len(samples(t, nil, nil)); len(all) != want {
		t.Fatalf("measured %d frames, want %d", len(all), want)
	}
	for _, m := range all {
		page, how, _ := strings.Cut(m.Page, " ")
		if m.Width != narrow || m.Scroll > narrow || m.Wide != "" {
			t.Errorf("%s: %d px wide at %d px; %s sticks out", m.Page, m.Scroll, m.Width, m.Wide)
		}
		zh, en := how == "zh", how != "zh" // "plain" chose English by the link
		if (m.Zh != "none") != zh || (m.En != "none") != en {
			t.Errorf("%s: Chinese is %s, English is %s", m.Page, m.Zh, m.En)
		}
		if (page == "home" || page == "landing") && (m.Submit < 50 || m.Choose < 150) {
			t.Errorf("%s: button %d px, file field %d px wide", m.Page, m.Submit, m.Choose)
		}
		if m.Visible != (reports[page] && how != "plain") {
			t.Errorf("%s: the print button shows: %v", m.Page, m.Visible)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.violations {
		t.Errorf("the page breaks its policy: %s", v)
	}
}
