// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
)

// update collects the objects of an incremental update and ends it with a
// cross-reference section of the same kind as the newest one: Acrobat reports
// an error in the ByteRange when a table follows a stream (facts/pdf.md 3).
type update struct {
	v     view
	start int64 // offset in the file of buf's first octet
	buf   []byte
	rows  []updateRow
	next  int // first free object number
	err   error

	written map[int]bool // by object number
}

type updateRow struct {
	ref Ref
	at  int64
}

func (d *Document) newUpdate() (*update, error) {
	u := &update{v: d.newest(), start: d.src.size, written: map[int]bool{}}
	for _, s := range d.sections {
		size, _ := s.trailer["Size"].(int64)
		u.next = max(u.next, int(size))
	}
	last, err := d.src.bytes(d.src.size-1, 1)
	if err != nil {
		return nil, err
	}
	if last[0] != '\n' && last[0] != '\r' {
		u.buf = append(u.buf, '\n')
	}
	return u, nil
}

func (u *update) alloc() Ref {
	u.next++
	return Ref{Num: u.next - 1}
}

// begin notes where an object starts. One that two edits would replace, such
// as an array that two pages share, cannot be written: the second would undo
// the first.
func (u *update) begin(ref Ref) {
	if u.written[ref.Num] && u.err == nil {
		u.err = &Refusal{ReasonBroken, fmt.Sprintf("object %d serves two places that change", ref.Num)}
	}
	u.written[ref.Num] = true
	u.rows = append(u.rows, updateRow{ref, u.start + int64(len(u.buf))})
}

func (u *update) object(ref Ref, o Object) {
	u.begin(ref)
	b, err := appendIndirect(u.buf, ref, o)
	u.buf, u.err = b, cmp.Or(u.err, err)
}

func (u *update) add(o Object) Ref {
	ref := u.alloc()
	u.object(ref, o)
	return ref
}

func (u *update) stream(dict Dict, data []byte) Ref {
	ref := u.alloc()
	u.begin(ref)
	b, err := appendFlate(u.buf, ref, dict, data)
	u.buf, u.err = b, cmp.Or(u.err, err)
	return ref
}

// deflated is stream for data that deflate has compressed already.
func (u *update) deflated(dict Dict, packed []byte) Ref {
	ref := u.alloc()
	u.begin(ref)
	b, err := appendDeflated(u.buf, ref, dict, packed)
	u.buf, u.err = b, cmp.Or(u.err, err)
	return ref
}

// edit reads the spelling of a dictionary, to be written back with replace.
func (u *update) edit(ref Ref) (rawDict, error) {
	b, err := u.v.spelling(ref)
	if err != nil {
		return nil, err
	}
	return parseRawDict(b, u.v.d.lim.Depth)
}

func (u *update) replace(ref Ref, r rawDict) { u.object(ref, Raw(r.bytes())) }

// extend appends elements to the array under key, wherever that array lives:
// within the dictionary, or as an object that is then replaced.
func (u *update) extend(r rawDict, key Name, current Object, elements ...Ref) (rawDict, error) {
	var e []byte
	for i, ref := range elements {
		if i > 0 {
			e = append(e, ' ')
		}
		e, _ = appendObject(e, ref)
	}
	if ref, ok := current.(Ref); ok {
		o, err := u.v.resolve(ref)
		if err != nil {
			return nil, err
		}
		if _, ok := o.(Array); ok {
			return r, u.extendObject(ref, e)
		}
		current = o
	}
	if current == nil {
		return r.set(key, append(append([]byte{'['}, e...), ']')), nil
	}
	b, err := appendElement(r.get(key), e)
	if err != nil {
		return nil, err
	}
	return r.set(key, b), nil
}

func (u *update) extendObject(ref Ref, element []byte) error {
	if o, err := u.v.load(ref); err != nil {
		return err
	} else if next, chained := o.(Ref); chained {
		return u.extendObject(next, element)
	}
	b, err := u.v.spelling(ref)
	if err != nil {
		return err
	}
	if b, err = appendElement(b, element); err != nil {
		return err
	}
	u.object(ref, Raw(b))
	return nil
}

