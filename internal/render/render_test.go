// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/glyph"
	"github.com/govseal/govseal/internal/render"
)

func mustRender(t testing.TB, f *decision.File) *render.Rendered {
	t.Helper()
	r, err := render.PDF(f, options)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// tool runs one of poppler's or qpdf's programs on a file; the test is skipped
// where the program is absent.
func tool(t *testing.T, file []byte, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed", name)
	}
	path := filepath.Join(t.TempDir(), "decision.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		args[i] = strings.ReplaceAll(a, "FILE", path)
	}
	var out, talk bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &out, &talk
	if err := cmd.Run(); err != nil || talk.Len() > 0 {
		t.Fatalf("%s: %v %s %s", name, err, talk.String(), out.String())
	}
	return out.String()
}

func TestSameInputSameOctets(t *testing.T) {
	for name, f := range samples() {
		a, b := mustRender(t, f), mustRender(t, f)
		if !bytes.Equal(a.File, b.File) || !slices.Equal(a.Seals, b.Seals) {
			t.Errorf("%s: two renderings differ", name)
		}
	}
	stamped := sample(2)
	stamped.Stamps = [][]byte{{1}}
	if !bytes.Equal(mustRender(t, stamped).File, mustRender(t, sample(2)).File) {
		t.Error("a stamp changes the layout")
	}
}

func TestCheckersAccept(t *testing.T) {
	api.DisableConfigDir()
	for name, f := range samples() {
		if err := api.Validate(bytes.NewReader(mustRender(t, f).File), nil); err != nil {
			t.Errorf("%s: pdfcpu: %v", name, err)
		}
	}
	for name, f := range samples() {
		if out := tool(t, mustRender(t, f).File, "qpdf", "--check", "FILE"); !strings.Contains(out, "No syntax or stream encoding errors") {
			t.Errorf("%s: qpdf: %s", name, out)
		}
	}
}

func TestFontsAreEmbedded(t *testing.T) {
	out := tool(t, mustRender(t, sample(2)).File, "pdffonts", "FILE")
	embedded := regexp.MustCompile(`(?m)^[A-Z]{6}\+NotoSerifCJKsc-(Regular|Bold) +CID TrueType +Identity-H +yes yes yes `)
	if n := len(embedded.FindAllString(out, -1)); n != 2 {
		t.Errorf("got\n%s", out)
	}
}

func TestSealsStandOverNameAndDate(t *testing.T) {
	for name, f := range samples() {
		r := mustRender(t, f)
		if len(r.Seals) != len(f.Decision.Departments) {
			t.Fatalf("%s: %d places for %d departments", name, len(r.Seals), len(f.Decision.Departments))
		}
		for i, p := range r.Seals {
			if p.Width != 42 || p.Height != 42 || p.X < 20 || p.X+p.Width > 190 || p.Y < 30 || p.Y+p.Height > 270 || p.Page < 1 {
				t.Errorf("%s: seal %d stands at %+v", name, i, p)
			}
			for _, q := range r.Seals[:i] {
				if p.Page == q.Page && abs(p.X-q.X) < 43 && abs(p.Y-q.Y) < 43 {
					t.Errorf("%s: seal %d touches another: %+v %+v", name, i, p, q)
				}
			}
		}
		for i, p := range r.Seals[:min(len(r.Seals), 4)] {
			box := func(mm float64) string { return strconv.Itoa(int(mm / 25.4 * 72)) }
			page := strconv.Itoa(p.Page)
			under := solid(tool(t, r.File, "pdftotext", "-raw", "-enc", "UTF-8", "-f", page, "-l", page, "-r", "72",
				"-x", box(p.X), "-y", box(p.Y), "-W", box(p.Width), "-H", box(p.Height), "FILE", "-"))
			middle := []rune(f.Decision.Departments[i].Name)
			if !strings.Contains(under, "2026年3月2日") || len(middle) < 14 && !strings.Contains(under, string(middle[2:len(middle)-2])) {
				t.Errorf("%s: under seal %d stands %q", name, i, under)
			}
		}
	}
}

func abs(v float64) float64 { return max(v, -v) }

func TestNoSealWithoutText(t *testing.T) {
	for name, f := range samples() {
		if name == "many" {
			continue // more seals than a page holds
		}
		r := mustRender(t, f)
		for _, p := range r.Seals {
			page := strconv.Itoa(p.Page)
			text := tool(t, r.File, "pdftotext", "-raw", "-enc", "UTF-8", "-f", page, "-l", page, "FILE", "-")
			last := []rune(f.Decision.Text[len(f.Decision.Text)-1])
			if !strings.Contains(solid(text), string(last[len(last)-4:])) && !strings.Contains(text, "SM3 ") {
				t.Errorf("%s: page %s has seals and no text", name, page)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	rare := sample(1)
	rare.Decision.Applicant = decision.Applicant{Name: "某䶮𠮷"}
	_, err := render.PDF(rare, options)
	var missing *glyph.MissingError
	if !errors.As(err, &missing) || !slices.Equal(missing.Characters, []rune{'䶮', '𠮷'}) {
		t.Errorf("got %v", err)
	}
	bad := sample(1)
	bad.Decision.Date = "2026-02-30"
	var invalid *decision.ParseError
	if _, err := render.PDF(bad, options); !errors.As(err, &invalid) {
		t.Errorf("got %v", err)
	}
	for _, url := range []string{"verify.example.gov.cn", "javascript:alert(1)", "https://", "https://u:p@a.cn", "https://a.cn/?q=1", "https://a.cn/#x", "https://" + strings.Repeat("a", 300), "https://a.cn/%zz"} {
		if _, err := render.PDF(sample(1), render.Options{VerifyURL: url}); err == nil {
			t.Errorf("address %q passed", url)
		}
	}
	if _, err := render.PDF(sample(1), render.Options{}); err != nil {
		t.Errorf("without an address: %v", err)
	}
}

// The largest decision that the schema lets through is laid out as well.
func TestLargestDecision(t *testing.T) {
	f := sample(32)
	for i := range f.Decision.Departments {
		f.Decision.Departments[i].Name = strings.Repeat("长", 196) + fmt.Sprintf("名%03d", i)
	}
	f.Decision.Title, f.Decision.Number = strings.Repeat("长", 200), strings.Repeat("W", 128)
	f.Decision.MatterCode = strings.Repeat("W", 64)
	f.Decision.Text = slices.Repeat([]string{strings.Repeat("字，", 60)}, 1500)
	f.Decision.Text = append(f.Decision.Text, strings.Repeat("W", 10000), strings.Repeat("，", 10000), strings.Repeat("（", 10000))
	for i := range 200 {
		f.Decision.Attachments = append(f.Decision.Attachments, decision.Attachment{Name: fmt.Sprintf("%d", i) + strings.Repeat("W", 150), SM3: strings.Repeat("0", 64)})
	}
	r := mustRender(t, f)
	n, err := api.PageCount(bytes.NewReader(r.File), nil)
	if err != nil || n < 150 {
		t.Errorf("%d pages, %v", n, err)
	}
	for i, p := range r.Seals {
		if p.Page < 1 || p.Page > n {
			t.Errorf("seal %d is on page %d of %d", i, p.Page, n)
		}
	}
}

func BenchmarkPDF(b *testing.B) {
	f := sample(2)
	for b.Loop() {
		if _, err := render.PDF(f, options); err != nil {
			b.Fatal(err)
		}
	}
}
