// SPDX-License-Identifier: Apache-2.0

// Package pdf reads PDF files strictly, one view per revision and never
// repairing, appends incremental updates with signatures, and compares
// revisions. It knows no keys and no trust. Every limit is counted.
//
// Two decisions where readers differ: cross-reference offsets count from the
// %PDF header, which may stand behind up to 1,024 octets of something else;
// byte ranges of signatures count from the file's first octet, so that those
// octets are signed too. The /Extends of an object stream is never followed:
// the cross-reference already names the stream of every object.
package pdf

import (
	"bytes"
	"io"

	"github.com/govseal/govseal/internal/gm"
)

// Limits bound what a file may cost. The zero value means the defaults.
type Limits struct {
	Size     int64 // octets of the file, default 1 GiB
	Objects  int   // cross-reference entries in all sections together, default 1,000,000
	Depth    int   // nesting of objects, page tree and fields, default 64
	Decoded  int64 // octets out of filters, whole document, default 500 MiB
	Pages    int   // default 5,000
	Sections int   // cross-reference sections, default 1,000
}

const maxObjectNumber = 8388607 // ISO 32000-1 annex C.2: indirect objects in a file

func (l Limits) orDefaults() Limits {
	set := func(v *int, def int) {
		if *v <= 0 {
			*v = def
		}
	}
	if l.Size <= 0 {
		l.Size = 1 << 30
	}
	if l.Decoded <= 0 {
		l.Decoded = 500 << 20
	}
	set(&l.Objects, 1_000_000)
	set(&l.Depth, 64)
	set(&l.Pages, 5_000)
	set(&l.Sections, 1_000)
	return l
}

// Document is an open file. It is not safe for concurrent use.
type Document struct {
	src       *source
	lim       Limits
	base      int64      // offset of %PDF: cross-reference offsets count from here
	sections  []*section // oldest first
	revisions []Revision
	entries   int // cross-reference entries read so far
	cost      cost
	cache     cache
	updated   map[int][]int32 // sections after the first with an entry, by object number
	memo      [2]viewMemo     // of the newest view, and of the last other one
	uses      *uses           // who refers to what was updated; nil until needed
	streams   map[int]bool    // numbers of object streams; nil until needed
	inspected bool            // guard has looked at every object
	hazards   []Hazard        // what it found
	known     *gm.Hash        // running SM3 of the whole file, if somebody said it
}

// Revision is one state of the file: what stood between the previous end and
// its own %%EOF.
type Revision struct {
	Start, End int64 // End is the octet after %%EOF, its end of line excluded
	Objects    int   // entries that this revision adds or changes
	Stream     bool  // its newest section is a cross-reference stream
	Hybrid     bool  // it has an /XRefStm
	last       int   // index of its newest section
}

// Open reads the cross-reference chain. A *Error names what is wrong and at
// which offset; encrypted files open, but Encrypted reports it.
func Open(r io.ReaderAt, size int64, lim Limits) (*Document, error) {
	d := &Document{src: newSource(r, size), lim: lim.orDefaults()}
	if size > d.lim.Size {
		return nil, tooMuch(0, "a file of %d octets", size)
	}
	d.cost = cost{decoded: d.lim.Decoded, lexed: 16*size + 64<<20}
	d.cache.clear()
	if err := d.findHeader(); err != nil {
		return nil, err
	}
	if err := d.readChain(); err != nil {
		return nil, err
	}
	d.indexUpdates()
	return d, nil
}

// findHeader looks for %PDF-n.n within the first 1,024 octets, as readers do
// (ISO 32000-1 annex H.3, note 13).
func (d *Document) findHeader() error {
	head, err := d.src.bytes(0, min(1024+8, d.src.size))
	if err != nil {
		return err
	}
	i := bytes.Index(head, []byte("%PDF-"))
	if i < 0 || i+8 > len(head) {
		return broken(0, "no %%PDF header")
	}
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	if v := head[i+5 : i+8]; !digit(v[0]) || v[1] != '.' || !digit(v[2]) {
		return broken(int64(i), "illegal %%PDF header")
	}
	d.base = int64(i)
	return nil
}

// Size returns the size of the file in octets.
func (d *Document) Size() int64 { return d.src.size }

// Revisions returns the revisions, oldest first.
func (d *Document) Revisions() []Revision { return append([]Revision(nil), d.revisions...) }

// Encrypted reports whether any revision has an /Encrypt entry.
func (d *Document) Encrypted() bool {
	for _, s := range d.sections {
		if _, ok := s.trailer["Encrypt"]; ok {
			return true
		}
	}
	return false
}
