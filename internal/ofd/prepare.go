// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/govseal/govseal/internal/gm"
)

// Prepared is a package ready to be signed: every file but the signed values
// is fixed. It is used once.
type Prepared struct {
	p          *Package
	spec       Spec
	id         string
	entry      string // Signature.xml
	sealEntry  string
	valueEntry string
	signature  []byte
	whole      []byte // OFDEntries.xml
	wholeValue string
	changed    map[string][]byte // entries of the package that are replaced
	added      []addition        // new entries, in order
}

type addition struct {
	name string
	data []byte
}

// Prepare lays out a further signature. The first one of a document adds the
// Signatures element to OFD.xml, for every document of the package that has
// none, so that OFD.xml never changes again; later ones change nothing but
// Signatures.xml. The error is a *Refusal for a package that must not be
// signed, a *Error for a broken one.
func (p *Package) Prepare(ctx context.Context, spec Spec) (*Prepared, error) {
	if err := spec.check(); err != nil {
		return nil, err
	}
	if err := p.guard(ctx, &spec); err != nil {
		return nil, err
	}
	stamps, err := p.annotations(&spec)
	if err != nil {
		return nil, err
	}
	pr := &Prepared{p: p, spec: spec, changed: map[string][]byte{}}
	if err := pr.openLists(); err != nil {
		return nil, err
	}
	if err := pr.enlist(stamps); err != nil {
		return nil, err
	}
	refs, err := pr.references(ctx)
	if err != nil {
		return nil, err
	}
	pr.signature = pr.signatureXML(&pr.spec, stamps, refs)
	pr.added = append(pr.added, addition{pr.entry, pr.signature})
	return pr, pr.listWhole()
}

// guard refuses what must not be signed.
func (p *Package) guard(ctx context.Context, spec *Spec) error {
	if spec.Body < 0 || spec.Body >= len(p.bodies) {
		return refuse(ReasonDocument, "no document %d among %d", spec.Body+1, len(p.bodies))
	}
	if p.file(EncryptionsEntry) {
		return refuse(ReasonEncrypted, "the package has an %s", EncryptionsEntry)
	}
	all, err := p.Signatures()
	if err != nil {
		return err
	}
	if spec.Relative != "" && Base(all, &Signature{Body: spec.Body, Relative: spec.Relative}) < 0 {
		return fmt.Errorf("prepare OFD: no signature %q to base this one on", spec.Relative)
	}
	if p.file(EntriesEntry) && spec.Whole == nil {
		return refuse(ReasonEntries, "%s would no longer list the whole package", EntriesEntry)
	}
	for i := range all {
		if err := p.guardSigned(ctx, &all[i], spec); err != nil {
			return err
		}
	}
	return nil
}

// guardSigned refuses when an earlier signature forbids a further one, or no
// longer holds: a seal on top would seem to confirm it.
func (p *Package) guardSigned(ctx context.Context, s *Signature, spec *Spec) error {
	whole, err := p.WholeList()
	if err != nil {
		return err
	}
	switch {
	case s.lists(p.bodies[spec.Body].Signatures):
		return refuse(ReasonLocked, "signature %q protects %s", s.ID, p.bodies[spec.Body].Signatures)
	case p.bodies[spec.Body].Signatures == "" && s.lists(RootEntry):
		return refuse(ReasonCovered, "signature %q protects %s, which would have to name the document's signatures", s.ID, RootEntry)
	case s.lists(EntriesEntry) || whole != nil && s.lists(whole.ValueEntry):
		return refuse(ReasonCovered, "signature %q protects %s", s.ID, EntriesEntry)
	}
	for _, law := range s.Law {
		switch law {
		case LawUnreadable, LawAfterLock, LawShared, LawReferences, LawReferencePath, LawCheckValue, LawCheckMethod, LawValue, LawSealFile:
			return refuse(ReasonBroken, "signature %q breaks the law %q", s.ID, law)
		}
	}
	checked, err := p.CheckReferences(ctx, s)
	if err != nil {
		return err
	}
	for _, c := range checked {
		if c.State != StateMatch {
			return refuse(ReasonBroken, "signature %q lists %q: %s", s.ID, c.FileRef, c.State)
		}
	}
	return nil
}

// openLists names a Signatures.xml in OFD.xml for every document without one,
// unless the document to be signed has one already.
func (pr *Prepared) openLists() error {
	p := pr.p
	if p.bodies[pr.spec.Body].Signatures != "" {
		return nil
	}
	root, err := p.read(RootEntry, p.lim.XML)
	if err != nil {
		return err
	}
	var edits []edit
	for i := range p.bodies {
		b := &p.bodies[i]
		if b.Signatures != "" {
			continue
		}
		for _, c := range b.element.children {
			if c.name.local == "Signatures" {
				return refuse(ReasonBroken, "document %d has an empty Signatures element", i+1)
			}
		}
		list := pr.free(folder(b.Root)+"Signs", "/Signatures.xml")
		tag := b.element.tag("Signatures")
		edits = append(edits, edit{b.element.end, b.element.end, "<" + tag + ">/" + escape(list) + "</" + tag + ">"})
		pr.added = append(pr.added, addition{list, emptyList()})
	}
	pr.changed[RootEntry] = splice(root, edits)
	return nil
}

