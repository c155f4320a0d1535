// SPDX-License-Identifier: Apache-2.0

package api

import (
	"fmt"
	"slices"
	"strings"

	"github.com/govseal/govseal/verify"
	"github.com/govseal/govseal/web"
)

// named is a fact with its name for people, the sentence that stands where it
// is in order and the report has nothing to remark, and what backs it.
type named struct {
	zh, en  string
	fact    verify.Fact
	fine    web.Text
	details []web.Detail
	open    bool // the details are what the reader came for
}

// facts leaves out what the document does not have.
func facts(all ...named) []web.Fact {
	var out []web.Fact
	for _, n := range all {
		if n.fact.Status == "" || n.fact.Status == verify.NotApplicable && len(n.fact.Findings) == 0 {
			continue
		}
		f := web.Fact{Name: web.Text{ZH: n.zh, EN: n.en}, Status: string(n.fact.Status), Details: n.details, Open: n.open && len(n.details) > 0}
		seen := map[verify.Code]bool{}
		for _, x := range n.fact.Findings {
			if !seen[x.Code] {
				f.Reasons = append(f.Reasons, web.Text{ZH: x.Zh, EN: x.En})
			}
			seen[x.Code] = true
			if x.Status != verify.OK || x.Detail != "" && len(n.details) == 0 {
				f.Details = append(f.Details, raw("代码", "Code", strings.TrimSuffix(string(x.Code)+": "+x.Detail, ": ")))
			}
		}
		if n.fact.Status == verify.OK && len(f.Reasons) == 0 && n.fine != (web.Text{}) {
			f.Reasons = []web.Text{n.fine}
		}
		out = append(out, f)
	}
	return out
}

// documentFacts are about the whole document.
func documentFacts(r *verify.Report) []web.Fact {
	all := []named{
		{zh: "文件", en: "Document", fact: r.Document, fine: web.Text{ZH: "文件可以完整读取，格式符合要求。", EN: "The file can be read whole and is well-formed."}},
		{zh: "签发单位", en: "Issuing departments", fact: r.Issuers.Fact, fine: web.Text{ZH: "文件列明的单位均已盖章，没有其他单位的印章。", EN: "Every department that the document lists has sealed it, and no other."}},
	}
	if p := r.Package; p != nil {
		all = append(all, named{zh: "防夹带清单", en: "List of all entries", fact: p.Fact, details: packageDetails(p), open: p.Status != verify.OK,
			fine: web.Text{ZH: "文件包附有签名的清单，包内文件与清单一致，没有夹带。", EN: "A signed list names every file of the package; nothing was added or taken away."}})
	}
	for i := range r.TimeStamps {
		t := &r.TimeStamps[i]
		all = append(all, named{zh: "文档时间戳", en: "Document time-stamp", fact: t.Fact,
			fine:    web.Text{ZH: "时间戳成立，由受信任的机构签发。", EN: "The time-stamp holds and comes from a trusted authority."},
			details: details(moments("时间", "Time", t.Time), raw("签发机构", "Authority", t.Authority), raw("签名域", "Field", t.Field))})
	}
	return facts(all...)
}

// stampFacts are about one stamp.
func stampFacts(s *verify.Stamp) []web.Fact {
	return facts(
		named{zh: "内容完整", en: "Content intact", fact: s.Intact, fine: web.Text{ZH: "内容与盖章时签名的完全一致。", EN: "The content is exactly what was signed."}},
		named{zh: "覆盖范围", en: "Coverage", fact: s.Coverage.Fact, fine: web.Text{ZH: "签名覆盖全部内容。", EN: "The signature covers all of the content."},
			details: coverageDetails(&s.Coverage), open: s.Coverage.Status != verify.OK},
		named{zh: "盖章后的改动", en: "Changes after the seal", fact: s.Changes.Fact, fine: web.Text{ZH: "盖章之后没有改动。", EN: "Nothing was changed after the seal."},
			details: changeDetails(&s.Changes), open: true},
		named{zh: "签名", en: "Signature", fact: s.Signature, fine: web.Text{ZH: "数字签名验证正确。", EN: "The digital signature verifies."}},
		named{zh: "电子印章", en: "Seal", fact: s.Seal.Fact, fine: web.Text{ZH: "印章由受信任的制章者制作，有效期和证书列表均相符。", EN: "The seal was made by a trusted maker; its validity and its list of certificates fit."},
			details: sealDetails(&s.Seal)},
		named{zh: "签章证书", en: "Signer's certificate", fact: s.Signer.Fact, fine: web.Text{ZH: "证书由受信任的机构颁发，可用于签章。", EN: "The certificate comes from a trusted authority and may be used for sealing."},
			details: path("证书链", "Chain", s.Signer.Path)},
		named{zh: "签发单位", en: "Issuing department", fact: s.Issuer, fine: web.Text{ZH: "盖章单位是文件列明的签发单位。", EN: "The department that sealed is one that the document lists."}},
		named{zh: "吊销状态", en: "Revocation", fact: s.Revocation.Fact, fine: web.Text{ZH: "没有发现证书在所判断的时间被吊销。", EN: "The certificates were not revoked at the time that counts."},
			details: revocationDetails(&s.Revocation)},
		named{zh: "时间", en: "Time", fact: s.Time.Fact, details: timeDetails(&s.Time)},
		named{zh: "存证日志", en: "Ledger", fact: s.Ledger.Fact, fine: web.Text{ZH: "存证日志的证明成立：这次盖章已被记入。", EN: "The ledger proof holds: this stamp was entered."},
			details: ledgerDetails(&s.Ledger)},
	)
}

