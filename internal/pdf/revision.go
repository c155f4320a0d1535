// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"bytes"
	"slices"
)

// readChain reads the sections from the last startxref along /Prev, then
// groups them into revisions.
func (d *Document) readChain() error {
	last, err := d.lastStartXref()
	if err != nil {
		return err
	}
	seen := map[int64]bool{}
	for at, from := last.value, last.at; ; {
		if at < 0 || at >= d.src.size-d.base {
			return broken(from, "cross-reference offset %d lies outside the file", at)
		}
		if seen[at] {
			return broken(from, "the chain of cross-reference sections comes back to offset %d", at)
		}
		if len(seen) == d.lim.Sections {
			return tooMuch(from, "more than %d cross-reference sections", d.lim.Sections)
		}
		seen[at] = true
		s, err := d.readSection(at)
		if err != nil {
			return err
		}
		d.sections = append(d.sections, s)
		prev, ok := s.trailer["Prev"]
		if !ok {
			break
		}
		n, isInt := prev.(int64)
		if !isInt {
			return broken(s.at, "/Prev is not a direct integer")
		}
		at, from = n, s.at
	}
	slices.Reverse(d.sections)
	return d.group(last)
}

// group finds the revisions. A section begins a revision's chain when a
// "startxref OFFSET %%EOF" behind it, or behind an older section of the same
// revision, names it: in a linearised file the first-page section stands near
// the beginning, and the terminator that names it at the end of the main one.
func (d *Document) group(last terminator) error {
	ends := map[int64]terminator{}
	start := int64(0)
	objects := 0
	for i, s := range d.sections {
		objects += len(s.entries)
		if s.end.ok {
			ends[s.end.value] = s.end
		}
		top := i == len(d.sections)-1
		t, named := ends[s.at-d.base]
		if !named && top {
			t, named = last, true
		}
		// Sections without a terminator of their own, and those of a
		// linearised file until its top one, belong to what follows.
		if !named || t.end <= s.at || t.end <= start {
			if top {
				return broken(s.at, "the newest section has no startxref and %%%%EOF behind it")
			}
			continue
		}
		if top && t.end != last.end {
			return broken(last.at, "the last startxref leads back over what stands before it")
		}
		d.revisions = append(d.revisions, Revision{Start: start, End: t.end, Objects: objects,
			Stream: !s.table, Hybrid: s.hybrid, last: i})
		start, objects = t.end, 0
		clear(ends)
	}
	return nil
}

// terminator is "startxref VALUE %%EOF".
type terminator struct {
	at, value, end int64
	ok             bool
}

// terminatorAt reads one that begins at pos, white space before it aside.
func (d *Document) terminatorAt(pos int64) (terminator, error) {
	l := d.src.lexer(pos)
	l.space()
	t := terminator{at: l.pos}
	if !l.match("startxref") {
		return t, l.err
	}
	l.space()
	digits := 0
	for c := l.peek(); c >= '0' && c <= '9'; c = l.peek() {
		if digits++; digits > 18 {
			return t, broken(t.at, "startxref is out of range")
		}
		t.value = t.value*10 + int64(c-'0')
		l.pos++
	}
	l.space()
	t.ok = digits > 0 && l.match("%%EOF")
	t.end = l.pos
	return t, l.err
}

// lastStartXref finds the terminator at the end of the file. Only white space
// may follow it.
func (d *Document) lastStartXref() (terminator, error) {
	n := min(d.src.size, 2048)
	tail, err := d.src.bytes(d.src.size-n, n)
	if err != nil {
		return terminator{}, err
	}
	i := bytes.LastIndex(tail, []byte("startxref"))
	if i < 0 {
		return terminator{}, broken(d.src.size, "no startxref at the end of the file")
	}
	t, err := d.terminatorAt(d.src.size - n + int64(i))
	if err != nil {
		return t, err
	}
	if !t.ok {
		return t, broken(t.at, "malformed startxref")
	}
	for _, c := range tail[t.end-(d.src.size-n):] {
		if !isSpace(c) {
			return t, broken(t.end, "something stands behind the last %%%%EOF")
		}
	}
	return t, nil
}

// endsAt reports whether pos is the revision's end: just after %%EOF, or
// after the white space that follows it.
func (d *Document) endsAt(r Revision, pos int64) bool {
	if pos < r.End || pos > d.src.size || pos-r.End > 1024 {
		return false
	}
	gap, err := d.src.bytes(r.End, pos-r.End)
	if err != nil {
		return false
	}
	for _, c := range gap {
		if !isSpace(c) {
			return false
		}
	}
	return true
}
