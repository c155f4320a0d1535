// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"strconv"
	"strings"
)

// WholeList is OFDEntries.xml: the list of everything in the package, signed
// apart from the documents, against files smuggled in (防夹带, GM/T 0099-2020;
// the form is that of ofdrw's sample, the standard's text was not at hand).
type WholeList struct {
	ValueEntry string   // its signed value, GB/T 35275 over the octets of OFDEntries.xml; "" when missing
	Files      []string // entries listed, as they resolve
	Missing    []string // listed, but not in the package
	Unlisted   []string // in the package, but not listed; the list itself and its value do not count
}

// WholeList reads OFDEntries.xml; nil when there is none.
func (p *Package) WholeList() (*WholeList, error) {
	if !p.file(EntriesEntry) {
		return nil, nil
	}
	root, err := p.tree(EntriesEntry, "DocEntries")
	if err != nil {
		return nil, err
	}
	r := newTreeReader(EntriesEntry)
	l := &WholeList{}
	if loc := r.text(root, "SignedValueLoc"); loc != "" {
		if name := p.location(r, root, loc, "SignedValueLoc"); p.file(name) {
			l.ValueEntry = name
		}
	}
	files := r.one(root, "FileList")
	if files == nil {
		r.fail(root, "no FileList")
		return nil, *r.err
	}
	listed := map[string]bool{}
	for _, n := range r.all(files, "File") {
		name := p.location(r, n, n.attr("FileLoc"), "FileLoc")
		if name != "" && !listed[name] {
			l.Files = append(l.Files, name)
			if listed[name] = true; !p.file(name) {
				l.Missing = append(l.Missing, name)
			}
		}
	}
	for _, e := range p.entries {
		if !e.Folder && !listed[e.Name] && e.Name != EntriesEntry && e.Name != l.ValueEntry {
			l.Unlisted = append(l.Unlisted, e.Name)
		}
	}
	return l, *r.err
}

// writeWhole lists the names, sorted as given, in the form of the sample.
func writeWhole(spec *Whole, value string, names []string) []byte {
	var b strings.Builder
	b.WriteString(xmlHeader + `<ofd:DocEntries xmlns:ofd="` + Namespace + `" ID="1"`)
	attribute := func(key, value string) { b.WriteString(" " + key + `="` + escape(value) + `"`) }
	attribute("CreatorName", spec.Creator)
	if spec.Version != "" {
		attribute("Version", spec.Version)
	}
	if !spec.Date.IsZero() {
		attribute("CreationDate", spec.Date.UTC().Format("2006-01-02"))
	}
	b.WriteString("><ofd:SignedValueLoc>/" + escape(value) + "</ofd:SignedValueLoc><ofd:FileList>")
	for i, n := range names {
		b.WriteString(`<ofd:File ID="` + strconv.Itoa(i+2) + `" FileLoc="/` + escape(n) + `"/>`)
	}
	b.WriteString("</ofd:FileList></ofd:DocEntries>")
	return []byte(b.String())
}
