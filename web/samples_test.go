// SPDX-License-Identifier: Apache-2.0

package web_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/glyph"
	"github.com/govseal/govseal/web"
)

// The samples are plainly fictional; the credit codes are made up.

var (
	stampedAt = time.Date(2026, 3, 2, 2, 15, 30, 0, time.UTC)
	checkedAt = time.Date(2026, 4, 20, 9, 5, 0, 0, time.UTC)
	digest    = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
)

// onePixel is the smallest PNG, so that golden files stay readable.
var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82")

func drawn(t testing.TB, name string) []byte {
	t.Helper()
	png, err := glyph.SealPicture{Name: name, Horizontal: "审批专用章", DPI: 200}.PNG()
	if err != nil {
		t.Fatal(err)
	}
	return png
}

func fact(zh, en, status string, reasons ...web.Text) web.Fact {
	return web.Fact{Name: web.Text{ZH: zh, EN: en}, Status: status, Reasons: reasons}
}

func stamp(picture []byte, owner, seal, credit, esID string, change func(*web.Stamp)) web.Stamp {
	s := web.Stamp{
		Verdict: "valid", SealName: seal, Owner: owner, CreditCode: credit, ESID: esID, Picture: picture,
		Time: stampedAt, TimeProven: true, TimeBy: web.Text{ZH: "可信时间戳", EN: "a trusted time-stamp"}, Level: "T", Known: true, Now: "active",
		ValidFrom: stampedAt.AddDate(-1, 0, 0), ValidTo: stampedAt.AddDate(2, 0, 0), Maker: "示例市电子印章制作中心", Holder: seal,
		NotBefore: stampedAt.AddDate(-1, 0, 0), NotAfter: stampedAt.AddDate(2, 0, 0), Print: digest,
		Places: []web.Place{{Page: 1, X: 124, Y: 216.5}, {Page: 2, Slice: true}},
		Signer: "CN=" + seal + ",O=" + owner + ",C=CN", Issuer: "CN=示例市电子印章签发 CA,O=示例市数据管理局,C=CN", Serial: "4e2f90c1a7d35b6688d1",
		Facts: []web.Fact{
			fact("内容完整", "Content intact", "ok", web.Text{ZH: "签名所覆盖的内容没有改动。", EN: "What the signature covers has not changed."}),
			fact("覆盖范围", "Coverage", "ok", web.Text{ZH: "签名覆盖整个文件。", EN: "The signature covers the whole file."}),
			{Name: web.Text{ZH: "盖章后的改动", EN: "Changes after the seal"}, Status: "ok", Open: true,
				Reasons: []web.Text{{ZH: "盖章之后只有允许的追加。", EN: "Only permitted additions follow the stamp."}},
				Details: []web.Detail{{Name: web.Text{ZH: "追加了文档时间戳", EN: "a document time-stamp was added"}, Raw: "field 28"}}},
			fact("签名", "Signature", "ok"),
			fact("电子印章", "Seal", "ok", web.Text{ZH: "印章由受信任的制章者制作，在有效期内。", EN: "The seal was made by a trusted maker and is within its validity."}),
			fact("签章证书", "Signer's certificate", "ok", web.Text{ZH: "证书链通向受信任的根。", EN: "The chain leads to a trusted root."}),
			{Name: web.Text{ZH: "吊销状态", EN: "Revocation"}, Status: "ok", Reasons: []web.Text{{ZH: "证书在盖章时未被吊销。", EN: "The certificate was not revoked when it was used."}},
				Details: []web.Detail{{Name: web.Text{ZH: "CN=" + seal, EN: "CN=" + seal}, Value: web.Text{ZH: "未被吊销", EN: "not revoked"}, From: stampedAt, To: stampedAt.AddDate(0, 0, 7)}}},
			fact("时间", "Time", "ok", web.Text{ZH: "盖章时间由受信任的时间戳证明。", EN: "A trusted time-stamp proves the time."}),
			fact("存证日志", "Ledger", "unknown", web.Text{ZH: "没有附上存证证明；这不影响结论。", EN: "No ledger proof was supplied; this does not lower the verdict."}),
		},
	}
	if change != nil {
		change(&s)
	}
	return s
}

func twoStamps(planning, building []byte) []web.Stamp {
	return []web.Stamp{
		stamp(planning, "示例市自然资源和规划局", "示例市自然资源和规划局审批专用章", "11990100MB0000001X", "99010020260000017", nil),
		stamp(building, "示例市住房和城乡建设局", "示例市住房和城乡建设局审批专用章", "11990100MB00000025", "99010020260000023", nil),
	}
}

