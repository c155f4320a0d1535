// SPDX-License-Identifier: Apache-2.0

package ofd_test

import (
	"encoding/xml"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/ofd"
)

func TestBadXML(t *testing.T) {
	for _, c := range []struct{ name, xml, want string }{
		{"document type", `<!DOCTYPE a><a/>`, "document type"},
		{"document type within", `<a><!DOCTYPE a></a>`, "document type"},
		{"billion laughs", `<!DOCTYPE a [<!ENTITY x "xxxx"><!ENTITY y "&x;&x;">]><a>&y;</a>`, "document type"},
		{"external entity", `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`, "document type"},
		{"unknown entity", `<a>&nbsp;</a>`, "predefined"},
		{"unknown entity in an attribute", `<a b="&x;"/>`, "predefined"},
		{"bare ampersand", `<a>a & b</a>`, "ampersand"},
		{"reference to a control character", `<a>&#0;</a>`, "predefined"},
		{"reference out of range", `<a>&#x110000;</a>`, "predefined"},
		{"reference to half a pair", `<a>&#xD800;</a>`, "predefined"},
		{"200,000 deep", strings.Repeat("<a>", 200_000), "nested"},
		{"101 deep", strings.Repeat("<a>", 101) + strings.Repeat("</a>", 101), "nested"},
		{"attribute twice", `<a b="1" b="2"/>`, "twice"},
		{"attribute twice under two prefixes", `<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>`, "twice under two prefixes"},
		{"namespace twice", `<a xmlns:x="u" xmlns:x="v"/>`, "twice"},
		{"prefix not declared", `<x:a/>`, "not declared"},
		{"attribute prefix not declared", `<a x:b="1"/>`, "not declared"},
		{"prefix out of scope", `<a><b xmlns:x="u"/><x:c/></a>`, "not declared"},
		{"257 attributes", `<a ` + many("b", 257) + `/>`, "attributes"},
		{"65 prefixes", `<a ` + many("xmlns:b", 65) + `/>`, "prefixes"},
		{"not closed", `<a><b></b>`, "ends within"},
		{"closed otherwise", `<a><b></a></b>`, "closes nothing"},
		{"closed twice", `<a></a></a>`, "closes nothing"},
		{"closed under another prefix", `<x:a xmlns:x="u" xmlns:y="u"></y:a>`, "closes nothing"},
		{"two roots", `<a/><b/>`, "second root"},
		{"text before the root", `x<a/>`, "outside of the root"},
		{"text behind the root", `<a/>x`, "outside of the root"},
		{"CDATA behind the root", `<a/><![CDATA[x]]>`, "CDATA"},
		{"empty", ``, "before the first"},
		{"no value", `<a b/>`, "no value"},
		{"no quotes", `<a b=1/>`, "not quoted"},
		{"value not closed", `<a b="1/>`, "does not end"},
		{"tag in a value", `<a b="<c/>"/>`, "tag within"},
		{"no space between attributes", `<a b="1"c="2"/>`, "well-formed"},
		{"end of CDATA in text", `<a>]]></a>`, "CDATA"},
		{"CDATA not closed", `<a><![CDATA[x</a>`, "CDATA"},
		{"comment not closed", `<a><!-- x</a>`, "comment"},
		{"hyphens in a comment", `<a><!-- x -- y --></a>`, "comment"},
		{"UTF-16", "\xff\xfe<\x00a\x00/\x00>\x00", "UTF-8"},
		{"Latin-1", "<a>\xe9</a>", "UTF-8"},
		{"other encoding declared", `<?xml version="1.0" encoding="GBK"?><a/>`, "UTF-8"},
		{"version 1.1", `<?xml version="1.1"?><a/>`, "1.0"},
		{"declaration without version", `<?xml encoding="utf-8"?><a/>`, "version"},
		{"declaration not first", `<a/><?xml version="1.0"?>`, "instruction"},
		{"declaration not closed", `<?xml version="1.0"`, "does not end"},
		{"control character", "<a>\x01</a>", "control"},
		{"name that begins with a digit", `<1a/>`, "no name"},
		{"two colons", `<x:y:z xmlns:x="u"/>`, "illegal name"},
		{"prefix without a name", `<x: xmlns:x="u"/>`, "illegal name"},
	} {
		_, err := ofd.Scan([]byte(c.xml), 100)
		var fault *ofd.Error
		if !errors.As(err, &fault) || !strings.Contains(fault.Reason, c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func many(name string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(name + "x" + strings.Repeat("i", i) + `="1" `)
	}
	return b.String()
}

// sound XML, read as encoding/xml reads it.
var soundXML = []string{
	`<a/>`, `<a></a>`, `<a b='1' c="2 > &lt; &#x4e2d;&#20013;"/>`, "\ufeff<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\r\n<a>x</a>\n",
	`<a><!-- c --><![CDATA[<b>&amp;]]> &amp;x<b/>]] ></a>`, `<?pi x?><a><?pi?></a>`,
	`<x:a xmlns:x="u" x:b="1"><c xmlns="v"><d/></c><x:e xmlns:x="w"/></x:a >`, `<a xmlns="u"><b xmlns=""/></a>`, `<a xml:lang="zh"/>`,
}

// oracle reads with encoding/xml; merged text, no comments.
func oracle(b []byte) ([]ofd.Event, error) {
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(string(b), "\ufeff")))
	var out []ofd.Event
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			out = append(out, ofd.Event{Kind: "open", Space: tok.Name.Space, Local: tok.Name.Local})
			for _, a := range tok.Attr {
				if a.Name.Space != "xmlns" && (a.Name.Space != "" || a.Name.Local != "xmlns") {
					out = append(out, ofd.Event{Kind: "attr", Space: a.Name.Space, Local: a.Name.Local, Text: a.Value})
				}
			}
		case xml.EndElement:
			out = append(out, ofd.Event{Kind: "close", Space: tok.Name.Space, Local: tok.Name.Local})
		case xml.CharData:
			out = append(out, ofd.Event{Kind: "text", Text: string(tok)})
		}
	}
}

