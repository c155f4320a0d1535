// SPDX-License-Identifier: Apache-2.0

package pdf

import "sort"

// A file with fifty signatures is compared fifty times with its end. What
// follows is looked up or walked once for all of them.

// viewMemo is what was walked of one view. Two are kept: of the newest view,
// and of the one that is compared with it.
type viewMemo struct {
	used      bool
	last      int
	fields    []field
	fieldsErr error
	walked    bool
	tree      *pageTree
	treeErr   error
	paged     bool
}

func (v view) memo() *viewMemo {
	m := &v.d.memo[1]
	if v.last == len(v.d.sections)-1 {
		m = &v.d.memo[0]
	}
	if !m.used || m.last != v.last {
		*m = viewMemo{used: true, last: v.last}
	}
	return m
}

// fields returns the terminal fields of the AcroForm; not to be changed.
func (v view) fields() ([]field, error) {
	m := v.memo()
	if !m.walked {
		m.walked = true
		m.fields, m.fieldsErr = v.walkFields()
	}
	return m.fields, m.fieldsErr
}

// pageTree returns the page tree; not to be changed.
func (v view) pageTree() (*pageTree, error) {
	m := v.memo()
	if !m.paged {
		m.paged = true
		m.tree, m.treeErr = v.walkPages()
	}
	return m.tree, m.treeErr
}

// found returns the entry of an object in a view and the index of the section
// that it stands in; -1 when there is none. Most objects are only in the
// oldest section; the others are looked up in an index.
func (v view) found(num int) (entry, int) {
	d := v.d
	if in := d.updated[num]; len(in) > 0 {
		k := sort.Search(len(in), func(i int) bool { return int(in[i]) > v.last })
		if k > 0 {
			i := int(in[k-1])
			return d.sections[i].entries[num], i
		}
	}
	if e, ok := d.sections[0].entries[num]; ok {
		return e, 0
	}
	return entry{}, -1
}

// indexUpdates lists, by object number, the sections behind the oldest one
// that have an entry for it.
func (d *Document) indexUpdates() {
	d.updated = map[int][]int32{}
	for i, s := range d.sections[1:] {
		for n := range s.entries {
			d.updated[n] = append(d.updated[n], int32(i+1))
		}
	}
}

// version tells states of an object apart: the section of its entry, and that
// of the object stream which it lies in.
type version struct{ own, stream int32 }

func (v view) version(num int) version {
	e, own := v.found(num)
	ver := version{int32(own), -1}
	if e.kind == entryIn {
		_, in := v.found(int(e.at))
		ver.stream = int32(in)
	}
	return ver
}
