// SPDX-License-Identifier: Apache-2.0

package pdf

import "slices"

// Rules for the AcroForm and its fields.

func (c *comparison) forms() error {
	a, err := c.a.catalog()
	if err != nil {
		return err
	}
	b, err := c.b.catalog()
	if err != nil {
		return err
	}
	before, err := c.a.dict(a["AcroForm"], "/AcroForm")
	if err != nil {
		return err
	}
	o, num, err := c.follow(c.b, b["AcroForm"], edge{c.root(), "AcroForm"})
	if err != nil {
		return err
	}
	after, _ := o.(Dict)
	if before == nil && after == nil {
		return nil
	}
	if after == nil {
		c.other(ChangeForm, num, "the form is gone")
		return nil
	}
	if old, ok := a["AcroForm"].(Ref); num != 0 && !c.added[num] && (!ok || old.Num != num) {
		c.other(ChangeForm, num, "another object became the form")
	}
	if err := c.formEntries(before, after, num); err != nil {
		return err
	}
	holder := edge{num, "Fields"}
	if num == 0 {
		holder = edge{c.root(), "AcroForm"}
	}
	if err := c.newFields(before, after, holder); err != nil {
		return err
	}
	return c.oldFields()
}

func (c *comparison) formEntries(before, after Dict, num int) error {
	keys, err := c.d.changedKeys(before, after)
	if err != nil {
		return err
	}
	for _, k := range keys {
		_, had := before[k]
		switch {
		case k == "Fields":
		case k == "SigFlags":
			old, _ := before[k].(int64)
			if now, ok := after[k].(int64); !ok || now&old != old || now&^3 != old&^3 {
				c.other(ChangeForm, num, "form /SigFlags")
			}
		case (k == "DR" || k == "DA") && !had:
			// Defaults for the text of fields; Acrobat adds them with the
			// first signature field. Nothing is drawn with them by itself.
			c.newGraph(after[k])
		default:
			c.other(ChangeForm, num, "form /%s", string(k))
		}
	}
	return nil
}

// newFields permits fields appended to the list, each a signed signature.
func (c *comparison) newFields(before, after Dict, holder edge) error {
	old, err := c.a.array(before["Fields"], "/Fields of the form")
	if err != nil {
		return err
	}
	o, num, err := c.follow(c.b, after["Fields"], holder)
	if err != nil {
		return err
	}
	now, ok := o.(Array)
	if !ok || len(now) < len(old) {
		c.other(ChangeForm, num, "fields were taken from the form")
		return nil
	}
	if r, ok := before["Fields"].(Ref); num != 0 && !c.added[num] && (!ok || r.Num != num) {
		c.other(ChangeForm, num, "another object became the list of fields")
	}
	if same, err := c.d.equal(old, now[:len(old)]); err != nil {
		return err
	} else if !same {
		c.other(ChangeForm, num, "the form's list of fields")
	}
	for _, o := range now[len(old):] {
		if err := c.newField(o); err != nil {
			return err
		}
	}
	return nil
}

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
	name, err := c.b.text(f["T"], "/T of a form field")
	if err != nil {
		return err
	}
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
		for i, r := range objects {
			if !c.modified[r.Num] {
				continue
			}
			c.explained[r.Num] = true
			if err := c.oldField(f, r, i == 0); err != nil {
				return err
			}
		}
	}
	return nil
}

var (
	signKeys = []Name{"V", "AP", "M", "MK", "F"}
	fillKeys = []Name{"V", "AP", "AS", "M"}
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
