// SPDX-License-Identifier: Apache-2.0

package pdf

// entry says where an object is.
type entry struct {
	kind byte  // entryFree, entryAt or entryIn
	at   int64 // offset in the file; number of the object stream
	gen  int   // generation; index in the object stream
}

const (
	entryFree byte = iota
	entryAt
	entryIn
)

// section is one cross-reference section: a table, a stream, or a table with
// the stream that its /XRefStm names.
type section struct {
	at      int64 // offset in the file
	table   bool
	hybrid  bool
	entries map[int]entry
	trailer Dict
	raw     []byte     // the trailer dictionary as it stands in the file
	end     terminator // what follows directly
	hidden  int64      // offset of the stream of a hybrid section
}

// readSection reads the section at an offset counted from the header.
func (d *Document) readSection(offset int64) (*section, error) {
	at := offset + d.base
	l := d.src.lexer(at)
	var s *section
	var err error
	var after int64
	if l.match("xref") {
		s, after, err = d.readTable(l, at)
	} else {
		s, after, err = d.readXrefStream(at)
	}
	if err != nil {
		return nil, err
	}
	s.at = at
	s.end, err = d.terminatorAt(after)
	return s, err
}

func (d *Document) put(s *section, at int64, num int, e entry) error {
	if num < 0 || num > maxObjectNumber {
		return broken(at, "cross-reference entry for object %d", num)
	}
	if d.entries++; d.entries > d.lim.Objects {
		return tooMuch(at, "more than %d cross-reference entries", d.lim.Objects)
	}
	if _, twice := s.entries[num]; twice {
		return broken(at, "two cross-reference entries for object %d in one section", num)
	}
	if num == 0 && e.kind != entryFree {
		return broken(at, "object 0 is not free")
	}
	s.entries[num] = e
	return nil
}

// readTable reads a classic table (ISO 32000-1 7.5.4), whose entries are
// exactly 20 octets long.
func (d *Document) readTable(l *lexer, at int64) (*section, int64, error) {
	s := &section{table: true, entries: map[int]entry{}}
	if c := l.peek(); c < 0 || !isSpace(byte(c)) {
		return nil, 0, broken(at, "no white space after xref")
	}
	for {
		l.space()
		if c := l.peek(); c < '0' || c > '9' {
			break
		}
		if err := d.readSubsection(s, l); err != nil {
			return nil, 0, err
		}
	}
	if !l.match("trailer") {
		if l.err != nil {
			return nil, 0, l.err
		}
		return nil, 0, broken(l.pos, "no trailer after the cross-reference table")
	}
	if err := d.readTrailer(s, l); err != nil {
		return nil, 0, err
	}
	after := l.pos
	return s, after, d.readHidden(s, at)
}

func (d *Document) readSubsection(s *section, l *lexer) error {
	at := l.pos
	first, count := l.token(), l.token()
	if first.kind != tokInt || count.kind != tokInt || first.num < 0 || count.num < 0 || first.num > maxObjectNumber {
		return broken(at, "malformed cross-reference subsection")
	}
	if count.num > int64(d.lim.Objects) {
		return tooMuch(at, "%d cross-reference entries", count.num)
	}
	l.space()
	var line [20]byte
	for i := range count.num {
		row := l.pos
		for k := range line {
			line[k] = byte(l.take())
		}
		if l.err != nil {
			return l.err
		}
		e, ok := tableEntry(line[:])
		if !ok {
			return broken(row, "malformed cross-reference entry for object %d", first.num+i)
		}
		if e.kind == entryAt {
			e.at += d.base
		}
		if err := d.put(s, row, int(first.num+i), e); err != nil {
			return err
		}
	}
	return nil
}

// tableEntry reads "nnnnnnnnnn ggggg k" and a two-octet end of line.
func tableEntry(b []byte) (entry, bool) {
	eol := string(b[18:])
	if b[10] != ' ' || b[16] != ' ' || eol != " \n" && eol != " \r" && eol != "\r\n" {
		return entry{}, false
	}
	at, ok1 := decimal(b[:10])
	gen, ok2 := decimal(b[11:16])
	if !ok1 || !ok2 || gen > 65535 {
		return entry{}, false
	}
	switch b[17] {
	case 'n':
		return entry{entryAt, at, int(gen)}, true
	case 'f':
		return entry{entryFree, 0, int(gen)}, true
	}
	return entry{}, false
}

func decimal(b []byte) (n int64, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

func (d *Document) readTrailer(s *section, l *lexer) error {
	l.blank()
	from := l.pos
	p := newParser(l, d.lim.Depth)
	o, err := p.object()
	if err != nil {
		return err
	}
	var ok bool
	if s.trailer, ok = o.(Dict); !ok {
		return broken(from, "the trailer is not a dictionary")
	}
	if s.raw, err = d.src.bytes(from, p.pos-from); err != nil {
		return err
	}
	return d.checkSize(s, from)
}

// checkSize holds the entries to /Size. The standard has readers ignore what
// lies beyond; some do not, so such a file shows different things.
func (d *Document) checkSize(s *section, at int64) error {
	size, ok := s.trailer["Size"].(int64)
	if !ok || size < 1 || size > maxObjectNumber+1 {
		return broken(at, "/Size is missing or out of range")
	}
	for num := range s.entries {
		if int64(num) >= size {
			return broken(at, "object %d lies beyond /Size %d", num, size)
		}
	}
	return nil
}

// readHidden adds the entries of the stream that a hybrid table names
// (ISO 32000-1 7.5.8.4): they count where the table calls an object free or
// does not know it. Where both have one, readers would differ.
func (d *Document) readHidden(s *section, at int64) error {
	o, ok := s.trailer["XRefStm"]
	if !ok {
		return nil
	}
	off, ok := o.(int64)
	if !ok || off < 0 || off >= d.src.size-d.base {
		return broken(at, "/XRefStm is not an offset in the file")
	}
	s.hybrid, s.hidden = true, off+d.base
	h, _, err := d.readXrefStream(s.hidden)
	if err != nil {
		return err
	}
	for num, e := range h.entries {
		if old, both := s.entries[num]; both && old.kind != entryFree && old != e {
			return broken(s.hidden, "object %d has two places in a hybrid section", num)
		}
		if e.kind != entryFree {
			s.entries[num] = e
		}
	}
	return nil
}
