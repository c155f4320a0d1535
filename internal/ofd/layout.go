// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
)

const localLength = 30

// span is a piece of the file that belongs to one record.
type span struct {
	from, to int64
	name     string
}

// checkLayout holds every local header against its directory record and
// looks at what lies between the entries. Overlapping entries and hidden
// second packages make readers disagree about the content; archive/zip
// rejects neither (golang/go issue 33026).
func (p *Package) checkLayout(d directory) error {
	spans := make([]span, 0, len(p.entries)+1)
	for i := range p.entries {
		e := &p.entries[i]
		if err := p.localHeader(e); err != nil {
			return err
		}
		if e.end > d.at {
			return broken(e.header, "entry %q overlaps the directory", e.Name)
		}
		spans = append(spans, span{e.header, e.end, e.Name})
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	spans = append(spans, span{d.at, d.end, ""})
	end := int64(0)
	for i, s := range spans {
		if s.from < end {
			return broken(s.from, "entries %q and %q overlap", spans[i-1].name, s.name)
		}
		if s.from > end {
			kind := ToleratedGap
			if i == 0 {
				kind = ToleratedPrefix
			}
			if err := p.checkGap(kind, end, s.from); err != nil {
				return err
			}
		}
		end = s.to
	}
	return p.checkComment(d)
}

// checkComment looks for a second package in the comment and behind it.
func (p *Package) checkComment(d directory) error {
	from := d.endAt + int64(len(sigEnd))
	rest, err := p.bytesAt(from, p.size-from)
	if err != nil {
		return err
	}
	for _, sig := range []string{sigLocal, sigCentral, sigEnd} {
		if i := bytes.Index(rest, []byte(sig)); i >= 0 {
			return broken(from+int64(i), "records of a container behind its end")
		}
	}
	return nil
}

// checkGap scans octets that belong to no entry: they may be there, but not
// look like a package to a reader that goes through the file from the front.
func (p *Package) checkGap(kind string, from, to int64) error {
	p.tolerate(kind, fmt.Sprintf("%d octets at octet %d", to-from, from))
	const step = 64 << 10
	for at := from; at < to; at += step {
		b, err := p.bytesAt(at, min(step+3, to-at))
		if err != nil {
			return err
		}
		for _, sig := range []string{sigLocal, sigCentral, sigEnd} {
			if i := bytes.Index(b, []byte(sig)); i >= 0 {
				return broken(at+int64(i), "records of a container outside of its directory")
			}
		}
	}
	return nil
}

// localHeader finds the entry's octets and checks that its local header says
// what the directory says.
func (p *Package) localHeader(e *Entry) error {
	b, err := p.bytesAt(e.header, localLength)
	if err != nil {
		return err
	}
	le := binary.LittleEndian
	if string(b[:4]) != sigLocal {
		return broken(e.header, "entry %q has no local header", e.Name)
	}
	nameLen, extraLen := int64(le.Uint16(b[26:])), int64(le.Uint16(b[28:]))
	more, err := p.bytesAt(e.header+localLength, nameLen+extraLen)
	if err != nil {
		return err
	}
	const same = flagEncrypted | flagDescriptor | flagStrong | flagUTF8
	switch {
	case string(more[:nameLen]) != e.Name:
		return broken(e.header, "entry %q is called %q in its local header", e.Name, more[:nameLen])
	case le.Uint16(b[8:]) != e.method:
		return broken(e.header, "entry %q is compressed otherwise in its local header", e.Name)
	case (le.Uint16(b[6:])^e.flags)&same != 0:
		return broken(e.header, "entry %q has other flags in its local header", e.Name)
	}
	local := Entry{Name: e.Name, at: e.header, Size: int64(le.Uint32(b[22:])), Compressed: int64(le.Uint32(b[18:])), crc: le.Uint32(b[14:])}
	if err := p.readExtra(&local, more[nameLen:]); err != nil {
		return err
	}
	later := e.flags&flagDescriptor != 0 // sizes follow the data; the header may say 0
	agrees := func(l, c int64) bool { return l == c || later && l == 0 }
	if !agrees(local.Size, e.Size) || !agrees(local.Compressed, e.Compressed) || !agrees(int64(local.crc), int64(e.crc)) {
		return broken(e.header, "entry %q has another size or checksum in its local header", e.Name)
	}
	e.data = e.header + localLength + nameLen + extraLen
	e.end = e.data + e.Compressed
	if e.end > p.size {
		return broken(e.header, "entry %q runs over the end of the file", e.Name)
	}
	if later {
		return p.descriptor(e)
	}
	return nil
}

// descriptor finds the record behind the data: with or without its
// signature, with 32-bit or 64-bit sizes. One form must say what the
// directory says.
func (p *Package) descriptor(e *Entry) error {
	b, err := p.bytesAt(e.end, min(24, p.size-e.end))
	if err != nil {
		return err
	}
	le := binary.LittleEndian
	form := func(sig bool, wide bool) []byte {
		var f []byte
		if sig {
			f = append(f, sigDescriptor...)
		}
		f = le.AppendUint32(f, e.crc)
		if wide {
			return le.AppendUint64(le.AppendUint64(f, uint64(e.Compressed)), uint64(e.Size))
		}
		return le.AppendUint32(le.AppendUint32(f, uint32(e.Compressed)), uint32(e.Size))
	}
	for _, f := range [][]byte{form(true, true), form(true, false), form(false, true), form(false, false)} {
		if bytes.HasPrefix(b, f) {
			e.end += int64(len(f))
			return nil
		}
	}
	return broken(e.end, "the data descriptor of entry %q does not agree with the directory", e.Name)
}
