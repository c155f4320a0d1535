// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/verify"
)

// kept returns a file that the service keeps.
func (c *city) kept(digest [32]byte) []byte {
	c.t.Helper()
	f, err := c.File(ctx, digest)
	if err != nil {
		c.t.Fatal(err)
	}
	defer f.Close()
	return must(io.ReadAll(f))
}

// judged verifies octets with nothing but the root as anchor and the stamp's
// own evidence.
func (c *city) judged(octets []byte, st *seal.Stamp) *verify.Report {
	c.t.Helper()
	return must(verify.Verify(ctx, verify.Document{ReaderAt: bytes.NewReader(octets), Size: int64(len(octets))},
		verify.Policy{Time: c.clock.now().Add(time.Minute), Anchors: [][]byte{c.ca.Root()}, Untrusted: st.Chain, CRLs: st.CRLs}))
}

// swapped replaces a text that must occur.
func swapped(t *testing.T, octets []byte, from, to string) []byte {
	t.Helper()
	if !bytes.Contains(octets, []byte(from)) {
		t.Fatalf("no %q to tamper with", from)
	}
	return bytes.Replace(octets, []byte(from), []byte(to), 1)
}

// Every sort of seal goes the whole way: made, put on a decision, a PDF and an
// OFD, found valid by the verifier, and invalid once the paper is changed.
func TestEverySealGoesTheWholeWay(t *testing.T) {
	c := newCity(t)
	own := must(c.Make(ctx, seal.MakeRequest{Actor: zhang, Department: c.seals[0].Department, Design: seal.Design{Shape: "square", Width: 30}}))
	pdf, paper := blankPDF(t, 2, nil), plainOFD(t)
	for name, d := range map[string]struct {
		design     seal.Design
		name       string
		horizontal string
	}{
		"round, as it comes":       {seal.Design{}, "", "审批专用章"},
		"round, with its number":   {seal.Design{Level: "unit", Serial: seal.SerialNumber}, "", ""},
		"round, forty characters":  {seal.Design{}, strings.Repeat("示例市行政审批服务管理局", 4)[:120], ""},
		"round, an emblem of ours": {seal.Design{Level: "city", CentrePicture: own.Picture}, "", ""},
		"oval":                     {seal.Design{Shape: "oval", Middle: "990100MB0000001T", Type: seal.TypeInvoice}, "", "发票专用章"},
		"square":                   {seal.Design{Shape: "square"}, "", ""},
		"rectangle":                {seal.Design{Shape: "rectangle"}, "", ""},
		"personal, intaglio":       {seal.Design{Shape: "personal", Carving: "intaglio"}, "章示例", ""},
		"a picture of one's own":   {seal.Design{Picture: own.Picture, Width: 30}, "", ""},
		"version 5":                {seal.Design{Version: 5}, "", ""},
		"listed by digest":         {seal.Design{ListDigests: true}, "", ""},
		"version 5, by digest":     {seal.Design{Version: 5, ListDigests: true, Shape: "oval"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := c.Make(ctx, seal.MakeRequest{Actor: zhang, Department: c.seals[0].Department, Name: d.name, Horizontal: d.horizontal, Design: d.design})
			if err != nil {
				t.Fatal(err)
			}
			c.granted(s)
			request := func(kind string) seal.Request {
				return seal.Request{Application: c.app, Seal: s.ESID, Matter: "M-1", CaseRef: "C-1", IdempotencyKey: name + kind}
			}
			onPDF := must(c.StampPDF(ctx, request("pdf"), pdf))
			onOFD := must(c.StampOFD(ctx, request("ofd"), paper))
			onDecision := must(c.StampDecision(ctx, request("decision"), rawDecision(t, 1)))
			// A decision claims PDF/A only where the seal leaves room for it (docs/adr/0012).
			if claims, small := bytes.Contains(c.kept(onDecision.Rendered), []byte("<pdfaid:part>")), len(s.DER) < 20<<10; claims != small {
				t.Errorf("a seal of %d octets, and the decision claims PDF/A: %v", len(s.DER), claims)
			}
			sealed := c.kept(onOFD.Output)
			for what, tt := range map[string]struct {
				st         *seal.Stamp
				good, evil []byte
			}{
				"PDF":          {onPDF, c.kept(onPDF.Output), swapped(t, c.kept(onPDF.Output), "595", "594")},
				"OFD":          {onOFD, sealed, changeEntry(t, sealed, "Doc_0/Pages/Page_0/Content.xml", "示例", "虚构")},
				"decision":     {onDecision, c.kept(onDecision.Output), swapped(t, c.kept(onDecision.Output), "准予", "不予")},
				"its PDF":      {onDecision, c.kept(onDecision.Rendered), nil},
				"its own file": {onDecision, s.DER, swapped(t, s.DER, s.ESID, "99010000000000")},
			} {
				c.wantVerdict(verify.Valid, c.judged(tt.good, tt.st), 1)
				if tt.evil != nil {
					c.wantVerdict(verify.Invalid, c.judged(tt.evil, tt.st), 1)
				}
				if r := c.judged(tt.good, tt.st); r.Stamps[0].Seal.ESID != s.ESID || r.Stamps[0].Seal.Name != s.Name {
					t.Errorf("%s: the report names seal %s", what, r.Stamps[0].Seal.ESID)
				}
			}
			if onDecision.RenderedOFD == [32]byte{} {
				t.Error("the decision has no OFD")
			} else {
				c.wantVerdict(verify.Valid, c.judged(c.kept(onDecision.RenderedOFD), onDecision), 1)
			}
		})
	}
}

// granted lets the city's application use a seal for everything.
func (c *city) granted(s seal.Seal) {
	c.t.Helper()
	must(registry.New(c.db.Registry(), c.clock.now).AddGrant(ctx, zhang, registry.Grant{
		Application: c.app.ID, Seal: s.ESID, Matters: []string{"*"}, Kinds: []string{"pdf", "ofd", "decision", "digest"},
		NotBefore: c.clock.now().Add(-time.Minute), NotAfter: c.clock.now().AddDate(1, 0, 0),
	}))
}
