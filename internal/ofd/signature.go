// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"errors"
	"fmt"
)

// readSignature reads Signature.xml into s. What keeps it from being read is
// a fault of this signature, not of the package; a limit is the package's.
func (p *Package) readSignature(s *Signature) error {
	root, err := p.tree(s.Entry, "Signature")
	if err == nil {
		r := newTreeReader(s.Entry)
		if err = p.signatureFile(r, s, root); err == nil {
			err = *r.err
		}
	}
	if fault, ok := errors.AsType[*Error](err); err != nil && (!ok || fault.Limit) {
		return err
	}
	if err != nil {
		*s = Signature{Body: s.Body, Order: s.Order, ID: s.ID, Type: s.Type, Relative: s.Relative,
			Entry: s.Entry, Folder: s.Folder, listEntry: s.listEntry, Tolerated: s.Tolerated, Fault: err}
		s.violate(LawUnreadable)
	}
	if s.Type != TypeSeal && s.Type != TypeSign {
		s.violate(LawType)
	}
	if s.ID == "" {
		s.violate(LawID)
	}
	return nil
}

func (p *Package) signatureFile(r treeReader, s *Signature, root *node) error {
	info := r.one(root, "SignedInfo")
	if info == nil {
		r.fail(root, "no SignedInfo")
		return *r.err
	}
	s.readProvider(r, r.one(info, "Provider"))
	s.Method, s.DateTime = r.text(info, "SignatureMethod"), r.text(info, "SignatureDateTime")
	if err := p.readReferences(r, s, r.one(info, "References")); err != nil {
		return err
	}
	stamps := r.all(info, "StampAnnot")
	if p.spent.stamps += len(stamps); p.spent.stamps > p.lim.Stamps {
		return tooMuchIn(s.Entry, info.from, "more than %d stamps in all signatures", p.lim.Stamps)
	}
	for _, n := range stamps {
		s.Stamps = append(s.Stamps, s.readStamp(n))
	}
	seal := r.one(info, "Seal")
	if seal != nil {
		s.SealEntry = p.linked(s, r.text(seal, "BaseLoc"), LawSealFile)
	}
	s.ValueEntry = p.linked(s, r.text(root, "SignedValue"), LawValue)
	switch {
	case s.Type == TypeSeal && len(s.Stamps) == 0:
		s.violate(LawNoStamp)
	case s.Type == TypeSign && (len(s.Stamps) > 0 || seal != nil):
		s.violate(LawStampOnSign)
	}
	for _, ref := range s.References {
		if ref.Entry != "" && (ref.Entry == s.Entry || ref.Entry == s.ValueEntry) {
			s.violate(LawSelf)
		}
	}
	return nil
}

// linked resolves a location that must lead to a file.
func (p *Package) linked(s *Signature, loc, law string) string {
	name, notes, err := p.existing(s.Entry, loc)
	if err != nil || !p.file(name) {
		s.violate(law)
		return ""
	}
	for _, n := range notes {
		s.Tolerated = note(s.Tolerated, n.Name, n.Detail)
	}
	return name
}

func (s *Signature) readProvider(r treeReader, n *node) {
	if n == nil {
		s.Tolerated = note(s.Tolerated, ToleratedProvider, "none")
		return
	}
	children := false
	field := func(key string) string {
		if v, ok := n.lookup(key); ok {
			return v
		}
		v := r.text(n, key)
		children = children || v != ""
		return v
	}
	s.Provider = Provider{Name: field("ProviderName"), Version: field("Version"), Company: field("Company")}
	if children {
		s.Tolerated = note(s.Tolerated, ToleratedProvider, "child elements")
	}
}

// StampAnnot is one place where the seal shows. The reader draws the seal's
// picture into Boundary and cuts it at Clip.
type StampAnnot struct {
	ID       string
	PageRef  string // ID of the page
	Boundary Box    // mm on the page; may reach over its edge
	Clip     *Box   // mm, from the top left of Boundary; nil for all of it
}

func (s *Signature) readStamp(n *node) StampAnnot {
	st := StampAnnot{ID: n.attr("ID"), PageRef: n.attr("PageRef")}
	box, err := parseBox(n.attr("Boundary"))
	if st.Boundary = box; err != nil || st.PageRef == "" {
		s.violate(LawStampForm)
	}
	if clip, given := n.lookup("Clip"); given && clip != "" {
		box, err := parseBox(clip)
		if err != nil {
			s.violate(LawStampForm)
		}
		st.Clip = &box
	}
	return st
}

// judgeTogether holds the signatures of the package against each other.
func judgeTogether(all []Signature) {
	type key struct {
		body int
		id   string
	}
	ids, entries := map[key]bool{}, map[string]int{}
	locked := map[int]bool{}
	for i := range all {
		s := &all[i]
		if locked[s.Body] {
			s.violate(LawAfterLock)
		}
		locked[s.Body] = locked[s.Body] || s.lists(s.listEntry)
		mine := []string{s.ID}
		for _, st := range s.Stamps {
			mine = append(mine, st.ID)
		}
		for _, id := range mine {
			if id != "" && ids[key{s.Body, id}] {
				s.violate(LawID)
			}
			ids[key{s.Body, id}] = true
		}
		for _, e := range []string{s.Entry, s.ValueEntry} {
			if j, known := entries[e]; known && e != "" {
				s.violate(LawShared)
				all[j].violate(LawShared)
			}
			entries[e] = i
		}
	}
	for i := range all {
		if all[i].Relative != "" && !hasBase(all, i) {
			all[i].violate(LawBase)
		}
	}
}

// Base returns the index, in all, of the signature that s is based on, or -1.
func Base(all []Signature, s *Signature) int {
	for i := range all {
		if s.Relative != "" && all[i].Body == s.Body && all[i].ID == s.Relative {
			return i
		}
	}
	return -1
}

// hasBase follows Relative to a signature that has none.
func hasBase(all []Signature, i int) bool {
	for range all {
		if all[i].Relative == "" {
			return true
		}
		if i = Base(all, &all[i]); i < 0 {
			return false
		}
	}
	return false
}

// lists reports whether the entry is among what the signature protects.
func (s *Signature) lists(entry string) bool {
	if entry == "" {
		return false
	}
	for _, r := range s.References {
		if r.Entry == entry {
			return true
		}
	}
	return false
}

// Locks reports whether the signature protects the Signatures.xml that lists
// it, so that no further signature may follow (facts/seal-formats.md 6).
func (s *Signature) Locks() bool { return s.lists(s.listEntry) }

// Path is the location of Signature.xml from the root, as propertyInfo of a
// seal signature gives it.
func (s *Signature) Path() string { return "/" + s.Entry }

// PathMatches reports whether propertyInfo names this Signature.xml, however
// it is spelled: with or without the leading "/".
func (s *Signature) PathMatches(propertyInfo string) bool {
	name, _, err := Resolve("", propertyInfo)
	return err == nil && name == s.Entry
}

func (s *Signature) String() string { return fmt.Sprintf("signature %q (%s)", s.ID, s.Entry) }
