// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/verify"
)

// What blank and stampPDF write: page 3, catalog 4, the seal's field 9, form 10.
const (
	blankPage  = "<</Type/Page/Parent 1 0 R/Resources <<>>/Contents 2 0 R/MediaBox [0 0 595 842]/Annots [9 0 R%s]>>"
	freeNumber = 40
)

// annotated appends an annotation to the first page.
func annotated(t testing.TB, b []byte, dict string) []byte {
	return revision(t, b, map[int]string{3: fmt.Sprintf(blankPage, " 40 0 R"), freeNumber: dict})
}

// sneaky appends a field whose widget covers the page, with this value.
func sneaky(t testing.TB, b []byte, value string, more map[int]string) []byte {
	objects := map[int]string{
		3:          fmt.Sprintf(blankPage, " 40 0 R"),
		10:         "<</Fields [9 0 R 40 0 R]/SigFlags 3>>",
		freeNumber: "<</Type/Annot/Subtype/Widget/FT/Sig/T(More)/F 132/P 3 0 R/Rect[0 0 595 600]/V " + value + "/AP<</N 42 0 R>>>>",
		42:         "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 14>>\nstream\n0 0 9 9 re f  \nendstream",
	}
	for n, o := range more {
		objects[n] = o
	}
	return revision(t, b, objects)
}

// garbageSignature is a signature dictionary whose value nobody made. Its
// ranges do not matter.
const garbageSignature = "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange[0 1 2 3]/Contents<3003020105>>>"

