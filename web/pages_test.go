// SPDX-License-Identifier: Apache-2.0

package web_test

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/web"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var langs = []string{"zh", "en"}

func TestStatusAndHeaders(t *testing.T) {
	p := newPages(t)
	want := map[string]int{"unknown": 404, "noseal": 404, "problem": 413}
	for _, s := range samples(t, onePixel, onePixel) {
		for _, lang := range langs {
			w := s.get(p, lang)
			status := 200
			if want[s.name] != 0 {
				status = want[s.name]
			}
			if w.Code != status {
				t.Errorf("%s in %s: status %d, want %d: %.200s", s.name, lang, w.Code, status, w.Body)
			}
			if got := w.Header().Get("Content-Type"); got != "text/html; charset=utf-8" {
				t.Errorf("%s in %s: type %q", s.name, lang, got)
			}
			tag := map[string]string{"zh": "zh-CN", "en": "en"}[lang]
			if !strings.HasPrefix(w.Body.String(), "<!DOCTYPE html>\n<html lang=\""+tag+"\">") {
				t.Errorf("%s in %s: begins with %.60s", s.name, lang, w.Body)
			}
		}
	}
}

func TestProblemNeverSaysSuccess(t *testing.T) {
	for _, status := range []int{0, 200, 302, 700} {
		w := httptest.NewRecorder()
		newPages(t).Problem(w, httptest.NewRequest(http.MethodGet, "/", nil), web.Problem{Status: status})
		if w.Code != http.StatusInternalServerError {
			t.Errorf("status %d became %d", status, w.Code)
		}
	}
}

var contentHash = regexp.MustCompile(`(/static/[a-z]+\.)[0-9a-f]{12}\.`)

// The golden files show in review what a change does to the pages. Names of
// static files are left out: they change with every word of the style.
func TestGolden(t *testing.T) {
	p := newPages(t)
	for _, s := range samples(t, onePixel, onePixel) {
		for _, lang := range langs {
			if s.method == http.MethodPost && lang == "en" {
				continue // the page in Chinese holds the English one
			}
			got := contentHash.ReplaceAllString(s.get(p, lang).Body.String(), "${1}HASH.")
			file := "testdata/" + s.name + "." + lang + ".html"
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("%s differs (-want +got); if that is meant, run go test ./web -update\n%s", file, d)
			}
		}
	}
}

func TestTimesAreInTheCitysZone(t *testing.T) {
	p := newPages(t)
	for _, x := range []struct {
		at   *time.Location
		lang string
		want []string
	}{
		{web.Beijing, "zh", []string{"2026年3月2日 10:15:30", "（北京时间，UTC+08:00）", `datetime="2026-03-02T10:15:30+08:00"`}},
		{web.Beijing, "en", []string{"2 March 2026, 10:15:30", "(Beijing time, UTC+08:00)"}},
		{time.FixedZone("", -210*60), "en", []string{"1 March 2026, 22:45:30", "(UTC-03:30)"}},
	} {
		p.Location = x.at
		w := httptest.NewRecorder()
		p.Landing(w, httptest.NewRequest(http.MethodGet, "/?lang="+x.lang, nil), landing())
		for _, want := range x.want {
			// html/template writes a plus sign as a character reference.
			if !strings.Contains(strings.ReplaceAll(w.Body.String(), "&#43;", "+"), want) {
				t.Errorf("at %v in %s: no %q", x.at, x.lang, want)
			}
		}
	}
}

func TestClaimedTimeIsSaidPlainly(t *testing.T) {
	p := newPages(t)
	proven, claimed := "已由可信时间戳证明", "仅为盖章方自称，没有证明"
	for _, x := range []struct {
		report     web.Report
		says, hush string
	}{{validReport(onePixel, onePixel), proven, claimed}, {invalidReport(onePixel), claimed, proven}} {
		w := httptest.NewRecorder()
		p.Report(w, httptest.NewRequest(http.MethodGet, "/", nil), x.report)
		if body := w.Body.String(); !strings.Contains(body, x.says) || strings.Contains(body, x.hush) {
			t.Errorf("%s report: says %q %v, says %q %v", x.report.Verdict, x.says, strings.Contains(body, x.says), x.hush, strings.Contains(body, x.hush))
		}
	}
}

// A genuine file of another code, and a withdrawn one, must not look good.
func TestWhatSpeaksAgainstTakesTheHeadline(t *testing.T) {
	p := newPages(t)
	headline := func(v web.Report) string {
		w := httptest.NewRecorder()
		p.Report(w, httptest.NewRequest(http.MethodGet, "/", nil), v)
		_, after, _ := strings.Cut(w.Body.String(), `<section class="banner `)
		banner, _, _ := strings.Cut(after, "</section>")
		return banner
	}
	if b := headline(validReport(nil, nil)); !strings.HasPrefix(b, "good") {
		t.Errorf("valid: banner %s", b)
	}
	b := headline(foreignReport(nil, nil))
	if !strings.HasPrefix(b, "bad") || !strings.Contains(b, "不是该验证码对应的文件") || strings.Contains(b, "验证通过") {
		t.Errorf("another code's file: banner %s", b)
	}
	if b := headline(web.Report{Verdict: "surely-fine"}); !strings.HasPrefix(b, "doubt") {
		t.Errorf("unknown verdict: banner %s", b)
	}
}

func TestOnlyPNGIsShown(t *testing.T) {
	p := newPages(t)
	for name, picture := range map[string][]byte{
		"svg": []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), "empty": nil, "huge": append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 3<<20)...),
	} {
		w := httptest.NewRecorder()
		p.Report(w, httptest.NewRequest(http.MethodGet, "/", nil), invalidReport(picture))
		if strings.Contains(w.Body.String(), "<img") {
			t.Errorf("%s: shown as a picture", name)
		}
	}
}