func documentFact() web.Fact {
	return fact("文件", "Document", "ok", web.Text{ZH: "文件格式正确，没有多余内容。", EN: "The file is well-formed and holds nothing beside."})
}

func validReport(a, b []byte) web.Report {
	return web.Report{
		Verdict: "valid", Kind: "decision", Digest: digest, Checked: checkedAt, Stamps: twoStamps(a, b),
		Headline: web.Text{
			ZH: "验证通过：文件盖章后未被改动，印章和证书在盖章时有效，颁发机构可信。",
			EN: "Valid: the document has not changed since it was stamped; seal and certificate were in force and come from a trusted authority.",
		},
		Size: 48_213, Policy: "default " + digest,
		Decision: &web.Decision{Number: "示规许〔2026〕017号", CaseNumber: "SL-2026-000117", Matter: "建设工程规划许可证核发", Title: "关于准予核发建设工程规划许可证的决定",
			Outcome: "approved", Date: "2026-03-02", Applicant: "示例****公司", Code: "7K3M 9QZA 2D5X W8RT"},
		Departments: []web.Department{{Name: "示例市自然资源和规划局", CreditCode: "11990100MB0000001X", Stamped: true}, {Name: "示例市住房和城乡建设局", CreditCode: "11990100MB00000025", Stamped: true}},
		Facts:       []web.Fact{documentFact(), fact("签发单位", "Issuing departments", "ok", web.Text{ZH: "列明的两个单位均已盖章。", EN: "Both listed departments have stamped."})},
	}
}

func invalidReport(picture []byte) web.Report {
	return web.Report{
		Verdict: "invalid", Kind: "pdf", Digest: digest, Checked: checkedAt,
		Headline: web.Text{ZH: "验证不通过：文件或其签章不可信，请勿采信。", EN: "Invalid: the document or its stamp is not genuine. Do not rely on it."},
		Why:      []web.Text{{ZH: "文件内容与签章时不一致，已被改动。", EN: "The content differs from what was stamped: it was changed."}},
		Facts:    []web.Fact{documentFact()},
		Stamps: []web.Stamp{stamp(picture, "示例市自然资源和规划局", "示例市自然资源和规划局审批专用章", "11990100MB0000001X", "99010020260000017", func(s *web.Stamp) {
			s.Verdict, s.TimeProven = "invalid", false
			s.Facts[0] = fact("内容完整", "Content intact", "failed", web.Text{ZH: "内容的摘要与签名所载不同：盖章之后有人改动过文件。", EN: "The digest of the content is not the one that was signed: the file was altered after it was sealed."})
			s.Facts[7] = fact("时间", "Time", "unknown", web.Text{ZH: "没有时间戳，盖章时间只是自称。", EN: "There is no time-stamp; the time is only claimed."})
		})},
	}
}

func indeterminateReport(picture []byte) web.Report {
	r := invalidReport(picture)
	r.Verdict = "indeterminate"
	r.Why = []web.Text{{ZH: "没有可用的吊销信息：请提供颁发机构的证书吊销列表。", EN: "Revocation could not be checked: supply the issuer's certificate revocation list."}}
	r.Headline = web.Text{ZH: "无法判定：现有材料不足以作出结论，并不表示文件是假的。请查看原因并补充所需材料。", EN: "Indeterminate: the material at hand does not suffice for a conclusion. This does not mean that the document is forged; see what is missing."}
	r.Stamps[0].Verdict, r.Stamps[0].Picture = "indeterminate", nil
	r.Departments = []web.Department{{Name: "示例市自然资源和规划局", Stamped: true}, {Name: "示例市住房和城乡建设局"}}
	r.Stamps[0].Facts[0] = fact("内容完整", "Content intact", "ok")
	r.Stamps[0].Facts[6] = fact("吊销状态", "Revocation", "unknown", web.Text{ZH: "没有可用的吊销列表（CRL），无法确认证书当时是否有效。", EN: "No usable revocation list was supplied."})
	return r
}

func unsealedReport() web.Report {
	return web.Report{
		Verdict: "unsealed", Kind: "pdf", Digest: digest, Checked: checkedAt, Facts: []web.Fact{documentFact()},
		Headline: web.Text{ZH: "未签章：文件可以读取，但没有任何电子印章或签名。", EN: "Unsealed: the file can be read, but bears no seal and no signature."},
	}
}

