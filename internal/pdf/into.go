// SPDX-License-Identifier: Apache-2.0

package pdf

import "fmt"

// target is an existing empty signature field that is to be signed.
type target struct {
	field  field
	widget widget
	page   page
	number int   // of the page
	lock   *Lock // the field's own
}

// findField finds the field to be signed and what it asks for, and refuses
// what a reader would not let anyone sign.
func (d *Document) findField(s Stamp) (*target, error) {
	no := func(format string, args ...any) error { return &Refusal{ReasonField, fmt.Sprintf(format, args...)} }
	v := d.newest()
	fields, err := v.fields()
	if err != nil {
		return nil, err
	}
	var t *target
	for _, f := range fields {
		if f.name == s.Into && t != nil {
			return nil, no("two fields are called %q", s.Into)
		} else if f.name == s.Into {
			t = &target{field: f}
		}
	}
	switch {
	case t == nil:
		return nil, no("there is no field %q", s.Into)
	case t.field.kind != "Sig" || t.field.ref == (Ref{}):
		return nil, no("the field %q is no signature field of its own", s.Into)
	case t.field.value != nil:
		return nil, &Refusal{ReasonFieldExists, fmt.Sprintf("the field %q is signed already", s.Into)}
	case len(t.field.widgets) != 1 || t.field.widgets[0].ref == (Ref{}):
		return nil, no("the field %q has %d places on pages, not one", s.Into, len(t.field.widgets))
	}
	t.widget = t.field.widgets[0]
	if err := t.findPage(v); err != nil {
		return nil, err
	}
	if err := t.usable(v); err != nil {
		return nil, err
	}
	if t.lock, err = t.ownLock(v); err != nil {
		return nil, err
	}
	return t, t.seedValues(v, s)
}

// findPage finds the page whose /Annots has the widget: what /P says is only
// a hint.
func (t *target) findPage(v view) error {
	pages, err := v.pages()
	if err != nil {
		return err
	}
	for i, p := range pages {
		dict, err := v.dict(p.ref, "a page")
		if err != nil {
			return err
		}
		annots, err := v.array(dict["Annots"], "/Annots")
		if err != nil {
			return err
		}
		for _, o := range annots {
			if o == Object(t.widget.ref) {
				t.page, t.number = p, i+1
				return nil
			}
		}
	}
	return &Refusal{ReasonField, fmt.Sprintf("the field %q stands on no page", t.field.name)}
}

const flagReadOnly = 1 // of a field (ISO 32000-1 table 221)

func (t *target) usable(v view) error {
	flags, err := v.integer(t.widget.dict["F"], "/F of a widget")
	if err != nil {
		return err
	}
	if _, layered := t.widget.dict["OC"]; layered || flags&hiddenFlags != 0 {
		return &Refusal{ReasonField, fmt.Sprintf("the field %q is hidden", t.field.name)}
	}
	if flags, err = v.integer(t.field.dict["Ff"], "/Ff of a field"); err != nil {
		return err
	}
	if flags&flagReadOnly != 0 {
		return &Refusal{ReasonField, fmt.Sprintf("the field %q is read-only", t.field.name)}
	}
	return nil
}

func (t *target) ownLock(v view) (*Lock, error) {
	dict, err := v.dict(t.field.dict["Lock"], "/Lock of a field")
	if err != nil || dict == nil {
		return nil, err
	}
	l, err := v.lock(dict)
	if err != nil {
		return nil, err
	}
	switch l.Action {
	case "All", "Include", "Exclude":
		return &l, nil
	}
	return nil, &Refusal{ReasonField, fmt.Sprintf("the field %q has a lock of unknown action", t.field.name)}
}

// place puts the seal in the middle of the field, true to size; with fit it
// may be made smaller, in proportion.
func (t *target) place(v view, s Stamp) (placed, error) {
	g, err := v.geometry(t.page)
	if err != nil {
		return placed{}, err
	}
	r, err := v.rect(t.widget.dict["Rect"], "/Rect of a widget")
	if err != nil {
		return placed{}, err
	}
	at := placed{page: t.number, ref: t.page.ref, rect: r, width: r[2] - r[0], height: r[3] - r[1], rotate: g.rotate}
	if g.rotate%180 != 0 {
		at.width, at.height = at.height, at.width
	}
	unit := unitsPerMM / g.unit
	w, h := s.Width*unit, s.Height*unit
	if !(w > 0) || !(h > 0) {
		return at, &Refusal{ReasonPlace, "a seal without size"}
	}
	if !(at.width > 0) || !(at.height > 0) || r[0] < g.box[0] || r[1] < g.box[1] || r[2] > g.box[2] || r[3] > g.box[3] {
		return at, &Refusal{ReasonField, fmt.Sprintf("the field %q shows nothing, or leaves its page", t.field.name)}
	}
	if scale := min(at.width/w, at.height/h); scale < 1 {
		if !s.Fit {
			return at, &Refusal{ReasonField, fmt.Sprintf("the field %q of %.1f x %.1f mm is too small for a seal of %g x %g mm",
				t.field.name, at.width/unit, at.height/unit, s.Width, s.Height)}
		}
		w, h = w*scale, h*scale
	}
	at.image = [4]float64{w, h, (at.width - w) / 2, (at.height - h) / 2}
	return at, nil
}

// sign fills the field in: the signature as its value, the seal as its
// appearance. Everything else of field and widget stays as it was spelled.
func (u *update) sign(t *target, value, form Ref) error {
	r, err := u.edit(t.widget.ref)
	if err != nil {
		return err
	}
	flags, _ := t.widget.dict["F"].(int64) // read before
	ap, err := appendObject(nil, Dict{"N": form})
	if err != nil {
		return err
	}
	r = r.set("AP", ap).set("F", fmt.Append(nil, flags|widgetFlags))
	v, _ := appendObject(nil, value)
	if t.widget.ref == t.field.ref {
		u.replace(t.field.ref, r.set("V", v))
		return nil
	}
	u.replace(t.widget.ref, r)
	if r, err = u.edit(t.field.ref); err != nil {
		return err
	}
	u.replace(t.field.ref, r.set("V", v))
	return nil
}
