// SPDX-License-Identifier: Apache-2.0

package pdf

// readXrefStream reads the cross-reference stream at a file offset
// (ISO 32000-1 7.5.8). Everything in it must be direct: nothing can be looked
// up before it is read.
func (d *Document) readXrefStream(at int64) (*section, int64, error) {
	o, err := d.readIndirect(at, nil)
	if err != nil {
		return nil, 0, err
	}
	st, ok := o.value.(*Stream)
	if !ok || st.Dict["Type"] != Name("XRef") {
		return nil, 0, broken(at, "neither a cross-reference table nor a cross-reference stream")
	}
	s := &section{entries: map[int]entry{}, trailer: st.Dict}
	if s.raw, err = d.src.bytes(o.body, o.bodyEnd-o.body); err != nil {
		return nil, 0, err
	}
	w, err := xrefWidths(st.Dict, at)
	if err != nil {
		return nil, 0, err
	}
	index, rows, err := d.xrefIndex(st.Dict, at)
	if err != nil {
		return nil, 0, err
	}
	need := rows * int64(w[0]+w[1]+w[2])
	data, err := d.decode(st, need, nil)
	if err != nil {
		return nil, 0, err
	}
	if int64(len(data)) != need {
		return nil, 0, broken(at, "the cross-reference stream holds %d octets where %d are announced", len(data), need)
	}
	if err := d.xrefRows(s, data, w, index, at); err != nil {
		return nil, 0, err
	}
	return s, o.end, d.checkSize(s, at)
}

func (d *Document) xrefRows(s *section, data []byte, w [3]int, index [][2]int64, at int64) error {
	for _, sub := range index {
		for i := range sub[1] {
			e, err := xrefRow(data, w, at)
			if err != nil {
				return err
			}
			data = data[w[0]+w[1]+w[2]:]
			if e.kind == entryAt {
				e.at += d.base
			}
			if err := d.put(s, at, int(sub[0]+i), e); err != nil {
				return err
			}
		}
	}
	return nil
}

func xrefWidths(dict Dict, at int64) (w [3]int, err error) {
	a, ok := dict["W"].(Array)
	if !ok || len(a) != 3 {
		return w, broken(at, "/W is not an array of three")
	}
	for i := range w {
		n, ok := a[i].(int64)
		if !ok || n < 0 || n > 8 {
			return w, broken(at, "/W is out of range")
		}
		w[i] = int(n)
	}
	if w[1] == 0 {
		return w, broken(at, "/W leaves no room for offsets")
	}
	return w, nil
}

// xrefIndex returns the subsections as (first, count) and the number of rows.
func (d *Document) xrefIndex(dict Dict, at int64) (index [][2]int64, rows int64, err error) {
	size, ok := dict["Size"].(int64)
	if !ok || size < 1 {
		return nil, 0, broken(at, "/Size is missing or out of range")
	}
	a := Array{int64(0), size}
	if o, given := dict["Index"]; given {
		if a, ok = o.(Array); !ok || len(a)%2 != 0 {
			return nil, 0, broken(at, "/Index is not an array of pairs")
		}
	}
	for i := 0; i < len(a); i += 2 {
		first, ok1 := a[i].(int64)
		count, ok2 := a[i+1].(int64)
		if !ok1 || !ok2 || first < 0 || count < 0 || first > maxObjectNumber {
			return nil, 0, broken(at, "/Index is out of range")
		}
		if count > int64(d.lim.Objects)-rows {
			return nil, 0, tooMuch(at, "more than %d cross-reference entries", d.lim.Objects)
		}
		rows += count
		index = append(index, [2]int64{first, count})
	}
	return index, rows, nil
}

func xrefRow(data []byte, w [3]int, at int64) (entry, error) {
	var f [3]uint64
	f[0] = 1 // the type when /W gives it no room
	for i, n := range w {
		if n > 0 {
			f[i] = 0
		}
		for _, c := range data[:n] {
			f[i] = f[i]<<8 | uint64(c)
		}
		data = data[n:]
	}
	const far = 1 << 48
	switch {
	case f[1] >= far || f[2] > 1<<31:
		return entry{}, broken(at, "a cross-reference entry is out of range")
	case f[0] == 0:
		return entry{entryFree, 0, int(f[2])}, nil
	case f[0] == 1 && f[2] <= 65535:
		return entry{entryAt, int64(f[1]), int(f[2])}, nil
	case f[0] == 2 && f[1] >= 1 && f[1] <= maxObjectNumber:
		return entry{entryIn, int64(f[1]), int(f[2])}, nil
	}
	return entry{}, broken(at, "a cross-reference entry of unknown type %d", f[0])
}
