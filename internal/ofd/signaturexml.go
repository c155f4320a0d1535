// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"encoding/base64"
	"fmt"
	"strings"
)

const xmlHeader = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\t", "&#9;", "\n", "&#10;", "\r", "&#13;")

// escape makes text fit for an attribute or an element.
func escape(text string) string { return escaper.Replace(text) }

// signatureXML writes Signature.xml, in the order of facts/seal-formats.md 6.
// What is signed is these octets: nobody may write them again.
func (pr *Prepared) signatureXML(s *Spec, stamps []StampAnnot, refs []Reference) []byte {
	var b strings.Builder
	b.WriteString(xmlHeader + `<ofd:Signature xmlns:ofd="` + Namespace + `"><ofd:SignedInfo><ofd:Provider`)
	attr := func(key, value string) {
		if value != "" {
			b.WriteString(" " + key + `="` + escape(value) + `"`)
		}
	}
	element := func(name, text string) {
		if text != "" {
			b.WriteString("<ofd:" + name + ">" + escape(text) + "</ofd:" + name + ">")
		}
	}
	attr("ProviderName", s.Provider.Name)
	attr("Version", s.Provider.Version)
	attr("Company", s.Provider.Company)
	b.WriteString("/>")
	element("SignatureMethod", s.Method)
	if !s.Time.IsZero() {
		element("SignatureDateTime", s.Time.UTC().Format("20060102150405Z"))
	}
	b.WriteString(`<ofd:References CheckMethod="` + CheckMethodSM3 + `">`)
	for _, r := range refs {
		b.WriteString(`<ofd:Reference FileRef="` + escape(r.FileRef) + `">`)
		element("CheckValue", base64.StdEncoding.EncodeToString(r.Value))
		b.WriteString("</ofd:Reference>")
	}
	b.WriteString("</ofd:References>")
	for _, st := range stamps {
		b.WriteString("<ofd:StampAnnot")
		attr("ID", st.ID)
		attr("PageRef", st.PageRef)
		attr("Boundary", st.Boundary.String())
		if st.Clip != nil {
			attr("Clip", st.Clip.String())
		}
		b.WriteString("/>")
	}
	if pr.sealEntry != "" {
		b.WriteString("<ofd:Seal>")
		element("BaseLoc", "/"+pr.sealEntry)
		b.WriteString("</ofd:Seal>")
	}
	b.WriteString("</ofd:SignedInfo>")
	element("SignedValue", "/"+pr.valueEntry)
	b.WriteString("</ofd:Signature>")
	return []byte(b.String())
}

// edit is a piece of text put in place of the octets from..to of a file.
type edit struct {
	from, to int
	text     string
}

// splice applies edits that are in order and do not overlap: every other
// octet stays as it is.
func splice(b []byte, edits []edit) []byte {
	var out []byte
	at := 0
	for _, e := range edits {
		out = append(append(out, b[at:e.from]...), e.text...)
		at = e.to
	}
	return append(out, b[at:]...)
}

func (n *node) tag(local string) string {
	if n.name.prefix == "" {
		return local
	}
	return n.name.prefix + ":" + local
}

// emptyList is a Signatures.xml without signatures.
func emptyList() []byte {
	return []byte(xmlHeader + `<ofd:Signatures xmlns:ofd="` + Namespace + `"><ofd:MaxSignId>s000</ofd:MaxSignId></ofd:Signatures>`)
}

// addToList puts one more signature into a Signatures.xml: the new element
// after the last one, and every MaxSignId raised.
func addToList(entry string, b []byte, depth int, item string, highest int) ([]byte, error) {
	s, err := newScanner(entry, b, depth)
	if err != nil {
		return nil, err
	}
	root, err := s.tree()
	if err != nil {
		return nil, err
	}
	element := fmt.Sprintf("<%s %s/>", root.tag("Signature"), item)
	text := newID(highest)
	if root.empty {
		raw := root.name.raw()
		open := strings.TrimSuffix(string(b[root.from:root.to]), "/>") + ">"
		return splice(b, []edit{{root.from, root.to, open + "<" + root.tag("MaxSignId") + ">" + text + "</" +
			root.tag("MaxSignId") + ">" + element + "</" + raw + ">"}}), nil
	}
	var edits []edit
	found := false
	for _, n := range root.children {
		if n.name.local != "MaxSignId" {
			continue
		}
		if found = true; n.empty {
			edits = append(edits, edit{n.from, n.to, "<" + n.name.raw() + ">" + text + "</" + n.name.raw() + ">"})
		} else {
			edits = append(edits, edit{n.to, n.end, text})
		}
	}
	if !found {
		edits = append(edits, edit{root.to, root.to, "<" + root.tag("MaxSignId") + ">" + text + "</" + root.tag("MaxSignId") + ">"})
	}
	return splice(b, append(edits, edit{root.end, root.end, element})), nil
}

func newID(n int) string { return fmt.Sprintf("s%03d", n) }
