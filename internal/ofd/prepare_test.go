// SPDX-License-Identifier: Apache-2.0

package ofd_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ofd"
)

// rawEntries returns the compressed octets of every entry.
func rawEntries(t *testing.T, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(raw)
	}
	return out
}

// untouched requires that the raw octets of all entries are the same, but for
// those named.
func untouched(t *testing.T, before, after []byte, changed ...string) {
	t.Helper()
	a, b := rawEntries(t, before), rawEntries(t, after)
	for name, raw := range a {
		if got, there := b[name]; !there {
			t.Errorf("%s is gone", name)
		} else if (got == raw) == slices.Contains(changed, name) {
			t.Errorf("%s changed: %v", name, got != raw)
		}
	}
}

func TestSealAndReadBack(t *testing.T) {
	in := simple(2).bytes(t)
	out := sign(t, in, sealSpec())
	untouched(t, in, out, "OFD.xml")
	p := mustOpen(t, out)
	all := signatures(t, p)
	if len(all) != 1 {
		t.Fatalf("%d signatures", len(all))
	}
	s := &all[0]
	if s.ID != "s001" || s.Type != ofd.TypeSeal || len(s.Law) != 0 || len(s.Tolerated) != 0 || s.Locks() ||
		s.Path() != "/Doc_0/Signs/Sign_0/Signature.xml" || s.Provider.Company != "示例 & <test>" ||
		s.Method != "1.2.156.10197.1.501" || s.DateTime != "20261122080000Z" || s.CheckMethod.Name != ofd.DigestSM3 {
		t.Errorf("read back: %+v", s)
	}
	if len(s.Stamps) != 1 || s.Stamps[0].ID != "s002" || s.Stamps[0].PageRef != "10" || s.Stamps[0].Boundary != (ofd.Box{X: 120, Y: 200, Width: 42, Height: 42}) {
		t.Errorf("stamps: %+v", s.Stamps)
	}
	if got := states(t, p, s); got[ofd.StateMatch] != len(s.References) || len(got) != 1 {
		t.Errorf("references: %v", got)
	}
	c := coverage(t, p, s)
	if got, want := uncovered(c), "Doc_0/Signs/Signatures.xml=signatures"; got != want || !c.Root || c.Locked || !c.ViewCovered() || !c.Accounted() {
		t.Errorf("uncovered %q, want %q: %+v", got, want, c)
	}
	if want := []string{"Doc_0/Signs/Sign_0/Signature.xml", "Doc_0/Signs/Sign_0/SignedValue.dat"}; !slices.Equal(c.Own, want) {
		t.Errorf("own: %v", c.Own)
	}
	if got := findings(t, p); got != "" {
		t.Errorf("findings: %s", got)
	}
	if faults, err := p.CheckStamps(s); err != nil || len(faults) > 0 {
		t.Errorf("stamps: %v %v", faults, err)
	}
	for what, read := range map[string]func(*ofd.Signature) ([]byte, error){"seal octets": p.SealFile, "signed value s001": p.SignedValue} {
		if b, err := read(s); err != nil || string(b) != what {
			t.Errorf("read %q: %q %v", what, b, err)
		}
	}
}

func TestPreparedDigestIsOverTheStoredOctets(t *testing.T) {
	p := mustOpen(t, simple(1).bytes(t))
	pr, err := p.Prepare(context.Background(), sealSpec())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := pr.Write(&out, []byte("x"), nil); err != nil {
		t.Fatal(err)
	}
	p = mustOpen(t, out.Bytes())
	stored, err := p.SignatureXML(&signatures(t, p)[0])
	if err != nil || !bytes.Equal(stored, pr.SignatureXML()) || gm.SM3(stored) != pr.Digest() {
		t.Errorf("stored %q, prepared %q: %v", stored, pr.SignatureXML(), err)
	}
	if !signatures(t, p)[0].PathMatches(pr.Path()) {
		t.Error("the path does not match")
	}
	if err := xml.Unmarshal(stored, new(struct{})); err != nil {
		t.Errorf("encoding/xml: %v", err)
	}
}

func TestWriteIsDeterministic(t *testing.T) {
	in := simple(1).bytes(t)
	if !bytes.Equal(sign(t, in, sealSpec()), sign(t, in, sealSpec())) {
		t.Error("two runs differ")
	}
}

