// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"maps"
	"slices"
)

// unexplained reports every object that differs and that no rule accounted
// for, by what it concerns.
func (c *comparison) unexplained() error {
	if err := c.unexplainedAnnotations(); err != nil {
		return err
	}
	for _, num := range slices.Sorted(maps.Keys(c.modified)) {
		if c.explained[num] || c.bothType(num, "XRef") {
			continue
		}
		name, err := c.concerns(num)
		if err != nil {
			return err
		}
		c.other(name, num, "object %d was changed", num)
	}
	for _, num := range slices.Sorted(maps.Keys(c.removed)) {
		if c.explained[num] {
			continue
		}
		name, err := c.concerns(num)
		if err != nil {
			return err
		}
		c.other(name, num, "object %d was removed", num)
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
