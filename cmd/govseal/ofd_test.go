// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/inspect"
	"github.com/govseal/govseal/internal/render"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/verify"
)

func plainOFD(t *testing.T) []byte { return paperOFD(t, "准予许可。") }

// twoPages is long enough for a second page.
func twoPages(t *testing.T) []byte {
	return paperOFD(t, slices.Repeat([]string{"准予许可。"}, 40)...)
}

func paperOFD(t *testing.T, text ...string) []byte {
	t.Helper()
	r, err := render.OFD(&decision.File{Schema: decision.Schema, Code: "0123456789ABCDEF", Decision: decision.Decision{
		Number: "示例〔2026〕1号", CaseNumber: "SL-1", MatterCode: "SL-1", MatterName: "示例事项",
		Applicant: decision.Applicant{Name: "示例市虚构食品有限公司"}, Outcome: decision.Approved,
		Departments: []decision.Department{{CreditCode: "11990100000000001M", Name: "示例市行政审批局"}},
		LegalBasis:  []string{"《示例办法》"}, Date: "2026-01-05", Title: "示例决定书", Text: text,
	}}, render.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r.File
}

// Every way to sign an OFD through the API verifies as valid, with its
// evidence beside it, and says what it is.
func TestHTTPStampsOnOFD(t *testing.T) {
	h := newHouse(t, Config{})
	c := h.client(t, h.token)
	plain := plainOFD(t)
	for name, tt := range map[string]struct {
		change func(*api.StampRequest)
		sealed bool
		page   []string // what the page says of it
		inside []string // what inspect shows of it
	}{
		"with a seal": {func(*api.StampRequest) {}, true,
			[]string{"签名列表未被锁定", "第 1 页，距左边", "未受保护：签名列表"}, []string{"locks: no", "does not cover: 1 file", "electronic seal"}},
		"locked": {func(r *api.StampRequest) { r.Lock = true }, true,
			[]string{"已锁定，之后不能再追加签章"}, []string{"locks: yes"}},
		"plainly": {func(r *api.StampRequest) { r.OFD = &seal.OFD{Plain: true} }, false,
			[]string{"没有印章的签名", "证书持有者"}, []string{"digital signature"}},
		"with the whole package": {func(r *api.StampRequest) { r.OFD = &seal.OFD{Whole: true} }, true,
			[]string{"防夹带清单", "清单签名者"}, []string{"list of all entries: OFDEntries.xml", "signed value: "}},
		"locked, and as one whole": {func(r *api.StampRequest) { r.Lock, r.OFD = true, &seal.OFD{Whole: true} }, true,
			[]string{"防夹带清单", "已锁定"}, []string{"list of all entries", "locks: yes"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := h.request()
			tt.change(&r)
			a, err := c.stampOFD(t.Context(), "ofd "+name, r, plain)
			if err != nil {
				t.Fatal(err)
			}
			signed, err := c.document(t.Context(), a.ID, "")
			if err != nil {
				t.Fatal(err)
			}
			evidence, err := c.evidence(t.Context(), a.ID)
			if err != nil {
				t.Fatal(err)
			}
			contentType, body := formBody(t, "document", string(signed), "evidence", string(evidence))
			_, answer := h.call(t, "POST", "/v1/verifications", contentType, body)
			var report verify.Report
			if err := json.Unmarshal(answer, &report); err != nil {
				t.Fatalf("%v: %s", err, answer)
			}
			if report.Verdict != verify.Valid || report.Kind != verify.KindOFD || len(report.Stamps) != 1 {
				t.Fatalf("%s %s %v", report.Verdict, report.Kind, report.Codes())
			}
			if sealed := report.Stamps[0].Seal.ESID != ""; sealed != tt.sealed {
				t.Errorf("a seal: %v, want %v", sealed, tt.sealed)
			}
			if report.Stamps[0].Level != "T" {
				t.Errorf("level %s", report.Stamps[0].Level)
			}
			_, page := h.call(t, "POST", "/", contentType, body)
			for _, want := range append(tt.page, "验证通过", "没有被撤销", "印章现状") {
				if !strings.Contains(string(page), want) && (tt.sealed || want != "印章现状") {
					t.Errorf("the page does not say %q", want)
				}
			}
			tree, err := inspect.File(t.Context(), bytes.NewReader(signed), int64(len(signed)))
			if err != nil {
				t.Fatal(err)
			}
			flat := lines(tree)
			for _, want := range tt.inside {
				if !strings.Contains(flat, want) {
					t.Errorf("inspect does not show %q:\n%.3000s", want, flat)
				}
			}
		})
	}
	wrong := h.request()
	wrong.OFD = &seal.OFD{Document: 5}
	_, err := c.stampOFD(t.Context(), "no such document", wrong, plain)
	wantProblem(t, err, 422, "refused")
	_, err = c.stampPDF(t.Context(), "not an ofd", wrong, permitPDF)
	wantProblem(t, err, 422, "invalid-request")
}

// lines is a tree as text, without columns.
func lines(n *inspect.Node) string {
	text := n.Name + ": " + n.Value + "\n"
	for _, c := range n.Children {
		text += lines(c)
	}
	return text
}
