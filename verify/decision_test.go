// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/verify"
)

func TestJointDecisionIsValid(t *testing.T) {
	h := newHouse(t)
	r := examine(t, document(encode(t, h.joint())), h.policy())
	want(t, r, verify.Valid)
	if r.Kind != verify.KindDecision || len(r.Stamps) != 2 || r.Decision.Number != "示审批〔2026〕1号" {
		t.Errorf("report %+v", r)
	}
	s := r.Stamps[0]
	if s.Level != "T" || s.Time.By != "tsa" || !s.Time.Proven.Equal(now) || s.Time.Status != verify.OK {
		t.Errorf("time %+v", s.Time)
	}
	if s.Seal.Name != "示例市行政审批局" || s.Seal.OwnerCreditCode != planning || s.Seal.Maker.Name != "示例市制章中心" || len(s.Seal.Picture.PNG) == 0 {
		t.Errorf("seal %+v", s.Seal)
	}
	if len(s.Signer.Path) != 3 || s.Signer.Certificate.Serial == "" {
		t.Errorf("signer %+v", s.Signer)
	}
	if len(s.Revocation.Answers) == 0 || s.Revocation.Answers[0].Result != "good" {
		t.Errorf("revocation %+v", s.Revocation)
	}
	for _, d := range r.Issuers.Departments {
		if !d.Stamped {
			t.Errorf("%s has not stamped", d.Name)
		}
	}
	if len(r.Policy.SM3) != 64 || len(r.SM3) != 64 || r.Summary.Zh == "" {
		t.Errorf("policy %+v, digest %q", r.Policy, r.SM3)
	}
}

// Each story changes one thing of a genuine joint decision.
func TestDecisionStories(t *testing.T) {
	h := newHouse(t)
	genuine := h.joint()
	for name, c := range map[string]struct {
		change func(*decision.File)
		policy func(*verify.Policy)
		want   verify.Verdict
		codes  []verify.Code
	}{
		"code swapped between two decisions": {
			change: func(f *decision.File) { f.Code = "ZZZZZZZZZZZZZZZZ" },
			want:   verify.Invalid, codes: []verify.Code{verify.CodeHashFailure, verify.CodeStampMissing},
		},
		"a word of the text changed": {
			change: func(f *decision.File) { f.Decision.Text = []string{"经审查，决定不予许可。"} },
			want:   verify.Invalid, codes: []verify.Code{verify.CodeHashFailure, verify.CodeStampMissing},
		},
		"one stamp of a joint decision removed": {
			change: func(f *decision.File) { f.Stamps = f.Stamps[:1] },
			want:   verify.Indeterminate, codes: []verify.Code{verify.CodeStampMissing},
		},
		"all stamps removed": {change: func(f *decision.File) { f.Stamps = nil }, want: verify.Unsealed},
		"a department taken off the list": {
			change: func(f *decision.File) { f.Decision.Departments = f.Decision.Departments[:1] },
			want:   verify.Invalid, codes: []verify.Code{verify.CodeHashFailure, verify.CodeStampForeign, verify.CodeStampMissing},
		},
		"signature value flipped": {
			change: func(f *decision.File) { f.Stamps[0] = h.flipSignature(f.Stamps[0]) },
			want:   verify.Invalid, codes: []verify.Code{verify.CodeSigCrypto, verify.CodeStampMissing, verify.CodeTimestampInvalid},
		},
		"stamp is not a seal signature": {
			change: func(f *decision.File) { f.Stamps[1] = []byte{0x30, 0} },
			want:   verify.Invalid, codes: []verify.Code{verify.CodeFormatFailure, verify.CodeStampMissing},
		},
		"no evidence": {
			change: func(f *decision.File) { f.Evidence = nil },
			// The token still carries the issuing certificate.
			want: verify.Indeterminate, codes: []verify.Code{verify.CodeRevocationUnknown, verify.CodeTimestampUntrusted},
		},
		"no CRLs": {
			change: func(f *decision.File) { f.Evidence.CRLs = nil },
			want:   verify.Indeterminate, codes: []verify.Code{verify.CodeRevocationUnknown, verify.CodeTimestampUntrusted},
		},
		"no CRLs, revocation optional": {
			change: func(f *decision.File) { f.Evidence.CRLs = nil },
			policy: func(p *verify.Policy) { p.Revocation = verify.RevocationOptional },
			want:   verify.Valid, codes: []verify.Code{verify.CodeRevocationUnknown},
		},
		"no anchors": {
			policy: func(p *verify.Policy) { p.Anchors = nil },
			want:   verify.Indeterminate,
			codes:  []verify.Code{verify.CodeNoChain, verify.CodeRevocationUnknown, verify.CodeSealMakerUntrusted, verify.CodeTimestampUntrusted},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := *genuine
			f.Stamps = slices.Clone(f.Stamps)
			evidence := *f.Evidence
			f.Evidence = &evidence
			if c.change != nil {
				c.change(&f)
			}
			p := h.policy()
			if c.policy != nil {
				c.policy(&p)
			}
			want(t, examine(t, document(encode(t, &f)), p), c.want, c.codes...)
		})
	}
}

