// SPDX-License-Identifier: Apache-2.0

// Package pdf reads PDF files strictly, one view per revision and never
// repairing, appends incremental updates with signatures, and compares
// revisions. It knows no keys and no trust. Every limit is counted.
package pdf

import (
	"context"
	"image"
	"io"
	"time"
)

// Limits bound what a file may cost. The zero value means the defaults.
type Limits struct {
	Size    int64 // octets of the file, default 1 GiB
	Objects int   // default 1,000,000
	Depth   int   // nesting, default 64
	Decoded int64 // octets out of filters, whole document, default 500 MiB
	Pages   int   // default 5,000
}

// Document is an open file. It is not safe for concurrent use.
type Document struct{ _ struct{} }

// Open reads the cross-reference chain. A *Error names what is wrong and at
// which offset; encrypted files open, but Encrypted reports it.
func Open(r io.ReaderAt, size int64, lim Limits) (*Document, error) { panic("unwritten") }

func (d *Document) Encrypted() bool         { panic("unwritten") }
func (d *Document) PageCount() (int, error) { panic("unwritten") }

// Hazards lists, by stable name, what must not be sealed: javascript, launch,
// open-action, xfa, embedded-file, hidden-layer …, with the object concerned.
func (d *Document) Hazards() ([]Hazard, error) { panic("unwritten") }

type Hazard struct{ Name, Detail string }

// Signature is one signature dictionary reached from a form field.
type Signature struct {
	Fields                  []string // names of the fields that point to it
	Object                  int
	Filter, SubFilter, Type string
	ByteRange               []int64
	Contents                []byte    // decoded hex, padding included
	Time                    time.Time // /M, zero when absent or unreadable: only claimed
	Name, Reason, Location  string
	DocMDP                  int // permission of a certification signature, 0 when none
	Locks                   []Lock
	Revision                int      // index of the revision it ends
	WholeFile               bool     // its ranges end at the end of the file
	Law                     []string // broken laws of ByteRange and Contents, empty when sound
}

// Lock is a FieldMDP lock of a signature.
type Lock struct {
	Action string // All, Include, Exclude
	Fields []string
}

// Signatures returns the signatures in order of their revisions, each
// dictionary once.
func (d *Document) Signatures() ([]Signature, error) { panic("unwritten") }

// Digest hashes the signature's byte ranges with h.
func (d *Document) Digest(ctx context.Context, s *Signature, h io.Writer) error { panic("unwritten") }

// Appearance returns the samples of the one image that the field's widget
// shows, with alpha; ErrNoImage when the appearance is anything else.
func (d *Document) Appearance(s *Signature) (*image.NRGBA, error) { panic("unwritten") }

// Change is something that differs between a signed revision and the file's end.
type Change struct {
	Level  Level
	Name   string // stable: dss, signature, timestamp, form-value, annotation, page-added, content, catalog …
	Detail string // object numbers, English
}

// Level orders changes from harmless to forbidden; names as in pyHanko.
type Level int

const (
	LevelNone      Level = iota
	LevelLTA             // DSS and document time-stamps
	LevelSignature       // further signature fields with their widgets
	LevelForm
	LevelAnnotation
	LevelOther
)

// Changes compares the revision that s signed with the end of the file.
func (d *Document) Changes(ctx context.Context, s *Signature) ([]Change, error) { panic("unwritten") }

// Stamp describes a new visible signature field.
type Stamp struct {
	Page                   int     // 1 is the first
	X, Y, Width, Height    float64 // mm, from the top left of the page as displayed
	Picture                *image.NRGBA
	Field                  string // name; empty picks a free one
	Filter, SubFilter      string
	Time                   time.Time
	Name, Reason, Location string
	Reserve                int // octets kept for Contents
}

// Prepared is an update ready to be signed: everything but Contents is fixed.
type Prepared struct{ _ struct{} }

// Prepare lays out the update. hashed is the running digest of the whole
// input, or nil to have it computed; ErrSealRefused and its kin name why a
// document must not be sealed.
func (d *Document) Prepare(ctx context.Context, s Stamp) (*Prepared, error) { panic("unwritten") }

// Digest is SM3 over the byte ranges.
func (p *Prepared) Digest() [32]byte { panic("unwritten") }

// Box is where the stamp stands, in points of default user space.
func (p *Prepared) Box() [4]float64 { panic("unwritten") }

// WriteTo writes the sealed file with contents (DER) filled in.
func (p *Prepared) Write(w io.Writer, contents []byte) (int64, error) { panic("unwritten") }
