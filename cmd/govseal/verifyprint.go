// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/govseal/govseal/verify"
)

// chinese reports whether to speak Chinese: as --lang says, else as the
// system's language does.
func chinese(flag string) (bool, error) {
	switch flag {
	case "zh", "en":
		return flag == "zh", nil
	case "":
	default:
		return false, usagef("--lang takes zh or en")
	}
	for _, v := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if l := os.Getenv(v); l != "" {
			return strings.HasPrefix(l, "zh"), nil
		}
	}
	return false, nil
}

// labels of a printed report, English and Chinese.
var labels = map[string]string{
	"verdict": "结论", "document": "文件", "decision": "审批决定", "issuers": "发文单位", "stamp": "签章", "seal": "印章", "owner": "持有单位",
	"signer": "签章证书", "time": "签章时间", "changes": "盖章后改动", "remark": "说明", "problem": "问题", "open": "未能确认",
	"proven by": "证明者", "claimed only": "仅为声称", "checked at": "验证时间", "stamped": "已盖章", "missing": "缺少印章",
	"because": "原因", "in force": "印章有效期", "made by": "制章者", "place": "印章位置", "page": "页", "a strip": "骑缝", "no such page": "无此页",
	"not covered": "未受保护", "shows": "会影响显示", "locked": "已锁定，不能再追加签章", "coverage": "覆盖范围", "revocation": "吊销状态", "ledger": "存证日志",
	"issued by": "颁发者", "valid": "证书有效期", "to": "至", "list of entries": "防夹带清单", "files listed": "个文件已列入",
	"document time-stamp": "文档时间戳", "and more": "其余从略", "judged at": "判断时间",
}

// printer prints one report in one language.
type printer struct {
	p  *program
	zh bool
}

func (p *program) printReport(r *verify.Report, zh bool) error {
	w := printer{p, zh}
	fields := []field{{w.label("verdict"), string(r.Verdict) + "  " + w.text(r.Summary)}}
	for _, x := range r.Reasons() {
		fields = append(fields, field{w.label("because"), w.text(verify.Text{Zh: x.Zh, En: x.En})})
	}
	fields = append(fields,
		field{w.label("document"), fmt.Sprintf("%s, %d B, SM3 %s", r.Kind, r.Size, r.SM3)},
		field{w.label("checked at"), when(r.CheckedAt)})
	if d := r.Decision; d != nil {
		fields = append(fields, field{w.label("decision"), strings.Join([]string{d.Number, d.MatterName, d.Title, d.Date}, "  ")})
	}
	for _, d := range r.Issuers.Departments {
		state := "missing"
		if d.Stamped {
			state = "stamped"
		}
		fields = append(fields, field{w.label("issuers"), d.Name + " " + d.CreditCode + "  " + w.label(state)})
	}
	fields = append(fields, w.findings(r.Document, r.Issuers.Fact)...)
	fields = append(fields, w.listOfEntries(r.Package)...)
	for i := range r.Stamps {
		fields = append(fields, w.stamp(&r.Stamps[i])...)
	}
	for i := range r.TimeStamps {
		fields = append(fields, w.documentStamp(&r.TimeStamps[i])...)
	}
	return p.printFields(nil, fields)
}

// stamp is the block of one stamp.
func (w printer) stamp(s *verify.Stamp) []field {
	out := []field{{w.label("stamp") + fmt.Sprintf(" %d", s.Index), strings.TrimSpace(string(s.Verdict) + "  " + strings.ToUpper(s.Form) + " " + s.Level + "  " + s.Field)}}
	add := func(name, value string) { out = append(out, field{"  " + w.label(name), value}) }
	if s.Seal.ESID != "" {
		add("seal", s.Seal.Name+"  "+s.Seal.ESID)
		add("owner", strings.TrimSpace(s.Seal.OwnerName+"  "+s.Seal.OwnerCreditCode))
		add("in force", w.span(s.Seal.ValidFrom, s.Seal.ValidTo))
	}
	if m := s.Seal.Maker; m != nil {
		add("made by", m.Subject+"  "+m.Serial)
	}
	add("place", w.places(s.Places))
	if c := s.Signer.Certificate; c != nil {
		add("signer", c.Subject+"  "+c.Serial)
		add("issued by", c.Issuer)
		add("valid", w.span(&c.NotBefore, &c.NotAfter))
	}
	add("time", w.time(s.Time))
	add("judged at", when(s.Time.CheckTime))
	out = append(out, w.coverage(&s.Coverage)...)
	for _, c := range s.Changes.List {
		detail := ""
		if c.Detail != "" {
			detail = "  (" + c.Detail + ")"
		}
		add("changes", w.text(verify.Text{Zh: c.Zh, En: c.En})+detail)
	}
	out = append(out, w.answers(&s.Revocation)...)
	if s.Ledger.Index != nil {
		add("ledger", fmt.Sprintf("%s  %d / %d", s.Ledger.Origin, *s.Ledger.Index, s.Ledger.Size))
	}
	return append(out, w.findings(s.Intact, s.Coverage.Fact, s.Changes.Fact, s.Signature, s.Seal.Fact, s.Signer.Fact, s.Issuer,
		s.Revocation.Fact, s.Time.Fact, s.Ledger.Fact)...)
}

func (w printer) time(t verify.TimeFact) string {
	switch {
	case t.Proven != nil:
		return when(*t.Proven) + "  " + w.label("proven by") + " " + strings.TrimSpace(w.text(t.Text())+" "+t.Authority)
	case t.Claimed != nil:
		return when(*t.Claimed) + "  " + w.label("claimed only")
	}
	return when(time.Time{})
}

// findings are the sentences of facts, what is wrong before what is remarked.
func (w printer) findings(facts ...verify.Fact) []field {
	var wrong, open, remarks []field
	for _, fact := range facts {
		for _, f := range fact.Findings {
			line := w.text(verify.Text{Zh: f.Zh, En: f.En}) + " (" + string(f.Code)
			if f.Detail != "" {
				line += ": " + f.Detail
			}
			line += ")"
			switch f.Status {
			case verify.Failed:
				wrong = append(wrong, field{"  " + w.label("problem"), line})
			case verify.Unknown:
				open = append(open, field{"  " + w.label("open"), line})
			default:
				remarks = append(remarks, field{"  " + w.label("remark"), line})
			}
		}
	}
	return append(append(wrong, open...), remarks...)
}

func (w printer) label(name string) string {
	if w.zh {
		return labels[name]
	}
	return name
}

func (w printer) text(t verify.Text) string {
	if w.zh {
		return t.Zh
	}
	return t.En
}