// normal merges text and line ends, which encoding/xml turns into "\n", and
// drops text outside of the root element.
func normal(events []ofd.Event) []ofd.Event {
	var out []ofd.Event
	depth := 0
	for _, e := range events {
		e.Text = strings.ReplaceAll(strings.ReplaceAll(e.Text, "\r\n", "\n"), "\r", "\n")
		switch e.Kind {
		case "open":
			depth++
		case "close":
			depth--
		case "text":
			if depth == 0 || e.Text == "" {
				continue
			}
			if n := len(out) - 1; n >= 0 && out[n].Kind == "text" {
				out[n].Text += e.Text
				continue
			}
		}
		out = append(out, e)
	}
	return out
}

func TestXMLLikeTheStandardLibrary(t *testing.T) {
	for _, x := range soundXML {
		compare(t, []byte(x), true)
	}
}

func compare(t *testing.T, b []byte, sound bool) {
	t.Helper()
	got, err := ofd.Scan(b, 100)
	if err != nil {
		if sound {
			t.Errorf("%q: %v", b, err)
		}
		return
	}
	want, err := oracle(b)
	if err != nil {
		t.Errorf("%q: we take it, encoding/xml says %v", b, err)
		return
	}
	if g, w := normal(got), normal(want); !slices.Equal(g, w) {
		t.Errorf("%q:\n%v\n%v", b, g, w)
	}
}

// The root's namespace: OFD's, an older one, or none with a note; not another.
func TestNamespaces(t *testing.T) {
	for _, c := range []struct{ space, want string }{
		{`xmlns:ofd="http://www.ofdspec.org/2016"`, ""},
		{`xmlns:ofd="http://www.ofdspec.org"`, "namespace"},
		{`xmlns:ofd="http://www.ofdspec.org/2012"`, "namespace"},
		{`xmlns:ofd="urn:other"`, "error"},
		{`xmlns:ofd="http://www.ofdspec.org.example"`, "error"},
		{``, "error"}, // the prefix is not declared
	} {
		b := simple(1).edit(t, "OFD.xml", `xmlns:ofd="http://www.ofdspec.org/2016"`, c.space).bytes(t)
		p, err := open(b)
		got := ""
		if err != nil {
			got = "error"
		} else if n := p.Tolerated(); len(n) > 0 {
			got = n[0].Name
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.space, got, c.want)
		}
	}
	c := simple(1)
	c.set("OFD.xml", strings.NewReplacer("ofd:", "", xmlns, "").Replace(c.data["OFD.xml"]))
	if n := mustOpen(t, c.bytes(t)).Tolerated(); len(n) != 1 || n[0].Name != ofd.ToleratedNamespace {
		t.Errorf("no namespace: %v", n)
	}
}

// Costly files are refused in bounded memory.
func TestCostlyXML(t *testing.T) {
	for name, x := range map[string]string{
		"100 MB of text":     "<ofd:OFD" + xmlns + ">" + strings.Repeat("x", 100<<20) + "</ofd:OFD>",
		"a million elements": "<ofd:OFD" + xmlns + ">" + strings.Repeat("<a/>", ofd.MaxNodes+1) + "</ofd:OFD>",
		"many attributes":    "<ofd:OFD" + xmlns + ">" + strings.Repeat(`<a b="" c="" d="" e=""/>`, ofd.MaxNodes/4) + "</ofd:OFD>",
	} {
		b := simple(1).set("OFD.xml", x).bytes(t)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := open(b)
		runtime.ReadMemStats(&after)
		var fault *ofd.Error
		if !errors.As(err, &fault) || !fault.Limit {
			t.Errorf("%s: %v", name, err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 256<<20 {
			t.Errorf("%s: %d MiB allocated", name, used>>20)
		}
	}
}

func TestManySignaturesOfOneFile(t *testing.T) {
	c := unpack(t, sign(t, simple(1).bytes(t), sealSpec()))
	item := `<ofd:Signature ID="x" BaseLoc="Sign_0/Signature.xml"/>`
	c.edit(t, "Doc_0/Signs/Signatures.xml", "</ofd:Signatures>", strings.Repeat(item, 999)+"</ofd:Signatures>")
	all := signatures(t, mustOpen(t, c.bytes(t)))
	if len(all) != 1000 || !slices.Contains(all[999].Law, ofd.LawShared) || len(all[999].References) > 0 {
		t.Errorf("%d signatures, the last breaks %v", len(all), all[999].Law)
	}
	c.edit(t, "Doc_0/Signs/Signatures.xml", "</ofd:Signatures>", item+"</ofd:Signatures>")
	if _, err := mustOpen(t, c.bytes(t)).Signatures(); err == nil {
		t.Error("1,001 signatures are accepted")
	}
}
