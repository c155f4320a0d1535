// SPDX-License-Identifier: Apache-2.0

package render

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/gm"
)

const (
	xmlHead      = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	ofdNamespace = `xmlns:ofd="http://www.ofdspec.org/2016"`
	physicalBox  = "0 0 210 297" // of an A4 page, mm
)

// writeOFD puts the document together as an OFD package. The entries stand in
// reading order and carry no times: the same decision gives the same octets.
func (s *sheet) writeOFD(d *decision.Decision, code string) ([]byte, error) {
	p := &ofdPainter{lastID: ofdFirst - 1}
	var contents, ids []string
	for _, c := range s.pages {
		ids = append(ids, fmt.Sprint(p.id()))
		contents = append(contents, p.page(c))
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	add := func(name string, content []byte) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil {
			_, err = w.Write(content)
		}
		return err
	}
	files := []ofdFile{
		{"OFD.xml", s.ofdRoot(d, code)}, {"Doc_0/Document.xml", ofdDocument(ids, p.lastID)}, {"Doc_0/PublicRes.xml", ofdResources},
	}
	for i, content := range contents {
		files = append(files, ofdFile{fmt.Sprintf("Doc_0/Pages/Page_%d/Content.xml", i), content})
	}
	for _, f := range files {
		if err := add(f.name, []byte(f.content)); err != nil {
			return nil, err
		}
	}
	for _, f := range []*font{s.regular, s.bold} {
		file, err := subsetWithNames(f.face, f.used)
		if err != nil {
			return nil, fmt.Errorf("embed %s: %w", f.face.Name(), err)
		}
		if err := add("Doc_0/Res/"+f.resource+".ttf", file); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

type ofdFile struct{ name, content string }

// ofdRoot is OFD.xml: what the document is, and where it is.
func (s *sheet) ofdRoot(d *decision.Decision, code string) string {
	id := gm.SM3([]byte(code), []byte(d.Number))
	return fmt.Sprintf(xmlHead+`<ofd:OFD %s Version="1.1" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>%x</ofd:DocID><ofd:Title>%s</ofd:Title><ofd:Author>%s</ofd:Author><ofd:Subject>%s</ofd:Subject><ofd:CreationDate>%s</ofd:CreationDate><ofd:Creator>%s</ofd:Creator><ofd:CustomDatas><ofd:CustomData Name="verification-code">%s</ofd:CustomData></ofd:CustomDatas></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`+"\n",
		ofdNamespace, id[:16], escaped(d.Title), escaped(authors(d)), escaped(d.Number), d.Date, producer, code)
}

// ofdDocument is Document.xml: page size, resources, pages in order.
func ofdDocument(ids []string, last int) string {
	var pages strings.Builder
	for i, id := range ids {
		fmt.Fprintf(&pages, `<ofd:Page ID="%s" BaseLoc="Pages/Page_%d/Content.xml"/>`, id, i)
	}
	return fmt.Sprintf(xmlHead+`<ofd:Document %s><ofd:CommonData><ofd:MaxUnitID>%d</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>%s</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>%s</ofd:Pages></ofd:Document>`+"\n",
		ofdNamespace, last, physicalBox, pages.String())
}

// ofdResources is PublicRes.xml: the two embedded fonts.
var ofdResources = fmt.Sprintf(xmlHead+`<ofd:Res %s BaseLoc="Res"><ofd:Fonts><ofd:Font ID="%d" FontName="Noto Serif SC" FamilyName="Noto Serif SC" Charset="unicode" Serif="true"><ofd:FontFile>%s.ttf</ofd:FontFile></ofd:Font><ofd:Font ID="%d" FontName="Noto Serif SC Bold" FamilyName="Noto Serif SC" Charset="unicode" Serif="true" Bold="true"><ofd:FontFile>%s.ttf</ofd:FontFile></ofd:Font></ofd:Fonts></ofd:Res>`+"\n",
	ofdNamespace, ofdRegular, regularResource, ofdBold, boldResource)
