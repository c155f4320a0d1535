// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// Entry is one file or folder of the package.
type Entry struct {
	Name       string // as stored; a folder's name ends in "/"
	Folder     bool
	Size       int64 // inflated octets
	Compressed int64 // octets in the container

	crc    uint32
	method uint16 // 0 stored, 8 deflated
	flags  uint16
	time   uint16 // MS-DOS
	date   uint16
	madeBy uint16
	attrs  uint32
	header int64 // offset of the local header
	data   int64 // offset of the compressed octets
	end    int64 // octet after them and the data descriptor
	at     int64 // offset of the directory record, for errors
}

const (
	methodStored   = 0
	methodDeflated = 8

	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3
	flagPatch      = 1 << 5
	flagStrong     = 1 << 6
	flagUTF8       = 1 << 11
	flagMasked     = 1 << 13

	extraZip64       = 0x0001
	extraUnicodePath = 0x7075
)

// readContainer reads directory and local headers.
func (p *Package) readContainer() error {
	d, err := p.findDirectory()
	if err != nil {
		return err
	}
	dir, err := p.bytesAt(d.at, d.size)
	if err != nil {
		return err
	}
	var total int64
	for pos := 0; pos < len(dir); {
		if len(p.entries) == d.count {
			return broken(d.at+int64(pos), "more entries than the end record says")
		}
		e, n, err := p.centralRecord(dir[pos:], d.at+int64(pos))
		if err != nil {
			return err
		}
		pos += n
		e.header += d.base
		if e.header > d.at {
			return broken(e.at, "entry %q lies behind the directory", e.Name)
		}
		if total += e.Size; total > p.lim.Inflated {
			return tooMuch(e.at, "entries of more than %d octets together", p.lim.Inflated)
		}
		if err := p.enter(e); err != nil {
			return err
		}
	}
	if len(p.entries) != d.count {
		return broken(d.at, "%d entries, where the end record says %d", len(p.entries), d.count)
	}
	if err := p.checkFolders(); err != nil {
		return err
	}
	return p.checkLayout(d)
}

// centralRecord reads one record of the directory and returns its length.
func (p *Package) centralRecord(b []byte, at int64) (Entry, int, error) {
	if len(b) < centralLength || string(b[:4]) != sigCentral {
		return Entry{}, 0, broken(at, "illegal directory record")
	}
	le := binary.LittleEndian
	nameLen, extraLen, commentLen := int(le.Uint16(b[28:])), int(le.Uint16(b[30:])), int(le.Uint16(b[32:]))
	n := centralLength + nameLen + extraLen + commentLen
	if n > len(b) {
		return Entry{}, 0, broken(at, "a directory record runs over the end of the directory")
	}
	e := Entry{Name: string(b[centralLength:][:nameLen]), crc: le.Uint32(b[16:]), method: le.Uint16(b[10:]),
		flags: le.Uint16(b[8:]), time: le.Uint16(b[12:]), date: le.Uint16(b[14:]), madeBy: le.Uint16(b[4:]),
		attrs: le.Uint32(b[38:]), Size: int64(le.Uint32(b[24:])), Compressed: int64(le.Uint32(b[20:])),
		header: int64(le.Uint32(b[42:])), at: at}
	if le.Uint16(b[34:]) != 0 {
		return e, 0, broken(at, "the container is split over several volumes")
	}
	extra := b[centralLength+nameLen:][:extraLen]
	if err := p.readExtra(&e, extra); err != nil {
		return e, 0, err
	}
	return e, n, p.checkRecord(&e)
}

// readExtra takes 64-bit sizes from the extra field when the plain ones refer
// to it, and refuses a second name for the entry.
func (p *Package) readExtra(e *Entry, extra []byte) error {
	zip64, hasZip64, err := findExtra(extra, extraZip64)
	if err != nil {
		return broken(e.at, "entry %q: %v", e.Name, err)
	}
	if _, has, _ := findExtra(extra, extraUnicodePath); has {
		return broken(e.at, "entry %q has a second name in an extra field", e.Name)
	}
	if hasZip64 {
		p.tolerate(ToleratedZip64, "entries")
	}
	for _, to := range []*int64{&e.Size, &e.Compressed, &e.header} {
		if *to != saturated32 {
			continue
		}
		if len(zip64) < 8 {
			return broken(e.at, "entry %q refers to 64-bit sizes that are not there", e.Name)
		}
		v := binary.LittleEndian.Uint64(zip64)
		if v > 1<<62 {
			return broken(e.at, "entry %q has a negative size or offset", e.Name)
		}
		*to, zip64 = int64(v), zip64[8:]
	}
	return nil
}

// findExtra returns the first extra field of the kind; two of a kind are an
// error, since readers differ in which they take.
func findExtra(extra []byte, kind uint16) (value []byte, found bool, err error) {
	for len(extra) >= 4 {
		n := int(binary.LittleEndian.Uint16(extra[2:]))
		if n > len(extra)-4 {
			return nil, false, fmt.Errorf("an extra field runs over its end")
		}
		if binary.LittleEndian.Uint16(extra) == kind {
			if found {
				return nil, false, fmt.Errorf("extra field %#04x stands twice", kind)
			}
			value, found = extra[4:4+n], true
		}
		extra = extra[4+n:]
	}
	return value, found, nil
}

// checkRecord refuses what no OFD package needs, and what costs too much.
func (p *Package) checkRecord(e *Entry) error {
	e.Folder = strings.HasSuffix(e.Name, "/")
	if err := checkName(e.Name); err != nil {
		return broken(e.at, "entry %q: %v", e.Name, err)
	}
	const kindMask, regular, folder = 0xf000, 0x8000, 0x4000
	kind := uint32(0)
	if host := e.madeBy >> 8; host == 3 || host == 19 { // Unix, OS X: the mode stands in the upper half
		kind = e.attrs >> 16 & kindMask
	}
	switch {
	case e.flags&(flagEncrypted|flagStrong|flagMasked) != 0:
		return broken(e.at, "entry %q is encrypted", e.Name)
	case e.flags&flagPatch != 0:
		return broken(e.at, "entry %q holds patch data", e.Name)
	case e.method != methodStored && e.method != methodDeflated:
		return broken(e.at, "entry %q is compressed by unknown method %d", e.Name, e.method)
	case kind != 0 && kind != regular && kind != folder:
		return broken(e.at, "entry %q is neither a file nor a folder", e.Name)
	case kind == folder && !e.Folder || kind == regular && e.Folder:
		return broken(e.at, "entry %q is a folder by its name or by its mode only", e.Name)
	case e.Folder && e.Size != 0:
		return broken(e.at, "folder %q has content", e.Name)
	case e.method == methodStored && e.Size != e.Compressed:
		return broken(e.at, "stored entry %q has two sizes", e.Name)
	case e.Size > p.lim.Entry:
		return tooMuch(e.at, "entry %q of %d octets", e.Name, e.Size)
	case e.Compressed > p.size:
		return broken(e.at, "entry %q is larger than the file", e.Name)
	case e.Size > 1<<20 && (e.Size-1<<20)/p.lim.Ratio > e.Compressed:
		return tooMuch(e.at, "entry %q inflates from %d to %d octets", e.Name, e.Compressed, e.Size)
	}
	return nil
}
