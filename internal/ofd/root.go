// SPDX-License-Identifier: Apache-2.0

package ofd

// RootEntry is the file that every reader begins with.
const RootEntry = "OFD.xml"

// Body is one document of the package: a DocBody element of OFD.xml.
type Body struct {
	DocID      string
	Title      string
	Root       string   // entry of DocRoot, the document's main file
	Signatures string   // entry of Signatures.xml, empty when the document has none
	Versions   []string // BaseLoc entries of the versions listed, if any

	element *node
}

// readRoot reads OFD.xml.
func (p *Package) readRoot() error {
	root, err := p.tree(RootEntry, "OFD")
	if err != nil {
		return err
	}
	if root.attr("DocType") != "OFD" || root.attr("Version") == "" {
		p.tolerate(ToleratedType, "DocType "+root.attr("DocType")+" Version "+root.attr("Version"))
	}
	r := newTreeReader(RootEntry)
	bodies := r.all(root, "DocBody")
	if len(bodies) == 0 {
		r.fail(root, "no DocBody")
	}
	if len(bodies) > p.lim.Bodies {
		return tooMuchIn(RootEntry, root.from, "%d documents", len(bodies))
	}
	for _, b := range bodies {
		p.bodies = append(p.bodies, p.body(r, b))
	}
	return *r.err
}

func (p *Package) body(r treeReader, n *node) Body {
	b := Body{element: n}
	if info := r.one(n, "DocInfo"); info != nil {
		b.DocID, b.Title = r.text(info, "DocID"), r.text(info, "Title")
	}
	b.Root = p.location(r, n, r.text(n, "DocRoot"), "DocRoot")
	if loc := r.text(n, "Signatures"); loc != "" {
		b.Signatures = p.location(r, n, loc, "Signatures")
	}
	if v := r.one(n, "Versions"); v != nil {
		for _, one := range r.all(v, "Version") {
			b.Versions = append(b.Versions, p.location(r, one, one.attr("BaseLoc"), "BaseLoc of a Version"))
		}
	}
	return b
}

// location resolves a location that must be a legal one; whether the file is
// there is the caller's question.
func (p *Package) location(r treeReader, n *node, loc, what string) string {
	name, plain, err := Resolve(r.entry, loc)
	if err != nil {
		r.fail(n, "%s: %v", what, err)
		return ""
	}
	if !plain {
		p.tolerate(ToleratedSpelling, r.entry+": "+loc)
	}
	return name
}

// existing resolves a location like location, and falls back to the root of
// the package where the rule leads to no file: writers leave the leading "/"
// out (facts/seal-formats.md 4).
func (p *Package) existing(from, loc string) (name string, notes []Note, err error) {
	name, plain, err := Resolve(from, loc)
	if err != nil {
		return "", nil, err
	}
	if !plain {
		notes = note(notes, ToleratedSpelling, from+": "+loc)
	}
	if p.file(name) {
		return name, notes, nil
	}
	if other, _, err := Resolve("", loc); err == nil && p.file(other) {
		return other, note(notes, ToleratedPath, from+": "+loc), nil
	}
	return name, notes, nil
}

// Bodies returns the documents in order of OFD.xml. More than one is legal
// and rare: a reader shows the first, or offers a choice.
func (p *Package) Bodies() []Body {
	out := append([]Body(nil), p.bodies...)
	for i := range out {
		out[i].element = nil
		out[i].Versions = append([]string(nil), out[i].Versions...)
	}
	return out
}
