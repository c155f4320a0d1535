// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
)

// examineDecision: a decision file with its stamps. Every member of the file is
// signed or itself verified; who must have stamped is part of what was signed.
func (r *run) examineDecision(raw []byte) {
	f, err := decision.Parse(raw)
	if err == nil {
		r.viewDecision(f)
	}
	var signed []byte
	if err == nil {
		signed, err = f.SignedBytes()
	}
	if err != nil {
		r.report.Document.fail(CodeFormatFailure, err.Error())
		r.report.Issuers.Status = Unknown
		return
	}
	r.report.Document.ok()
	if f.Evidence != nil {
		r.pool.add(f.Evidence.Certificates, f.Evidence.CRLs)
		r.pool.addOCSP(f.Evidence.OCSP)
	}
	want := gm.SM3(signed)
	stamped := map[string]bool{}
	for _, der := range f.Stamps {
		s := r.newStamp(formSES, der)
		if s == nil {
			break
		}
		r.decisionStamp(s, der, want, f.Decision.Departments, stamped)
	}
	r.issuers(f, stamped)
}

func (r *run) decisionStamp(s *Stamp, der []byte, want [32]byte, listed []decision.Department, stamped map[string]bool) {
	sig, err := ses.ParseSignature(der)
	if err != nil {
		s.malformed(err)
		return
	}
	s.matchHash(sig.DataHash, want)
	s.Coverage.Scope = "whole-file" // members that no stamp covers are refused by the decoder
	s.Coverage.ok()
	s.Changes.none()
	c := r.sesClaim(s, sig)
	s.judgeIssuer(c, listed, stamped)
	r.judge(s, c)
}

// judgeIssuer: the signer's certificate must name a department that the
// decision lists, by credit code.
func (s *Stamp) judgeIssuer(c claim, listed []decision.Department, stamped map[string]bool) {
	if c.signer == nil {
		s.Issuer.unknown(CodeNoSigningCertificate, "")
		return
	}
	code := c.signer.CreditCode()
	for _, d := range listed {
		if code != "" && d.CreditCode == code {
			// A stamp whose signature is wrong takes nobody's place.
			if s.Intact.Status == OK && s.Signature.Status == OK {
				stamped[code] = true
			}
			s.Issuer.ok()
			return
		}
	}
	s.Issuer.fail(CodeStampForeign, ownerName(c.signer)+" "+code)
}

// issuers says which listed departments have stamped.
func (r *run) issuers(f *decision.File, stamped map[string]bool) {
	facts := &r.report.Issuers
	for _, d := range f.Decision.Departments {
		has := stamped[d.CreditCode]
		facts.Departments = append(facts.Departments, Department{Name: d.Name, CreditCode: d.CreditCode, Stamped: has})
		if !has && len(f.Stamps) > 0 {
			facts.unknown(CodeStampMissing, d.Name)
		}
	}
	facts.ok()
}

func (r *run) viewDecision(f *decision.File) {
	d := &f.Decision
	r.report.Decision = &DecisionView{
		Code: f.Code, Number: d.Number, CaseNumber: d.CaseNumber, MatterName: d.MatterName, Title: d.Title,
		Outcome: d.Outcome, Date: d.Date, Applicant: decision.MaskApplicant(d.Applicant.Name),
	}
}
