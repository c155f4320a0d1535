// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
)

func with(objs objects, num int, body string) objects {
	objs[num] = body
	return objs
}

func catalog(extra string) objects {
	return with(simple(""), 1, "<</Type/Catalog/Pages 2 0 R"+extra+">>")
}

// certified is a document whose signature carries the given reference.
func certified(reference string) []byte {
	return signedBy("/Reference["+reference+"]/Contents<3003020105>", soundRange)
}

func TestRefusals(t *testing.T) {
	encrypted := newFile()
	encrypted.trailer += "/Encrypt<</Filter/Standard>>"
	sound := newFile().table(simple("")).b
	broken := bytes.Replace(bytes.Clone(sound), []byte("\n4 0 obj"), []byte("\n7 0 obj"), 1)
	outside := newFile().table(simple("")).table(objects{40: "(x)"}).b
	outside = bytes.Replace(outside, []byte("40 1\n0"), []byte("40 1\n9"), 1)
	for _, c := range []struct {
		name           string
		b              []byte
		field          string
		reason, detail string
	}{
		{"encrypted", encrypted.table(simple("")).b, "", pdf.ReasonEncrypted, ""},
		{"an entry that leads to another object", broken, "", pdf.ReasonBroken, "object 7 stands"},
		{"an entry of an unused object that leads nowhere", outside, "", pdf.ReasonBroken, "outside the file"},
		{"page tree that lies", newFile().table(with(simple(""), 2, "<</Type/Pages/Kids[3 0 R]/Count 2>>")).b, "", pdf.ReasonBroken, "1 pages and says 2"},
		{"certified", certified("<</TransformMethod/DocMDP/TransformParams<</P 1>>>>"), "", pdf.ReasonCertified, "Sig1"},
		{"certified in the catalog only", newFile().table(catalog("/Perms<</DocMDP<</Reference[<</TransformMethod/DocMDP/TransformParams<</P 1>>>>]>>>>")).b, "", pdf.ReasonCertified, "Perms"},
		{"locked, all", certified("<</TransformMethod/FieldMDP/TransformParams<</Action/All>>>>"), "", pdf.ReasonLocked, ""},
		{"locked, unknown action", certified("<</TransformMethod/FieldMDP/TransformParams<</Action/Some>>>>"), "", pdf.ReasonLocked, ""},
		{"locked, by name", certified("<</TransformMethod/FieldMDP/TransformParams<</Action/Include/Fields[(Mine)]>>>>"), "Mine", pdf.ReasonLocked, ""},
		{"locked, all but others", certified("<</TransformMethod/FieldMDP/TransformParams<</Action/Exclude/Fields[(Yours)]>>>>"), "Mine", pdf.ReasonLocked, ""},
		{"name taken", certified(""), "Sig1", pdf.ReasonFieldExists, ""},
		{"javascript", newFile().table(catalog("/Names<</JavaScript<</Names[(x)<</S/JavaScript/JS(app.alert(1))>>]>>>>")).b, "", pdf.ReasonActiveContent, "javascript"},
		{"launch", newFile().table(simple("/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/F(x)>>>>]")).b, "", pdf.ReasonActiveContent, "launch"},
		{"launch by a name elsewhere", newFile().table(with(catalog("/X<</S 5 0 R/P 1/Type/StructElem>>"), 5, "/Launch")).b, "", pdf.ReasonActiveContent, "launch"},
		{"open action", newFile().table(catalog("/OpenAction<</S/Named/N/Print>>")).b, "", pdf.ReasonActiveContent, "open-action"},
		{"trigger", newFile().table(simple("/AA<</O<</S/GoTo/D[3 0 R/Fit]>>>>")).b, "", pdf.ReasonActiveContent, "additional-action"},
		{"submit", newFile().table(catalog("/X<</S/SubmitForm/F(x)>>")).b, "", pdf.ReasonActiveContent, "submit-form"},
		{"xfa", newFile().table(catalog("/AcroForm<</Fields[]/XFA(x)>>")).b, "", pdf.ReasonActiveContent, "xfa"},
		{"embedded file", newFile().table(catalog("/Names<</EmbeddedFiles<</Names[(x)<</Type/Filespec/F(x)/EF<<>>>>]>>>>")).b, "", pdf.ReasonActiveContent, "embedded-file"},
		{"hidden layer", newFile().table(with(catalog("/OCProperties<</OCGs[5 0 R]/D<</OFF[5 0 R]>>>>"), 5, "<</Type/OCG/Name(x)>>")).b, "", pdf.ReasonActiveContent, "hidden-layer"},
		{"layer for paper only", newFile().table(with(catalog("/OCProperties<</OCGs[5 0 R]/D<</AS[<</Event/Print/OCGs[5 0 R]>>]>>>>"), 5, "<</Type/OCG/Name(x)>>")).b, "", pdf.ReasonActiveContent, "hidden-layer"},
		{"multimedia", newFile().table(simple("/Annots[<</Type/Annot/Subtype/RichMedia/Rect[0 0 9 9]>>]")).b, "", pdf.ReasonActiveContent, "multimedia"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := open(c.b)
			if err != nil {
				t.Fatal(err)
			}
			s := stampAt(1, 10, 10)
			s.Field = c.field
			_, err = d.Prepare(context.Background(), s)
			var r *pdf.Refusal
			if !errors.As(err, &r) || r.Reason != c.reason || !strings.Contains(r.Detail, c.detail) {
				t.Errorf("got %v, want %s with %q", err, c.reason, c.detail)
			}
			if c.reason == pdf.ReasonActiveContent {
				s.Allow = []string{strings.SplitN(r.Detail, ":", 2)[0]}
				if _, err := d.Prepare(context.Background(), s); err != nil {
					t.Errorf("allowed, and yet %v", err)
				}
			}
		})
	}
}

