// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/verify"
)

// The printed report tells every fact, in both languages.
func TestPrintedReport(t *testing.T) {
	at := time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)
	later, index := at.AddDate(0, 0, 7), uint64(41)
	ok := verify.Fact{Status: verify.OK}
	c := &verify.Certificate{Subject: "CN=示例签章者", Issuer: "CN=示例签发CA", Serial: "5e", NotBefore: at, NotAfter: later}
	answer := verify.RevocationAnswer{Subject: "CN=示例签章者", Serial: "5e", Result: "good", By: "crl", Number: "88", ThisUpdate: &at, NextUpdate: &later}
	r := &verify.Report{
		Verdict: verify.Invalid, Document: ok, CheckedAt: at, Kind: verify.KindOFD,
		Package:    &verify.PackageFact{Fact: ok, Listed: 321, Signer: &verify.Certificate{Name: "清单签名者"}},
		TimeStamps: []verify.DocumentStamp{{Fact: ok, Time: &later, Authority: "CN=文档时间戳机构"}},
		Stamps: []verify.Stamp{{
			Index: 1, Form: "ses", Level: "T", Field: "s001", Places: []verify.StampPlace{{Page: 3, X: 11, Y: 22, Width: 42, Height: 42}, {Page: 4, Slice: true}, {}},
			Intact: verify.Fact{Status: verify.Failed, Findings: []verify.Finding{{Code: "HASH_FAILURE", Status: verify.Failed, Zh: "已被改动", En: "it was changed", Detail: "a.xml"}}},
			Coverage: verify.CoverageFact{Fact: ok, Scope: "partial", Locked: true,
				Uncovered: []verify.Uncovered{{Entry: "open.xml", View: true, Zh: "页面", En: "a page"}}},
			Changes:    verify.ChangesFact{Fact: ok, List: []verify.Change{{Zh: "增加了页面", En: "a page was added", Detail: "object 12"}}},
			Seal:       verify.SealFact{Fact: ok, ESID: "9901", Name: "示例专用章", OwnerName: "示例甲局", ValidFrom: &at, ValidTo: &later, Maker: &verify.Certificate{Subject: "CN=示例制章者", Serial: "6f"}},
			Signer:     verify.SignerFact{Fact: ok, Certificate: c},
			Revocation: verify.RevocationFact{Fact: ok, Answers: []verify.RevocationAnswer{answer, answer}},
			Time:       verify.TimeFact{Fact: ok, CheckTime: at, Proven: &later, By: "tsa", Authority: "CN=示例时间戳"},
			Ledger:     verify.LedgerFact{Fact: ok, Origin: "example.city/sm3", Index: &index, Size: 99},
		}},
	}
	both := []string{"示例专用章  9901", "CN=示例制章者  6f", "CN=示例签章者  5e", "CN=示例签发CA", "crl 88", "CN=示例时间戳", "example.city/sm3  41 / 99", "open.xml", "object 12", "HASH_FAILURE: a.xml", "321", "清单签名者", "CN=文档时间戳机构"}
	for zh, want := range map[bool][]string{
		true:  {"原因          已被改动", "页 3: 11.0, 22.0 mm (42.0 × 42.0); 页 4 (骑缝); 无此页", "文件包中的部分内容  已锁定", "页面; 会影响显示", "增加了页面", "未被吊销", "证明者 可信时间戳", "防夹带清单"},
		false: {"because              it was changed", "page 3: 11.0, 22.0 mm (42.0 × 42.0); page 4 (a strip); no such page", "part of the package  locked", "a page; shows", "a page was added", "not revoked", "proven by a trusted time-stamp", "list of entries"},
	} {
		var out bytes.Buffer
		if err := (&program{out: &out}).printReport(r, zh); err != nil {
			t.Fatal(err)
		}
		for _, s := range append(want, both...) {
			if !strings.Contains(out.String(), s) {
				t.Errorf("no %q in\n%s", s, out.String())
			}
		}
		if n := strings.Count(out.String(), "crl 88"); n != 1 {
			t.Errorf("one answer is printed %d times", n)
		}
	}
}

// A label without a Chinese word would be printed as nothing.
func TestEveryLabelIsTranslated(t *testing.T) {
	for en, zh := range labels {
		if zh == "" {
			t.Errorf("%q has no Chinese", en)
		}
	}
}