func coverageDetails(f *verify.CoverageFact) []web.Detail {
	var out []web.Detail
	if f.Scope != "" {
		out = append(out, web.Detail{Name: web.Text{ZH: "范围", EN: "Scope"}, Value: text(f.Text())})
	}
	if f.Locked {
		out = append(out, web.Detail{Name: web.Text{ZH: "锁定", EN: "Lock"}, Value: web.Text{ZH: "已锁定，之后不能再追加签章", EN: "locked: no further signature may follow"}})
	}
	for _, u := range f.Uncovered {
		said := web.Text{ZH: "未受保护：" + u.Zh, EN: "Not covered: " + u.En}
		if u.View {
			said = web.Text{ZH: said.ZH + "（会影响显示）", EN: said.EN + " (can change what shows)"}
		}
		out = append(out, web.Detail{Name: said, Raw: u.Entry})
	}
	return out
}

const maxRaw = 200 // octets of a line, about

func changeDetails(f *verify.ChangesFact) []web.Detail {
	var out []web.Detail
	for i, c := range f.List {
		if last := len(out) - 1; i > 0 && f.List[i-1].Zh == c.Zh && len(out[last].Raw) < maxRaw {
			out[last].Raw += ", " + c.Detail // several of a kind share a line
			continue
		}
		out = append(out, web.Detail{Name: web.Text{ZH: c.Zh, EN: c.En}, Raw: c.Detail})
	}
	return out
}

func packageDetails(p *verify.PackageFact) []web.Detail {
	out := details(raw("清单所列文件", "Files listed", fmt.Sprint(p.Listed)))
	if p.Signer != nil {
		out = append(out, details(raw("清单签名者", "Signed by", p.Signer.Name))...)
	}
	for _, name := range p.Missing {
		out = append(out, details(raw("已列入而不存在", "Listed, not there", name))...)
	}
	for _, name := range p.Unlisted {
		out = append(out, details(raw("存在而未列入", "There, not listed", name))...)
	}
	return out
}

func sealDetails(f *verify.SealFact) []web.Detail {
	out := details(
		state("制章者签名", "Maker's signature", f.MakerSignature), state("制章者资格", "Maker's office", f.MakerOffice),
		state("证书列于印章之中", "Seal lists the certificate", f.ListsSigner), state("印章在有效期内", "Seal in force", f.InForce),
		moments("制作时间", "Made", f.Created))
	if f.ValidFrom != nil && f.ValidTo != nil {
		out = append(out, web.Detail{Name: web.Text{ZH: "有效期", EN: "Valid"}, From: *f.ValidFrom, To: *f.ValidTo})
	}
	if m := f.Maker; m != nil {
		out = append(out, details(raw("制章者证书", "Maker's certificate", m.Subject), raw("颁发者", "Issuer", m.Issuer), raw("序列号", "Serial number", m.Serial))...)
		out = append(out, web.Detail{Name: web.Text{ZH: "制章者证书有效期", EN: "Maker's certificate valid"}, From: m.NotBefore, To: m.NotAfter})
	}
	return append(out, path("制章者证书链", "Maker's chain", f.MakerPath)...)
}

func revocationDetails(f *verify.RevocationFact) []web.Detail {
	var out []web.Detail
	for i := range f.Answers {
		a := &f.Answers[i]
		if same := func(b verify.RevocationAnswer) bool {
			return b.Serial == a.Serial && b.Subject == a.Subject && b.Result == a.Result
		}; slices.ContainsFunc(f.Answers[:i], same) {
			continue // the issuer stands above both signer and maker
		}
		said := text(a.Text())
		if a.By != "" {
			by := strings.TrimSpace(a.By + " " + a.Number)
			said.ZH, said.EN = said.ZH+"（依据 "+by+"）", said.EN+" (by "+by+")"
		}
		d := web.Detail{Name: web.Text{ZH: a.Subject, EN: a.Subject}, Value: said}
		switch {
		case a.RevokedAt != nil:
			d.From = *a.RevokedAt
		case a.ThisUpdate != nil && a.NextUpdate != nil:
			d.From, d.To = *a.ThisUpdate, *a.NextUpdate
		}
		out = append(out, d)
	}
	return out
}

func timeDetails(f *verify.TimeFact) []web.Detail {
	said := text(f.Text())
	return details(
		moments("盖章方声称", "Claimed", f.Claimed), moments("已证明不晚于", "Proven, no later than", f.Proven),
		web.Detail{Name: web.Text{ZH: "依据", EN: "By"}, Value: said}, raw("时间戳机构", "Authority", f.Authority),
		moments("据以判断的时间", "Judged at", &f.CheckTime))
}

func ledgerDetails(f *verify.LedgerFact) []web.Detail {
	out := details(raw("日志", "Ledger", f.Origin))
	if f.Index != nil {
		out = append(out, details(raw("序号", "Entry", fmt.Sprintf("%d / %d", *f.Index, f.Size)))...)
	}
	return out
}
