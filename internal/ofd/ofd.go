// SPDX-License-Identifier: Apache-2.0

// Package ofd reads OFD packages strictly (a ZIP container of XML files, in
// the field's term a 版式文件), says what the signatures in them list and
// cover, and adds signatures without touching what is there. It knows no keys
// and no trust: SignedValue.dat and Seal.esl are opaque octets, and every
// function returns facts, never a verdict.
//
// The text of GB/T 33190-2016 was not at hand: structure and tolerances are
// those of facts/seal-formats.md 4 and 6, seen in samples and in other
// implementations.
//
// Where readers differ, the stricter reading holds: names that differ only in
// case are one name, an entry has one local header and one directory record
// and they agree, and no octet of the file may look like a second package.
package ofd

import (
	"compress/flate"
	"io"
	"slices"
)

// Limits bound what a package may cost. The zero value means the defaults.
type Limits struct {
	Size       int64 // octets of the file, default 1 GiB
	Entries    int   // default 10,000
	Entry      int64 // inflated octets of one entry, default 256 MiB
	Inflated   int64 // inflated octets of all entries together, default 500 MiB
	Ratio      int64 // inflated to compressed octets of one entry, above a free MiB, default 400
	XML        int64 // octets of an XML file, default 32 MiB
	Depth      int   // nesting of XML elements, default 100
	Read       int64 // octets of an entry that Read returns, default 64 MiB
	Cache      int64 // inflated octets kept between questions, default 32 MiB
	Bodies     int   // documents of the package, default 256
	Pages      int   // of a document, default 5,000
	Signatures int   // of the package, default 1,000
	Stamps     int   // StampAnnot elements of all signatures, default 20,000
	References int   // files listed by all signatures together, default 200,000
}

func (l Limits) orDefaults() Limits {
	for _, v := range []struct {
		to  *int64
		def int64
	}{{&l.Size, 1 << 30}, {&l.Entry, 256 << 20}, {&l.Inflated, 500 << 20}, {&l.Ratio, 400},
		{&l.XML, 32 << 20}, {&l.Read, 64 << 20}, {&l.Cache, 32 << 20}} {
		if *v.to <= 0 {
			*v.to = v.def
		}
	}
	for _, v := range []struct {
		to  *int
		def int
	}{{&l.Entries, 10_000}, {&l.Depth, 100}, {&l.Bodies, 256}, {&l.Pages, 5_000}, {&l.Signatures, 1_000}, {&l.Stamps, 20_000}, {&l.References, 200_000}} {
		if *v.to <= 0 {
			*v.to = v.def
		}
	}
	return l
}

// Package is an open OFD package. It is not safe for concurrent use.
type Package struct {
	r       io.ReaderAt
	size    int64
	lim     Limits
	entries []Entry // order of the directory
	index   map[string]int
	folded  map[string]int // by lower-case name
	notes   []Note

	inflater  io.ReadCloser // reused, see flate.Resetter
	cache     map[string][]byte
	cached    int64
	digests   map[digestKey]digestValue
	bodies    []Body
	documents map[int]*Document
	areas     map[string]pageArea
	signed    []Signature // memo of Signatures
	unlisted  bool        // Signatures has not been read yet
	spent     struct{ stamps, references int }
	walked    *Reach
}

// Open reads the container's directory, holds every local header against it,
// and reads OFD.xml. No other entry is inflated. A *Error names what is wrong.
func Open(r io.ReaderAt, size int64, lim Limits) (*Package, error) {
	p := &Package{r: r, size: size, lim: lim.orDefaults(), index: map[string]int{}, folded: map[string]int{},
		cache: map[string][]byte{}, digests: map[digestKey]digestValue{}, documents: map[int]*Document{}, areas: map[string]pageArea{},
		unlisted: true, inflater: flate.NewReader(nil)}
	if size > p.lim.Size {
		return nil, tooMuch(0, "a file of %d octets", size)
	}
	if err := p.readContainer(); err != nil {
		return nil, err
	}
	if err := p.readRoot(); err != nil {
		return nil, err
	}
	return p, nil
}

// Size returns the size of the file in octets.
func (p *Package) Size() int64 { return p.size }

// Entries returns the entries in order of the container's directory.
func (p *Package) Entries() []Entry { return slices.Clone(p.entries) }

// Entry returns the entry of exactly that name, without a leading "/".
func (p *Package) Entry(name string) (Entry, bool) {
	i, ok := p.index[name]
	if !ok {
		return Entry{}, false
	}
	return p.entries[i], true
}

// file reports whether there is an entry of that name that is not a folder.
func (p *Package) file(name string) bool {
	i, ok := p.index[name]
	return ok && !p.entries[i].Folder
}
