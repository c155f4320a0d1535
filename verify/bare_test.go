// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/verify"
)

var content = []byte("any octets whatsoever")

// withMaterial is the policy with chain and CRLs at hand.
func (h *house) withMaterial() verify.Policy {
	p := h.policy()
	p.Untrusted, p.CRLs = [][]byte{h.Issuing.DER}, [][]byte{h.IssuingCRL, h.RootCRL}
	return p
}

func TestBareSealSignature(t *testing.T) {
	h := newHouse(t)
	sum := gm.SM3(content)
	raw := h.stamp(sum, stampSpec{})
	for name, c := range map[string]struct {
		beside func(*verify.Document)
		want   verify.Verdict
		codes  []verify.Code
	}{
		"content beside": {func(d *verify.Document) { d.Content = bytes.NewReader(content) }, verify.Valid, nil},
		"digest beside":  {func(d *verify.Document) { d.Digest = sum[:] }, verify.Valid, nil},
		"both":           {func(d *verify.Document) { d.Digest, d.Content = sum[:], bytes.NewReader(content) }, verify.Valid, nil},
		"nothing":        {func(*verify.Document) {}, verify.Indeterminate, []verify.Code{verify.CodeNoSignedData}},
		"other content":  {func(d *verify.Document) { d.Content = bytes.NewReader(content[1:]) }, verify.Invalid, []verify.Code{verify.CodeHashFailure}},
		"other digest":   {func(d *verify.Document) { d.Digest = make([]byte, 32) }, verify.Invalid, []verify.Code{verify.CodeHashFailure}},
		"they disagree": {func(d *verify.Document) { d.Digest, d.Content = sum[:], bytes.NewReader(content[1:]) },
			verify.Invalid, []verify.Code{verify.CodeHashFailure}},
	} {
		d := document(raw)
		c.beside(&d)
		t.Run(name, func(t *testing.T) { want(t, examine(t, d, h.withMaterial()), c.want, c.codes...) })
	}
}

func TestBareSeal(t *testing.T) {
	h := newHouse(t)
	r := examine(t, document(h.seal(sealSpec{})), h.withMaterial())
	want(t, r, verify.Valid)
	if r.Kind != verify.KindSeal || r.Stamps[0].Seal.ESID != "99010000000001" || r.Stamps[0].Seal.MakerOffice != verify.OK {
		t.Errorf("report %+v", r)
	}
	want(t, examine(t, document(h.seal(sealSpec{maker: h.Department})), h.withMaterial()), verify.Invalid, verify.CodeSealMakerUntrusted)
	p := h.withMaterial()
	p.CRLs[0] = h.CRL(t, testpki.Revoke(h.Seal, now.AddDate(0, 0, -3), 6))
	want(t, examine(t, document(h.seal(sealSpec{})), p), verify.Invalid, verify.CodeSealSuspended)
}

func TestBareCMS(t *testing.T) {
	h := newHouse(t)
	sum := gm.SM3(content)
	withContent := func(raw []byte) verify.Document {
		d := document(raw)
		d.Content = bytes.NewReader(content)
		return d
	}
	seal := h.seal(sealSpec{})
	want(t, examine(t, withContent(h.cmsOf(sum, h.Seal, seal, true)), h.policy()), verify.Valid)
	r := examine(t, withContent(h.cmsOf(sum, h.Seal, nil, true)), h.policy())
	want(t, r, verify.Valid)
	if r.Stamps[0].Seal.Status != verify.NotApplicable || r.Stamps[0].Level != "T" {
		t.Errorf("seal %+v", r.Stamps[0].Seal)
	}
	p := h.policy()
	p.RequireSeal = true
	want(t, examine(t, withContent(h.cmsOf(sum, h.Seal, nil, false)), p), verify.Indeterminate, verify.CodeNoSeal)
	want(t, examine(t, document(h.cmsOf(sum, h.Seal, seal, true)), h.policy()), verify.Indeterminate, verify.CodeNoSignedData)
	want(t, examine(t, withContent(h.cmsOf(gm.SM3([]byte("x")), h.Seal, seal, true)), h.policy()), verify.Invalid, verify.CodeHashFailure)
	want(t, examine(t, withContent(h.cmsOf(sum, h.Officer, seal, true)), h.policy()), verify.Invalid, verify.CodeSignerNotInList)
}