func foreignReport(a, b []byte) web.Report {
	r := validReport(a, b)
	r.Facts = append(r.Facts, fact("验证码", "Verification code", "failed", web.Text{ZH: "这份文件不是该验证码对应的文件。", EN: "This file is not the one that the verification code stands for."}))
	return r
}

func landing() web.Landing {
	return web.Landing{
		Found: true, Code: "7K3M 9QZA 2D5X W8RT", State: "in-force", Kind: "decision", Number: "示规许〔2026〕017号",
		Matter: "建设工程规划许可证核发", Date: "2026-03-02", ValidTo: "2028-03-01", Applicant: "示例****公司", Stamped: stampedAt,
		Departments: []web.LandingDepartment{
			{Name: "示例市自然资源和规划局", Stamped: true, Seal: "active", ESID: "99010020260000017"},
			{Name: "示例市住房和城乡建设局", Stamped: true, Seal: "suspended"},
		},
	}
}

func withdrawn() web.Landing {
	v := landing()
	v.State, v.Withdrawn, v.Why = "withdrawn", checkedAt, "申请材料不实"
	return v
}

func incomplete() web.Landing {
	v := landing()
	v.State, v.Departments[1] = "incomplete", web.LandingDepartment{Name: "示例市住房和城乡建设局"}
	return v
}

func sealPage() web.SealPage {
	return web.SealPage{
		Found: true, ESID: "99010020260000017", Name: "示例市自然资源和规划局审批专用章", Owner: "示例市自然资源和规划局", State: "lost", Since: checkedAt,
		ValidFrom: stampedAt.AddDate(-1, 0, 0), ValidTo: stampedAt.AddDate(2, 0, 0), VoidSince: stampedAt, Supersedes: "99010020250000003", SupersededBy: "99010020260000031",
		History: []web.SealStep{{State: "made", Since: stampedAt.AddDate(-1, 0, 0)}, {State: "active", Since: stampedAt.AddDate(-1, 0, 2)}, {State: "lost", Since: checkedAt}},
	}
}

func showSeal(v web.SealPage) func(*web.Pages, http.ResponseWriter, *http.Request) {
	return func(p *web.Pages, w http.ResponseWriter, r *http.Request) { p.Seal(w, r, v) }
}

func problem() web.Problem {
	return web.Problem{Status: 413, Title: web.Text{ZH: "请求过大", EN: "The request is too large"}, Detail: web.Text{ZH: "文件超过了本服务的上限。", EN: "The file is over the limit of this service."}}
}

func openAPIFile(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sample is one page, by name.
type sample struct {
	name   string
	method string
	show   func(*web.Pages, http.ResponseWriter, *http.Request)
}

func report(v web.Report) func(*web.Pages, http.ResponseWriter, *http.Request) {
	return func(p *web.Pages, w http.ResponseWriter, r *http.Request) { p.Report(w, r, v) }
}

func land(v web.Landing) func(*web.Pages, http.ResponseWriter, *http.Request) {
	return func(p *web.Pages, w http.ResponseWriter, r *http.Request) { p.Landing(w, r, v) }
}

// samples are all pages in all their states, with the pictures given.
func samples(t testing.TB, a, b []byte) []sample {
	doc := openAPIFile(t)
	return []sample{
		{"home", "GET", (*web.Pages).Home},
		{"valid", "POST", report(validReport(a, b))},
		{"invalid", "POST", report(invalidReport(a))},
		{"indeterminate", "POST", report(indeterminateReport(a))},
		{"unsealed", "POST", report(unsealedReport())},
		{"foreign", "POST", report(foreignReport(a, b))},
		{"landing", "GET", land(landing())},
		{"withdrawn", "GET", land(withdrawn())},
		{"incomplete", "GET", land(incomplete())},
		{"unknown", "GET", land(web.Landing{})},
		{"seal", "GET", showSeal(sealPage())},
		{"noseal", "GET", showSeal(web.SealPage{})},
		{"problem", "POST", func(p *web.Pages, w http.ResponseWriter, r *http.Request) { p.Problem(w, r, problem()) }},
		{"docs", "GET", func(p *web.Pages, w http.ResponseWriter, r *http.Request) { p.Docs(w, r, doc) }},
	}
}

func newPages(t testing.TB) *web.Pages {
	t.Helper()
	p, err := web.New()
	if err != nil {
		t.Fatal(err)
	}
	p.MaxUpload = 50 << 20
	return p
}

// get renders a sample in a language.
func (s sample) get(p *web.Pages, lang string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.show(p, w, httptest.NewRequest(s.method, "/?lang="+lang, strings.NewReader("")))
	return w
}
