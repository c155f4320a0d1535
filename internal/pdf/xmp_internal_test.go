// SPDX-License-Identifier: Apache-2.0

package pdf

import "testing"

func TestXMPValues(t *testing.T) {
	for packet, want := range map[string]string{
		`<xmp:ModifyDate>2026-03-02T10:00:00+08:00</xmp:ModifyDate>`: `<xmp:ModifyDate>*</xmp:ModifyDate>`,
		`<a xmp:ModifyDate="2026" xmp:ModifyDate='2027'/>`:           `<a xmp:ModifyDate="*" xmp:ModifyDate='*'/>`,
		`<a xmp:ModifyDate="2026'/>`:                                 `<a xmp:ModifyDate="2026'/>`,
		`<a xmp:ModifyDate="20 26"/>`:                                `<a xmp:ModifyDate="20 26"/>`,
		`<xmp:ModifyDate></xmp:ModifyDate>`:                          `<xmp:ModifyDate></xmp:ModifyDate>`,
		`<xmp:ModifyDate>2026`:                                       `<xmp:ModifyDate>2026`,
		`<xmp:ModifyDateOther>2026<`:                                 `<xmp:ModifyDateOther>2026<`,
		` xmp:ModifyDate`:                                            ` xmp:ModifyDate`,
		` xmp:ModifyDate=`:                                           ` xmp:ModifyDate=`,
		``:                                                           ``,
	} {
		if got := string(replaceSpans([]byte(packet), xmpValues([]byte(packet), "xmp:ModifyDate"), "*")); got != want {
			t.Errorf("%s: %s, want %s", packet, got, want)
		}
	}
}

func TestXMPPart(t *testing.T) {
	for packet, want := range map[string]int{
		`<pdfaid:part>2</pdfaid:part>`: 2, "pdfaid:part = '1'": 1, "pdfaid:part\n=\n\" 3\"": 3, "pdfaid:part>\n4": 4,
		`pdfaid:part="5"`: 0, `pdfaid:part`: 0, `pdfaid:part=`: 0, `pdfaid:part=3`: 0, `pdfaid:part="9" pdfaid:part="1"`: 1, ``: 0,
	} {
		if got := xmpPart([]byte(packet)); got != want {
			t.Errorf("%q: %d, want %d", packet, got, want)
		}
	}
}
