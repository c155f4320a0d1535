// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/glyph"
	"github.com/govseal/govseal/internal/render"
)

func solid(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// foot is what stands at the bottom of a page.
func foot(f *decision.File, page, pages int) string {
	return f.Decision.Number + render.PageOf(page, pages) + "验证码" + decision.FormatCode(f.Code)
}

// expected is the whole text in the order of the page, without the feet.
func expected(f *decision.File) string {
	d := &f.Decision
	var s strings.Builder
	write := func(parts ...string) {
		for _, p := range parts {
			s.WriteString(p)
		}
	}
	write("验证码", decision.FormatCode(f.Code), "扫描二维码，或登录以下网址输入验证码，核验真伪", "verify.example.gov.cn")
	for i, dept := range d.Departments {
		if len(d.Departments) <= 4 || i < 3 {
			write(dept.Name)
		}
	}
	if n := len(d.Departments); n > 4 {
		write("等", strconv.Itoa(n), "个单位")
	}
	write(d.Number, d.Title, "申请人", d.Applicant.Name)
	if d.Applicant.CreditCode != "" {
		write("统一社会信用代码", d.Applicant.CreditCode)
	}
	outcome := map[string]string{decision.Approved: "准予", decision.ApprovedInPart: "部分准予", decision.Refused: "不予"}[d.Outcome]
	write("办件编号", d.CaseNumber, "事项名称", d.MatterName, "事项编码", d.MatterCode, "审批结果", outcome)
	if d.ValidFrom != "" {
		write("有效期2026年3月2日至2027年3月1日")
	}
	write("法律依据")
	write(d.LegalBasis...)
	write(d.Text...)
	for i, a := range d.Attachments {
		if i == 0 {
			write("附件：")
		}
		write(strconv.Itoa(i+1), "．", a.Name, "SM3", a.SM3)
	}
	for _, dept := range d.Departments {
		write(dept.Name, "2026年3月2日")
	}
	return s.String()
}

func TestEveryCharacterIsExtracted(t *testing.T) {
	all := samples()
	all["all of GB 2312"] = sample(2)
	all["all of GB 2312"].Decision.Text = everything()
	for name, f := range all {
		t.Run(name, func(t *testing.T) {
			out := tool(t, mustRender(t, f).File, "pdftotext", "-raw", "-enc", "UTF-8", "FILE", "-")
			pages := strings.Split(strings.TrimSuffix(out, "\f"), "\f")
			var got strings.Builder
			for i, page := range pages {
				text, ok := strings.CutSuffix(solid(page), solid(foot(f, i+1, len(pages))))
				if !ok {
					t.Errorf("page %d has no foot", i+1)
				}
				got.WriteString(text)
			}
			compare(t, got.String(), solid(expected(f)))
		})
	}
}

func compare(t *testing.T, got, want string) {
	t.Helper()
	g, w := []rune(got), []rune(want)
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Fatalf("character %d: got %q, want %q, after %q", i, g[i], w[i], string(w[max(i-20, 0):i]))
		}
	}
	if len(g) != len(w) {
		t.Fatalf("%d characters, want %d", len(g), len(w))
	}
}

// everything is each character of the basic plane that the fonts have and a
// decision may hold, in paragraphs.
func everything() []string {
	var text []string
	line := []rune("字")
	for r := rune(0x21); r <= 0xFFFF; r++ {
		f := sample(1)
		if !glyph.Regular().Has(r) {
			continue
		}
		if f.Decision.Title = "字" + string(r) + "字"; f.Decision.Validate() != nil {
			continue
		}
		if line = append(line, r); len(line) == 500 {
			text, line = append(text, string(line)+"字"), []rune("字")
		}
	}
	return append(text, string(line)+"字")
}
