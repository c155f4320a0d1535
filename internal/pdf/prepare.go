// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/govseal/govseal/internal/gm"
)

// Prepared is an update ready to be signed: everything but Contents is fixed.
type Prepared struct {
	d        *Document
	update   []byte
	contents int // of the "<" in update
	reserve  int
	field    string
	boxes    []Box
	input    [32]byte
	digest   [32]byte
}

// Prepare lays out the update. The error is a *Refusal for a document that
// must not be sealed, or whose page cannot take the stamp. The file is read
// once for its digest, or not at all when Stamp.Hashed is given.
func (d *Document) Prepare(ctx context.Context, s Stamp) (*Prepared, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if d.Encrypted() {
		return nil, refusal(ErrEncrypted)
	}
	p, err := d.prepare(ctx, s)
	if err != nil {
		return nil, refusal(err)
	}
	return p, nil
}

func (d *Document) prepare(ctx context.Context, s Stamp) (*Prepared, error) {
	name, into, err := d.findName(&s)
	if err != nil {
		return nil, err
	}
	if err := d.guard(s, name); err != nil {
		return nil, err
	}
	if err := d.archiveForm(s); err != nil {
		return nil, err
	}
	l := layout{name: name, into: into}
	if err := d.findPlaces(s, &l); err != nil {
		return nil, err
	}
	state, err := d.hash(ctx, s.Hashed)
	if err != nil {
		return nil, err
	}
	p := &Prepared{d: d, reserve: s.Reserve, field: name, boxes: l.boxes(), input: state.Digest()}
	if err := p.layOut(s, &l); err != nil {
		return nil, err
	}
	state.Write(p.update[:p.contents])
	state.Write(p.update[p.contents+2*p.reserve+2:])
	p.digest = state.Digest()
	return p, nil
}

// layout is where everything will stand.
type layout struct {
	name     string
	into     *target // nil for a new field
	seals    []placed
	captions []placed
}

func (l *layout) boxes() []Box {
	var out []Box
	for _, p := range l.seals {
		out = append(out, Box{p.page, p.rect})
	}
	return out
}

// findName settles the field's name; for an existing field, also its lock.
func (d *Document) findName(s *Stamp) (string, *target, error) {
	if s.Into == "" {
		name, err := d.fieldName(s.Field)
		return name, nil, err
	}
	into, err := d.findField(*s)
	if err != nil {
		return "", nil, err
	}
	if into.lock != nil && (s.Lock == nil || s.Lock.Action != "All") {
		if s.Lock != nil {
			return "", nil, &Refusal{ReasonField, "the field has a lock of its own"}
		}
		s.Lock = into.lock
	}
	return into.field.name, into, nil
}

// layOut writes the update: appearance, signature, field, and the edits of
// page, form and catalog.
func (p *Prepared) layOut(s Stamp, l *layout) error {
	u, err := p.d.newUpdate()
	if err != nil {
		return err
	}
	shown := u.draw(s, l.seals, l.captions)
	value := u.alloc()
	var field, certification Ref
	if l.into != nil {
		err = u.sign(l.into, value, shown[0].form)
	} else {
		field, err = u.newField(s, l.name, value, shown)
	}
	if err != nil {
		return err
	}
	if s.Certify != 0 {
		certification = value
	}
	if err := u.updateCatalog(field, certification); err != nil {
		return err
	}
	if err := u.dates(s.Time); err != nil {
		return err
	}
	byteRange, contents := u.signature(value, s)
	if err := u.finish(p.input[:16]); err != nil {
		return err
	}
	p.update, p.contents = u.buf, contents
	a := u.start + int64(contents)
	b := a + int64(2*p.reserve+2)
	end := u.start + int64(len(u.buf))
	copy(p.update[byteRange:byteRange+byteRangeWidth], fmt.Sprintf("[0 %d %d %d]", a, b, end-b))
	return nil
}

// Known gives the document its own running SM3, so that updates need not read
// the file for it. It is not changed.
func (d *Document) Known(state *gm.Hash) { d.known = state }

