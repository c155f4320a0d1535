// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ofd"
	"github.com/govseal/govseal/internal/ses"
	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/verify"
)

func lock(s *ofd.Spec) { s.Lock = true }

// Sound packages, and those that lack something.
func TestOFDStories(t *testing.T) {
	h := newHouse(t)
	doc := paper(2).pack(t)
	building := ofdSpec{stampSpec: stampSpec{sealSpec: sealSpec{owner: h.building}}}
	one := h.stampOFD(doc, ofdSpec{})
	root := h.Issue(t, testpki.Spec{Label: "other root", SelfSigned: true, CA: true})
	stranger := h.Issue(t, testpki.Spec{Label: "stranger", Issuer: root})
	version := func(n int) ofdSpec {
		return ofdSpec{stampSpec: stampSpec{sealSpec: sealSpec{template: func(s *ses.SealTemplate) { s.Version = n }}}}
	}
	for name, c := range map[string]struct {
		raw    []byte
		policy func(*verify.Policy)
		want   verify.Verdict
		codes  []verify.Code
	}{
		"no signature":             {raw: doc, want: verify.Unsealed},
		"one seal":                 {raw: one, want: verify.Valid},
		"locked":                   {raw: h.stampOFD(doc, ofdSpec{edit: lock}), want: verify.Valid},
		"version 5":                {raw: h.stampOFD(doc, version(5)), want: verify.Valid},
		"two departments":          {raw: h.stampOFD(one, building), want: verify.Valid},
		"a seal, then a signature": {raw: h.stampOFD(one, plain(h.detachedCMS(h.Officer))), want: verify.Valid},
		"two departments, the last locks": {
			raw:  h.stampOFD(one, ofdSpec{stampSpec: building.stampSpec, edit: lock}),
			want: verify.Valid,
		},
		"the second covers no more than the first signature": {
			raw: h.stampOFD(one, ofdSpec{stampSpec: building.stampSpec, edit: func(s *ofd.Spec) {
				s.Cover = func(e string) bool { return strings.HasPrefix(e, "Doc_0/Signs/Sign_0/") }
			}}),
			want: verify.Valid,
		},
		"across the edges of pages": {
			raw: h.stampOFD(paper(5).pack(t), ofdSpec{edit: func(s *ofd.Spec) {
				s.Places, s.Riding = nil, []ofd.Riding{{Side: ofd.SideRight, Offset: 40, Width: 42, Height: 42}}
			}}),
			want: verify.Valid,
		},
		"without a time-stamp": {
			raw: h.stampOFD(doc, ofdSpec{stampSpec: stampSpec{noToken: true}}), want: verify.Valid,
		},
		"without a time-stamp, expired since": {
			raw:    h.stampOFD(doc, ofdSpec{stampSpec: stampSpec{noToken: true}}),
			policy: func(p *verify.Policy) { p.Time = now.AddDate(1, 1, 0) },
			want:   verify.Indeterminate,
			codes:  []verify.Code{verify.CodeOutOfBoundsNoPOE, verify.CodeTryLater},
		},
		"a signer of another authority": {
			raw:  h.stampOFD(doc, ofdSpec{stampSpec: stampSpec{sealSpec: sealSpec{owner: stranger}}}),
			want: verify.Indeterminate, codes: []verify.Code{verify.CodeNoChain, verify.CodeRevocationUnknown},
		},
		"a signer that the seal does not list": {
			raw:  h.stampOFD(doc, ofdSpec{stampSpec: stampSpec{signer: h.Officer}}),
			want: verify.Invalid, codes: []verify.Code{verify.CodeSignerNotInList},
		},
		"a seal made by a department": {
			raw:  h.stampOFD(doc, ofdSpec{stampSpec: stampSpec{sealSpec: sealSpec{maker: h.Department}}}),
			want: verify.Invalid, codes: []verify.Code{verify.CodeSealMakerUntrusted},
		},
		"a broken time-stamp": {
			raw:   h.stampOFD(doc, ofdSpec{stampSpec: stampSpec{token: []byte{1, 2, 3}}}),
			want:  verify.Valid, // it helps nobody, and harms nobody
			codes: []verify.Code{verify.CodeTimestampInvalid},
		},
		"a picture that is an OFD itself": {
			raw: h.stampOFD(doc, ofdSpec{stampSpec: stampSpec{sealSpec: sealSpec{template: func(s *ses.SealTemplate) {
				s.Picture.Type, s.Picture.Data = "ofd", doc
			}}}}),
			want: verify.Valid,
		},
		"more stamps than the limit": {
			raw: h.stampOFD(one, building), policy: func(p *verify.Policy) { p.Limits.Stamps = 1 },
			want: verify.Indeterminate, codes: []verify.Code{verify.CodeLimitExceeded},
		},
		"more content than the limit": {
			raw: one, policy: func(p *verify.Policy) { p.Limits.Inflated = 1000 },
			want: verify.Indeterminate, codes: []verify.Code{verify.CodeOverLimit},
		},
		"more entries than the limit": {
			raw: one, policy: func(p *verify.Policy) { p.Limits.Entries = 5 },
			want: verify.Indeterminate, codes: []verify.Code{verify.CodeOverLimit},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := h.withMaterial()
			if c.policy != nil {
				c.policy(&p)
			}
			want(t, examine(t, document(c.raw), p), c.want, c.codes...)
		})
	}
}

