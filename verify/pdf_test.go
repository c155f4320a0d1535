// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/internal/tsp"
	"github.com/govseal/govseal/verify"
)

// blank is a one-page PDF with a little content.
func blank(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w := pdf.NewWriter(&b, "1.7")
	pages := w.Alloc()
	content := w.AddStream(pdf.Dict{}, []byte("100 100 300 300 re S"))
	page := w.Add(pdf.Dict{
		"Type": pdf.Name("Page"), "Parent": pages, "Resources": pdf.Dict{}, "Contents": content,
		"MediaBox": pdf.Array{int64(0), int64(0), int64(595), int64(842)},
	})
	w.WriteObject(pages, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{page}, "Count": int64(1)})
	root := w.Add(pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": pages})
	if err := w.Close(root, pdf.Ref{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func samples(t testing.TB, picture []byte) *image.NRGBA {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(img.Bounds())
	draw.Draw(out, out.Bounds(), img, image.Point{}, draw.Src)
	return out
}

// pdfSpec is how a PDF shall be stamped; the zero value is the profile cms,
// sound and time-stamped.
type pdfSpec struct {
	stampSpec
	subFilter string // adbe.pkcs7.detached
	noSeal    bool
	shown     int                          // size of the picture shown, 0: the seal's
	y         float64                      // mm
	contents  func(digest [32]byte) []byte // instead
	certify   int                          // P of a certification
	lock      *pdf.Lock
}

func (h *house) stampPDF(doc []byte, s pdfSpec) []byte {
	h.t.Helper()
	if s.owner == nil {
		s.owner = h.Seal
	}
	if s.signer == nil {
		s.signer = s.owner
	}
	if s.size == 0 {
		s.size = 64
	}
	if s.shown == 0 {
		s.shown = s.size
	}
	if s.subFilter == "" {
		s.subFilter = "adbe.pkcs7.detached"
	}
	d, err := pdf.Open(bytes.NewReader(doc), int64(len(doc)), pdf.Limits{})
	if err != nil {
		h.t.Fatal(err)
	}
	p, err := d.Prepare(context.Background(), pdf.Stamp{
		Page: 1, X: 20, Y: 20 + s.y, Width: 42, Height: 42, Picture: samples(h.t, picture(h.t, s.shown)),
		Filter: "Adobe.PPKLite", SubFilter: s.subFilter, Time: h.clock, Reserve: 24 << 10,
		Certify: s.certify, Lock: s.lock,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	var contents []byte
	switch {
	case s.contents != nil:
		contents = s.contents(p.Digest())
	case s.subFilter == "GM.sm2seal":
		contents = h.stamp(p.Digest(), s.stampSpec)
	case s.noSeal:
		contents = h.cmsOf(p.Digest(), s.signer, nil, !s.noToken)
	default:
		seal := s.seal
		if seal == nil {
			seal = h.seal(s.sealSpec)
		}
		contents = h.cmsOf(p.Digest(), s.signer, seal, !s.noToken)
	}
	var out bytes.Buffer
	if _, err := p.Write(&out, contents); err != nil {
		h.t.Fatal(err)
	}
	return out.Bytes()
}

func TestPDFStories(t *testing.T) {
	h := newHouse(t)
	doc := blank(t)
	two := func(first, second pdfSpec) []byte { second.y = 60; return h.stampPDF(h.stampPDF(doc, first), second) }
	buildingSeal := pdfSpec{stampSpec: stampSpec{sealSpec: sealSpec{owner: h.building}}}
	root := h.Issue(t, testpki.Spec{Label: "other root", SelfSigned: true, CA: true})
	stranger := h.Issue(t, testpki.Spec{Label: "stranger", Issuer: root})
	otherCMS := func([32]byte) []byte {
		return h.cmsOf(gm.SM3([]byte("another file")), h.Seal, h.seal(sealSpec{}), true)
	}
	for name, c := range map[string]struct {
		raw    []byte
		policy func(*verify.Policy)
		want   verify.Verdict
		codes  []verify.Code
	}{
		"profile cms":     {raw: h.stampPDF(doc, pdfSpec{}), want: verify.Valid},
		"profile ses":     {raw: h.stampPDF(doc, pdfSpec{subFilter: "GM.sm2seal"}), policy: material(h), want: verify.Valid},
		"level B":         {raw: h.stampPDF(doc, pdfSpec{stampSpec: stampSpec{noToken: true}}), want: verify.Valid, codes: []verify.Code{verify.CodeNoPOE}},
		"signed, no seal": {raw: h.stampPDF(doc, pdfSpec{noSeal: true}), want: verify.Valid},
		"two departments": {raw: two(pdfSpec{}, buildingSeal), want: verify.Valid},
		"unsealed":        {raw: doc, want: verify.Unsealed},
		"a stranger signs too": {raw: two(pdfSpec{}, pdfSpec{noSeal: true, stampSpec: stampSpec{signer: stranger}}), want: verify.Indeterminate,
			codes: []verify.Code{verify.CodeLaterSignature, verify.CodeNoChain, verify.CodeRevocationUnknown}},
		"picture of seal B over the signature of seal A": {raw: h.stampPDF(doc, pdfSpec{shown: 65}), want: verify.Invalid,
			codes: []verify.Code{verify.CodeSealImageMismatch}},
		"the same in profile ses": {raw: h.stampPDF(doc, pdfSpec{shown: 65, subFilter: "GM.sm2seal"}), policy: material(h), want: verify.Invalid,
			codes: []verify.Code{verify.CodeSealImageMismatch}},
		"seal made by a department": {raw: h.stampPDF(doc, pdfSpec{stampSpec: stampSpec{sealSpec: sealSpec{maker: h.Department}}}), want: verify.Invalid,
			codes: []verify.Code{verify.CodeSealMakerUntrusted}},
		"an officer uses the department's seal": {raw: h.stampPDF(doc, pdfSpec{stampSpec: stampSpec{signer: h.Officer}}), want: verify.Invalid,
			codes: []verify.Code{verify.CodeSignerNotInList}},
		"a signed octet turned": {raw: replaceFirst(h.stampPDF(doc, pdfSpec{}), "595", "594"), want: verify.Invalid,
			codes: []verify.Code{verify.CodeHashFailure}},
		"signature of another file": {raw: h.stampPDF(doc, pdfSpec{contents: otherCMS}), want: verify.Invalid,
			codes: []verify.Code{verify.CodeHashFailure}},
		"seal attribute is no seal": {raw: h.stampPDF(doc, pdfSpec{stampSpec: stampSpec{seal: []byte{0x30, 0}}}), want: verify.Invalid,
			codes: []verify.Code{verify.CodeSealMalformed}},
		"Contents is no CMS": {raw: h.stampPDF(doc, pdfSpec{contents: func([32]byte) []byte { return []byte{0x30, 0} }}), want: verify.Invalid,
			codes: []verify.Code{verify.CodeFormatFailure}},
		"unknown SubFilter": {raw: h.stampPDF(doc, pdfSpec{subFilter: "adbe.x509.rsa_sha1"}), want: verify.Indeterminate,
			codes: []verify.Code{verify.CodeUnsupported}},
		"Dianju's form": {raw: h.stampPDF(doc, pdfSpec{subFilter: "GM.sm2cms.detached", contents: h.dianju}), policy: material(h), want: verify.Valid},
		"Dianju's form around the attributes of another signature": {
			raw: h.stampPDF(doc, pdfSpec{subFilter: "GM.sm2cms.detached", contents: h.borrowedAttributes}), policy: material(h),
			want: verify.Invalid, codes: []verify.Code{verify.CodeHashFailure},
		},
		"page changed afterwards": {raw: changePage(t, h.stampPDF(doc, pdfSpec{})), want: verify.Invalid, codes: []verify.Code{verify.CodeChanged}},
		"revoked since, token":    {raw: h.stampPDF(doc, pdfSpec{}), policy: revoked(h), want: verify.Valid},
		"revoked since, no token": {raw: h.stampPDF(doc, pdfSpec{stampSpec: stampSpec{noToken: true}}), policy: revoked(h), want: verify.Indeterminate,
			codes: []verify.Code{verify.CodeNoPOE, verify.CodeRevokedNoPOE}},
		"revoked since, document time-stamp": {raw: h.documentStamp(h.stampPDF(doc, pdfSpec{stampSpec: stampSpec{noToken: true}})),
			policy: revoked(h), want: verify.Valid},
	} {
		t.Run(name, func(t *testing.T) {
			p := h.policy()
			if c.policy != nil {
				c.policy(&p)
			}
			want(t, examine(t, document(c.raw), p), c.want, c.codes...)
		})
	}
}

func material(h *house) func(*verify.Policy) {
	return func(p *verify.Policy) { m := h.withMaterial(); p.Untrusted, p.CRLs = m.Untrusted, m.CRLs }
}

// revoked verifies 20 days later, with the seal revoked after ten.
func revoked(h *house) func(*verify.Policy) {
	return func(p *verify.Policy) {
		p.Time = now.Add(20 * day)
		p.CRLs = [][]byte{h.IssueCRL(h.t, testpki.CRLSpec{ThisUpdate: p.Time.Add(-time.Hour), Revoked: []cert.Revoked{testpki.Revoke(h.Seal, now.Add(10*day), 4)}})}
	}
}

func replaceFirst(b []byte, old, repl string) []byte {
	return bytes.Replace(b, []byte(old), []byte(repl), 1)
}

// revision appends an incremental update with these objects, by number.
func revision(t testing.TB, b []byte, objects map[int]string) []byte {
	t.Helper()
	after := func(key string) string {
		rest := bytes.Fields(b[bytes.LastIndex(b, []byte(key))+len(key):])
		return string(bytes.TrimRight(rest[0], "/>"))
	}
	prev, root := after("startxref"), after("/Root")
	size, err := strconv.Atoi(after("/Size"))
	if err != nil {
		t.Fatal(err)
	}
	out := append(bytes.Clone(b), '\n')
	var table bytes.Buffer
	for _, n := range slices.Sorted(maps.Keys(objects)) {
		fmt.Fprintf(&table, "%d 1\n%010d 00000 n \n", n, len(out))
		out = fmt.Appendf(out, "%d 0 obj\n%s\nendobj\n", n, objects[n])
		size = max(size, n+1)
	}
	id := b[bytes.LastIndex(b, []byte("/ID ["))+5:]
	id = id[:bytes.IndexByte(id, ']')]
	return fmt.Appendf(out, "xref\n%strailer\n<</Size %d/Root %s 0 R/Prev %s/ID [%s]>>\nstartxref\n%d\n%%%%EOF\n", table.String(), size, root, prev, id, len(out))
}

// changePage gives the page other content: object 2 is what blank writes.
func changePage(t testing.TB, b []byte) []byte {
	return revision(t, b, map[int]string{2: "<</Length 16>>\nstream\n0 0 500 500 re f\nendstream"})
}

// documentStamp adds an invisible document time-stamp to a PDF of blank and
// stampPDF, whose page is object 3, field 9 and form 10.
func (h *house) documentStamp(b []byte) []byte {
	h.t.Helper()
	const reserve = 8 << 10
	mark := "[0 1111111111 2222222222 3333333333]"
	out := revision(h.t, b, map[int]string{
		3:  "<</Type/Page/Parent 1 0 R/Resources <<>>/Contents 2 0 R/MediaBox [0 0 595 842]/Annots [9 0 R 12 0 R]>>",
		10: "<</Fields [9 0 R 12 0 R]/SigFlags 3>>",
		11: "<</Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161/ByteRange " + mark + "/Contents <" + strings.Repeat("0", 2*reserve) + ">>>",
		12: "<</FT/Sig/T(TS)/V 11 0 R/Type/Annot/Subtype/Widget/Rect [0 0 0 0]/F 132/P 3 0 R>>",
	})
	open := bytes.LastIndex(out, []byte("/Contents <")) + len("/Contents ")
	end := open + 2*reserve + 2
	ranges := fmt.Sprintf("%-*s", len(mark), fmt.Sprintf("[0 %d %d %d]", open, end, len(out)-end))
	copy(out[bytes.LastIndex(out, []byte(mark)):], ranges)
	hex.Encode(out[open+1:], h.respond(gm.SM3(out[:open], out[end:])))
	return out
}

// respond is a document time-stamp over the digest.
func (h *house) respond(digest [32]byte) []byte {
	h.t.Helper()
	query, err := (&tsp.Request{HashAlgorithm: gm.OIDSM3, Imprint: digest[:], CertReq: true}).Marshal()
	if err != nil {
		h.t.Fatal(err)
	}
	token, err := tsp.ParseResponse(h.tsa.Respond(context.Background(), query))
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

// borrowedAttributes carries the digest as eContent, while the signed
// attributes are those of a signature over something else.
func (h *house) borrowedAttributes(digest [32]byte) []byte {
	h.t.Helper()
	b := cms.Builder{Certificate: h.Seal.DER, Chain: [][]byte{h.Issuing.DER}, EContent: digest[:], SigningTime: h.clock}
	attrs, err := b.Prepare(gm.SM3([]byte("another file")))
	if err != nil {
		h.t.Fatal(err)
	}
	der, err := b.Complete(attrs, h.Seal.Sign(h.t, attrs), nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return der
}

// dianju writes the form of facts/pdf.md 5: attached, no attributes, the
// content being the digest of the byte ranges.
func (h *house) dianju(digest [32]byte) []byte { return h.attached(h.Seal, digest[:]) }

func (h *house) attached(signer *testpki.Entity, content []byte) []byte {
	h.t.Helper()
	tag0 := cbasn1.Tag(0).Constructed().ContextSpecific()
	seq := func(b *cryptobyte.Builder, f func(*cryptobyte.Builder)) { b.AddASN1(cbasn1.SEQUENCE, f) }
	alg := func(b *cryptobyte.Builder, o oid) {
		seq(b, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(o) })
	}
	var b cryptobyte.Builder
	seq(&b, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(cms.OIDGBSignedData)
		b.AddASN1(tag0, func(b *cryptobyte.Builder) {
			seq(b, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { alg(b, gm.OIDSM3) })
				seq(b, func(b *cryptobyte.Builder) {
					b.AddASN1ObjectIdentifier(cms.OIDGBData)
					b.AddASN1(tag0, func(b *cryptobyte.Builder) { b.AddASN1OctetString(content) })
				})
				b.AddASN1(tag0, func(b *cryptobyte.Builder) { b.AddBytes(signer.DER) })
				b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) {
					seq(b, func(b *cryptobyte.Builder) {
						b.AddASN1Int64(1)
						seq(b, func(b *cryptobyte.Builder) {
							b.AddBytes(signer.Cert.RawIssuer)
							b.AddASN1BigInt(signer.Cert.Serial)
						})
						alg(b, gm.OIDSM3)
						alg(b, gm.OIDSM2Sign)
						b.AddASN1OctetString(signer.Sign(h.t, content))
					})
				})
			})
		})
	})
	der, err := b.Bytes()
	if err != nil {
		h.t.Fatal(err)
	}
	return der
}

func TestPDFReport(t *testing.T) {
	h := newHouse(t)
	raw := h.stampPDF(blank(t), pdfSpec{})
	r := examine(t, document(raw), h.policy())
	s := r.Stamps[0]
	sum := gm.SM3(raw)
	if r.SM3 != hexOf(sum[:]) || s.Coverage.Scope != "whole-file" || s.Level != "T" || s.Seal.Name != "示例市行政审批局" || s.Field == "" {
		t.Errorf("report %+v", r)
	}
	second := h.stampPDF(raw, pdfSpec{y: 60, stampSpec: stampSpec{sealSpec: sealSpec{owner: h.building}}})
	r = examine(t, document(second), h.policy())
	if s := r.Stamps[0]; len(r.Stamps) != 2 || s.Coverage.Scope != "revision" || len(s.Changes.List) == 0 || s.Changes.Findings[0].Code != verify.CodeChangesAllowed {
		t.Errorf("first stamp %+v", s)
	}
}

func TestDocumentTimeStamp(t *testing.T) {
	h := newHouse(t)
	raw := h.documentStamp(h.stampPDF(blank(t), pdfSpec{stampSpec: stampSpec{noToken: true}}))
	r := examine(t, document(raw), h.policy())
	want(t, r, verify.Valid)
	if len(r.TimeStamps) != 1 || r.TimeStamps[0].Status != verify.OK || len(r.Stamps) != 1 {
		t.Fatalf("time-stamps %+v, %d stamps", r.TimeStamps, len(r.Stamps))
	}
	if s := r.Stamps[0]; s.Time.By != "document-timestamp" || !s.Time.Proven.Equal(now) || s.Level != "T" {
		t.Errorf("level %s, time %+v", s.Level, s.Time)
	}
}

// Whatever is cut off or put behind, the file is never valid.
func TestPDFCutAndExtended(t *testing.T) {
	h := newHouse(t)
	raw := h.stampPDF(blank(t), pdfSpec{})
	for n := 1; n < len(raw); n += 211 {
		r, err := verify.Verify(context.Background(), document(raw[:n]), h.policy())
		if err == nil && r.Verdict == verify.Valid {
			t.Errorf("%d of %d octets: valid", n, len(raw))
		}
	}
	for _, tail := range []string{"%comment\n", "garbage", "%%EOF\n"} {
		r := examine(t, document(append(bytes.Clone(raw), tail...)), h.policy())
		if r.Verdict == verify.Valid {
			t.Errorf("with %q behind: %s %v", tail, r.Verdict, r.Codes())
		}
	}
}

// Outside Contents every octet counts; inside it every octet but padding and
// what nobody signs.
func TestEveryOctetOfAPDFCounts(t *testing.T) {
	h := newHouse(t)
	raw := h.stampPDF(blank(t), pdfSpec{stampSpec: stampSpec{noToken: true}})
	start := bytes.Index(raw, []byte("/Contents <"))
	if start < 0 {
		start = bytes.Index(raw, []byte("/Contents<"))
	}
	end := start + bytes.IndexByte(raw[start:], '>')
	for at := 0; at < len(raw); at += 17 {
		if at > start && at < end {
			continue
		}
		r, err := verify.Verify(context.Background(), document(testpki.Flip(raw, at)), h.policy())
		if err == nil && (r.Verdict == verify.Valid || r.Verdict == verify.Unsealed) {
			t.Errorf("octet %d turned: %s", at, r.Verdict)
		}
	}
}

// The SM2 samples of another writer are valid once their own root is trusted.
func TestSampleWithItsRootTrusted(t *testing.T) {
	for _, name := range []string{"pdf/sm2__pocB_sm2_approval.pdf", "pdf/sm2__pocA_pdfsign_replaced_cms.pdf"} {
		raw := sample(t, name)
		d, err := pdf.Open(bytes.NewReader(raw), int64(len(raw)), pdf.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		sigs, err := d.Signatures()
		if err != nil || len(sigs) != 1 {
			t.Fatalf("%s: %d signatures, %v", name, len(sigs), err)
		}
		der, err := cms.Trim(sigs[0].Contents)
		if err != nil {
			t.Fatal(err)
		}
		sd, err := cms.Parse(der)
		if err != nil {
			t.Fatal(err)
		}
		p := verify.Policy{Time: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Revocation: verify.RevocationOptional}
		for _, c := range sd.Certificates {
			if parsed, err := cert.Parse(c); err == nil && parsed.SelfIssued() {
				p.Anchors = append(p.Anchors, c)
			}
		}
		r := examine(t, document(raw), p)
		if r.Verdict != verify.Valid || len(p.Anchors) == 0 {
			want(t, r, verify.Valid)
		}
		if p.RequireSeal = true; examine(t, document(raw), p).Verdict != verify.Indeterminate || !slices.Contains(examine(t, document(raw), p).Codes(), verify.CodeNoSeal) {
			t.Errorf("%s: a signature without a seal passes for a seal", name)
		}
	}
}
