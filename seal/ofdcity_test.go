// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/verify"
)

// stampAt puts a seal of the city on an OFD.
func (c *city) stampAt(n int, key string, document []byte, change func(*seal.Request)) (*seal.Stamp, error) {
	c.t.Helper()
	r := c.request(n, key)
	if change != nil {
		change(&r)
	}
	return c.StampOFD(ctx, r, document)
}

func (c *city) grantOFD() {
	for _, s := range c.seals {
		c.granted(s)
	}
}

// Departments seal one after another, each with its own seal; a further one
// may follow until one locks, and then none.
func TestOFDOfSeveralDepartments(t *testing.T) {
	c := newCity(t)
	c.grantOFD()
	first := must(c.stampAt(0, "first", plainOFD(t), func(r *seal.Request) { r.Place = placement(t, `{"page":1,"x":20,"y":200}`) }))
	c.wantVerdict(verify.Valid, c.judged(c.kept(first.Output), first), 1)
	second := must(c.stampAt(1, "second", c.kept(first.Output), func(r *seal.Request) {
		r.Lock, r.Place = true, placement(t, `[{"page":1,"x":120,"y":200},{"edge":"right"}]`)
	}))
	both := c.kept(second.Output)
	report := c.judged(both, second)
	c.wantVerdict(verify.Valid, report, 2)
	if report.Stamps[0].Seal.ESID != c.seals[0].ESID || report.Stamps[1].Seal.ESID != c.seals[1].ESID || report.Stamps[0].Level != "T" {
		t.Errorf("stamps of %s and %s", report.Stamps[0].Seal.ESID, report.Stamps[1].Seal.ESID)
	}
	if report.Stamps[0].Coverage.Locked || !report.Stamps[1].Coverage.Locked {
		t.Error("the wrong one locks")
	}
	_, err := c.stampAt(0, "third", both, nil)
	if refused := wantRefused(t, err, seal.ReasonCertified); !strings.Contains(refused.Detail, "locks") {
		t.Errorf("refused without saying why: %s", refused.Detail)
	}
	untouched(t, plainOFD(t), both, "OFD.xml")
	untouched(t, c.kept(first.Output), both, "Doc_0/Signs/Signatures.xml")
}

// untouched compares the stored, compressed octets of every entry but some.
func untouched(t *testing.T, before, after []byte, but ...string) {
	t.Helper()
	stored := func(octets []byte) map[string]string {
		z := must(zip.NewReader(bytes.NewReader(octets), int64(len(octets))))
		all := map[string]string{}
		for _, f := range z.File {
			all[f.Name] = string(must(io.ReadAll(must(f.OpenRaw()))))
		}
		return all
	}
	now := stored(after)
	for name, octets := range stored(before) {
		if now[name] != octets && !slices.Contains(but, name) {
			t.Errorf("%s was rewritten", name)
		}
	}
}

// One signature stands in as many places as asked for: each says where, and a
// slice that it is one.
func TestOFDPlaces(t *testing.T) {
	c := newCity(t)
	c.grantOFD()
	paper := plainOFD(t) // three pages
	for name, tt := range map[string]struct {
		place  string
		pages  []int
		slices int
	}{
		"right":              {`{"edge":"right"}`, []int{1, 2, 3}, 3},
		"left":               {`{"edge":"left","offset":30}`, []int{1, 2, 3}, 3},
		"top":                {`{"edge":"top"}`, []int{1, 2, 3}, 3},
		"bottom":             {`{"edge":"bottom"}`, []int{1, 2, 3}, 3},
		"some pages":         {`{"edge":"right","pages":"2-last"}`, []int{2, 3}, 2},
		"without one":        {`{"edge":"right","skip":"2"}`, []int{1, 3}, 2},
		"odd pages":          {`{"edge":"right","odd":true}`, []int{1, 3}, 2},
		"few slices":         {`{"edge":"right","slices":2}`, []int{1, 2, 3}, 3}, // one seal of three: two cannot hold three pages
		"places and an edge": {`[{"page":1,"x":20,"y":20},{"page":-1,"x":20,"y":20},{"edge":"right"}]`, []int{1, 3, 1, 2, 3}, 3},
		"a keyword":          {`{"keyword":"盖章处","pages":"2"}`, []int{2}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			st, err := c.stampAt(0, name, paper, func(r *seal.Request) { r.Place = placement(t, tt.place) })
			if err != nil {
				t.Fatal(err)
			}
			report := c.judged(c.kept(st.Output), st)
			c.wantVerdict(verify.Valid, report, 1)
			var pages []int
			sliced := 0
			for _, p := range report.Stamps[0].Places {
				pages = append(pages, p.Page)
				if p.Slice {
					sliced++
				}
			}
			if !slices.Equal(pages, tt.pages) || sliced != tt.slices {
				t.Errorf("on pages %v, %d slices; want %v, %d", pages, sliced, tt.pages, tt.slices)
			}
			for _, f := range report.Stamps[0].Seal.Findings {
				if f.Code == verify.CodePlace {
					t.Errorf("place: %s", f.Detail)
				}
			}
		})
	}
	_, err := c.stampAt(0, "one page", twoDocuments(t), func(r *seal.Request) { r.Place = placement(t, `{"edge":"right"}`) })
	wantRefused(t, err, seal.ReasonPlace)
}