func TestOFDReport(t *testing.T) {
	h := newHouse(t)
	one := h.stampOFD(paper(2).pack(t), ofdSpec{})
	r := examine(t, document(h.stampOFD(one, ofdSpec{stampSpec: stampSpec{sealSpec: sealSpec{owner: h.building}}, edit: lock})), h.withMaterial())
	if r.Kind != verify.KindOFD || len(r.Stamps) != 2 {
		t.Fatalf("%s with %d stamps", r.Kind, len(r.Stamps))
	}
	first, second := r.Stamps[0], r.Stamps[1]
	if first.Form != "ses" || first.Level != "T" || first.Field != "s1" && first.Field == "" {
		t.Errorf("first stamp %+v", first)
	}
	if !slices.Equal(first.Places, []verify.StampPlace{{Page: 1, X: 120, Y: 200, Width: 42, Height: 42}}) {
		t.Errorf("places %+v", first.Places)
	}
	if first.Coverage.Scope != "package" || first.Coverage.Locked || !second.Coverage.Locked {
		t.Errorf("coverage %+v, %+v", first.Coverage, second.Coverage)
	}
	if len(first.Changes.List) != 1 || first.Changes.List[0].Level != "signature" || len(second.Changes.List) != 0 {
		t.Errorf("changes %+v, %+v", first.Changes, second.Changes)
	}
	if first.Seal.Picture == nil || first.Seal.Picture.PNG == nil {
		t.Error("the seal's picture is not shown")
	}
}

// The shapes of plain signatures; facts/seal-formats.md 6.1.
func TestOFDPlainSignatures(t *testing.T) {
	h := newHouse(t)
	doc := paper(1).pack(t)
	attached := func(content func(sum [32]byte) []byte) func(string, []byte) []byte {
		return func(_ string, xml []byte) []byte { return h.attached(h.Seal, content(gm.SM3(xml))) }
	}
	raw32 := func(sum [32]byte) []byte { return sum[:] }
	text := func(sum [32]byte) []byte { return []byte(base64.StdEncoding.EncodeToString(sum[:])) }
	other := func([32]byte) []byte { s := gm.SM3([]byte("another file")); return s[:] }
	bare := func(_ string, xml []byte) []byte { return h.Seal.Sign(t, xml) }
	for name, c := range map[string]struct {
		value func(string, []byte) []byte
		want  verify.Verdict
		codes []verify.Code
	}{
		"detached, with attributes": {h.detachedCMS(h.Officer), verify.Valid, nil},
		"detached, of GB/T 35275":   {h.gbDetached, verify.Valid, nil},
		"attached digest":           {attached(raw32), verify.Valid, nil},
		"attached digest as base64": {attached(text), verify.Valid, nil},
		"attached, of another file": {attached(other), verify.Invalid, []verify.Code{verify.CodeHashFailure}},
		"detached, of another file": {func(string, []byte) []byte { return h.cmsOf(gm.SM3([]byte("x")), h.Seal, nil, true) }, verify.Invalid, []verify.Code{verify.CodeHashFailure}},
		"attributes of another signature": {
			func(_ string, xml []byte) []byte { return h.borrowedAttributes(gm.SM3(xml)) }, verify.Invalid, []verify.Code{verify.CodeHashFailure},
		},
		"r and s": {bare, verify.Indeterminate, []verify.Code{verify.CodeBareSignature, verify.CodeRevocationUnknown}},
		"r||s": {
			func(string, []byte) []byte { return make([]byte, 64) }, verify.Indeterminate,
			[]verify.Code{verify.CodeBareSignature, verify.CodeRevocationUnknown},
		},
		"garbage": {func(string, []byte) []byte { return []byte("garbage") }, verify.Invalid, []verify.Code{verify.CodeFormatFailure}},
		"a seal signature": {
			func(_ string, xml []byte) []byte { return h.stamp(gm.SM3(xml), stampSpec{}) }, verify.Invalid, []verify.Code{verify.CodeFormatFailure},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := examine(t, document(h.stampOFD(doc, plain(c.value))), h.withMaterial())
			want(t, r, c.want, c.codes...)
			if s := r.Stamps[0]; c.want == verify.Valid && (s.Form != "cms" || s.Seal.Status != verify.NotApplicable) {
				t.Errorf("stamp %+v", s)
			}
		})
	}
	p := h.withMaterial()
	p.RequireSeal = true
	want(t, examine(t, document(h.stampOFD(doc, plain(h.detachedCMS(h.Officer)))), p), verify.Indeterminate, verify.CodeNoSeal)
}

