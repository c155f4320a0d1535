// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"github.com/govseal/govseal/internal/pdf"
)

// coverage holds a signature to the law of ByteRange and Contents, and says
// how much of the file it covers.
func (p *pdfRun) coverage(sig *pdf.Signature, s *Stamp) {
	for _, law := range sig.Law {
		s.Coverage.fail(CodeByteRange, law)
	}
	s.Coverage.Scope = "whole-file"
	if !sig.WholeFile {
		s.Coverage.Scope = "revision"
		s.Coverage.note(CodeCoversRevision, "")
	}
	s.Coverage.ok()
}

var levelNames = map[pdf.Level]string{
	pdf.LevelNone: "none", pdf.LevelLTA: "lta", pdf.LevelSignature: "signature",
	pdf.LevelForm: "form", pdf.LevelAnnotation: "annotation", pdf.LevelOther: "other",
}

// changes judges what came after a signature (design.md 6): DSS and document
// time-stamps, and further signatures that are themselves valid, are allowed
// and listed; form filling and annotations that certification and locks permit
// are undecided unless the policy allows them; anything else is a change of
// the stamped document.
func (p *pdfRun) changes(i int, s *Stamp) {
	sig := &p.sigs[i]
	f := &s.Changes
	if sig.Removed {
		f.fail(CodeChanged, "the signature was removed afterwards")
		return
	}
	if sig.WholeFile {
		f.ok()
		return
	}
	list, err := p.doc.Changes(p.ctx, sig)
	if p.ctx.Err() != nil {
		p.keep(p.ctx.Err())
	}
	if err != nil {
		f.unknown(CodeChangesUnknown, err.Error())
		return
	}
	worst := pdf.LevelNone
	for _, c := range list {
		f.List = append(f.List, newChange(levelNames[c.Level], c.Name, c.Detail))
		worst = max(worst, c.Level)
	}
	p.weigh(sig, list, f)
	if worst >= pdf.LevelSignature {
		p.laterSignatures(i, f)
	}
	if len(list) > 0 && f.Status == "" {
		f.note(CodeChangesAllowed, describe(list, func(pdf.Change) bool { return true }))
	}
	f.ok()
}

// weigh holds the changes to the rules, to what the signature itself permits
// and locks, and to the policy.
func (p *pdfRun) weigh(sig *pdf.Signature, list []pdf.Change, f *ChangesFact) {
	level := func(l pdf.Level) func(pdf.Change) bool {
		return func(c pdf.Change) bool { return c.Level == l }
	}
	forms, notes := describe(list, level(pdf.LevelForm)), describe(list, level(pdf.LevelAnnotation))
	forbidden := describe(list, func(c pdf.Change) bool { return sig.Forbids(c) != "" })
	switch {
	case forbidden != "":
		f.fail(CodeChanged, forbidden)
		return
	case notes != "" && sig.Permission() == 0 && !p.policy.AllowAnnotations:
		// A signature that says nothing is read as one that permits forms
		// and signatures alone (facts/pdf.md 6.1).
		f.fail(CodeChanged, notes)
		return
	}
	if forms != "" && !p.policy.AllowFormFilling {
		f.unknown(CodeChangesForm, forms)
	}
	if notes != "" && !p.policy.AllowAnnotations {
		f.unknown(CodeChangesAnnotated, notes)
	}
}

// laterSignatures: a further signature is allowed only when it is valid.
func (p *pdfRun) laterSignatures(i int, f *ChangesFact) {
	for j := range p.sigs {
		n, stamp := p.stamps[j]
		if !stamp || j == i || p.sigs[j].Revision <= p.sigs[i].Revision {
			continue
		}
		switch v := p.report.Stamps[n].conclude(p.policy.Revocation == RevocationOptional); v {
		case Valid:
		case Invalid:
			f.fail(CodeLaterSignature, p.report.Stamps[n].Field)
		default:
			f.unknown(CodeLaterSignature, p.report.Stamps[n].Field)
		}
	}
}

// describe lists the changes that which picks.
func describe(list []pdf.Change, which func(pdf.Change) bool) string {
	var text string
	for _, c := range list {
		if !which(c) {
			continue
		}
		if len(text) > 400 {
			return text + ", …"
		}
		if text != "" {
			text += ", "
		}
		text += c.Name
		if c.Detail != "" {
			text += " (" + c.Detail + ")"
		}
	}
	return text
}
