// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/verify"
	"github.com/govseal/govseal/web"
)

// reportView turns a report into what the page shows. The sentences are the
// report's own.
func reportView(r *verify.Report) web.Report {
	v := web.Report{
		Verdict: string(r.Verdict), Headline: text(r.Summary), Kind: string(r.Kind), Digest: r.SM3, Checked: r.CheckedAt,
		Facts: facts(
			named{"文件", "Document", r.Document, web.Text{ZH: "文件可以完整读取，格式符合要求。", EN: "The file can be read whole and is well-formed."}},
			named{"签发单位", "Issuing departments", r.Issuers.Fact, web.Text{ZH: "文件列明的单位均已盖章，没有其他单位的印章。", EN: "Every department that the document lists has sealed it, and no other."}}),
	}
	for i := range r.Stamps {
		v.Stamps = append(v.Stamps, stampView(&r.Stamps[i]))
	}
	return v
}

func text(t verify.Text) web.Text { return web.Text{ZH: t.Zh, EN: t.En} }

func stampView(s *verify.Stamp) web.Stamp {
	v := web.Stamp{
		Verdict: string(s.Verdict), SealName: s.Seal.Name, Owner: s.Seal.OwnerName, CreditCode: s.Seal.OwnerCreditCode, ESID: s.Seal.ESID,
		Facts: facts(
			named{"内容完整", "Content intact", s.Intact, web.Text{ZH: "内容与盖章时签名的完全一致。", EN: "The content is exactly what was signed."}},
			named{"覆盖范围", "Coverage", s.Coverage.Fact, web.Text{ZH: "签名覆盖全部内容。", EN: "The signature covers all of the content."}},
			named{"盖章后的改动", "Changes after the seal", s.Changes.Fact, web.Text{ZH: "盖章之后没有不允许的改动。", EN: "Nothing was changed afterwards that must not be."}},
			named{"签名", "Signature", s.Signature, web.Text{ZH: "数字签名验证正确。", EN: "The digital signature verifies."}},
			named{"电子印章", "Seal", s.Seal.Fact, web.Text{ZH: "印章由受信任的制章者制作，有效期和证书列表均相符。", EN: "The seal was made by a trusted maker; its validity and its list of certificates fit."}},
			named{"签章证书", "Signer's certificate", s.Signer.Fact, web.Text{ZH: "证书由受信任的机构颁发，可用于签章。", EN: "The certificate comes from a trusted authority and may be used for sealing."}},
			named{"签发单位", "Issuing department", s.Issuer, web.Text{ZH: "盖章单位是文件列明的签发单位。", EN: "The department that sealed is one that the document lists."}},
			named{"吊销状态", "Revocation", s.Revocation.Fact, web.Text{ZH: "没有发现证书在所判断的时间被吊销。", EN: "The certificates were not revoked at the time that counts."}},
			named{"时间", "Time", s.Time.Fact, web.Text{}},
			named{"存证日志", "Ledger", s.Ledger.Fact, web.Text{ZH: "存证日志的证明成立：这次盖章已被记入。", EN: "The ledger proof holds: this stamp was entered."}}),
	}
	if s.Seal.MakerSignature == verify.OK && s.Seal.Picture != nil {
		v.Picture = s.Seal.Picture.PNG
	}
	if c := s.Signer.Certificate; c != nil {
		v.Signer, v.Issuer, v.Serial = c.Subject, c.Issuer, c.Serial
	}
	v.Time, v.TimeProven = when(s.Time)
	return v
}

func when(t verify.TimeFact) (at time.Time, proven bool) {
	if t.Proven != nil {
		return *t.Proven, true
	}
	if t.Claimed != nil {
		return *t.Claimed, false
	}
	return time.Time{}, false
}

// named is a fact with its name for people, and the sentence that stands where
// it is in order and the report has nothing to remark.
type named struct {
	zh, en string
	fact   verify.Fact
	fine   web.Text
}

func facts(all ...named) []web.Fact {
	var out []web.Fact
	for _, n := range all {
		if n.fact.Status == "" || n.fact.Status == verify.NotApplicable && len(n.fact.Findings) == 0 {
			continue
		}
		f := web.Fact{Name: web.Text{ZH: n.zh, EN: n.en}, Status: string(n.fact.Status)}
		for _, x := range n.fact.Findings {
			f.Reasons = append(f.Reasons, web.Text{ZH: x.Zh, EN: x.En})
		}
		if n.fact.Status == verify.OK && len(f.Reasons) == 0 && n.fine != (web.Text{}) {
			f.Reasons = []web.Text{n.fine}
		}
		out = append(out, f)
	}
	return out
}

func landingView(st *CodeStatus) web.Landing {
	v := web.Landing{
		Found: true, Code: st.Code, State: st.State, Kind: string(st.Kind), Number: st.Number, Matter: st.Matter,
		Date: st.Date, ValidTo: st.ValidTo, Applicant: st.Applicant, Why: st.WithdrawnWhy,
	}
	if st.WithdrawnAt != nil {
		v.Withdrawn = *st.WithdrawnAt
	}
	for _, d := range st.Departments {
		v.Departments = append(v.Departments, web.LandingDepartment{Name: d.Name, Stamped: d.Stamped, Seal: d.SealState})
		if d.StampedAt != nil && d.StampedAt.After(v.Stamped) {
			v.Stamped = *d.StampedAt
		}
	}
	return v
}

// compareCode adds to a report whether the file belongs to the code that the
// reader came from, and whether what it stands for was withdrawn.
func (s *Server) compareCode(ctx context.Context, v *web.Report, r *verify.Report, typed string) error {
	status, err := s.statusOf(ctx, typed)
	if errors.Is(err, seal.ErrNotFound) {
		v.Facts = append(v.Facts, codeFact("failed", "该验证码不存在。", "There is no such verification code."))
		return nil
	}
	if err != nil {
		return err
	}
	if !belongs(r, status) {
		v.Facts = append(v.Facts, codeFact("failed", "这份文件不是该验证码对应的文件。", "This file is not the one that the verification code stands for."))
		return nil
	}
	v.Facts = append(v.Facts, codeFact("ok", "这份文件与验证码相符。", "This file is the one that the verification code stands for."))
	if status.State == "withdrawn" {
		v.Facts = append(v.Facts, codeFact("failed", "该文件已被撤销。", "What this file says was withdrawn."))
	}
	return nil
}

func belongs(r *verify.Report, st *CodeStatus) bool {
	if r.Decision != nil {
		code, err := decision.ParseCode(r.Decision.Code)
		return err == nil && decision.FormatCode(code) == st.Code
	}
	return slices.Contains(st.Digests, r.SM3)
}

func codeFact(status, zh, en string) web.Fact {
	return web.Fact{Name: web.Text{ZH: "验证码", EN: "Verification code"}, Status: status, Reasons: []web.Text{{ZH: zh, EN: en}}}
}