func TestDepartmentsSealOneAfterAnother(t *testing.T) {
	b := simple(2).bytes(t)
	for i := range 3 {
		before := b
		spec := sealSpec()
		spec.Lock = i == 2
		b = sign(t, before, spec)
		if i > 0 {
			untouched(t, before, b, "Doc_0/Signs/Signatures.xml")
		}
	}
	p := mustOpen(t, b)
	all := signatures(t, p)
	ids := ""
	for i := range all {
		s := &all[i]
		ids += s.ID + " " + s.Stamps[0].ID + " "
		if got := states(t, p, s); got[ofd.StateMatch] != len(s.References) || len(s.Law) > 0 {
			t.Errorf("signature %d: %v %v", i, got, s.Law)
		}
		if s.Locks() != (i == 2) {
			t.Errorf("signature %d locks: %v", i, s.Locks())
		}
	}
	if ids != "s001 s002 s003 s004 s005 s006 " {
		t.Errorf("ids %s", ids)
	}
	if got := uncovered(coverage(t, p, &all[2])); got != "" {
		t.Errorf("the lock leaves uncovered: %s", got)
	}
	changes, err := p.Changes(context.Background(), &all[0])
	if err != nil || len(changes) != 2 || changes[0].Level != ofd.LevelSignature || changes[0].Signature != 1 || changes[1].Signature != 2 {
		t.Errorf("changes: %+v %v", changes, err)
	}
	if changes, err = p.Changes(context.Background(), &all[2]); err != nil || len(changes) > 0 {
		t.Errorf("changes after the last: %+v %v", changes, err)
	}
	refused(t, b, sealSpec(), ofd.ReasonLocked)
}

func refused(t *testing.T, b []byte, spec ofd.Spec, reason string) {
	t.Helper()
	_, err := mustOpen(t, b).Prepare(context.Background(), spec)
	var r *ofd.Refusal
	if !errors.As(err, &r) || r.Reason != reason {
		t.Errorf("got %v, want a refusal %q", err, reason)
	}
}

func TestRefusals(t *testing.T) {
	plain := simple(2).bytes(t)
	signed := sign(t, plain, sealSpec())
	spec := func(f func(*ofd.Spec)) ofd.Spec {
		s := sealSpec()
		f(&s)
		return s
	}
	t.Run("document", func(t *testing.T) {
		refused(t, plain, spec(func(s *ofd.Spec) { s.Body = 1 }), ofd.ReasonDocument)
	})
	t.Run("place", func(t *testing.T) {
		refused(t, plain, spec(func(s *ofd.Spec) { s.Places[0].Page = 3 }), ofd.ReasonPlace)
		refused(t, plain, spec(func(s *ofd.Spec) { s.Places[0].Width = 211 }), ofd.ReasonPlace)
		refused(t, plain, spec(func(s *ofd.Spec) { s.Riding = []ofd.Riding{{Width: 40, Height: 40, Pages: []int{1}}} }), ofd.ReasonPlace)
		refused(t, plain, spec(func(s *ofd.Spec) { s.Riding = []ofd.Riding{{Width: 40, Height: 40, Pages: []int{2, 1}}} }), ofd.ReasonPlace)
	})
	t.Run("encrypted", func(t *testing.T) {
		refused(t, unpack(t, plain).set("Encryptions.xml", "<ofd:Encryptions"+xmlns+"/>").bytes(t), sealSpec(), ofd.ReasonEncrypted)
	})
	t.Run("broken", func(t *testing.T) {
		refused(t, unpack(t, signed).set("Doc_0/Res/qr.png", "other").bytes(t), sealSpec(), ofd.ReasonBroken)
		refused(t, unpack(t, signed).drop("Doc_0/Res/qr.png").bytes(t), sealSpec(), ofd.ReasonBroken)
		refused(t, unpack(t, signed).drop("Doc_0/Signs/Sign_0/SignedValue.dat").bytes(t), sealSpec(), ofd.ReasonBroken)
	})
	t.Run("locked under another spelling", func(t *testing.T) {
		locked := sign(t, plain, spec(func(s *ofd.Spec) { s.Lock = true }))
		c := unpack(t, locked).edit(t, "Doc_0/Signs/Sign_0/Signature.xml", `"/Doc_0/Signs/Signatures.xml"`, `"../.././Signs//Signatures.xml"`)
		refused(t, c.bytes(t), sealSpec(), ofd.ReasonLocked)
	})
	t.Run("entries", func(t *testing.T) {
		whole := spec(func(s *ofd.Spec) { s.Whole = &ofd.Whole{Creator: "test"} })
		refused(t, sign(t, plain, whole), sealSpec(), ofd.ReasonEntries)
	})
}