// hash returns the running digest of the whole file.
func (d *Document) hash(ctx context.Context, given *gm.Hash) (*gm.Hash, error) {
	if given == nil {
		given = d.known
	}
	if given != nil {
		return given.Clone(), nil
	}
	h := gm.NewSM3()
	return h, d.copyRange(ctx, h, 0, d.src.size)
}

func (d *Document) findPlaces(s Stamp, l *layout) error {
	v := d.newest()
	if l.into != nil {
		at, err := l.into.place(v, s)
		l.seals = []placed{at}
		return err
	}
	pages, err := v.pages()
	if err != nil {
		return err
	}
	for _, want := range s.Places {
		if want.Page < 1 || want.Page > len(pages) {
			return &Refusal{ReasonPlace, fmt.Sprintf("no page %d among %d", want.Page, len(pages))}
		}
		pg := pages[want.Page-1]
		g, err := v.geometry(pg)
		if err != nil {
			return err
		}
		at, err := g.place(want, s.Width, s.Height)
		if err != nil {
			return err
		}
		at.ref = pg.ref
		l.seals = append(l.seals, at)
		if s.Caption != nil && want.Slice == nil {
			below, err := g.caption(at, *s.Caption)
			if err != nil {
				return err
			}
			l.captions = append(l.captions, below)
		}
	}
	return l.disjoint()
}

// disjoint refuses a caption that would stand on a seal.
func (l *layout) disjoint() error {
	for _, c := range l.captions {
		for _, s := range l.seals {
			if c.ref == s.ref && overlap(c.rect, s.rect) {
				return &Refusal{ReasonPlace, fmt.Sprintf("a caption would stand on a seal on page %d", c.page)}
			}
		}
	}
	return nil
}

// fieldName checks the name asked for, or finds a free one.
func (d *Document) fieldName(want string) (string, error) {
	fields, err := d.newest().fields()
	if err != nil {
		return "", err
	}
	taken := map[string]bool{}
	for _, f := range fields {
		for i, c := range f.name + "." {
			if c == '.' {
				taken[f.name[:i]] = true // inner nodes have names too
			}
		}
	}
	if want != "" {
		if taken[want] {
			return "", &Refusal{ReasonFieldExists, fmt.Sprintf("there is a field %q", want)}
		}
		return want, nil
	}
	for i := 1; ; i++ {
		if name := fmt.Sprintf("Seal%d", i); !taken[name] {
			return name, nil
		}
	}
}

// Digest is SM3 over the byte ranges.
func (p *Prepared) Digest() [32]byte { return p.digest }

// InputDigest is SM3 of the whole file as it was handed in.
func (p *Prepared) InputDigest() [32]byte { return p.input }

// Box is one place of the stamp: lower left and upper right corner in default
// user space.
type Box struct {
	Page int
	Rect [4]float64
}

// Box is where the stamp stands, or its first place.
func (p *Prepared) Box() [4]float64 { return p.boxes[0].Rect }

// Boxes are all places of the stamp, in their order.
func (p *Prepared) Boxes() []Box { return p.boxes }

// Field is the name of the field.
func (p *Prepared) Field() string { return p.field }

// Size is the size of the sealed file in octets.
func (p *Prepared) Size() int64 { return p.d.src.size + int64(len(p.update)) }

// Tail is what stands behind the original's octets in the sealed file, with
// contents (DER) filled in.
func (p *Prepared) Tail(contents []byte) ([]byte, error) {
	if len(contents) > p.reserve {
		return nil, fmt.Errorf("write sealed PDF: the signature has %d octets, %d are kept for it", len(contents), p.reserve)
	}
	if len(contents) == 0 {
		return nil, errors.New("write sealed PDF: no signature")
	}
	tail := bytes.Clone(p.update) // its Contents token is all zeros
	hex.Encode(tail[p.contents+1:], contents)
	return tail, nil
}

// Write writes the sealed file: the original's octets as they are, then the
// tail.
func (p *Prepared) Write(w io.Writer, contents []byte) (int64, error) {
	tail, err := p.Tail(contents)
	if err != nil {
		return 0, err
	}
	c := &counter{w: w}
	if err := p.d.copyRange(context.Background(), c, 0, p.d.src.size); err != nil {
		return c.n, err
	}
	_, err = c.Write(tail)
	return c.n, err
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
