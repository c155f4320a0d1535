// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"context"
	"image"
	"io"
	"time"
)

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