// twoDocuments is a package of two documents of one page each.
func twoDocuments(t *testing.T) []byte {
	t.Helper()
	const ns = ` xmlns:ofd="http://www.ofdspec.org/2016"`
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	put := func(name, text string) {
		if _, err := io.WriteString(must(z.Create(name)), text); err != nil {
			t.Fatal(err)
		}
	}
	body := func(dir string) string {
		return `<ofd:DocBody><ofd:DocInfo><ofd:DocID>` + dir + `</ofd:DocID></ofd:DocInfo><ofd:DocRoot>` + dir + `/Document.xml</ofd:DocRoot></ofd:DocBody>`
	}
	put("OFD.xml", `<ofd:OFD`+ns+` DocType="OFD" Version="1.1">`+body("Doc_0")+body("Doc_1")+`</ofd:OFD>`)
	for _, dir := range []string{"Doc_0", "Doc_1"} {
		put(dir+"/Document.xml", `<ofd:Document`+ns+`><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Page.xml"/></ofd:Pages></ofd:Document>`)
		put(dir+"/Page.xml", `<ofd:Page`+ns+`><ofd:Content><ofd:Layer ID="2"/></ofd:Content></ofd:Page>`)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Each document of a package is sealed by itself; plainly too.
func TestOFDOfTwoDocuments(t *testing.T) {
	c := newCity(t)
	c.grantOFD()
	at := placement(t, `{"page":1,"x":100,"y":200}`)
	second := must(c.stampAt(0, "second", twoDocuments(t), func(r *seal.Request) { r.Place, r.OFD.Document = at, 1 }))
	octets := c.kept(second.Output)
	c.wantVerdict(verify.Valid, c.judged(octets, second), 1)
	untouched(t, twoDocuments(t), octets, "OFD.xml")
	both := must(c.stampAt(1, "first", octets, func(r *seal.Request) { r.Place = at }))
	report := c.judged(c.kept(both.Output), both)
	c.wantVerdict(verify.Valid, report, 2)
	plain := must(c.stampAt(0, "plain", c.kept(both.Output), func(r *seal.Request) { r.OFD.Plain = true }))
	report = c.judged(c.kept(plain.Output), plain)
	c.wantVerdict(verify.Valid, report, 3)
	if n := slices.IndexFunc(report.Stamps, func(s verify.Stamp) bool { return s.Form == "cms" }); n < 0 || report.Stamps[n].Level != "T" {
		t.Errorf("no plain signature with a time-stamp among %d", len(report.Stamps))
	}
	whole := must(c.stampAt(1, "whole", twoDocuments(t), func(r *seal.Request) { r.Place, r.OFD.Whole, r.Lock = at, true, true }))
	if report = c.judged(c.kept(whole.Output), whole); report.Package == nil || report.Package.Status != verify.OK {
		t.Errorf("protection of the whole package: %+v", report.Package)
	}
	c.wantVerdict(verify.Valid, report, 1)
}

// The last department's stamp on a rendered decision locks the paper: nobody
// can sign after it, and a seal that is taken away is missed.
func TestLastStampLocksTheRenderedOFD(t *testing.T) {
	c := newCity(t)
	c.grantOFD()
	first := must(c.StampDecision(ctx, c.request(0, "first"), rawDecision(t, 2)))
	_, open := openOFD(t, c.kept(first.RenderedOFD))
	second := must(c.AddDecisionStamp(ctx, c.request(1, "second"), first.Decision))
	paper := c.kept(second.RenderedOFD)
	_, all := openOFD(t, paper)
	if len(open) != 1 || open[0].Locks() || len(all) != 2 || all[0].Locks() || !all[1].Locks() {
		t.Fatalf("%d signatures, then %d", len(open), len(all))
	}
	c.wantVerdict(verify.Valid, c.judged(paper, second), 2)
	_, err := c.stampAt(0, "after", paper, nil)
	wantRefused(t, err, seal.ReasonCertified)
	// The first seal away, list and all: the second has listed its files.
	less := without(t, paper, strings.TrimSuffix(all[0].Entry, "Signature.xml"))
	if r := c.judged(less, second); r.Verdict == verify.Valid || r.Verdict == verify.Unsealed {
		t.Errorf("without the first seal it is %s", r.Verdict)
	}
	// The last seal away: what is left is the paper before it, which is sound.
	// That a department is missing is for the decision to say.
	if r := c.judged(c.kept(first.RenderedOFD), second); r.Verdict != verify.Valid || len(r.Stamps) != 1 {
		t.Errorf("the paper of the first department alone is %s", r.Verdict)
	}
	if r := c.judged(c.kept(first.Output), first); r.Verdict != verify.Indeterminate || !slices.Contains(r.Codes(), verify.CodeStampMissing) {
		t.Errorf("the decision of the first department alone is %s %v", r.Verdict, r.Codes())
	}
}

// without takes a signature out of a package, and out of the list.
func without(t *testing.T, octets []byte, folder string) []byte {
	t.Helper()
	z := must(zip.NewReader(bytes.NewReader(octets), int64(len(octets))))
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		if strings.HasPrefix(f.Name, folder) {
			continue
		}
		data := string(must(io.ReadAll(must(f.Open()))))
		if strings.HasSuffix(f.Name, "Signatures.xml") {
			at := strings.Index(data, folder)
			from := strings.LastIndex(data[:at], "<")
			data = data[:from] + data[at+strings.Index(data[at:], ">")+1:]
		}
		if _, err := io.WriteString(must(w.Create(f.Name)), data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
