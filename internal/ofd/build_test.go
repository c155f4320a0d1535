// SPDX-License-Identifier: Apache-2.0

package ofd_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/ofd"
)

const xmlns = ` xmlns:ofd="http://www.ofdspec.org/2016"`

// content is a package being built: names in order, and what they hold.
type content struct {
	names []string
	data  map[string]string
}

func (c *content) set(name, data string) *content {
	if _, known := c.data[name]; !known {
		c.names = append(c.names, name)
	}
	c.data[name] = data
	return c
}

func (c *content) drop(name string) *content {
	c.names = slices.DeleteFunc(c.names, func(n string) bool { return n == name })
	delete(c.data, name)
	return c
}

// edit replaces a piece of a file, which must be there.
func (c *content) edit(t testing.TB, name, old, with string) *content {
	t.Helper()
	if !strings.Contains(c.data[name], old) {
		t.Fatalf("%s does not contain %q: %s", name, old, c.data[name])
	}
	return c.set(name, strings.Replace(c.data[name], old, with, 1))
}

func (c *content) bytes(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range c.names {
		w, err := z.CreateHeader(&zip.FileHeader{Name: n, Method: zip.Deflate})
		if err == nil {
			_, err = io.WriteString(w, c.data[n])
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

// unpack reads a package back into parts that a test may change.
func unpack(t testing.TB, b []byte) *content {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	c := &content{data: map[string]string{}}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		c.set(f.Name, string(data))
	}
	return c
}

func pageXML(text string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n<ofd:Page" + xmlns + `><ofd:Template TemplateID="90"/><ofd:PageRes>PageRes.xml</ofd:PageRes><ofd:Content>` +
		`<ofd:Layer ID="2"><ofd:TextObject ID="4" Boundary="30 40 100 8" Font="3" Size="5"><ofd:TextCode X="0" Y="5" DeltaX="g ` +
		fmt.Sprint(len([]rune(text))-1) + ` 5">` + text + `</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>`
}

// simple is a document that uses everything a reader's view can depend on.
func simple(pages int) *content {
	c := &content{data: map[string]string{}}
	c.set("OFD.xml", `<?xml version="1.0" encoding="UTF-8"?>`+"\n<ofd:OFD"+xmlns+` Version="1.1" DocType="OFD"><ofd:DocBody><ofd:DocInfo>`+
		`<ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID><ofd:Title>示例批复</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`)
	list := ""
	for i := range pages {
		list += fmt.Sprintf(`<ofd:Page ID="%d" BaseLoc="Pages/Page_%d/Content.xml"/>`, 10*(i+1), i)
	}
	c.set("Doc_0/Document.xml", "<ofd:Document"+xmlns+`><ofd:CommonData><ofd:MaxUnitID>99</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>`+
		`<ofd:PublicRes>PublicRes.xml</ofd:PublicRes><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes><ofd:TemplatePage ID="90" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData>`+
		`<ofd:Pages>`+list+`</ofd:Pages><ofd:Annotations>Annots/Annotations.xml</ofd:Annotations><ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>`+
		`<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags><ofd:Extensions>Extensions.xml</ofd:Extensions></ofd:Document>`)
	for i := range pages {
		dir := fmt.Sprintf("Doc_0/Pages/Page_%d/", i)
		c.set(dir+"Content.xml", pageXML(fmt.Sprintf("示例市行政审批局第%d页", i+1)))
		c.set(dir+"PageRes.xml", "<ofd:Res"+xmlns+` BaseLoc="../../Res"><ofd:ColorSpaces><ofd:ColorSpace ID="7" Type="RGB" Profile="colour.icc"/></ofd:ColorSpaces></ofd:Res>`)
	}
	c.set("Doc_0/Tpls/Tpl_0/Content.xml", strings.Replace(pageXML("模板页眉"), "<ofd:PageRes>PageRes.xml</ofd:PageRes>", "", 1))
	c.set("Doc_0/PublicRes.xml", "<ofd:Res"+xmlns+` BaseLoc="Res"><ofd:Fonts><ofd:Font ID="3" FontName="示例宋"><ofd:FontFile>font.ttf</ofd:FontFile></ofd:Font></ofd:Fonts></ofd:Res>`)
	c.set("Doc_0/DocumentRes.xml", "<ofd:Res"+xmlns+` BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="6" Type="Image"><ofd:MediaFile>qr.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>`)
	c.set("Doc_0/Res/font.ttf", "font").set("Doc_0/Res/qr.png", "\x89PNG").set("Doc_0/Res/colour.icc", "icc")
	c.set("Doc_0/Annots/Annotations.xml", "<ofd:Annotations"+xmlns+`><ofd:Page PageID="10"><ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>`)
	c.set("Doc_0/Annots/Page_0/Annotation.xml", "<ofd:PageAnnot"+xmlns+`><ofd:Annot Type="Link" ID="70"/></ofd:PageAnnot>`)
	c.set("Doc_0/Attachs/Attachments.xml", "<ofd:Attachments"+xmlns+`><ofd:Attachment ID="80" Name="data"><ofd:FileLoc>data.xml</ofd:FileLoc></ofd:Attachment></ofd:Attachments>`)
	c.set("Doc_0/Attachs/data.xml", "<data/>")
	c.set("Doc_0/Tags/CustomTags.xml", "<ofd:CustomTags"+xmlns+`><ofd:CustomTag TypeID="x"><ofd:FileLoc>tag.xml</ofd:FileLoc></ofd:CustomTag></ofd:CustomTags>`)
	c.set("Doc_0/Tags/tag.xml", "<tag/>")
	c.set("Doc_0/Extensions.xml", "<ofd:Extensions"+xmlns+`><ofd:Extension AppName="x"><ofd:ExtendData>ext.dat</ofd:ExtendData></ofd:Extension></ofd:Extensions>`)
	return c.set("Doc_0/ext.dat", "ext")
}

func mustOpen(t testing.TB, b []byte) *ofd.Package {
	t.Helper()
	p, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func sealSpec() ofd.Spec {
	return ofd.Spec{Type: ofd.TypeSeal, Provider: ofd.Provider{Name: "test", Version: "1", Company: "示例 & <test>"},
		Time: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC), Seal: []byte("seal octets"),
		Places: []ofd.Place{{Page: 1, X: 120, Y: 200, Width: 42, Height: 42}}}
}

// sign adds a signature whose value is a word: this level knows no keys.
func sign(t testing.TB, b []byte, spec ofd.Spec) []byte {
	t.Helper()
	pr, err := mustOpen(t, b).Prepare(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	var whole []byte
	if spec.Whole != nil {
		whole = []byte("value of the list")
	}
	var out bytes.Buffer
	n, err := pr.Write(&out, []byte("signed value "+pr.ID()), whole)
	if err != nil || n != int64(out.Len()) {
		t.Fatalf("wrote %d of %d octets: %v", out.Len(), n, err)
	}
	return out.Bytes()
}

func signatures(t testing.TB, p *ofd.Package) []ofd.Signature {
	t.Helper()
	s, err := p.Signatures()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// states counts how the references of a signature stand.
func states(t testing.TB, p *ofd.Package, s *ofd.Signature) map[string]int {
	t.Helper()
	checked, err := p.CheckReferences(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, c := range checked {
		out[c.State]++
	}
	return out
}

func coverage(t testing.TB, p *ofd.Package, s ...*ofd.Signature) *ofd.Coverage {
	t.Helper()
	c, err := p.Coverage(context.Background(), s...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func uncovered(c *ofd.Coverage) string {
	var out []string
	for _, u := range c.Uncovered {
		view := ""
		if u.View {
			view = "!"
		}
		out = append(out, u.Entry+"="+u.Role+view)
	}
	return strings.Join(out, " ")
}

func findings(t testing.TB, p *ofd.Package) string {
	t.Helper()
	list, err := p.Findings(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range list {
		out = append(out, f.Name+":"+f.Entry)
	}
	return strings.Join(out, " ")
}

func writeFile(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