// flipSignature turns one bit of the signature value of an SES_Signature.
func (h *house) flipSignature(raw []byte) []byte {
	sig := parseStamp(h.t, raw)
	at := bytes.LastIndex(raw, sig.Signature)
	return testpki.Flip(raw, at+20)
}

func TestStampOfAnUnlistedDepartment(t *testing.T) {
	h := newHouse(t)
	f := h.stamped(file(planning), stampSpec{}, stampSpec{sealSpec: sealSpec{owner: h.building}})
	want(t, examine(t, document(encode(t, f)), h.policy()), verify.Invalid, verify.CodeStampForeign)
}

// A stamp under another authority, even one that names the right department,
// does not fill the place of the genuine one unnoticed.
func TestStampUnderAnotherAuthority(t *testing.T) {
	h, other := newHouse(t), newHouse(t)
	foreignRoot := other.Issue(t, testpki.Spec{Label: "other root", SelfSigned: true, CA: true})
	forged := other.Issue(t, testpki.Spec{Label: "forged", Issuer: foreignRoot, Subject: h.building.Cert.Subject, Extensions: h.building.Cert.Extensions[3:]})
	f := h.stamped(file(planning, buildings), stampSpec{}, stampSpec{sealSpec: sealSpec{owner: forged}})
	r := examine(t, document(encode(t, f)), h.policy())
	want(t, r, verify.Indeterminate, verify.CodeNoChain, verify.CodeRevocationUnknown)
	if r.Stamps[0].Verdict != verify.Valid {
		t.Errorf("the genuine stamp is %s", r.Stamps[0].Verdict)
	}
}

func TestAnySpellingIsTheSameDocument(t *testing.T) {
	h := newHouse(t)
	raw := bytes.ReplaceAll(encode(t, h.joint()), []byte("\n"), []byte("\r\n \t"))
	want(t, examine(t, document(raw), h.policy()), verify.Valid)
}

func TestTruncatedDecisions(t *testing.T) {
	h := newHouse(t)
	raw := encode(t, h.joint())
	for n := 1; n < len(raw)-2; n += 97 {
		r, err := verify.Verify(context.Background(), document(raw[:n]), h.policy())
		if err != nil {
			t.Fatalf("%d octets: %v", n, err)
		}
		if r.Verdict != verify.Invalid || !slices.Contains(r.Codes(), verify.CodeFormatFailure) {
			t.Errorf("%d octets: %s %v", n, r.Verdict, r.Codes())
		}
	}
}

// No single bit of a stamp can be turned unnoticed, but for the token, which
// can only be lost.
func TestEveryOctetOfAStampCounts(t *testing.T) {
	h := newHouse(t)
	f := h.stamped(file(planning), stampSpec{sealSpec: sealSpec{size: 8}})
	raw := f.Stamps[0]
	sig := parseStamp(t, raw)
	token := bytes.LastIndex(raw, sig.TimeStamp)
	for at := 0; at < len(raw); at += 13 {
		g := *f
		g.Stamps = [][]byte{testpki.Flip(raw, at)}
		r := examine(t, document(encode(t, &g)), h.policy())
		if at < token-8 && r.Verdict == verify.Valid {
			t.Errorf("octet %d of %d turned: valid", at, len(raw))
		}
		if at >= token && r.Verdict == verify.Valid && r.Stamps[0].Level == "T" && !slices.Contains(r.Codes(), verify.CodeNoPOE) {
			// unsigned parts of the token, such as its certificates, may differ
			if !r.Stamps[0].Time.Proven.Equal(now) {
				t.Errorf("octet %d turned: proven %v", at, r.Stamps[0].Time.Proven)
			}
		}
	}
}

func TestEvidenceBeside(t *testing.T) {
	h := newHouse(t)
	f := h.joint()
	side := *f.Evidence
	f.Evidence = nil
	p := h.policy()
	d := document(encode(t, f))
	d.Evidence = evidenceJSON(t, &side)
	want(t, examine(t, d, p), verify.Valid)
	p.Untrusted, p.CRLs = side.Certificates, side.CRLs
	want(t, examine(t, document(encode(t, f)), p), verify.Valid)
}

func TestDigestOfReportIsThatOfTheFile(t *testing.T) {
	h := newHouse(t)
	raw := encode(t, h.joint())
	sum := gm.SM3(raw)
	if r := examine(t, document(raw), h.policy()); r.SM3 != hexOf(sum[:]) || !r.CheckedAt.Equal(now.Add(time.Hour)) {
		t.Errorf("digest %s at %v", r.SM3, r.CheckedAt)
	}
}
