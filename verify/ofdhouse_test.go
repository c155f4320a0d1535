// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ofd"
	"github.com/govseal/govseal/internal/ses"
	"github.com/govseal/govseal/internal/testpki"
)

// parcel is the content of a package, in the container's order.
type parcel []item

type item struct{ name, data string }

const xmlns = `xmlns:ofd="http://www.ofdspec.org/2016"`

// paper is a sound OFD of one document with that many pages, a template, a
// picture, an annotation and an attachment.
func paper(pages int) parcel {
	p := parcel{{"OFD.xml", `<?xml version="1.0" encoding="UTF-8"?><ofd:OFD ` + xmlns + ` DocType="OFD" Version="1.1"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`}}
	return append(p, papers("Doc_0", pages)...)
}

// papers are the files of one document.
func papers(dir string, pages int) parcel {
	list := ""
	var p parcel
	for i := range pages {
		list += fmt.Sprintf(`<ofd:Page ID="%d" BaseLoc="Pages/Page_%d/Content.xml"/>`, i+1, i)
		p = append(p, item{fmt.Sprintf("%s/Pages/Page_%d/Content.xml", dir, i), `<ofd:Page ` + xmlns + `><ofd:Template TemplateID="90"/><ofd:Content><ofd:Layer ID="` + fmt.Sprint(100+i) + `"><ofd:TextObject ID="` + fmt.Sprint(200+i) + `" Boundary="20 20 100 10" Font="1" Size="5"><ofd:TextCode X="0" Y="5">准予许可</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>`})
	}
	return append(parcel{
		{dir + "/Document.xml", `<ofd:Document ` + xmlns + `><ofd:CommonData><ofd:MaxUnitID>900</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes><ofd:TemplatePage ID="90" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData><ofd:Pages>` + list + `</ofd:Pages><ofd:Annotations>Annots/Annotations.xml</ofd:Annotations><ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments></ofd:Document>`},
		{dir + "/PublicRes.xml", `<ofd:Res ` + xmlns + ` BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="2" Type="Image"><ofd:MediaFile>logo.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>`},
		{dir + "/Res/logo.png", "a picture, as it were"},
		{dir + "/Tpls/Tpl_0/Content.xml", `<ofd:Page ` + xmlns + `><ofd:Content/></ofd:Page>`},
		{dir + "/Annots/Annotations.xml", `<ofd:Annotations ` + xmlns + `><ofd:Page PageID="1"><ofd:FileLoc>Page_0.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>`},
		{dir + "/Annots/Page_0.xml", `<ofd:PageAnnot ` + xmlns + `/>`},
		{dir + "/Attachs/Attachments.xml", `<ofd:Attachments ` + xmlns + `><ofd:Attachment ID="1" Name="a"><ofd:FileLoc>a.xml</ofd:FileLoc></ofd:Attachment></ofd:Attachments>`},
		{dir + "/Attachs/a.xml", `<a/>`},
	}, p...)
}

