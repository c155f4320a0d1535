// SPDX-License-Identifier: Apache-2.0

package pdf

import "slices"

// Rules for fields that were there before.

// oldFields looks at the fields that were there before.
func (c *comparison) oldFields() error {
	before, err := c.a.fields()
	if err != nil {
		return err
	}
	for _, f := range before {
		objects := []Ref{f.ref}
		for _, w := range f.widgets {
			if w.ref != f.ref {
				objects = append(objects, w.ref)
			}
		}
		if err := c.oldObjects(f, objects); err != nil {
			return err
		}
	}
	return nil
}

// oldObjects looks at the objects of one field: its own and its widgets'.
func (c *comparison) oldObjects(f field, objects []Ref) error {
	c.field = f.name
	defer func() { c.field = "" }()
	touched := false
	for i, r := range objects {
		if !c.modified[r.Num] {
			continue
		}
		touched, c.explained[r.Num] = true, true
		if err := c.oldField(f, r, i == 0); err != nil {
			return err
		}
	}
	if !touched || f.kind == "Sig" && f.value != nil {
		return nil
	}
	for _, r := range objects {
		if err := c.overwritten(r); err != nil {
			return err
		}
	}
	return nil
}

var (
	signKeys = []Name{"V", "AP", "M", "MK", "F"}
	fillKeys = []Name{"V", "AP", "AS", "M", "I"} // I: the chosen options of a list
)

func (c *comparison) oldField(f field, r Ref, field bool) error {
	a, err := c.a.dict(r, "a form field")
	if err != nil {
		return err
	}
	b, err := c.b.dict(r, "a form field")
	if err != nil {
		return err
	}
	keys, err := c.d.changedKeys(a, b)
	if err != nil {
		return err
	}
	empty := f.kind == "Sig" && f.value == nil
	allowed := fillKeys
	if empty {
		allowed = signKeys
	}
	for _, k := range keys {
		if f.kind == "Sig" && !empty {
			c.other(ChangeSigned, r.Num, "signed field %d: /%.60s", r.Num, string(k))
		} else if !slices.Contains(allowed, k) {
			c.other(ChangeField, r.Num, "field %d: /%.60s", r.Num, string(k))
		}
		c.newGraph(without(b[k], k == "V" && empty))
		if old, ok := a[k].(Ref); ok && k == "AP" {
			c.sole[old.Num] = map[edge]bool{{r.Num, "AP"}: true}
		}
	}
	switch {
	case empty && field && slices.Contains(keys, "V"):
		shown := true // an old place on the page, whatever its size
		return c.newValue(r, b["V"], shown)
	case empty:
		return c.mustBeSigned(f)
	case f.kind != "Sig":
		c.report(LevelForm, ChangeFormValue, r.Num, "field object %d", r.Num)
	}
	return nil
}

// mustBeSigned holds a change to an empty signature field or its widget to
// the field's having been signed since.
func (c *comparison) mustBeSigned(f field) error {
	b, err := c.b.dict(f.ref, "a form field")
	if err != nil {
		return err
	}
	if b["V"] == nil {
		c.other(ChangeField, f.ref.Num, "unsigned field %d shows something else", f.ref.Num)
	}
	return nil
}

func without(o Object, skip bool) Object {
	if skip {
		return nil
	}
	return o
}
