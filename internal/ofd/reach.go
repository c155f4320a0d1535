// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"context"
	"slices"
	"strings"
)

// Roles of entries: what leads to them.
const (
	RolePackage    = "package"    // OFD.xml
	RoleDocument   = "document"   // a document's main file
	RolePage       = "page"       //
	RoleTemplate   = "template"   // drawn under or over the pages that name it
	RoleResource   = "resource"   // fonts, pictures, colours, and the files that list them
	RoleAnnotation = "annotation" //
	RoleAttachment = "attachment" //
	RoleExtension  = "extension"  //
	RoleVersion    = "version"    // another state of the document
	RoleTags       = "tags"       // names for parts of the content; nothing of it shows
	RoleOther      = "other"      // named by a file of the document in a way not known here
	RoleEncryption = "encryption" // Encryptions.xml (GM/T 0099): replaces what other files say
	RoleList       = "signatures" // Signatures.xml
	RoleSignature  = "signature"  // Signature.xml, SignedValue and Seal of a listed signature
	RoleEntries    = "entries"    // OFDEntries.xml (GM/T 0099) and its signed value
	RoleHidden     = "hidden"     // nothing leads to it
)

// Files with a fixed name at the root (GM/T 0099-2020 by ofdrw; facts/seal-formats.md 7).
const (
	EncryptionsEntry = "Encryptions.xml"
	EntriesEntry     = "OFDEntries.xml"
)

// Use says what leads to an entry.
type Use struct {
	Entry string
	Role  string // one of the Role constants; the first that shows when several hold
	View  bool   // what a reader shows can depend on it
	By    string // the entry that names it first, "" for those with fixed names
}

// Dangling is a location that leads to no file of the package. Should such a
// file be added, a reader shows it.
type Dangling struct {
	By, Location string
	Entry        string // where it would have to lie, "" when the location is illegal
}

// Reach is what the package's files lead to.
type Reach struct {
	Uses     []Use // in order of the container's directory, folders left out
	Dangling []Dangling
	Opaque   []string // entries whose locations should have been read and could not be
}

const maxDangling = 1000

// Reach follows every location from OFD.xml on: pages, templates, resources,
// annotations, attachments, and whatever else a value in a reached file names.
// Where readers resolve a location differently all its meanings count, so the
// answer errs on the side of more. It is computed once.
func (p *Package) Reach(ctx context.Context) (*Reach, error) {
	if p.walked != nil {
		return p.walked, nil
	}
	w := &walker{ctx: ctx, p: p, uses: map[string]*use{}, bases: map[string]bool{}}
	for name := range p.folded {
		w.bases[name[strings.LastIndexByte(name, '/')+1:]] = true
	}
	if err := w.roots(); err != nil {
		return nil, err
	}
	for len(w.queue) > 0 {
		v := w.queue[len(w.queue)-1]
		w.queue = w.queue[:len(w.queue)-1]
		if err := w.read(v); err != nil {
			return nil, err
		}
	}
	if w.spent > maxLocations {
		return nil, tooMuchIn(RootEntry, 0, "more than %d locations in the package", maxLocations)
	}
	p.walked = w.result()
	return p.walked, nil
}

type use struct {
	Use
	parsed string // role under which its locations were read
}

type visit struct{ entry, role string }

// walker follows locations; each entry is read at most once for each way of
// counting it (shown or not shown).
type walker struct {
	ctx      context.Context
	p        *Package
	uses     map[string]*use
	queue    []visit
	bases    map[string]bool // last segments of all names, lower case
	mains    []string        // folders of the documents' main files: locations are tried from there too
	spent    int             // locations resolved
	dangling []Dangling
	opaque   []string
}

func (w *walker) roots() error {
	signatures, err := w.p.Signatures()
	if err != nil {
		return err
	}
	for _, b := range w.p.bodies {
		if dir := folder(b.Root); !slices.Contains(w.mains, dir) {
			w.mains = append(w.mains, dir)
		}
		w.mark(b.Signatures, RoleList, RootEntry)
	}
	for i := range signatures {
		s := &signatures[i]
		w.mark(s.Entry, RoleSignature, s.listEntry)
		w.mark(s.SealEntry, RoleSignature, s.Entry)
		w.mark(s.ValueEntry, RoleSignature, s.Entry)
	}
	whole, err := w.p.WholeList()
	if err != nil {
		return err
	}
	if whole != nil {
		w.mark(EntriesEntry, RoleEntries, "")
		w.mark(whole.ValueEntry, RoleEntries, EntriesEntry)
	}
	if w.p.file(EncryptionsEntry) {
		w.add(EncryptionsEntry, RoleEncryption, "", true)
	}
	w.add(RootEntry, RolePackage, "", true)
	return nil
}

// shows says whether the content of an entry of that role can change what a
// reader shows. Attachments are opened from within a reader, extensions mean
// what their maker likes: both count.
func shows(role string) bool {
	switch role {
	case RoleTags, RoleList, RoleSignature, RoleEntries, RoleHidden:
		return false
	}
	return true
}

// mark notes what leads to an entry without reading it.
func (w *walker) mark(entry, role, by string) *use {
	if !w.p.file(entry) {
		return nil
	}
	u := w.uses[entry]
	switch {
	case u == nil:
		u = &use{Use: Use{Entry: entry, Role: role, View: shows(role), By: by}}
		w.uses[entry] = u
	case !u.View && shows(role):
		u.Role, u.View, u.By = role, true, by
	}
	return u
}

// add marks an entry and, if it holds locations itself, has it read.
func (w *walker) add(entry, role, by string, parse bool) {
	u := w.mark(entry, role, by)
	if u == nil || !parse || u.parsed == role || (u.parsed != "" && (shows(u.parsed) || !shows(role))) {
		return
	}
	u.parsed = role
	w.queue = append(w.queue, visit{entry, role})
}

func (w *walker) result() *Reach {
	r := &Reach{Dangling: w.dangling, Opaque: w.opaque}
	slices.Sort(r.Opaque)
	r.Opaque = slices.Compact(r.Opaque)
	for _, e := range w.p.entries {
		if e.Folder {
			continue
		}
		u := w.uses[e.Name]
		if u == nil {
			// What an unreadable file names is unknown: it may be this one.
			u = &use{Use: Use{Entry: e.Name, Role: RoleHidden, View: len(r.Opaque) > 0}}
		}
		r.Uses = append(r.Uses, u.Use)
	}
	return r
}
