// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/pdf"
)

const xmp = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description>` +
	`<pdfaid:part>%d</pdfaid:part><xmp:ModifyDate>2026-01-02T03:04:05Z</xmp:ModifyDate></rdf:Description></rdf:RDF></x:xmpmeta>`

// archived is a document that claims a part of PDF/A, with an output intent
// of so many colours.
func archived(part, colours int) *file {
	o := simple("")
	o[1] = "<</Type/Catalog/Pages 2 0 R/Metadata 6 0 R/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(x)/DestOutputProfile 7 0 R>>]>>"
	o[5] = "<</ModDate(D:20260102030405Z)/Title(x)>>"
	o[6] = stm("/Type/Metadata/Subtype/XML", fmt.Sprintf(xmp, part))
	o[7] = stm(fmt.Sprintf("/N %d", colours), "profile")
	f := newFile()
	f.trailer += "/Info 5 0 R"
	return f.table(o)
}

func TestArchives(t *testing.T) {
	for _, c := range []struct {
		part, colours int
		refused       bool
	}{{1, 3, true}, {2, 3, false}, {3, 3, false}, {4, 3, false}, {2, 4, true}, {2, 1, true}} {
		b := archived(c.part, c.colours).b
		d, err := open(b)
		if err != nil {
			t.Fatal(err)
		}
		s := stampAt(1, 20, 20)
		_, err = d.Prepare(t.Context(), s)
		var no *pdf.Refusal
		if got := errors.As(err, &no); got != c.refused || got && !strings.HasPrefix(no.Detail, pdf.HazardPDFA) {
			t.Errorf("part %d, %d colours: %v", c.part, c.colours, err)
		}
		s.Allow = []string{pdf.HazardPDFA}
		sealed := seal(t, b, s)
		if c.part != 2 || c.colours != 3 {
			continue
		}
		// Both dates are those of the signature, and agree.
		tail := string(sealed[len(b):])
		if !strings.Contains(tail, "<xmp:ModifyDate>2026-11-22T08:00:00+08:00</xmp:ModifyDate>") || !strings.Contains(tail, "/ModDate (D:20261122080000+08'00')") {
			t.Error("the dates do not agree")
		}
		again := seal(t, sealed, stampAt(1, 80, 20))
		wantChanges(t, again, pdf.LevelSignature, "signature") // at the same second
	}
	// A date that stands twice, or nowhere, cannot be brought to agree.
	for _, packet := range []string{strings.Replace(xmp, "</rdf:RDF>", "<xmp:ModifyDate>2026-01-02</xmp:ModifyDate></rdf:RDF>", 1), strings.Replace(xmp, "xmp:ModifyDate", "xmp:CreateDate", 2)} {
		f := archived(2, 3)
		b := f.table(objects{6: stm("/Type/Metadata/Subtype/XML", fmt.Sprintf(packet, 2))}).b
		sealed := seal(t, b, stampAt(1, 20, 20))
		if strings.Contains(string(sealed[len(b):]), "ModDate") {
			t.Error("one date changed without the other")
		}
	}
}

func TestFieldsThatShowAnotherText(t *testing.T) {
	cmap := "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n" +
		"1 beginbfchar <0001> <5141> endbfchar 2 beginbfrange <0002> <0003> <8BB8> <0005> <0006> [<0041> <D842DFB7>] endbfrange endcmap"
	for name, c := range map[string]struct {
		value, font, content string
		hazard               bool
	}{
		"the same":              {"(100)", "", "BT /F 9 Tf (100) Tj ET", false},
		"in pieces":             {"(100)", "", "BT /F 9 Tf [(1)-20(0)] TJ 3 0 Td (0) ' ET", false},
		"lines":                 {"(one two)", "", "BT /F 9 Tf (one ) Tj 0 -9 Td (two) Tj ET", false},
		"another":               {"(100)", "", "BT /F 9 Tf (900) Tj ET", true},
		"nothing":               {"(100)", "", "/Tx BMC EMC", true},
		"text without value":    {"()", "", "BT /F 9 Tf (900) Tj ET", true},
		"by hex":                {"(100)", "", "BT /F 9 Tf <393030> Tj ET", true},
		"by reference":          {"20 0 R", "", "BT /F 9 Tf (900) Tj ET", true},
		"Chinese, the same":     {"<FEFF51418BB8>", "/Type0", "BT /F 9 Tf <00010002> Tj ET", false},
		"Chinese, another":      {"<FEFF51418BB8>", "/Type0", "BT /F 9 Tf <00010003> Tj ET", true},
		"beyond the basic":      {"<FEFFD842DFB70041>", "/Type0", "BT /F 9 Tf <00060005> Tj ET", false},
		"codes without meaning": {"(100)", "/Type0", "BT /F 9 Tf <0009> Tj ET", false},
		"no such font":          {"(100)", "", "BT /G 9 Tf (900) Tj ET", false},
		"drawn as an image":     {"(100)", "", "q /Im Do Q", false},
		"octets above ASCII":    {"(100)", "", "BT /F 9 Tf <E9> Tj ET", false},
		"broken content":        {"(100)", "", "BT /F 9 Tf (900 Tj ET", false},
	} {
		t.Run(name, func(t *testing.T) {
			o := simple("/Annots[17 0 R]")
			o[1] = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[17 0 R]/DR<</Font<</F 19 0 R>>>>/DA(/F 0 Tf)>>>>"
			o[17] = "<</Type/Annot/Subtype/Widget/FT/Tx/T(sum)/DA(/F 0 Tf)/V " + c.value + "/Rect[10 10 60 20]/P 3 0 R/F 4/AP<</N 18 0 R>>>>"
			o[18] = stm("/Type/XObject/Subtype/Form/BBox[0 0 50 10]", c.content)
			o[19] = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
			o[20] = "(100)"
			if c.font != "" {
				o[19] = "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/ToUnicode 21 0 R>>"
				o[21] = stm("", cmap)
			}
			d, err := open(newFile().table(o).b)
			if err != nil {
				t.Fatal(err)
			}
			all, err := d.Hazards()
			if err != nil || (len(all) == 1 && all[0].Name == pdf.HazardFormValue) != c.hazard || len(all) > 1 {
				t.Errorf("hazards %v, %v", all, err)
			}
		})
	}
}

func FuzzCMap(f *testing.F) {
	f.Add([]byte("1 beginbfchar <0001> <5141> endbfchar 2 beginbfrange <0002> <0003> <8BB8> <0005> <0006> [<0041> <D842DFB7>] endbfrange"))
	f.Add([]byte("beginbfrange <0000> <ffff> <0041> <0000> <ffff> <0041> endbfrange"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if m := pdf.ParseCMap(b); len(m) > 1<<17 {
			t.Errorf("%d codes", len(m))
		}
	})
}
