// SPDX-License-Identifier: Apache-2.0

package pdf

const maxFields = 100_000

// field is a terminal field of the AcroForm with what it inherits
// (ISO 32000-1 12.7.3).
type field struct {
	ref     Ref // of the object that carries the field; zero for a direct one
	dict    Dict
	name    string // fully qualified
	kind    Name   // FT
	value   Object // V as it stands: a reference, mostly
	widgets []widget
}

// widget is one annotation of a field; it may be the field itself.
type widget struct {
	ref  Ref
	dict Dict
}

type fieldWalk struct {
	v    view
	seen map[int]bool
	out  []field
}

type inheritedField struct {
	name  string
	kind  Name
	value Object
}

// walkFields walks the AcroForm of a view: counted, and each object once.
func (v view) walkFields() ([]field, error) {
	form, err := v.acroForm()
	if err != nil || form == nil {
		return nil, err
	}
	list, err := v.array(form["Fields"], "/Fields of the form")
	if err != nil {
		return nil, err
	}
	w := &fieldWalk{v: v, seen: map[int]bool{}}
	for _, o := range list {
		if err := w.walk(o, inheritedField{}, 0); err != nil {
			return nil, err
		}
	}
	return w.out, nil
}

func (v view) acroForm() (Dict, error) {
	c, err := v.catalog()
	if err != nil {
		return nil, err
	}
	return v.dict(c["AcroForm"], "/AcroForm")
}

func (w *fieldWalk) walk(o Object, in inheritedField, depth int) error {
	d := w.v.d
	ref, _ := o.(Ref)
	switch {
	case ref.Num != 0 && w.seen[ref.Num]:
		return broken(d.src.size, "form field object %d stands twice among the fields", ref.Num)
	case depth > d.lim.Depth:
		return tooMuch(d.src.size, "form fields more than %d deep", d.lim.Depth)
	case len(w.seen)+len(w.out) > maxFields:
		return tooMuch(d.src.size, "more than %d form fields", maxFields)
	}
	w.seen[ref.Num] = true
	dict, err := w.v.dict(o, "a form field")
	if err != nil || dict == nil {
		return err
	}
	if in, err = w.inherit(dict, in); err != nil {
		return err
	}
	f := field{ref: ref, dict: dict, name: in.name, kind: in.kind, value: in.value}
	inner, err := w.kids(&f, in, depth)
	if err == nil && (!inner || len(f.widgets) > 0) {
		w.out = append(w.out, f)
	}
	return err
}

// kids walks the fields below f, and takes the kids without name as its
// widgets. A field without kids may be its own widget.
func (w *fieldWalk) kids(f *field, in inheritedField, depth int) (inner bool, err error) {
	kids, err := w.v.array(f.dict["Kids"], "/Kids of a form field")
	if err != nil {
		return false, err
	}
	for _, k := range kids {
		kid, err := w.v.dict(k, "a kid of a form field")
		if err != nil {
			return inner, err
		}
		if _, named := kid["T"]; named {
			inner = true
			if err := w.walk(k, in, depth+1); err != nil {
				return inner, err
			}
			continue
		}
		r, _ := k.(Ref)
		f.widgets = append(f.widgets, widget{r, kid})
		w.seen[r.Num] = true
	}
	if len(kids) == 0 && f.dict["Subtype"] == Name("Widget") {
		f.widgets = append(f.widgets, widget{f.ref, f.dict})
	}
	return inner, nil
}

func (w *fieldWalk) inherit(dict Dict, in inheritedField) (inheritedField, error) {
	if t, ok := dict["T"]; ok {
		part, err := w.v.text(t, "/T of a form field")
		if err != nil {
			return in, err
		}
		if in.name != "" {
			in.name += "."
		}
		in.name += part
		if len(in.name) > 64<<10 {
			return in, tooMuch(w.v.d.src.size, "a field name of %d octets", len(in.name))
		}
	}
	if o, ok := dict["FT"]; ok {
		kind, err := w.v.name(o, "/FT of a form field")
		if err != nil {
			return in, err
		}
		in.kind = kind
	}
	if o, ok := dict["V"]; ok {
		in.value = o
	}
	return in, nil
}
