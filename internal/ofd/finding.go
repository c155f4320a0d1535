// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"context"
	"fmt"
	"path"
	"strings"
)

// Finding is something about the package as a whole that a verifier should
// know. It is a fact; what it means depends on what the signatures cover.
type Finding struct {
	Name   string // one of the Finding constants
	Entry  string // the entry concerned
	Detail string // English
}

// Names of findings.
const (
	FindingDocuments  = "second-document"     // more than one DocBody: readers show the first, or offer a choice
	FindingVersions   = "versions"            // a document lists other versions of itself
	FindingUnlisted   = "unlisted-signature"  // files of a signature that no Signatures.xml names: it may have been stripped
	FindingHidden     = "hidden"              // an entry that nothing leads to
	FindingDangling   = "dangling"            // a location without a file: adding the file changes what a reader shows
	FindingOpaque     = "opaque"              // a file whose locations cannot be read
	FindingEncryption = "encryption"          // Encryptions.xml: other content is shown to those who hold a key
	FindingEntries    = "entries-disagree"    // OFDEntries.xml does not list what is in the package
	FindingNested     = "nested-package"      // an entry is a ZIP container itself
	FindingShared     = "signatures-shared"   // two documents name one Signatures.xml
	FindingMimicry    = "stamp-as-annotation" // an annotation of a page that calls itself a stamp
)

const maxFindings = 1000

type findings struct{ list []Finding }

func (f *findings) add(name, entry, format string, args ...any) {
	if len(f.list) < maxFindings {
		f.list = append(f.list, Finding{name, entry, fmt.Sprintf(format, args...)})
	}
}

// Findings looks at the package as a whole. It reads every file that leads to
// others, once.
func (p *Package) Findings(ctx context.Context) ([]Finding, error) {
	r, err := p.Reach(ctx)
	if err != nil {
		return nil, err
	}
	f := &findings{}
	p.bodyFindings(f)
	for _, d := range r.Dangling {
		f.add(FindingDangling, d.By, "%q leads to no file", d.Location)
	}
	for _, e := range r.Opaque {
		f.add(FindingOpaque, e, "cannot be read for its locations")
	}
	for _, u := range r.Uses {
		if err := p.useFindings(f, u); err != nil {
			return nil, err
		}
	}
	whole, err := p.WholeList()
	if err != nil {
		return nil, err
	}
	if whole != nil && (whole.ValueEntry == "" || len(whole.Missing)+len(whole.Unlisted) > 0) {
		f.add(FindingEntries, EntriesEntry, "%d listed and missing, %d there and not listed", len(whole.Missing), len(whole.Unlisted))
	}
	return f.list, nil
}

func (p *Package) bodyFindings(f *findings) {
	lists := map[string]bool{}
	for i, b := range p.bodies {
		if i > 0 {
			f.add(FindingDocuments, b.Root, "document %d of %d", i+1, len(p.bodies))
		}
		for _, v := range b.Versions {
			f.add(FindingVersions, v, "a version of document %d", i+1)
		}
		if b.Signatures == "" {
			continue
		}
		if lists[b.Signatures] {
			f.add(FindingShared, b.Signatures, "document %d names it too", i+1)
		}
		lists[b.Signatures] = true
	}
	if p.file(EncryptionsEntry) {
		f.add(FindingEncryption, EncryptionsEntry, "parts of the package are encrypted")
	}
}

func (p *Package) useFindings(f *findings, u Use) error {
	switch u.Role {
	case RoleHidden:
		if p.looksSigned(u.Entry) {
			f.add(FindingUnlisted, u.Entry, "belongs to no listed signature")
		} else {
			f.add(FindingHidden, u.Entry, "nothing leads to it")
		}
	case RoleAnnotation:
		return p.annotationFindings(f, u.Entry)
	case RoleList, RoleSignature:
		return nil
	}
	nested, err := p.isContainer(u.Entry)
	if nested {
		f.add(FindingNested, u.Entry, "a container in the package")
	}
	return err
}

// isContainer looks at the first octets of an entry.
func (p *Package) isContainer(entry string) (bool, error) {
	head, err := p.head(entry, len(sigLocal))
	return string(head) == sigLocal, err
}

// signedNames are the usual names of a signature's files, lower case;
// signvalue.dat was seen with one vendor.
var signedNames = map[string]bool{"signature.xml": true, "signatures.xml": true, "signedvalue.dat": true,
	"signvalue.dat": true, "seal.esl": true}

// looksSigned reports whether an entry is, by its name or its root element, a
// file of a signature.
func (p *Package) looksSigned(entry string) bool {
	if signedNames[strings.ToLower(path.Base(entry))] {
		return true
	}
	b, err := p.read(entry, min(p.lim.XML, 1<<20))
	if err != nil {
		return false
	}
	s, err := newScanner(entry, b, p.lim.Depth)
	if err != nil {
		return false
	}
	for {
		t, err := s.next()
		if err != nil || t.kind == tokenEnd {
			return false
		}
		if t.kind == tokenOpen {
			return t.name.local == "Signature" || t.name.local == "Signatures"
		}
	}
}

// annotationFindings looks for annotations of type Stamp: they look like a
// seal to a reader and are none (the seal of OFD is a StampAnnot in
// Signature.xml). Tax invoices carry an empty one, "SignatureInFile".
func (p *Package) annotationFindings(f *findings, entry string) error {
	b, err := p.read(entry, p.lim.XML)
	if err != nil {
		return ignoreFault(err)
	}
	s, err := newScanner(entry, b, p.lim.Depth)
	if err != nil {
		return nil // Reach calls it opaque
	}
	for {
		t, err := s.next()
		if err != nil || t.kind == tokenEnd {
			return nil
		}
		if t.kind != tokenOpen || t.name.local != "Annot" {
			continue
		}
		for _, a := range t.attrs {
			if a.local == "Type" && strings.EqualFold(strings.TrimSpace(a.value), "Stamp") {
				f.add(FindingMimicry, entry, "an annotation at octet %d", t.from)
			}
		}
	}
}