// finish writes cross-reference section, trailer and startxref. id is the
// second element of /ID, which names this state of the file.
func (u *update) finish(id []byte) error {
	d := u.v.d
	newest := d.sections[u.v.last]
	trailer, err := parseRawDict(newest.raw, d.lim.Depth)
	if err != nil {
		return err
	}
	trailer = trailer.without("Prev", "XRefStm", "Type", "W", "Index", "Length", "Filter", "DecodeParms")
	if ids, ok := newest.trailer["ID"].(Array); ok && len(ids) == 2 {
		if first, ok := ids[0].(String); ok {
			b, _ := appendArray(nil, Array{first, String(id)})
			trailer = trailer.set("ID", b)
		}
	}
	trailer = trailer.set("Prev", fmt.Append(nil, newest.at-d.base))
	if newest.table {
		err = u.table(trailer)
	} else {
		err = u.xrefStream(trailer)
	}
	return cmp.Or(u.err, err)
}

func (u *update) sorted() []updateRow {
	slices.SortFunc(u.rows, func(a, b updateRow) int { return cmp.Compare(a.ref.Num, b.ref.Num) })
	return u.rows
}

// runs cuts the rows where their numbers do not follow each other.
func runs(rows []updateRow) [][]updateRow {
	var out [][]updateRow
	for i := 0; i < len(rows); {
		k := i + 1
		for k < len(rows) && rows[k].ref.Num == rows[k-1].ref.Num+1 {
			k++
		}
		out = append(out, rows[i:k])
		i = k
	}
	return out
}

func (u *update) table(trailer rawDict) error {
	at := u.start + int64(len(u.buf)) - u.v.d.base
	u.buf = append(u.buf, "xref\n"...)
	for _, run := range runs(u.sorted()) {
		u.buf = fmt.Appendf(u.buf, "%d %d\n", run[0].ref.Num, len(run))
		for _, r := range run {
			off := r.at - u.v.d.base
			if off > 9_999_999_999 {
				return tooMuch(r.at, "an offset that a cross-reference table cannot hold")
			}
			u.buf = fmt.Appendf(u.buf, "%010d %05d n \n", off, r.ref.Gen)
		}
	}
	u.buf = append(append(u.buf, "trailer\n"...), trailer.set("Size", fmt.Append(nil, u.next)).bytes()...)
	u.buf = fmt.Appendf(u.buf, "\nstartxref\n%d\n%%%%EOF\n", at)
	return nil
}

func (u *update) xrefStream(trailer rawDict) error {
	ref := u.alloc()
	u.begin(ref)
	at := u.start + int64(len(u.buf)) - u.v.d.base
	var data, index []byte
	for _, run := range runs(u.sorted()) {
		index = fmt.Appendf(index, " %d %d", run[0].ref.Num, len(run))
		for _, r := range run {
			off := r.at - u.v.d.base
			data = append(data, 1)
			for shift := 40; shift >= 0; shift -= 8 {
				data = append(data, byte(off>>shift))
			}
			data = append(data, byte(r.ref.Gen>>8), byte(r.ref.Gen))
		}
	}
	packed, err := deflate(data)
	if err != nil {
		return err
	}
	trailer = trailer.set("Type", []byte("/XRef")).set("W", []byte("[1 6 2]")).
		set("Index", append(append([]byte{'['}, bytes.TrimSpace(index)...), ']')).
		set("Filter", []byte("/FlateDecode")).set("Length", fmt.Append(nil, len(packed))).
		set("Size", fmt.Append(nil, u.next))
	u.buf = fmt.Appendf(u.buf, "%d 0 obj\n%s\nstream\n", ref.Num, trailer.bytes())
	u.buf = append(u.buf, packed...)
	u.buf = fmt.Appendf(u.buf, "\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n", at)
	return nil
}
