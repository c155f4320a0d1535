// SPDX-License-Identifier: Apache-2.0

package api

import (
	"html"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/verify"
	"github.com/govseal/govseal/web"
)

// full is a report that has something to say of everything; the words of each
// field differ, so that one that is not shown is noticed.
func full() *verify.Report {
	at := time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)
	later := at.AddDate(0, 0, 7)
	index := uint64(41)
	ok := verify.Fact{Status: verify.OK}
	finding := func(c verify.Code, s verify.Status, detail string) verify.Fact {
		return verify.Fact{Status: s, Findings: []verify.Finding{{Code: c, Status: s, Zh: "中文：" + string(c), En: "English: " + string(c), Detail: detail}}}
	}
	certificate := func(name string) *verify.Certificate {
		return &verify.Certificate{Subject: "CN=" + name + ",C=CN", Name: name, Issuer: "CN=" + name + "的签发CA", Serial: "5e" + name, NotBefore: at, NotAfter: later, SM3: "f1" + name}
	}
	return &verify.Report{
		Verdict: verify.Indeterminate, Summary: verify.Text{Zh: "无法判定：概要", En: "Indeterminate: summary"}, Kind: verify.KindOFD, SM3: "abcdef", Size: 5000, CheckedAt: at,
		Policy: verify.Applied{Name: "default", SM3: "1234beef"}, Document: ok,
		Issuers:    verify.IssuersFact{Fact: ok, Departments: []verify.Department{{Name: "示例甲局", CreditCode: "11A", Stamped: true}, {Name: "示例乙局", CreditCode: "11B"}}},
		Decision:   &verify.DecisionView{Code: "0123456789ABCDEF", Number: "示字1号", CaseNumber: "SL-77", MatterName: "示例事项", Title: "示例标题", Outcome: "approved-in-part", Date: "2026-03-02", Applicant: "示*人"},
		Package:    &verify.PackageFact{Fact: finding("OFD_ENTRIES_DISAGREE", verify.Failed, ""), Listed: 321, Signer: certificate("清单签名者甲"), Missing: []string{"gone.xml"}, Unlisted: []string{"smuggled.xml"}},
		TimeStamps: []verify.DocumentStamp{{Fact: ok, Field: "DocTS1", Time: &later, Authority: "CN=文档时间戳机构"}},
		Stamps: []verify.Stamp{{
			Index: 1, Form: "ses", Verdict: verify.Indeterminate, Level: "LTA", Places: []verify.StampPlace{{Page: 3, X: 11, Y: 22}, {Page: 4, Slice: true}},
			Intact: ok, Coverage: verify.CoverageFact{Fact: finding("OFD_UNCOVERED_CONTENT", verify.Unknown, ""), Scope: "partial", Locked: true,
				Uncovered: []verify.Uncovered{{Entry: "Doc_0/open.xml", Role: "page", View: true, Zh: "页面", En: "a page"}}},
			Changes:   verify.ChangesFact{Fact: ok, List: []verify.Change{{Level: "other", Zh: "增加了页面", En: "a page was added", Detail: "object 12"}, {Level: "other", Zh: "增加了页面", En: "a page was added", Detail: "object 13"}}},
			Signature: ok, Seal: verify.SealFact{Fact: ok, ESID: "9901", Name: "示例专用章", OwnerName: "示例甲局", OwnerCreditCode: "11A", Created: &at, ValidFrom: &at, ValidTo: &later,
				Maker: certificate("示例制章者"), MakerPath: []string{"CN=示例制章者", "CN=制章根"}, MakerSignature: verify.OK, MakerOffice: verify.Unknown, ListsSigner: verify.Failed, InForce: verify.OK,
				Picture: &verify.Picture{Type: "ofd"}},
			Signer:     verify.SignerFact{Fact: ok, Certificate: certificate("示例签章者"), Path: []string{"CN=示例签章者", "CN=签章根"}},
			Issuer:     ok,
			Revocation: verify.RevocationFact{Fact: ok, Answers: []verify.RevocationAnswer{{Subject: "CN=示例签章者", Serial: "1", Result: "good", By: "crl", Number: "88", ThisUpdate: &at, NextUpdate: &later}, {Subject: "CN=示例制章者", Serial: "2", Result: "revoked", RevokedAt: &later}}},
			Time:       verify.TimeFact{Fact: ok, CheckTime: at, Claimed: &at, Proven: &later, By: "document-timestamp", Authority: "CN=示例时间戳"},
			Ledger:     verify.LedgerFact{Fact: ok, Origin: "example.city/sm3", Index: &index, Size: 99},
		}},
	}
}

// What the report knows, the page tells, in both languages.
func TestPageShowsTheWholeReport(t *testing.T) {
	pages, err := web.New()
	if err != nil {
		t.Fatal(err)
	}
	both := []string{"abcdef", "1234beef", "4.9 KB", "示例甲局", "11A", "示例乙局", "11B", "0123-4567-89AB-CDEF", "示字1号", "SL-77", "示例事项", "示例标题", "示*人",
		"321", "清单签名者甲", "gone.xml", "smuggled.xml", "DocTS1", "CN=文档时间戳机构", "Doc_0/open.xml", "object 12, object 13", "示例专用章", "9901", "CN=示例制章者,C=CN", "5e示例制章者", "CN=制章根",
		"CN=示例签章者,C=CN", "5e示例签章者", "CN=示例签章者的签发CA", "CN=签章根", "crl 88", "CN=示例时间戳", "example.city/sm3", "41 / 99", "OFD_UNCOVERED_CONTENT", "OFD_ENTRIES_DISAGREE"}
	for lang, want := range map[string][]string{
		"zh": {"部分准予", "已盖章", "缺少印章", "第 3 页，距左边 11 毫米、上边 22 毫米", "第 4 页（骑缝）", "文件包中的部分内容", "已锁定", "会影响显示", "增加了页面", "制章者资格", "未能确定",
			"未被吊销", "已被吊销", "已由文档时间戳证明", "盖章方声称", "长期存档", "印章图样的格式不能在此显示", "中文：OFD_UNCOVERED_CONTENT", "防夹带清单", "2026年3月9日"},
		"en": {"approved in part", "Sealed", "Seal missing", "page 3, 11 mm from the left, 22 mm from the top", "page 4 (a strip of it)", "part of the package", "no further signature may follow", "can change what shows",
			"a page was added", "Maker&#39;s office", "not established", "not revoked", "revoked", "Proven by a document time-stamp", "Claimed", "and a time-stamp protects that material",
			"English: OFD_UNCOVERED_CONTENT", "List of all entries", "9 March 2026"},
	} {
		w := httptest.NewRecorder()
		pages.Report(w, httptest.NewRequest("GET", "/?lang="+lang, nil), reportView(full()))
		page := html.UnescapeString(w.Body.String())
		for _, s := range append(want, both...) {
			if !strings.Contains(page, html.UnescapeString(s)) {
				t.Errorf("%s: the page does not say %q", lang, s)
			}
		}
	}
}

func TestHeadlineSaysWhy(t *testing.T) {
	v := reportView(full())
	if len(v.Why) != 1 || v.Why[0].EN != "English: OFD_UNCOVERED_CONTENT" {
		t.Errorf("%+v", v.Why)
	}
	r := full()
	r.Verdict = verify.Valid
	if v := reportView(r); v.Why != nil {
		t.Errorf("a valid document: %+v", v.Why)
	}
}
