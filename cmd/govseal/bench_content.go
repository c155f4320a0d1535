// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"fmt"
	"strings"
)

// benchPDF is one page with an image of noise, as scans are: nothing that
// compresses, so that octets are what costs.
func benchPDF(octets int) []byte {
	const width = 1000
	rows := octets / width
	noise := make([]byte, rows*width)
	_, _ = rand.Read(noise)
	page := "q 400 0 0 600 97 120 cm /I Do Q"
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var offsets []int
	object := func(dict string, stream []byte) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\n", len(offsets), dict)
		if stream != nil {
			b.WriteString("stream\n")
			b.Write(stream)
			b.WriteString("\nendstream\n")
		}
		b.WriteString("endobj\n")
	}
	object("<< /Type /Catalog /Pages 2 0 R >>", nil)
	object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>", nil)
	object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>", nil)
	object(fmt.Sprintf("<< /Length %d >>", len(page)), []byte(page))
	object(fmt.Sprintf("<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 /Length %d >>",
		width, rows, len(noise)), noise)
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, table)
	return b.Bytes()
}

// benchOFD is two pages, a tenth of it text, the rest a picture of noise; raw
// is all that its entries hold.
func benchOFD(octets int) (whole, raw []byte) {
	const ns = `xmlns:ofd="http://www.ofdspec.org/2016"`
	const object = `<ofd:TextObject ID="10" Boundary="20 20 100 10" Font="1" Size="5"><ofd:TextCode X="0" Y="5">准予许可</ofd:TextCode></ofd:TextObject>`
	picture := make([]byte, octets*9/10)
	_, _ = rand.Read(picture)
	page := `<ofd:Page ` + ns + `><ofd:Content><ofd:Layer ID="9">` + strings.Repeat(object, octets/20/len(object)) + `</ofd:Layer></ofd:Content></ofd:Page>`
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range []struct {
		name string
		data []byte
	}{
		{"OFD.xml", []byte(`<ofd:OFD ` + ns + ` DocType="OFD" Version="1.1"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`)},
		{"Doc_0/Document.xml", []byte(`<ofd:Document ` + ns + `><ofd:CommonData><ofd:MaxUnitID>900</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/><ofd:Page ID="2" BaseLoc="Pages/Page_1/Content.xml"/></ofd:Pages></ofd:Document>`)},
		{"Doc_0/PublicRes.xml", []byte(`<ofd:Res ` + ns + ` BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="2" Type="Image"><ofd:MediaFile>scan.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>`)},
		{"Doc_0/Res/scan.png", picture},
		{"Doc_0/Pages/Page_0/Content.xml", []byte(page)},
		{"Doc_0/Pages/Page_1/Content.xml", []byte(page)},
	} {
		w, err := z.Create(e.name)
		if err == nil {
			_, err = w.Write(e.data)
		}
		if err != nil {
			panic(err) // a buffer takes everything
		}
		raw = append(raw, e.data...)
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes(), raw
}