// free finds a folder name that nothing in the package has, and puts rest behind it.
func (pr *Prepared) free(name, rest string) string {
	for i := 0; ; i++ {
		candidate := name
		if i > 0 {
			candidate = fmt.Sprintf("%s_%d", name, i)
		}
		if !pr.taken(candidate) {
			return candidate + rest
		}
	}
}

// taken reports whether a folder, or a file of that name, is there or added.
func (pr *Prepared) taken(dir string) bool {
	fold := strings.ToLower(dir)
	for name := range pr.p.folded {
		if name == fold || strings.HasPrefix(name, fold+"/") {
			return true
		}
	}
	for _, a := range pr.added {
		if strings.HasPrefix(strings.ToLower(a.name), fold+"/") {
			return true
		}
	}
	return false
}

// enlist gives IDs and names, and puts the signature into Signatures.xml.
func (pr *Prepared) enlist(stamps []StampAnnot) error {
	p := pr.p
	entry, data, err := pr.list()
	if err != nil {
		return err
	}
	highest, err := p.highestID(pr.spec.Body)
	if err != nil {
		return err
	}
	highest++
	pr.id = newID(highest)
	for i := range stamps {
		highest++
		stamps[i].ID = newID(highest)
	}
	n := 0
	for pr.taken(folder(entry) + fmt.Sprintf("Sign_%d", n)) {
		n++
	}
	dir := folder(entry) + fmt.Sprintf("Sign_%d/", n)
	pr.entry, pr.valueEntry = dir+"Signature.xml", dir+"SignedValue.dat"
	if len(pr.spec.Seal) > 0 {
		pr.sealEntry = dir + "Seal.esl"
		pr.added = append(pr.added, addition{pr.sealEntry, pr.spec.Seal})
	}
	item := `ID="` + pr.id + `" Type="` + pr.spec.Type + `" BaseLoc="/` + escape(pr.entry) + `"`
	if pr.spec.Relative != "" {
		item += ` Relative="` + escape(pr.spec.Relative) + `"`
	}
	data, err = addToList(entry, data, p.lim.Depth, item, highest)
	if err != nil {
		return err
	}
	pr.put(entry, data)
	return nil
}

// list returns the document's Signatures.xml, as it is or as just begun.
func (pr *Prepared) list() (entry string, data []byte, err error) {
	b := pr.p.bodies[pr.spec.Body]
	if b.Signatures != "" {
		data, err = pr.p.read(b.Signatures, pr.p.lim.XML)
		return b.Signatures, data, err
	}
	at := 0
	for _, other := range pr.p.bodies[:pr.spec.Body] {
		if other.Signatures == "" {
			at++
		}
	}
	return pr.added[at].name, pr.added[at].data, nil
}

func (pr *Prepared) put(name string, data []byte) {
	for i := range pr.added {
		if pr.added[i].name == name {
			pr.added[i].data = data
			return
		}
	}
	pr.changed[name] = data
}

// highestID is the greatest number in IDs of the document's signatures and
// stamps, and in MaxSignId, which counts both.
func (p *Package) highestID(body int) (int, error) {
	entry := p.bodies[body].Signatures
	if entry == "" {
		return 0, nil
	}
	l, r, err := p.readList(entry)
	if err != nil {
		return 0, err
	}
	highest := 0
	for _, n := range l.max {
		highest = max(highest, idNumber(r.ownText(n)))
	}
	all, err := p.Signatures()
	for _, s := range all {
		if s.Body != body {
			continue
		}
		highest = max(highest, idNumber(s.ID))
		for _, st := range s.Stamps {
			highest = max(highest, idNumber(st.ID))
		}
	}
	if highest >= 999_999_000 {
		return 0, refuse(ReasonBroken, "MaxSignId leaves no room for a further ID")
	}
	return highest, err
}

// ID is the new signature's ID in Signatures.xml.
func (pr *Prepared) ID() string { return pr.id }

// Path is the location of the new Signature.xml, "/Doc_0/Signs/Sign_0/Signature.xml":
// what propertyInfo of a seal signature must say.
func (pr *Prepared) Path() string { return "/" + pr.entry }

// SignatureXML returns the octets of Signature.xml, over which is signed.
func (pr *Prepared) SignatureXML() []byte { return append([]byte(nil), pr.signature...) }

// Digest is SM3 over SignatureXML: dataHash of a seal signature.
func (pr *Prepared) Digest() [32]byte { return gm.SM3(pr.signature) }

// Folder is where the new files lie, with a final "/".
func (pr *Prepared) Folder() string { return path.Dir(pr.entry) + "/" }
