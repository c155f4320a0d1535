// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"context"
	"encoding/asn1"
	"image"
	"image/color"
	"image/png"
	"slices"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/tsa"
	"github.com/govseal/govseal/verify"
)

var (
	now       = testpki.Now
	planning  = testpki.CreditCode
	buildings = "11990100MB0000002X" // fictional, with a right check digit
)

// house is a city in small: a PKI, two departments with seals, a time-stamp
// authority with a clock of its own.
type house struct {
	*testpki.PKI
	t        testing.TB
	building *testpki.Entity // the second department's seal
	clock    time.Time       // of the TSA
	tsa      *tsa.Authority
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{PKI: testpki.New(t), t: t, clock: now}
	h.building = h.Issue(t, testpki.Spec{
		Label: "building", Subject: testpki.Name("示例市住房和城乡建设局", "99010000000002"),
		Extensions: []cert.Extension{cert.ExtCreditCode(buildings)},
	})
	h.tsa = h.authority(h.TSA)
	return h
}

func (h *house) authority(e *testpki.Entity) *tsa.Authority {
	h.t.Helper()
	a, err := tsa.New(tsa.Config{
		Signer: e.Key, Certificate: e.DER, Chain: [][]byte{h.Issuing.DER}, Policy: []int{2, 999, 1, 3},
		Now: func() time.Time { return h.clock },
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// policy trusts the root, at the time of the story.
func (h *house) policy() verify.Policy {
	return verify.Policy{Time: now.Add(time.Hour), Anchors: [][]byte{h.Root.DER}}
}

// picture is a red ring with transparency; size tells pictures apart.
func picture(t testing.TB, size int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			dx, dy := x-size/2, y-size/2
			if d := dx*dx + dy*dy; d < size*size/4 && d > size*size/6 {
				img.SetNRGBA(x, y, color.NRGBA{R: 0xd0, A: 0xff})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sealSpec is what a seal shall be; the zero value is a sound one.
type sealSpec struct {
	owner    *testpki.Entity // nil: Seal
	maker    *testpki.Entity // nil: SealMaker
	size     int             // of the picture, 0: 64
	template func(*ses.SealTemplate)
	stamp    func(signature []byte) []byte // v5 token
}

func (h *house) seal(s sealSpec) []byte {
	h.t.Helper()
	if s.owner == nil {
		s.owner = h.Seal
	}
	if s.maker == nil {
		s.maker = h.SealMaker
	}
	if s.size == 0 {
		s.size = 64
	}
	tmpl := ses.SealTemplate{
		Version: 4, Vendor: "govseal", ESID: s.owner.Cert.Subject.Get(cert.OIDSerialNumber), Type: 1,
		Name: s.owner.Cert.Subject.Get(cert.OIDCommonName), Certs: [][]byte{s.owner.DER},
		Created: now.AddDate(0, -1, 0), ValidFrom: now.AddDate(0, -1, 0), ValidTo: now.AddDate(1, 0, 0),
		Picture: ses.Picture{Type: "png", Data: picture(h.t, s.size), Width: 42, Height: 42},
	}
	if tmpl.ESID == "" {
		tmpl.ESID = "99010000000009"
	}
	if s.template != nil {
		s.template(&tmpl)
	}
	info, err := tmpl.TBS()
	if err != nil {
		h.t.Fatal(err)
	}
	sig := s.maker.Sign(h.t, info)
	var token []byte
	if s.stamp != nil {
		token = s.stamp(sig)
	}
	raw, err := ses.AssembleSeal(info, s.maker.DER, sig, token)
	if err != nil {
		h.t.Fatal(err)
	}
	return raw
}

// stampSpec is what a seal signature shall be.
type stampSpec struct {
	sealSpec
	signer  *testpki.Entity // nil: the owner
	seal    []byte          // nil: made from sealSpec
	claimed time.Time       // zero: the TSA's clock
	tsa     *tsa.Authority  // nil: the house's
	noToken bool
	token   []byte // instead of a fresh one
}

func (h *house) stamp(digest [32]byte, s stampSpec) []byte {
	h.t.Helper()
	if s.owner == nil {
		s.owner = h.Seal
	}
	if s.signer == nil {
		s.signer = s.owner
	}
	if s.seal == nil {
		s.seal = h.seal(s.sealSpec)
	}
	if s.claimed.IsZero() {
		s.claimed = h.clock
	}
	tbs, err := ses.SignatureTemplate{Seal: s.seal, Time: s.claimed, DataHash: digest, PropertyInfo: "govseal"}.TBS()
	if err != nil {
		h.t.Fatal(err)
	}
	sig := s.signer.Sign(h.t, tbs)
	token := s.token
	if token == nil && !s.noToken {
		token = h.stampTime(s.tsa, sig)
	}
	raw, err := ses.AssembleSignature(tbs, s.signer.DER, sig, token)
	if err != nil {
		h.t.Fatal(err)
	}
	return raw
}

func (h *house) stampTime(a *tsa.Authority, data []byte) []byte {
	h.t.Helper()
	if a == nil {
		a = h.tsa
	}
	token, err := a.Stamp(context.Background(), data)
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

// file is a decision of the departments named by credit code, not yet stamped.
func file(codes ...string) *decision.File {
	names := map[string]string{planning: "示例市行政审批局", buildings: "示例市住房和城乡建设局"}
	f := &decision.File{
		Schema: decision.Schema, Code: "0123456789ABCDEF",
		Decision: decision.Decision{
			Number: "示审批〔2026〕1号", CaseNumber: "SL-2026-000001", MatterCode: "SL-0117", MatterName: "建设工程规划许可证核发",
			Applicant: decision.Applicant{Name: "示例市某某置业有限公司"}, Outcome: decision.Approved,
			LegalBasis: []string{"《中华人民共和国城乡规划法》第四十条"}, Date: "2026-03-02",
			Title: "关于准予核发建设工程规划许可证的决定", Text: []string{"经审查，符合法定条件，决定准予许可。"},
		},
	}
	for _, c := range codes {
		f.Decision.Departments = append(f.Decision.Departments, decision.Department{CreditCode: c, Name: names[c]})
	}
	return f
}

// stamped adds stamps and the usual evidence.
func (h *house) stamped(f *decision.File, specs ...stampSpec) *decision.File {
	h.t.Helper()
	signed, err := f.SignedBytes()
	if err != nil {
		h.t.Fatal(err)
	}
	for _, s := range specs {
		f.Stamps = append(f.Stamps, h.stamp(gm.SM3(signed), s))
	}
	f.Evidence = &decision.Evidence{Certificates: [][]byte{h.Issuing.DER}, CRLs: [][]byte{h.IssuingCRL, h.RootCRL}}
	return f
}

// joint is a decision of two departments, both stamped.
func (h *house) joint() *decision.File {
	h.t.Helper()
	return h.stamped(file(planning, buildings), stampSpec{}, stampSpec{sealSpec: sealSpec{owner: h.building}})
}

func encode(t testing.TB, f *decision.File) []byte {
	t.Helper()
	raw, err := f.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func document(raw []byte) verify.Document {
	return verify.Document{ReaderAt: bytes.NewReader(raw), Size: int64(len(raw))}
}

func examine(t testing.TB, d verify.Document, p verify.Policy) *verify.Report {
	t.Helper()
	r, err := verify.Verify(context.Background(), d, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Stamps {
		for _, f := range []verify.Fact{s.Intact, s.Coverage.Fact, s.Changes.Fact, s.Signature, s.Seal.Fact, s.Signer.Fact, s.Issuer, s.Revocation.Fact, s.Time.Fact, s.Ledger.Fact} {
			if f.Status == "" {
				t.Errorf("stamp %d has a fact without a status", s.Index)
			}
		}
	}
	return r
}

// want checks the verdict and that exactly these codes lowered a fact.
func want(t testing.TB, r *verify.Report, v verify.Verdict, codes ...verify.Code) {
	t.Helper()
	got := slices.DeleteFunc(r.Codes(), func(c verify.Code) bool { return c == verify.CodeNoPOE && !slices.Contains(codes, c) })
	slices.Sort(got)
	slices.Sort(codes)
	if r.Verdict != v || !slices.Equal(got, codes) {
		t.Errorf("verdict %s with %v, want %s with %v", r.Verdict, got, v, codes)
		for _, s := range r.Stamps {
			for _, f := range []verify.Fact{s.Intact, s.Coverage.Fact, s.Changes.Fact, s.Signature, s.Seal.Fact, s.Signer.Fact, s.Issuer, s.Revocation.Fact, s.Time.Fact} {
				for _, x := range f.Findings {
					t.Logf("stamp %d: %s %s: %s", s.Index, x.Status, x.Code, x.Detail)
				}
			}
		}
		for _, x := range append(r.Document.Findings, r.Issuers.Findings...) {
			t.Logf("document: %s %s: %s", x.Status, x.Code, x.Detail)
		}
	}
}

// cmsOf builds a CMS over a digest, with the seal in its signed attribute.
func (h *house) cmsOf(digest [32]byte, signer *testpki.Entity, seal []byte, token bool) []byte {
	h.t.Helper()
	revocation, err := cms.MarshalRevocationInfo([][]byte{h.IssuingCRL, h.RootCRL}, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	b := cms.Builder{
		Certificate: signer.DER, Chain: [][]byte{h.Issuing.DER}, SigningTime: h.clock,
		Attributes: []cms.Attribute{{Type: cms.OIDRevocationInfo, Values: [][]byte{revocation}}},
	}
	if seal != nil {
		b.Attributes = append(b.Attributes, cms.Attribute{Type: asn1.ObjectIdentifier(cert.DefaultArc.SealAttribute()), Values: [][]byte{seal}})
	}
	attrs, err := b.Prepare(digest)
	if err != nil {
		h.t.Fatal(err)
	}
	sig := signer.Sign(h.t, attrs)
	var tok []byte
	if token {
		tok = h.stampTime(nil, sig)
	}
	der, err := b.Complete(attrs, sig, tok)
	if err != nil {
		h.t.Fatal(err)
	}
	return der
}
