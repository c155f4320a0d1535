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
		Verdict: string(r.Verdict), Headline: text(r.Summary), Kind: string(r.Kind), Digest: r.SM3, Size: r.Size, Checked: r.CheckedAt,
		Policy: r.Policy.Name + " " + r.Policy.SM3, Facts: documentFacts(r),
	}
	if d := r.Decision; d != nil {
		v.Decision = &web.Decision{
			Number: d.Number, CaseNumber: d.CaseNumber, Matter: d.MatterName, Title: d.Title, Outcome: d.Outcome, Date: d.Date, Applicant: d.Applicant, Code: d.Code,
		}
		if code, err := decision.ParseCode(d.Code); err == nil {
			v.Decision.Code = decision.FormatCode(code)
		}
	}
	for _, x := range r.Reasons() {
		if len(v.Why) < maxWhy {
			v.Why = append(v.Why, web.Text{ZH: x.Zh, EN: x.En})
		}
	}
	for _, d := range r.Issuers.Departments {
		v.Departments = append(v.Departments, web.Department{Name: d.Name, CreditCode: d.CreditCode, Stamped: d.Stamped})
	}
	for i := range r.Stamps {
		v.Stamps = append(v.Stamps, stampView(&r.Stamps[i]))
	}
	return v
}

// maxWhy are told in the headline; the rest stands with each check.
const maxWhy = 5

func text(t verify.Text) web.Text { return web.Text{ZH: t.Zh, EN: t.En} }

func stampView(s *verify.Stamp) web.Stamp {
	v := web.Stamp{
		Verdict: string(s.Verdict), SealName: s.Seal.Name, Owner: s.Seal.OwnerName, CreditCode: s.Seal.OwnerCreditCode, ESID: s.Seal.ESID,
		ValidFrom: moment(s.Seal.ValidFrom), ValidTo: moment(s.Seal.ValidTo), Level: s.Level, Facts: stampFacts(s),
	}
	if s.Seal.MakerSignature == verify.OK && s.Seal.Picture != nil {
		if v.Picture = s.Seal.Picture.PNG; v.Picture == nil {
			v.NoPicture = web.Text{ZH: "印章图样的格式不能在此显示", EN: "The picture is of a format that is not shown here"}
		}
	}
	if m := s.Seal.Maker; m != nil {
		v.Maker = m.Name
	}
	for _, p := range s.Places {
		v.Places = append(v.Places, web.Place{Page: p.Page, X: p.X, Y: p.Y, Slice: p.Slice})
	}
	if c := s.Signer.Certificate; c != nil {
		v.Holder, v.Signer, v.Issuer, v.Serial = c.Name, c.Subject, c.Issuer, c.Serial
		v.NotBefore, v.NotAfter, v.Print = c.NotBefore, c.NotAfter, c.SM3
	}
	if v.Time, v.TimeProven = when(s.Time); v.TimeProven {
		v.TimeBy = text(s.Time.Text())
	}
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

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
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
		v.Departments = append(v.Departments, web.LandingDepartment{Name: d.Name, Stamped: d.Stamped, Seal: d.SealState, ESID: d.SealID})
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
		v.Facts = append(v.Facts, withdrawnFact(status))
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
