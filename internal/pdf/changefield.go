// SPDX-License-Identifier: Apache-2.0

package pdf

import "slices"

// Rules for new fields: signatures, signed, with widgets of their own.

var (
	fieldKeys = []Name{"FT", "T", "TU", "TM", "Ff", "V", "Kids", "Lock", "SV", "DA", "Q"}
	// No A, AA, OC, PMD: nothing that acts or hides.
	widgetKeys = []Name{"Type", "Subtype", "Rect", "P", "NM", "M", "F", "AP", "AS", "MK", "BS", "Border", "C", "Parent", "H"}
)

func (c *comparison) newField(o Object) error {
	ref, ok := o.(Ref)
	if !ok || !c.added[ref.Num] {
		c.other(ChangeField, ref.Num, "the form lists an old object, %d, as a new field", ref.Num)
		return nil
	}
	c.explained[ref.Num] = true
	f, err := c.b.dict(ref, "a form field")
	if err != nil {
		return err
	}
	if c.field, err = c.b.text(f["T"], "/T of a form field"); err != nil {
		return err
	}
	defer func() { c.field = "" }()
	for k := range f {
		if !slices.Contains(fieldKeys, k) && !slices.Contains(widgetKeys, k) {
			c.other(ChangeField, ref.Num, "new field %d has /%.60s", ref.Num, string(k))
		}
	}
	if _, nested := f["Parent"]; f["FT"] != Name("Sig") || nested {
		c.other(ChangeField, ref.Num, "new field %d is not a signature", ref.Num)
		c.newGraph(f)
		return nil
	}
	if err := c.newName(ref, f); err != nil {
		return err
	}
	visible, err := c.newWidgets(ref, f)
	if err != nil {
		return err
	}
	if f["V"] == nil && !visible && f["AP"] == nil {
		c.report(LevelForm, ChangeEmptyField, ref.Num, "field %d", ref.Num)
		return nil
	}
	return c.newValue(ref, f["V"], visible)
}

// newName refuses a name that is taken: two fields of one name are one field
// to some readers.
func (c *comparison) newName(ref Ref, f Dict) error {
	if c.names == nil {
		c.names = map[string]bool{"": true}
		old, err := c.a.fields()
		if err != nil {
			return err
		}
		for _, o := range old {
			c.names[o.name] = true
		}
	}
	name := c.field
	if c.names[name] {
		c.other(ChangeField, ref.Num, "new field %d has no name of its own", ref.Num)
	}
	c.names[name] = true
	return nil
}

// newWidgets takes the annotations of a new field and reports whether one of
// them shows anything.
func (c *comparison) newWidgets(ref Ref, f Dict) (visible bool, err error) {
	kids, err := c.b.array(f["Kids"], "/Kids of a form field")
	if err != nil {
		return false, err
	}
	if k, ok := f["Kids"].(Ref); ok {
		c.explained[k.Num] = c.explained[k.Num] || c.added[k.Num]
	}
	if len(kids) == 0 {
		return c.newWidget(ref, f)
	}
	for _, o := range kids {
		r, ok := o.(Ref)
		if !ok || !c.added[r.Num] {
			c.other(ChangeField, ref.Num, "new field %d has an old object as its widget", ref.Num)
			continue
		}
		c.explained[r.Num] = true
		w, err := c.b.dict(r, "a widget")
		if err != nil {
			return visible, err
		}
		for k := range w {
			if !slices.Contains(widgetKeys, k) {
				c.other(ChangeField, r.Num, "new widget %d has /%.60s", r.Num, string(k))
			}
		}
		shows, err := c.newWidget(r, w)
		if err != nil {
			return visible, err
		}
		visible = visible || shows
	}
	return visible, nil
}

func (c *comparison) newWidget(ref Ref, w Dict) (bool, error) {
	for _, k := range []Name{"AP", "MK", "BS", "SV", "Lock"} {
		c.newGraph(w[k])
	}
	page, _ := w["P"].(Ref)
	c.widgets[ref.Num] = page.Num
	if w["Rect"] == nil {
		return false, nil
	}
	r, err := c.b.rect(w["Rect"], "/Rect of a widget")
	return r[0] < r[2] && r[1] < r[3], err
}

// newValue takes the signature dictionary of a field that was not signed
// before. It must be new: an old one would lend its signature to the field.
func (c *comparison) newValue(field Ref, value Object, visible bool) error {
	ref, ok := value.(Ref)
	if !ok || !c.added[ref.Num] {
		c.other(ChangeField, field.Num, "field %d is not signed by a signature of its own", field.Num)
		c.newGraph(value)
		return nil
	}
	dict, err := c.b.dict(ref, "a signature")
	if err != nil {
		return err
	}
	c.newGraph(ref)
	s, err := c.b.signature(dict)
	if err != nil {
		return err
	}
	switch {
	case !s.Timestamp():
		c.report(LevelSignature, ChangeSignature, ref.Num, "field %d", field.Num)
	case visible:
		// Anyone can get a time-stamp: one that shows something could cover
		// the page without any signer answering for it.
		c.other(ChangeTimestamp, ref.Num, "field %d, visible", field.Num)
	default:
		c.report(LevelLTA, ChangeTimestamp, ref.Num, "field %d", field.Num)
	}
	return nil
}

// newGraph explains the new objects that can be reached from o. Old objects
// on the way stay unexplained if they changed.
func (c *comparison) newGraph(o Object) {
	var stack []Ref
	push := func(r Ref) {
		if c.added[r.Num] && !c.explained[r.Num] {
			c.explained[r.Num] = true
			stack = append(stack, r)
		}
	}
	eachRef(o, push)
	for len(stack) > 0 {
		r := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		v, err := c.b.load(r)
		if err != nil {
			c.other(ChangeUnreadable, r.Num, "object %d", r.Num)
		}
		eachRef(v, push)
	}
}