// Every class of facts/pdf.md 6.2, each made by hand over a real seal. None
// is ever valid, and what is shown to be forged is invalid.
func TestAttacksOnPDF(t *testing.T) {
	h := newHouse(t)
	plain := h.stampPDF(blank(t), pdfSpec{})
	certified := func(p int) []byte { return h.stampPDF(blank(t), pdfSpec{certify: p}) }
	locked := h.stampPDF(blank(t), pdfSpec{lock: &pdf.Lock{Action: "All"}})
	note := "<</Type/Annot/Subtype/FreeText/Rect[300 300 500 400]/Contents(paid)/DA(/F 9 Tf)>>"
	overSeal := "<</Type/Annot/Subtype/Square/Rect[0 0 595 842]/IC[1 1 1]>>"
	further := pdfSpec{y: 60, stampSpec: stampSpec{sealSpec: sealSpec{owner: h.building}}}
	changed := []verify.Code{verify.CodeChanged}
	for name, c := range map[string]struct {
		raw   []byte
		want  verify.Verdict
		codes []verify.Code // that must be among those told
	}{
		// Universal signature forgery: what tells what is signed is missing or garbage.
		"USF: no ByteRange":              {swap(t, plain, "/ByteRange", "/ByteRanje"), verify.Invalid, []verify.Code{verify.CodeByteRange}},
		"USF: no Contents":               {swap(t, plain, "/Contents <30", "/Xontents <30"), verify.Invalid, nil},
		"USF: ByteRange of nothing":      {withRange(t, plain, "[0 0 0 0]"), verify.Invalid, []verify.Code{verify.CodeByteRange}},
		"USF: negative ByteRange":        {withRange(t, plain, "[0 -1 -1 -1]"), verify.Invalid, []verify.Code{verify.CodeByteRange}},
		"USF: ByteRange is null":         {withRange(t, plain, "null"), verify.Invalid, []verify.Code{verify.CodeByteRange}},
		"USF: one range":                 {withRange(t, plain, "[0 20]"), verify.Invalid, []verify.Code{verify.CodeByteRange}},
		"USF: Contents all zeros":        {blanked(plain), verify.Invalid, []verify.Code{verify.CodeFormatFailure}},
		"USF: another type":              {swap(t, plain, "/Type/Sig/", "/Type/Sog/"), verify.Invalid, []verify.Code{verify.CodeByteRange}},
		"USF: no such SubFilter":         {swap(t, plain, "adbe.pkcs7.detached", "adbe.pkcs7.detachee"), verify.Indeterminate, []verify.Code{verify.CodeUnsupported}},
		"USF: field without its value":   {swap(t, plain, "/FT /Sig", "/FT /Sog"), verify.Indeterminate, []verify.Code{verify.CodeUnreachable}},
		"SWA: the gap holds more":        {wrapped(t, plain), verify.Invalid, []verify.Code{verify.CodeByteRange}},
		"SWA: the second range is cut":   {withRange(t, plain, func(a, b, c int) string { return fmt.Sprintf("[0 %d %d %d]", a, b+20, c-20) }), verify.Invalid, []verify.Code{verify.CodeByteRange}},
		"uncovered tail":                 {withRange(t, plain, func(a, b, c int) string { return fmt.Sprintf("[0 %d %d %d]", a, b, c-40) }), verify.Invalid, []verify.Code{verify.CodeByteRange}},
		"ISA: content replaced":          {changePage(t, plain), verify.Invalid, changed},
		"ISA: page of its own":           {revision(t, plain, map[int]string{1: "<</Type/Pages/Kids[3 0 R 40 0 R]/Count 2>>", freeNumber: "<</Type/Page/Parent 1 0 R/MediaBox[0 0 9 9]>>"}), verify.Invalid, changed},
		"ISA: signature taken out":       {revision(t, plain, map[int]string{10: "<</Fields []>>"}), verify.Invalid, changed},
		"ISA: garbage behind the end":    {append(bytes.Clone(plain), "garbage"...), verify.Invalid, []verify.Code{verify.CodeFormatFailure}},
		"shadow: catalog redirected":     {redirected(t, plain), verify.Invalid, changed},
		"shadow: seal's picture":         {revision(t, plain, map[int]string{5: "<</Length 0>>\nstream\n\nendstream"}), verify.Invalid, changed},
		"shadow: hidden object":          {revision(t, plain, map[int]string{freeNumber: "(hidden)"}), verify.Invalid, changed},
		"shadow: object of another type": {revision(t, plain, map[int]string{2: "[1 2]"}), verify.Invalid, changed},
		"dictionary shared":              {sneaky(t, plain, "8 0 R", nil), verify.Invalid, changed},
		"certified 1, then annotated":    {annotated(t, certified(1), note), verify.Invalid, changed},
		"certified 2, then annotated":    {annotated(t, certified(2), note), verify.Invalid, changed},
		"evil annotation":                {annotated(t, certified(3), note), verify.Indeterminate, []verify.Code{verify.CodeChangesAnnotated}},
		"evil annotation on the seal":    {annotated(t, certified(3), overSeal), verify.Invalid, changed},
		"evil annotation that acts":      {annotated(t, certified(3), "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(x)>>>>"), verify.Invalid, changed},
		"annotation, not certified":      {annotated(t, plain, note), verify.Invalid, changed},
		"sneaky signature: garbage":      {sneaky(t, certified(2), "41 0 R", map[int]string{41: garbageSignature}), verify.Invalid, []verify.Code{verify.CodeLaterSignature}},
		"sneaky signature: unsigned":     {sneaky(t, certified(2), "null", nil), verify.Invalid, changed},
		"sneaky signature: time-stamp":   {sneaky(t, certified(2), "41 0 R", map[int]string{41: strings.Replace(garbageSignature, "adbe.pkcs7.detached", "ETSI.RFC3161", 1)}), verify.Invalid, changed},
		"certified 1, then signed":       {sneaky(t, certified(1), "41 0 R", map[int]string{41: garbageSignature}), verify.Invalid, changed},
		"locked, then signed":            {sneaky(t, locked, "41 0 R", map[int]string{41: garbageSignature}), verify.Invalid, changed},
		"two SignerInfos":                {h.stampPDF(blank(t), pdfSpec{contents: func(d [32]byte) []byte { return twice(t, h.cmsOf(d, h.Seal, nil, false)) }}), verify.Invalid, []verify.Code{verify.CodeFormatFailure}},
		"embedded content":               {h.stampPDF(blank(t), pdfSpec{contents: h.embedded}), verify.Invalid, []verify.Code{verify.CodeSigConstraints}},
	} {
		t.Run(name, func(t *testing.T) {
			r := examine(t, document(c.raw), h.policy())
			got := r.Codes()
			for _, code := range c.codes {
				if !slices.Contains(got, code) {
					t.Errorf("%s is not told", code)
				}
			}
			if r.Verdict != c.want {
				t.Errorf("%s %v, want %s", r.Verdict, got, c.want)
				for _, s := range r.Stamps {
					t.Logf("%+v", s.Changes.List)
				}
			}
		})
	}
	// The same changes where they are permitted: good, and told.
	p := h.policy()
	p.AllowAnnotations = true
	for name, raw := range map[string][]byte{"P 3": annotated(t, certified(3), note), "not certified": annotated(t, plain, note)} {
		if r := examine(t, document(raw), p); r.Verdict != verify.Valid || len(r.Stamps[0].Changes.List) == 0 {
			t.Errorf("%s, annotations allowed: %s %v", name, r.Verdict, r.Codes())
		}
	}
	for name, first := range map[string][]byte{"P 2": certified(2), "P 3": certified(3)} {
		want(t, examine(t, document(h.stampPDF(first, further)), h.policy()), verify.Valid)
		_ = name
	}
	for _, p := range []int{1, 2, 3} { // nothing forbids a document time-stamp
		want(t, examine(t, document(h.documentStamp(certified(p))), h.policy()), verify.Valid)
	}
}