func TestCannotLook(t *testing.T) {
	h := newHouse(t)
	small := h.policy()
	small.Limits.Size = 10
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	good := encode(t, h.joint())
	broken := h.policy()
	broken.Anchors = [][]byte{{1}}
	for name, c := range map[string]struct {
		ctx    context.Context
		d      verify.Document
		p      verify.Policy
		target error
	}{
		"no time":      {d: document(good), p: verify.Policy{}, target: verify.ErrNoTime},
		"empty":        {d: document(nil), p: h.policy(), target: verify.ErrEmpty},
		"too large":    {d: document(good), p: small, target: verify.ErrTooLarge},
		"garbage":      {d: document([]byte("garbage")), p: h.policy(), target: verify.ErrUnknownKind},
		"ended":        {ctx: ended, d: document(good), p: h.policy(), target: context.Canceled},
		"bad anchor":   {d: document(good), p: broken},
		"other policy": {d: document(good), p: verify.Policy{Time: now, Name: "none"}},
		"short digest": {d: verify.Document{ReaderAt: bytes.NewReader(h.stamp([32]byte{}, stampSpec{})), Size: int64(len(h.stamp([32]byte{}, stampSpec{}))) - 9, Digest: []byte{1}}, p: h.policy()},
	} {
		ctx := c.ctx
		if ctx == nil {
			ctx = context.Background()
		}
		r, err := verify.Verify(ctx, c.d, c.p)
		if name == "short digest" {
			continue // read on below
		}
		if err == nil || (c.target != nil && !errors.Is(err, c.target)) {
			t.Errorf("%s: got %v, %v", name, r, err)
		}
	}
	d := document(h.stamp([32]byte{}, stampSpec{}))
	d.Digest = []byte{1}
	if _, err := verify.Verify(context.Background(), d, h.policy()); err == nil {
		t.Error("a digest of one octet was taken")
	}
}

// The expectations are those of samples/ofd/index.tsv.
func TestSampleSealsAndSignatures(t *testing.T) {
	p := verify.Policy{Time: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)}
	for name, c := range map[string]struct {
		kind    verify.Kind
		verdict verify.Verdict
		code    verify.Code
	}{
		"UserV1.esl":        {verify.KindSeal, verify.Invalid, verify.CodeSealExpired},
		"UserV4.esl":        {verify.KindSeal, verify.Invalid, verify.CodeSealExpired},
		"UserV5.esl":        {verify.KindSeal, verify.Invalid, verify.CodeSealMakerAtCreation},
		"UserV5_ts.esl":     {verify.KindSeal, verify.Invalid, verify.CodeSealTimestamp},
		"SignedValueV4.dat": {verify.KindSealSignature, verify.Indeterminate, verify.CodeNoSignedData},
		"SignedValueV5.dat": {verify.KindSealSignature, verify.Invalid, verify.CodeSealMakerAtCreation},
	} {
		r := examine(t, document(sample(t, "ofd/"+name)), p)
		if r.Kind != c.kind || !slices.Contains(r.Codes(), c.code) || r.Verdict == verify.Valid {
			t.Errorf("%s: %s %s %v, want %s", name, r.Kind, r.Verdict, r.Codes(), c.code)
		}
		if s := r.Stamps[0]; s.Seal.MakerSignature != verify.OK || s.Signature.Status == verify.Failed {
			t.Errorf("%s: maker signature %s, signature %s", name, s.Seal.MakerSignature, s.Signature.Status)
		}
	}
}

func FuzzVerify(f *testing.F) {
	h := newHouse(f)
	f.Add(encode(f, h.joint()))
	f.Add(h.seal(sealSpec{size: 8}))
	f.Add(h.stamp([32]byte{}, stampSpec{sealSpec: sealSpec{size: 8}}))
	f.Add(h.cmsOf([32]byte{}, h.Seal, h.seal(sealSpec{size: 8}), true))
	small := pdfSpec{stampSpec: stampSpec{sealSpec: sealSpec{size: 8}}}
	sealed := h.stampPDF(blank(f), small)
	f.Add(sealed)
	f.Add(h.stampPDF(blank(f), pdfSpec{subFilter: "GM.sm2seal", stampSpec: small.stampSpec}))
	f.Add(h.stampPDF(blank(f), pdfSpec{subFilter: "GM.sm2cms.detached", contents: h.dianju, stampSpec: small.stampSpec}))
	f.Add(h.stampPDF(sealed, pdfSpec{y: 60, stampSpec: small.stampSpec}))
	f.Add(h.documentStamp(sealed))
	f.Add(annotated(f, h.stampPDF(blank(f), pdfSpec{certify: 3, stampSpec: small.stampSpec}), "<</Type/Annot/Subtype/Text/Rect[300 0 309 9]>>"))
	f.Add(revision(f, sealed, map[int]string{4: "<</Type/Catalog/Pages 1 0 R/AcroForm 10 0 R/DSS<</Certs[41 0 R]/VRI<</AA<</CRL[41 0 R]>>>>>>>>", 41: "<</Length 0>>\nstream\n\nendstream"}))
	f.Add(newForeignRoot(f).sign(f, foreign{key: rsaKey(f, 2048), hash: crypto.SHA256}))
	p := h.withMaterial()
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := verify.Verify(context.Background(), document(raw), p)
		if err == nil && r.Verdict == "" {
			t.Error("no verdict")
		}
	})
}