// pack writes the container, with fixed dates.
func (p parcel) pack(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range p {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Deflate})
		if err == nil {
			_, err = io.WriteString(w, e.data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unpack(t testing.TB, raw []byte) parcel {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var p parcel
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		p = append(p, item{f.Name, string(data)})
	}
	return p
}

// with returns the parcel with one file added or replaced.
func (p parcel) with(name, data string) parcel {
	out := slices.Clone(p)
	for i := range out {
		if out[i].name == name {
			out[i].data = data
			return out
		}
	}
	return append(out, item{name, data})
}

func (p parcel) without(names ...string) parcel {
	return slices.DeleteFunc(slices.Clone(p), func(e item) bool { return slices.Contains(names, e.name) })
}

func (p parcel) get(t testing.TB, name string) string {
	t.Helper()
	for _, e := range p {
		if e.name == name {
			return e.data
		}
	}
	t.Fatalf("no %s in the package", name)
	return ""
}

// swap replaces a text that must occur in a file.
func (p parcel) swap(t testing.TB, name, old, repl string) parcel {
	t.Helper()
	data := p.get(t, name)
	if !bytes.Contains([]byte(data), []byte(old)) {
		t.Fatalf("no %q in %s", old, name)
	}
	return p.with(name, string(bytes.Replace([]byte(data), []byte(old), []byte(repl), 1)))
}

// ofdSpec is what a seal on an OFD shall be; the zero value is a sound one on
// the first page.
type ofdSpec struct {
	stampSpec
	edit     func(*ofd.Spec)
	property string                                        // instead of the path of Signature.xml
	value    func(path string, signatureXML []byte) []byte // instead of a seal signature
	whole    func(entriesXML []byte) []byte                // signed value of OFDEntries.xml
	prepared func(*ofd.Prepared)                           // looks at what is to be signed
	sealFile []byte                                        // instead of the seal
}

// stampOFD adds a signature to a package.
func (h *house) stampOFD(doc []byte, s ofdSpec) []byte {
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
	if s.sealFile == nil {
		s.sealFile = s.seal
	}
	p, err := ofd.Open(bytes.NewReader(doc), int64(len(doc)), ofd.Limits{})
	if err != nil {
		h.t.Fatal(err)
	}
	spec := ofd.Spec{
		Type: ofd.TypeSeal, Places: []ofd.Place{{Page: 1, X: 120, Y: 200, Width: 42, Height: 42}},
		Provider: ofd.Provider{Name: "govseal"}, Time: h.clock, Seal: s.sealFile,
	}
	if s.edit != nil {
		s.edit(&spec)
	}
	pr, err := p.Prepare(context.Background(), spec)
	if err != nil {
		h.t.Fatal(err)
	}
	if s.prepared != nil {
		s.prepared(pr)
	}
	var value, whole []byte
	if s.value != nil {
		value = s.value(pr.Path(), pr.SignatureXML())
	} else {
		value = h.sealSignature(pr, s)
	}
	if s.whole != nil {
		whole = s.whole(pr.WholeXML())
	}
	var out bytes.Buffer
	if _, err := pr.Write(&out, value, whole); err != nil {
		h.t.Fatal(err)
	}
	return out.Bytes()
}

func (h *house) sealSignature(pr *ofd.Prepared, s ofdSpec) []byte {
	h.t.Helper()
	if s.property == "" {
		s.property = pr.Path()
	}
	if s.claimed.IsZero() {
		s.claimed = h.clock
	}
	tbs, err := ses.SignatureTemplate{Seal: s.seal, Time: s.claimed, DataHash: pr.Digest(), PropertyInfo: s.property}.TBS()
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

// plain makes the signature one without a seal.
func plain(value func(path string, xml []byte) []byte) ofdSpec {
	return ofdSpec{value: value, edit: func(s *ofd.Spec) { s.Type, s.Places, s.Seal = ofd.TypeSign, nil, nil }}
}

// detachedCMS is shape B of facts/seal-formats.md 6.1.
func (h *house) detachedCMS(signer *testpki.Entity) func(string, []byte) []byte {
	return func(_ string, xml []byte) []byte { return h.cmsOf(gm.SM3(xml), signer, nil, true) }
}

// resign signs the Signature.xml in a folder of the package anew: what a
// signer, not an outsider, could have made.
func (h *house) resign(p parcel, dir string) parcel {
	h.t.Helper()
	sum := gm.SM3([]byte(p.get(h.t, dir+"Signature.xml")))
	tbs, err := ses.SignatureTemplate{Seal: []byte(p.get(h.t, dir+"Seal.esl")), Time: h.clock, DataHash: sum, PropertyInfo: "/" + dir + "Signature.xml"}.TBS()
	if err != nil {
		h.t.Fatal(err)
	}
	sig := h.Seal.Sign(h.t, tbs)
	raw, err := ses.AssembleSignature(tbs, h.Seal.DER, sig, h.stampTime(nil, sig))
	if err != nil {
		h.t.Fatal(err)
	}
	return p.with(dir+"SignedValue.dat", string(raw))
}