// swap replaces the last occurrence by something as long.
func swap(t testing.TB, b []byte, old, repl string) []byte {
	t.Helper()
	at := bytes.LastIndex(b, []byte(old))
	if at < 0 || len(old) != len(repl) {
		t.Fatalf("no %q to replace", old)
	}
	out := bytes.Clone(b)
	copy(out[at:], repl)
	return out
}

// withRange writes another ByteRange into the room of the old one.
func withRange(t testing.TB, b []byte, value any) []byte {
	t.Helper()
	at := bytes.LastIndex(b, []byte("/ByteRange ")) + len("/ByteRange ")
	end := at + bytes.IndexByte(b[at:], ']') + 1
	var zero, x, y, z int
	if _, err := fmt.Sscanf(string(b[at:end]), "[%d %d %d %d]", &zero, &x, &y, &z); err != nil {
		t.Fatal(err)
	}
	text, plain := value.(string)
	if !plain {
		text = value.(func(a, b, c int) string)(x, y, z)
	}
	out := bytes.Clone(b)
	copy(out[at:end], fmt.Sprintf("%-*s", end-at, text))
	return out
}

// contentsSpan is where the hex digits of the last Contents stand.
func contentsSpan(b []byte) (from, to int) {
	from = bytes.LastIndex(b, []byte("/Contents <")) + len("/Contents <")
	return from, from + bytes.IndexByte(b[from:], '>')
}

// blanked is a placeholder that was never filled.
func blanked(b []byte) []byte {
	out := bytes.Clone(b)
	from, to := contentsSpan(out)
	for i := from; i < to; i++ {
		out[i] = '0'
	}
	return out
}

// wrapped ends Contents early and puts a further entry into the padding, which
// no range covers: the digest still fits.
func wrapped(t testing.TB, b []byte) []byte {
	t.Helper()
	out := bytes.Clone(b)
	from, to := contentsSpan(out)
	const inside = ">/Reason(forged)/Pad<"
	at := to - 200
	if at < from || bytes.Trim(out[at:to], "0") == nil && at <= from {
		t.Fatal("no padding")
	}
	copy(out[at:], inside)
	return out
}

// redirected names another catalog.
func redirected(t testing.TB, b []byte) []byte {
	out := revision(t, b, map[int]string{freeNumber: "<</Type/Catalog/Pages 1 0 R/AcroForm 10 0 R/OpenAction<</S/JavaScript/JS(x)>>>>"})
	at := bytes.LastIndex(out, []byte("trailer"))
	return append(out[:at:at], bytes.Replace(out[at:], []byte("/Root 4 0 R"), []byte("/Root 40 0 R"), 1)...)
}

// embedded is a CMS that carries what it is over, the right digest, as content.
func (h *house) embedded(digest [32]byte) []byte {
	b := cms.Builder{Certificate: h.Seal.DER, Chain: [][]byte{h.Issuing.DER}, EContent: digest[:], SigningTime: h.clock}
	attrs, err := b.Prepare(gm.SM3(digest[:]))
	if err != nil {
		h.t.Fatal(err)
	}
	der, err := b.Complete(attrs, h.Seal.Sign(h.t, attrs), nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return der
}

// twice repeats the SignerInfo of a CMS.
func twice(t testing.TB, der []byte) []byte {
	t.Helper()
	tag0 := cbasn1.Tag(0).Constructed().ContextSpecific()
	in := cryptobyte.String(der)
	var info, content, body, kind, signers cryptobyte.String
	var rest []cryptobyte.String
	var any cbasn1.Tag
	ok := in.ReadASN1(&info, cbasn1.SEQUENCE) && info.ReadASN1Element(&kind, cbasn1.OBJECT_IDENTIFIER) &&
		info.ReadASN1(&content, tag0) && content.ReadASN1(&body, cbasn1.SEQUENCE)
	for ok && !body.Empty() {
		var el cryptobyte.String
		ok = body.ReadAnyASN1Element(&el, &any)
		rest = append(rest, el)
	}
	last := rest[len(rest)-1]
	if ok = ok && last.ReadASN1(&signers, cbasn1.SET); !ok {
		t.Fatal("no CMS")
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(kind)
		b.AddASN1(tag0, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				for _, el := range rest[:len(rest)-1] {
					b.AddBytes(el)
				}
				b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) {
					b.AddBytes(signers)
					b.AddBytes(signers)
				})
			})
		})
	})
	return b.BytesOrPanic()
}
