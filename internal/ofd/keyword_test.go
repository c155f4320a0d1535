// SPDX-License-Identifier: Apache-2.0

package ofd_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/ofd"
)

func TestFindKeyword(t *testing.T) {
	for _, c := range []struct {
		name, objects, keyword string
		want                   string // page: x y w h, rounded
	}{
		{"plain", text(`Boundary="30 40 100 8" Size="5"`, `X="0" Y="5" DeltaX="5 5 5 5"`, "甲乙丙丁戊"), "丙丁", "1: 40 40.6 10 5"},
		{"repeated advance", text(`Boundary="30 40 100 8" Size="5"`, `X="1" Y="5" DeltaX="g 4 5"`, "甲乙丙丁戊"), "戊", "1: 51 40.6 5 5"},
		{"mixed advances", text(`Boundary="0 0 100 8" Size="5"`, `X="0" Y="5" DeltaX="5 g 2 10 7"`, "甲乙丙丁戊"), "丁", "1: 25 0.6 7 5"},
		{"lines by DeltaY", text(`Boundary="0 0 100 99" Size="5"`, `X="0" Y="5" DeltaX="5 -5 5" DeltaY="0 6 0"`, "甲乙丙丁"), "丁", "1: 5 6.6 5 5"},
		{"upright text", text(`Boundary="0 0 100 99" Size="5"`, `X="0" Y="5" DeltaY="g 2 5"`, "甲乙丙"), "乙丙", "1: 0 5.6 5 10"},
		{"scaled by CTM", text(`Boundary="10 10 100 99" Size="1" CTM="5 0 0 5 0 0"`, `X="0" Y="1" DeltaX="1"`, "甲乙"), "乙", "1: 15 10.6 5 5"},
		{"turned by CTM", text(`Boundary="50 50 100 99" Size="5" CTM="0 1 -1 0 0 0"`, `X="0" Y="0" DeltaX="5"`, "甲乙"), "甲乙", "1: 49.4 50 5 10"},
		{"no advances", text(`Boundary="0 0 100 99" Size="4"`, `X="0" Y="4"`, "a甲"), "甲", "1: 2 0.48 4 4"},
		{"two codes", `<ofd:TextObject ID="1" Boundary="0 0 100 9" Font="3" Size="5"><ofd:TextCode X="0" Y="5" DeltaX="5">甲乙</ofd:TextCode><ofd:TextCode X="10" Y="5">丙</ofd:TextCode></ofd:TextObject>`, "乙丙", "1: 5 0.6 10 5"},
		{"each character an object", text(`Boundary="10 20 5 8" Size="5"`, `X="0" Y="5"`, "盖") + text(`Boundary="15 20 5 8" Size="5"`, `X="0" Y="5"`, "章"), "盖章", "1: 10 20.6 10 5"},
		{"objects on different lines", text(`Boundary="10 20 5 8" Size="5"`, `X="0" Y="5"`, "盖") + text(`Boundary="15 60 5 8" Size="5"`, `X="0" Y="5"`, "章"), "盖章", ""},
		{"objects far apart", text(`Boundary="10 20 5 8" Size="5"`, `X="0" Y="5"`, "盖") + text(`Boundary="90 20 5 8" Size="5"`, `X="0" Y="5"`, "章"), "盖章", ""},
		{"spaces left out", text(`Boundary="0 0 100 9" Size="5"`, `X="0" Y="5" DeltaX="g 4 5"`, "盖 章  处"), "盖章", "1: 0 0.6 15 5"},
		{"spaces in the keyword", text(`Boundary="0 0 100 9" Size="5"`, `X="0" Y="5" DeltaX="g 4 5"`, "盖章"), " 盖 章", "1: 0 0.6 10 5"},
		{"twice", text(`Boundary="0 0 100 9" Size="5"`, `X="0" Y="5" DeltaX="g 9 5"`, "章章章章"), "章章", "1: 0 0.6 10 5, 1: 10 0.6 10 5"},
		{"no boundary", text(`Size="5"`, `X="0" Y="5"`, "章"), "章", ""},
		{"not a number", text(`Boundary="0 0 100 9" Size="NaN"`, `X="0" Y="5"`, "章"), "章", ""},
		{"escaped", text(`Boundary="0 0 100 9" Size="5"`, `X="0" Y="5" DeltaX="5 5"`, "&lt;&#x7ae0;<![CDATA[>]]>"), "<章>", "1: 0 0.6 12.5 5"},
		{"nowhere", text(`Boundary="0 0 100 9" Size="5"`, `X="0" Y="5"`, "章"), "印", ""},
	} {
		doc := simple(1)
		page := doc.data["Doc_0/Pages/Page_0/Content.xml"]
		from, to := strings.Index(page, "<ofd:TextObject"), strings.Index(page, "</ofd:Layer>")
		doc.set("Doc_0/Pages/Page_0/Content.xml", page[:from]+c.objects+page[to:])
		hits, err := mustOpen(t, doc.bytes(t)).Find(t.Context(), 0, c.keyword, 10)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, h := range hits {
			got = append(got, fmt.Sprintf("%d: %s", h.Page, h.Box))
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: got %q, want %q", c.name, s, c.want)
		}
	}
}

func text(object, code, chars string) string {
	return `<ofd:TextObject ID="1" Font="3" ` + object + `><ofd:TextCode ` + code + `>` + chars + `</ofd:TextCode></ofd:TextObject>`
}

func TestFindOnLaterPagesAndTemplates(t *testing.T) {
	p := mustOpen(t, simple(3).bytes(t))
	if hits, err := p.Find(t.Context(), 0, "第3页", 5); err != nil || len(hits) != 1 || hits[0].Page != 3 {
		t.Errorf("%v %v", hits, err)
	}
	if hits, err := p.Find(t.Context(), 0, "模板页眉", 2); err != nil || len(hits) != 2 || hits[1].Page != 2 {
		t.Errorf("%v %v", hits, err)
	}
	for _, bad := range []string{"", "  ", strings.Repeat("长", 201)} {
		if _, err := p.Find(t.Context(), 0, bad, 1); err == nil {
			t.Errorf("keyword %.20q is accepted", bad)
		}
	}
}

func TestFindInSample(t *testing.T) {
	p := mustOpen(t, sample(t, "16_taxtest_v4_tpl_unprotected_sigs_locked.ofd"))
	hits, err := p.Find(t.Context(), 0, "增值税电子普通发票", 3)
	if err != nil || len(hits) == 0 || hits[0].Page != 1 || hits[0].Box.X < 68 || hits[0].Box.X+hits[0].Box.Width > 150 || hits[0].Box.Y < 6 || hits[0].Box.Y > 9 {
		t.Errorf("%v %v", hits, err)
	}
}

// Repetitions are bounded by the characters that there are.
func TestHugeRepetition(t *testing.T) {
	doc := simple(1)
	doc.set("Doc_0/Pages/Page_0/Content.xml", "<ofd:Page"+xmlns+"><ofd:Content>"+
		strings.Repeat(text(`Boundary="0 0 100 9" Size="5"`, `X="0" Y="5" DeltaX="g 1000000 0.1 g 1000000 0.1"`, "章"), 20_000)+"</ofd:Content></ofd:Page>")
	hits, err := mustOpen(t, doc.bytes(t)).Find(t.Context(), 0, "章", 1<<30)
	if err != nil || len(hits) != 20_000 {
		t.Errorf("%d %v", len(hits), err)
	}
}

var _ = ofd.Box{}
