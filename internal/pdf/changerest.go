// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"maps"
	"slices"
)

// unexplained reports every object that differs and that no rule accounted
// for.
func (c *comparison) unexplained() error {
	var use map[int]usedAs
	if len(c.modified)+len(c.removed) > 0 {
		var err error
		if use, err = c.uses(); err != nil {
			return err
		}
	}
	for _, num := range slices.Sorted(maps.Keys(c.modified)) {
		if c.explained[num] || c.bothType(num, "XRef") {
			continue
		}
		c.other(use[num].orObject(), num, "object %d was changed", num)
	}
	for _, num := range slices.Sorted(maps.Keys(c.removed)) {
		if !c.explained[num] {
			c.other(use[num].orObject(), num, "object %d was removed", num)
		}
	}
	for _, num := range slices.Sorted(maps.Keys(c.added)) {
		if !c.explained[num] && !c.carrier(num) {
			c.hidden(num)
		}
	}
	return nil
}

func (c *comparison) hidden(num int) {
	o, err := c.b.load(c.b.entry(num).ref(num))
	if err == nil && leftover(o) {
		c.report(LevelLTA, ChangeLeftover, num, "object %d", num)
		return
	}
	c.other(ChangeHidden, num, "object %d was added, and no permitted change leads to it", num)
}

type usedAs string

func (u usedAs) orObject() string {
	if u == "" {
		return ChangeObject
	}
	return string(u)
}

// uses says which objects are page contents, resources and annotations, to
// name changes by what they concern.
func (c *comparison) uses() (map[int]usedAs, error) {
	out := map[int]usedAs{}
	pages, err := c.a.pages()
	if err != nil {
		return nil, err
	}
	for _, p := range pages {
		d, err := c.a.dict(p.ref, "a page")
		if err != nil {
			return nil, err
		}
		for _, u := range []struct {
			o  Object
			as usedAs
		}{{d["Contents"], ChangeContent}, {p.attrs["Resources"], ChangeResource}, {d["Annots"], ChangeAnnotation}} {
			eachRef(u.o, func(r Ref) { out[r.Num] = u.as })
			o, err := c.a.resolve(u.o)
			if err != nil {
				return nil, err
			}
			eachRef(o, func(r Ref) {
				if out[r.Num] == "" {
					out[r.Num] = u.as
				}
			})
		}
	}
	return out, nil
}

// carrier reports whether a new object is an object stream or a
// cross-reference stream: nothing leads to those but the cross-reference.
func (c *comparison) carrier(num int) bool {
	e := c.b.entry(num)
	if e.kind != entryAt {
		return false
	}
	o, err := c.b.load(e.ref(num))
	st, ok := o.(*Stream)
	if err != nil || !ok {
		return false
	}
	t := st.Dict["Type"]
	return t == Name("XRef") || t == Name("ObjStm")
}

func (c *comparison) bothType(num int, kind Name) bool {
	for _, v := range []view{c.a, c.b} {
		o, err := v.load(v.entry(num).ref(num))
		if st, ok := o.(*Stream); err != nil || !ok || st.Dict["Type"] != kind {
			return false
		}
	}
	return true
}

// crossReferences walks everything that the signed revision shows. A
// reference that led nowhere must still lead nowhere, and an object that a
// rule permitted to change must be used by that rule's path alone: else the
// change shows where the rule did not look.
func (c *comparison) crossReferences() error {
	for k, o := range c.a.trailer() {
		c.edges(edge{0, k}, o)
	}
	n := 0
	return c.a.reach(c.a.roots(), func(ref Ref, o Object, err error) error {
		if n++; n%1000 == 0 && c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		if err != nil {
			if b, ok := unreadable(err).(*Error); ok {
				c.other(ChangeUnreadable, ref.Num, "object %d: %s", ref.Num, b.Reason)
				return nil
			}
			return unreadable(err)
		}
		if st, ok := o.(*Stream); ok {
			o = st.Dict
		}
		if d, ok := o.(Dict); ok {
			for k, v := range d {
				c.edges(edge{ref.Num, k}, v)
			}
			return nil
		}
		c.edges(edge{from: ref.Num}, o)
		return nil
	})
}

func (c *comparison) edges(from edge, o Object) {
	eachRef(o, func(r Ref) {
		if c.added[r.Num] {
			c.other(ChangeDefined, r.Num, "object %d, which object %d refers to", r.Num, from.from)
		}
		if sole := c.sole[r.Num]; sole != nil && !sole[from] {
			c.other(ChangeShared, r.Num, "object %d, which a field showed, is used by object %d too", r.Num, from.from)
		}
		allowed := c.exclusive[r.Num]
		if allowed == nil || !c.modified[r.Num] || allowed[from] || allowed[edge{from: from.from}] {
			return
		}
		c.other(ChangeShared, r.Num, "object %d is used by object %d too", r.Num, from.from)
	})
}