func TestBadSpecs(t *testing.T) {
	p := mustOpen(t, simple(2).bytes(t))
	for name, change := range map[string]func(*ofd.Spec){
		"type":      func(s *ofd.Spec) { s.Type = "" },
		"no place":  func(s *ofd.Spec) { s.Places = nil },
		"sign":      func(s *ofd.Spec) { s.Type = ofd.TypeSign },
		"provider":  func(s *ofd.Spec) { s.Provider.Name = "" },
		"control":   func(s *ofd.Spec) { s.Provider.Company = "a\x00" },
		"no base":   func(s *ofd.Spec) { s.Relative = "s001" },
		"side":      func(s *ofd.Spec) { s.Riding = []ofd.Riding{{Side: "inside", Width: 40, Height: 40}} },
		"whole":     func(s *ofd.Spec) { s.Whole = &ofd.Whole{Creator: "\x01"} },
		"not UTF-8": func(s *ofd.Spec) { s.Provider.Version = "\xff" },
	} {
		s := sealSpec()
		change(&s)
		if _, err := p.Prepare(context.Background(), s); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestPlainSignature(t *testing.T) {
	spec := sealSpec()
	spec.Type, spec.Seal, spec.Places = ofd.TypeSign, nil, nil
	b := sign(t, simple(1).bytes(t), spec)
	spec.Relative = "s001"
	b = sign(t, b, spec)
	p := mustOpen(t, b)
	all := signatures(t, p)
	if len(all) != 2 || all[0].Type != ofd.TypeSign || len(all[0].Law)+len(all[1].Law) > 0 || ofd.Base(all, &all[1]) != 0 {
		t.Errorf("%+v", all)
	}
	if c := coverage(t, p, &all[1]); !c.ViewCovered() {
		t.Errorf("uncovered: %s", uncovered(c))
	}
}

func TestSeveralDocuments(t *testing.T) {
	c := simple(1)
	c.edit(t, "OFD.xml", "</ofd:DocBody>", `</ofd:DocBody><ofd:DocBody><ofd:DocInfo><ofd:DocID>2</ofd:DocID></ofd:DocInfo><ofd:DocRoot>/Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody>`)
	for _, n := range simple(1).names[1:] {
		c.set(strings.Replace(n, "Doc_0", "Doc_1", 1), c.data[n])
	}
	b := c.bytes(t)
	for body := range 2 {
		spec := sealSpec()
		spec.Body = body
		before := b
		if b = sign(t, b, spec); body == 1 {
			untouched(t, before, b, "Doc_1/Signs/Signatures.xml")
		}
	}
	p := mustOpen(t, b)
	all := signatures(t, p)
	if len(all) != 2 || all[0].Body != 0 || all[1].Body != 1 || all[1].Path() != "/Doc_1/Signs/Sign_0/Signature.xml" {
		t.Fatalf("%+v", all)
	}
	for i := range all {
		if got := states(t, p, &all[i]); got[ofd.StateMatch] != len(all[i].References) || len(all[i].Law) > 0 {
			t.Errorf("signature %d: %v %v", i, got, all[i].Law)
		}
	}
	if c := coverage(t, p, &all[0], &all[1]); !c.ViewCovered() || !c.Accounted() {
		t.Errorf("uncovered: %s", uncovered(c))
	}
	if got, want := findings(t, p), "second-document:Doc_1/Document.xml"; got != want {
		t.Errorf("findings %s, want %s", got, want)
	}
}

// A foreign package may have signed one document without naming a list for
// the other: OFD.xml cannot change any more.
func TestSecondDocumentOfASignedPackage(t *testing.T) {
	c := unpack(t, sign(t, simple(1).bytes(t), sealSpec()))
	c.edit(t, "OFD.xml", "</ofd:DocBody>", `</ofd:DocBody><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>`)
	spec := sealSpec()
	spec.Body = 1
	refused(t, c.bytes(t), spec, ofd.ReasonCovered)
}

func TestWholeList(t *testing.T) {
	spec := sealSpec()
	spec.Whole = &ofd.Whole{Creator: "test <1>", Version: "1", Date: spec.Time}
	b := sign(t, simple(1).bytes(t), spec)
	b = sign(t, b, spec) // again: the list is renewed, the first signature still holds
	p := mustOpen(t, b)
	l, err := p.WholeList()
	if err != nil || l.ValueEntry != "signedvalue.dat" || len(l.Missing)+len(l.Unlisted) > 0 || len(l.Files) != len(p.Entries())-2 {
		t.Errorf("%+v %v", l, err)
	}
	if got, err := p.Read(l.ValueEntry); err != nil || string(got) != "value of the list" {
		t.Errorf("%q %v", got, err)
	}
	all := signatures(t, p)
	for i := range all {
		if got := states(t, p, &all[i]); got[ofd.StateMatch] != len(all[i].References) {
			t.Errorf("signature %d: %v", i, got)
		}
	}
	if c := coverage(t, p, &all[1]); !c.ViewCovered() || !c.Accounted() {
		t.Errorf("uncovered: %s", uncovered(c))
	}
	p = mustOpen(t, unpack(t, b).set("Doc_0/extra.png", "x").bytes(t))
	if l, err = p.WholeList(); err != nil || !slices.Equal(l.Unlisted, []string{"Doc_0/extra.png"}) {
		t.Errorf("%+v %v", l, err)
	}
}

func TestCoverOption(t *testing.T) {
	spec := sealSpec()
	spec.Cover = func(entry string) bool { return entry != "Doc_0/PublicRes.xml" }
	p := mustOpen(t, sign(t, simple(1).bytes(t), spec))
	if got, want := uncovered(coverage(t, p, &signatures(t, p)[0])), "Doc_0/PublicRes.xml=resource! Doc_0/Signs/Signatures.xml=signatures"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What stands before the package, and 64-bit or late sizes, are gone; the
// content is what it was. unzip, where there is one, finds no fault.
func TestOtherReaders(t *testing.T) {
	in := append([]byte("#!/bin/sh\n"), simple(3).bytes(t)...)
	spec := sealSpec()
	spec.Riding = []ofd.Riding{{Width: 40, Height: 40, Offset: 100}}
	out := sign(t, in, spec)
	if a, b := unpack(t, in), unpack(t, out); a.data["Doc_0/Res/qr.png"] != b.data["Doc_0/Res/qr.png"] {
		t.Error("content changed")
	}
	if notes := mustOpen(t, out).Tolerated(); len(notes) > 0 {
		t.Errorf("what we write is tolerated only: %v", notes)
	}
	path, err := exec.LookPath("unzip")
	if err != nil {
		t.Skip("unzip is not installed: the second reader of the package was not asked")
	}
	file := t.TempDir() + "/out.ofd"
	writeFile(t, file, out)
	if msg, err := exec.Command(path, "-tq", file).CombinedOutput(); err != nil {
		t.Errorf("unzip: %v %s", err, msg)
	}
}

// Files of other writers, with single quotes, other prefixes, an empty list
// and comments, keep every octet that need not change.
func TestEditsLeaveTheRestAlone(t *testing.T) {
	for name, c := range map[string]struct{ from, want string }{
		"no prefix": {
			"<?xml version='1.0'?>\r\n<!-- a --><OFD xmlns='http://www.ofdspec.org/2016' Version='1.0' DocType='OFD' >\r\n<DocBody><DocRoot>Doc_0/Document.xml</DocRoot>\t</DocBody></OFD>\n<!-- b -->",
			"<?xml version='1.0'?>\r\n<!-- a --><OFD xmlns='http://www.ofdspec.org/2016' Version='1.0' DocType='OFD' >\r\n<DocBody><DocRoot>Doc_0/Document.xml</DocRoot>\t<Signatures>/Doc_0/Signs/Signatures.xml</Signatures></DocBody></OFD>\n<!-- b -->"},
		"byte order mark": {
			"\ufeff<o:OFD xmlns:o='http://www.ofdspec.org/2016' Version='1.0' DocType='OFD'><o:DocBody><o:DocRoot>/Doc_0/Document.xml</o:DocRoot></o:DocBody></o:OFD>",
			"\ufeff<o:OFD xmlns:o='http://www.ofdspec.org/2016' Version='1.0' DocType='OFD'><o:DocBody><o:DocRoot>/Doc_0/Document.xml</o:DocRoot><o:Signatures>/Doc_0/Signs/Signatures.xml</o:Signatures></o:DocBody></o:OFD>"},
	} {
		out := unpack(t, sign(t, simple(1).set("OFD.xml", c.from).bytes(t), sealSpec()))
		if got := out.data["OFD.xml"]; got != c.want {
			t.Errorf("%s: got %q", name, got)
		}
	}
	for _, c := range []struct{ from, want string }{
		{"<Signatures xmlns='http://www.ofdspec.org/2016' />",
			"<Signatures xmlns='http://www.ofdspec.org/2016' ><MaxSignId>s002</MaxSignId><Signature ID=\"s001\" Type=\"Seal\" BaseLoc=\"/Doc_0/Signs/Sign_0/Signature.xml\"/></Signatures>"},
		{"<x:Signatures xmlns:x='http://www.ofdspec.org/2016'><x:MaxSignId>41</x:MaxSignId><!-- none --></x:Signatures>",
			"<x:Signatures xmlns:x='http://www.ofdspec.org/2016'><x:MaxSignId>s043</x:MaxSignId><!-- none --><x:Signature ID=\"s042\" Type=\"Seal\" BaseLoc=\"/Doc_0/Signs/Sign_0/Signature.xml\"/></x:Signatures>"},
	} {
		in := simple(1).edit(t, "OFD.xml", "</ofd:DocBody>", "<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody>").set("Doc_0/Signs/Signatures.xml", c.from)
		out := unpack(t, sign(t, in.bytes(t), sealSpec()))
		if got := out.data["Doc_0/Signs/Signatures.xml"]; got != c.want {
			t.Errorf("got %q", got)
		}
	}
}
