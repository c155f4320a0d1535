// SPDX-License-Identifier: Apache-2.0

package pdf

// overwritten permits the appearance streams of a field that was filled in or
// signed to be written anew under their old numbers (pyHanko permits it;
// facts/pdf.md 6.1), if nothing else uses them.
func (c *comparison) overwritten(r Ref) error {
	a, err := c.a.dict(r, "a form field")
	if err != nil {
		return err
	}
	b, err := c.b.dict(r, "a form field")
	if err != nil || a["AP"] == nil || b["AP"] == nil {
		return err
	}
	o, holder, err := c.through(b["AP"], edge{r.Num, "AP"})
	if err != nil {
		return err
	}
	ap, _ := o.(Dict)
	for _, k := range []Name{"N", "R", "D"} {
		at := holder
		if at.from != r.Num {
			at = edge{at.from, k}
		}
		o, inner, err := c.through(ap[k], at)
		if err != nil {
			return err
		}
		states, _ := o.(Dict)
		for name, state := range states { // on and off, of a check box
			at := inner
			if at.from != holder.from {
				at = edge{at.from, name}
			}
			if _, _, err := c.through(state, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// through is follow for what was there before: the change of an appearance
// dictionary or stream on the way is permitted, from this edge alone, unless
// the object became one of another kind. It returns the edge that leads on.
func (c *comparison) through(o Object, e edge) (Object, edge, error) {
	r, ok := o.(Ref)
	if !ok {
		return o, e, nil
	}
	after, err := c.b.load(r)
	if err != nil {
		return nil, e, err
	}
	if c.modified[r.Num] {
		before, err := c.a.load(r)
		if err != nil {
			return nil, e, err
		}
		if kindOf(before) == kindOf(after) {
			c.allow(r.Num, e)
			c.newGraph(after)
		}
	}
	return after, edge{from: r.Num}, nil
}

// kindOf tells objects of different kinds apart: what it is, and what its
// /Type and /Subtype say.
func kindOf(o Object) string {
	named := func(d Dict, what string) string {
		t, _ := d["Type"].(Name)
		s, _ := d["Subtype"].(Name)
		if t == "" && (s == "Form" || s == "Image") {
			t = "XObject" // the default of both
		}
		return what + " " + string(t) + " " + string(s)
	}
	switch t := o.(type) {
	case Dict:
		return named(t, "dictionary")
	case *Stream:
		return named(t.Dict, "stream")
	case Array:
		return "array"
	case String:
		return "string"
	case Name:
		return "name"
	case int64, float64:
		return "number"
	case bool:
		return "boolean"
	case Ref:
		return "reference"
	}
	return "null"
}
