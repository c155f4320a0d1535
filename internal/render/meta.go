// SPDX-License-Identifier: Apache-2.0

package render

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/pdf"
)

const producer = "govseal"

// writeCatalog writes the document's root and information: metadata, language
// and output intent as PDF/A-2b wants them. The claim that it is one is true:
// veraPDF found it so, with and without seals on it (docs/standards.md).
func writeCatalog(w *pdf.Writer, tree pdf.Ref, d *decision.Decision, claim string) (root, info pdf.Ref) {
	metadata := w.Alloc()
	// Uncompressed, so that programs that know no PDF find it.
	w.WriteStreamRaw(metadata, pdf.Dict{"Type": pdf.Name("Metadata"), "Subtype": pdf.Name("XML")}, xmp(d, claim))
	profile := w.AddStream(pdf.Dict{"N": 3}, sRGB())
	root = w.Add(pdf.Dict{
		"Type": pdf.Name("Catalog"), "Pages": tree, "Metadata": metadata, "Lang": pdf.String("zh-CN"),
		"ViewerPreferences": pdf.Dict{"DisplayDocTitle": true},
		"OutputIntents": pdf.Array{pdf.Dict{
			"Type": pdf.Name("OutputIntent"), "S": pdf.Name("GTS_PDFA1"), "DestOutputProfile": profile,
			"OutputConditionIdentifier": pdf.String("sRGB"), "Info": pdf.String("sRGB"),
		}},
	})
	info = w.Add(pdf.Dict{
		"Title": pdf.Text(d.Title), "Author": pdf.Text(authors(d)), "Subject": pdf.Text(d.Number), "Producer": pdf.Text(producer),
		"CreationDate": pdf.String("D:" + strings.ReplaceAll(d.Date, "-", "") + "000000+08'00'"),
	})
	return root, info
}

func authors(d *decision.Decision) string {
	var names []string
	for _, dept := range d.Departments {
		names = append(names, dept.Name)
	}
	return strings.Join(names, "、")
}

// archiveClaim says that the file is PDF/A-2b (docs/adr/0012).
const archiveClaim = "<pdfaid:part>2</pdfaid:part>\n<pdfaid:conformance>B</pdfaid:conformance>\n"

// xmp says what the information dictionary says, in XMP (ISO 16684-1).
// claim is what it says about ISO 19005.
func xmp(d *decision.Decision, claim string) []byte {
	const packet = `<?xpacket begin="` + "\ufeff" + `" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
%s<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:description>
<pdf:Producer>%s</pdf:Producer>
<xmp:CreateDate>%sT00:00:00+08:00</xmp:CreateDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>
`
	return fmt.Appendf(nil, packet, claim, escaped(d.Title), escaped(authors(d)), escaped(d.Number), producer, d.Date)
}

func escaped(s string) string {
	var out bytes.Buffer
	_ = xml.EscapeText(&out, []byte(s)) // a Buffer does not fail
	return out.String()
}