func TestWhatIsNotRefused(t *testing.T) {
	for name, b := range map[string][]byte{
		"certified for signing":  certified("<</TransformMethod/DocMDP/TransformParams<</P 2>>>>"),
		"other fields locked":    certified("<</TransformMethod/FieldMDP/TransformParams<</Action/Include/Fields[(Other)]>>>>"),
		"a link to the web":      newFile().table(simple("/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://example.cn)>>>>]")).b,
		"opens at a page":        newFile().table(catalog("/OpenAction[3 0 R/Fit]")).b,
		"opens by going to one":  newFile().table(catalog("/OpenAction<</S/GoTo/D[3 0 R/Fit]>>")).b,
		"a structure type":       newFile().table(catalog("/StructTreeRoot<</Type/StructTreeRoot/K<</Type/StructElem/S/Document>>>>")).b,
		"layers that all show":   newFile().table(with(catalog("/OCProperties<</OCGs[5 0 R]/D<</ON[5 0 R]>>>>"), 5, "<</Type/OCG/Name(x)>>")).b,
		"a reference to nothing": newFile().table(catalog("/X 99 0 R")).b,
	} {
		t.Run(name, func(t *testing.T) { seal(t, b, stampAt(1, 10, 10)) })
	}
}

func TestStampIsChecked(t *testing.T) {
	d, err := open(newFile().table(simple("")).b)
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]func(*pdf.Stamp){
		"no picture":   func(s *pdf.Stamp) { s.Picture = nil },
		"no handler":   func(s *pdf.Stamp) { s.Filter = "" },
		"reserve":      func(s *pdf.Stamp) { s.Reserve = 1 << 30 },
		"name of path": func(s *pdf.Stamp) { s.Field = "a.b" },
	} {
		s := stampAt(1, 0, 0)
		edit(&s)
		if _, err := d.Prepare(context.Background(), s); err == nil {
			t.Errorf("%s passed", name)
		}
	}
	p, err := d.Prepare(context.Background(), stampAt(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, contents := range [][]byte{nil, make([]byte, 4097)} {
		if _, err := p.Write(&bytes.Buffer{}, contents); err == nil {
			t.Errorf("%d octets were written as a signature", len(contents))
		}
	}
}

// TestOnePassOfHashing hands the state of the input's digest in.
func TestOnePassOfHashing(t *testing.T) {
	b := newFile().table(simple("")).b
	d, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	h := gm.NewSM3()
	h.Write(b)
	s := stampAt(1, 5, 5)
	first, err := d.Prepare(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	s.Hashed = h
	second, err := d.Prepare(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if first.Digest() != second.Digest() || first.InputDigest() != second.InputDigest() || h.Digest() != gm.SM3(b) {
		t.Error("the digests differ")
	}
}

func TestCancelledContextStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b := signedBy("/Contents<3003020105>", soundRange)
	d, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Prepare(ctx, stampAt(1, 5, 5)); !errors.Is(err, context.Canceled) {
		t.Errorf("Prepare: %v", err)
	}
	sigs, err := d.Signatures()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Digest(ctx, &sigs[0], gm.NewSM3()); !errors.Is(err, context.Canceled) {
		t.Errorf("Digest: %v", err)
	}
}