// gbDetached is shape B with the object identifiers of GB/T 35275.
func (h *house) gbDetached(_ string, xml []byte) []byte {
	h.t.Helper()
	b := cms.Builder{GB35275: true, EContentType: cms.OIDGBData, Certificate: h.Seal.DER, Chain: [][]byte{h.Issuing.DER}, SigningTime: h.clock}
	attrs, err := b.Prepare(gm.SM3(xml))
	if err != nil {
		h.t.Fatal(err)
	}
	der, err := b.Complete(attrs, h.Seal.Sign(h.t, attrs), nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return der
}

// A signature that is based on another is no better than that one.
func TestOFDBaseSignature(t *testing.T) {
	h := newHouse(t)
	var id string
	first := h.stampOFD(paper(1).pack(t), ofdSpec{prepared: func(p *ofd.Prepared) { id = p.ID() }})
	based := ofdSpec{stampSpec: stampSpec{sealSpec: sealSpec{owner: h.building}}, edit: func(s *ofd.Spec) { s.Relative = id }}
	want(t, examine(t, document(h.stampOFD(first, based)), h.withMaterial()), verify.Valid)
	bad := h.stampOFD(paper(1).pack(t), ofdSpec{stampSpec: stampSpec{signer: h.Officer}})
	r := examine(t, document(h.stampOFD(bad, based)), h.withMaterial())
	want(t, r, verify.Invalid, verify.CodeSignerNotInList, verify.CodeBaseSignature)
	if r.Stamps[1].Verdict != verify.Invalid {
		t.Errorf("the signature based on it is %s", r.Stamps[1].Verdict)
	}
}

func TestOFDSeveralDocuments(t *testing.T) {
	h := newHouse(t)
	two := append(paper(1), papers("Doc_1", 1)...).swap(t, "OFD.xml", "</ofd:OFD>", `<ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`).pack(t)
	one := h.stampOFD(two, ofdSpec{})
	r := examine(t, document(one), h.withMaterial())
	want(t, r, verify.Valid)
	if !slices.ContainsFunc(r.Document.Findings, func(f verify.Finding) bool { return f.Code == verify.CodeSeveralDocuments }) {
		t.Error("the second document is not reported")
	}
	second := ofdSpec{stampSpec: stampSpec{sealSpec: sealSpec{owner: h.building}}, edit: func(s *ofd.Spec) { s.Body = 1 }}
	want(t, examine(t, document(h.stampOFD(one, second)), h.withMaterial()), verify.Valid)
	second.edit = func(s *ofd.Spec) {
		s.Body, s.Cover = 1, func(e string) bool { return !strings.HasPrefix(e, "Doc_0/") }
	}
	want(t, examine(t, document(h.stampOFD(two, second)), h.withMaterial()), verify.Indeterminate, verify.CodeUncoveredContent)
}

// OFDEntries.xml (GM/T 0099) against files smuggled in.
func TestOFDWholePackage(t *testing.T) {
	h := newHouse(t)
	spec := ofdSpec{
		edit:  func(s *ofd.Spec) { s.Whole = &ofd.Whole{Creator: "govseal", Date: now} },
		whole: func(xml []byte) []byte { sum := gm.SM3(xml); return h.attached(h.Seal, sum[:]) },
	}
	raw := h.stampOFD(paper(1).pack(t), spec)
	r := examine(t, document(raw), h.withMaterial())
	want(t, r, verify.Valid)
	if r.Package == nil || r.Package.Status != verify.OK || r.Package.Signer == nil || r.Package.Listed == 0 {
		t.Fatalf("protection of the package: %+v", r.Package)
	}
	list := unpack(t, raw)
	forged := list.swap(t, "OFDEntries.xml", `CreatorName="govseal"`, `CreatorName="another"`)
	for name, c := range map[string]struct {
		p     parcel
		want  verify.Verdict
		codes []verify.Code
	}{
		"a file is added":     {list.with("Doc_0/extra.xml", "<a/>"), verify.Invalid, []verify.Code{verify.CodeEntriesDisagree, verify.CodeHiddenEntry}},
		"a file is gone":      {list.without("Doc_0/Attachs/a.xml"), verify.Invalid, []verify.Code{verify.CodeEntriesDisagree, verify.CodeHashFailure}},
		"the list is changed": {forged, verify.Invalid, []verify.Code{verify.CodeHashFailure}},
		"no signed value": {
			list.without("signedvalue.dat"), verify.Invalid, []verify.Code{verify.CodeNoSignedData},
		},
	} {
		t.Run(name, func(t *testing.T) { want(t, examine(t, document(c.p.pack(t)), h.withMaterial()), c.want, c.codes...) })
	}
	// One who is not trusted takes nothing from the seal.
	p := h.withMaterial()
	p.Time = now.Add(time.Hour)
	spec.whole = func(xml []byte) []byte {
		sum := gm.SM3(xml)
		return h.attached(h.Issue(t, testpki.Spec{Label: "nobody", SelfSigned: true}), sum[:])
	}
	r = examine(t, document(h.stampOFD(paper(1).pack(t), spec)), p)
	want(t, r, verify.Valid)
	if r.Package.Status != verify.Unknown || r.Package.Signature != verify.OK {
		t.Errorf("protection of the package: %+v", r.Package)
	}
}
