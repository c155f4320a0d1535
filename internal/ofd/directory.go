// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Signatures of the container's records (PKWARE APPNOTE 4.3, as archive/zip has them).
const (
	sigLocal      = "PK\x03\x04"
	sigCentral    = "PK\x01\x02"
	sigEnd        = "PK\x05\x06"
	sigEnd64      = "PK\x06\x06"
	sigLocator64  = "PK\x06\x07"
	sigDescriptor = "PK\x07\x08"

	endLength      = 22
	maxComment     = 1<<16 - 1
	maxTrailer     = 64 << 10 // octets put up with behind the end record
	centralLength  = 46
	maxDirectory   = 16 << 20
	saturated16    = 1<<16 - 1
	saturated32    = 1<<32 - 1
	end64Length    = 56
	locator64Width = 20
)

// bytesAt reads n octets of the file; the caller has bounded n.
func (p *Package) bytesAt(pos, n int64) ([]byte, error) {
	if pos < 0 || n < 0 || pos > p.size-n {
		return nil, broken(pos, "%d octets run over the end of the file", n)
	}
	b := make([]byte, n)
	if m, err := p.r.ReadAt(b, pos); int64(m) < n {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("read OFD at octet %d: %w", pos, err)
	}
	return b, nil
}

// directory is where the list of entries lies.
type directory struct {
	count     int
	at, size  int64
	base      int64 // what is to be added to every offset that the container gives
	recordsAt int64 // where the end records begin: 64-bit ones, or the end record
	endAt     int64 // the end record
	end       int64 // octet after the end record and its comment
}

// findDirectory looks for the last end record, as readers do.
func (p *Package) findDirectory() (directory, error) {
	tail, err := p.bytesAt(max(0, p.size-endLength-maxComment-maxTrailer), min(p.size, endLength+maxComment+maxTrailer))
	if err != nil {
		return directory{}, err
	}
	start := p.size - int64(len(tail))
	i := bytes.LastIndex(tail, []byte(sigEnd))
	for ; i >= 0; i = bytes.LastIndex(tail[:i], []byte(sigEnd)) {
		if i+endLength <= len(tail) && i+endLength+int(binary.LittleEndian.Uint16(tail[i+20:])) <= len(tail) {
			break
		}
	}
	if i < 0 {
		return directory{}, broken(p.size, "no end record: not a ZIP container")
	}
	rec, at := tail[i:], start+int64(i)
	le := binary.LittleEndian
	comment := int64(le.Uint16(rec[20:]))
	d := directory{at: int64(le.Uint32(rec[16:])), size: int64(le.Uint32(rec[12:])), recordsAt: at, endAt: at, end: at + endLength + comment}
	if le.Uint16(rec[4:]) != 0 || le.Uint16(rec[6:]) != 0 || le.Uint16(rec[8:]) != le.Uint16(rec[10:]) {
		return d, broken(at, "the container is split over several volumes")
	}
	d.count = int(le.Uint16(rec[10:]))
	if comment > 0 {
		p.tolerate(ToleratedComment, fmt.Sprintf("%d octets", comment))
	}
	if d.end < p.size {
		p.tolerate(ToleratedTrailer, fmt.Sprintf("%d octets", p.size-d.end))
	}
	if err := p.readEnd64(&d, at); err != nil {
		return d, err
	}
	return d, p.settle(&d, at)
}

// settle bounds the directory and finds what stands before the package: all
// offsets may count from there.
func (p *Package) settle(d *directory, at int64) error {
	switch {
	case d.count > p.lim.Entries:
		return tooMuch(at, "%d entries", d.count)
	case d.count == 0:
		return broken(at, "the container is empty")
	case d.size > maxDirectory:
		return tooMuch(at, "a directory of %d octets", d.size)
	case d.size > d.recordsAt || d.at > d.recordsAt-d.size:
		return broken(at, "the directory does not lie before the end record")
	}
	d.base = d.recordsAt - d.size - d.at
	d.at += d.base
	return nil
}

// readEnd64 reads the 64-bit end record when there is one. It must say the
// same as the plain one wherever that says anything: a package within Limits
// never needs it, and readers differ in which one they believe.
func (p *Package) readEnd64(d *directory, at int64) error {
	needed := d.count == saturated16 || d.size == saturated32 || d.at == saturated32
	if at < locator64Width+end64Length {
		if needed {
			return broken(at, "the end record refers to a 64-bit one that is not there")
		}
		return nil
	}
	b, err := p.bytesAt(at-locator64Width-end64Length, locator64Width+end64Length)
	if err != nil {
		return err
	}
	loc := b[end64Length:]
	if string(loc[:4]) != sigLocator64 {
		if needed {
			return broken(at, "the end record refers to a 64-bit one that is not there")
		}
		return nil
	}
	le := binary.LittleEndian
	if string(b[:4]) != sigEnd64 || le.Uint64(b[4:]) != end64Length-12 || le.Uint32(loc[4:]) != 0 || le.Uint32(loc[16:]) != 1 ||
		le.Uint32(b[16:]) != 0 || le.Uint32(b[20:]) != 0 || le.Uint64(b[24:]) != le.Uint64(b[32:]) {
		return broken(at-locator64Width, "illegal 64-bit end record")
	}
	count, size, offset := le.Uint64(b[32:]), le.Uint64(b[40:]), le.Uint64(b[48:])
	if count > saturated32 || size > uint64(p.size) || offset > uint64(p.size) {
		return broken(at-locator64Width, "the 64-bit end record points outside of the file")
	}
	if (d.count != saturated16 && uint64(d.count) != count) || (d.size != saturated32 && uint64(d.size) != size) ||
		(d.at != saturated32 && uint64(d.at) != offset) {
		return broken(at-locator64Width, "the two end records disagree")
	}
	d.count, d.size, d.at, d.recordsAt = int(count), int64(size), int64(offset), at-locator64Width-end64Length
	if base := d.recordsAt - d.size - d.at; le.Uint64(loc[8:])+uint64(base) != uint64(d.recordsAt) {
		return broken(at-locator64Width, "the 64-bit end record is not where its locator says")
	}
	p.tolerate(ToleratedZip64, "end record")
	return nil
}
