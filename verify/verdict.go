// SPDX-License-Identifier: Apache-2.0

package verify

// Verdict is derived from the facts, here and nowhere else.
type Verdict string

const (
	Valid         Verdict = "valid"
	Invalid       Verdict = "invalid"
	Indeterminate Verdict = "indeterminate"
	Unsealed      Verdict = "unsealed" // a sound file that bears no stamp
)

// conclude derives each stamp's verdict and the document's: the worst of the
// stamps, never the best.
func (r *run) conclude() {
	optional := r.policy.Revocation == RevocationOptional
	rep := &r.report
	rep.Verdict = Valid
	for i := range rep.Stamps {
		s := &rep.Stamps[i]
		s.Verdict = s.conclude(optional)
		rep.Verdict = worse(rep.Verdict, s.Verdict)
	}
	rep.Verdict = worse(rep.Verdict, rep.Document.weight())
	rep.Verdict = worse(rep.Verdict, rep.Issuers.weight())
	if len(rep.Stamps) == 0 && rep.Document.Status == OK {
		rep.Verdict = Unsealed
	}
	if rep.Package != nil && rep.Package.Status == Failed {
		rep.Verdict = Invalid // its signer being unknown takes nothing from the stamps
	}
	rep.Summary = summaries[rep.Verdict]
}

func (s *Stamp) conclude(revocationOptional bool) Verdict {
	v := Valid
	for _, f := range []*Fact{
		&s.Intact, &s.Coverage.Fact, &s.Changes.Fact, &s.Signature, &s.Seal.Fact, &s.Signer.Fact, &s.Issuer,
	} {
		v = worse(v, f.weight())
	}
	if !revocationOptional || !s.Revocation.onlyUnchecked() {
		v = worse(v, s.Revocation.weight())
	}
	// A time that is only claimed does not lower the verdict: what it could
	// hide is judged at the time of verification. Only a contradiction does.
	if s.Time.Status == Failed {
		v = Invalid
	}
	// The ledger never lowers it: the proof is handed in by anyone, and is
	// absent until the stamp is committed.
	return v
}

// weight is what a fact alone makes of the verdict. A fact that was never
// looked into counts as unknown.
func (f *Fact) weight() Verdict {
	switch f.Status {
	case OK, NotApplicable:
		return Valid
	case Failed:
		return Invalid
	default:
		return Indeterminate
	}
}

// onlyUnchecked reports whether nothing but missing answers keeps the
// revocation unknown.
func (f *RevocationFact) onlyUnchecked() bool {
	for _, x := range f.Findings {
		if x.Status != OK && x.Code != CodeRevocationUnknown && x.Code != CodeTryLater {
			return false
		}
	}
	return f.Status == Unknown
}

func worse(a, b Verdict) Verdict {
	rank := map[Verdict]int{Valid: 0, Unsealed: 1, Indeterminate: 2, Invalid: 3}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// summaries is the headline of a report.
var summaries = map[Verdict]Text{
	Valid: {
		"验证通过：文件盖章后未被改动，印章和证书在盖章时有效，颁发机构可信。",
		"Valid: the document has not changed since it was stamped; seal and certificate were in force and come from a trusted authority.",
	},
	Invalid: {
		"验证不通过：文件或其签章不可信，请勿采信。",
		"Invalid: the document or its stamp is not genuine. Do not rely on it.",
	},
	Indeterminate: {
		"无法判定：现有材料不足以作出结论，并不表示文件是假的。请查看原因并补充所需材料。",
		"Indeterminate: the material at hand does not suffice for a conclusion. This does not mean that the document is forged; see what is missing.",
	},
	Unsealed: {
		"未签章：文件可以读取，但没有任何电子印章或签名。",
		"Unsealed: the file can be read, but bears no seal and no signature.",
	},
}
