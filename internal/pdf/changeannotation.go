// SPDX-License-Identifier: Apache-2.0

package pdf

import "slices"

// Rules for annotations: what ISO 32000-1 table 254 calls creation, deletion
// and modification (P = 3). None that acts, none that is a form field's, none
// over a seal.

// acting are the entries with which an annotation does more than be seen.
var acting = []Name{"A", "AA", "OC", "PA", "Dest"}

// annotationsTaken holds the old list against the new one and returns what is
// new: the rest must stand in the old order in front of it.
func (c *comparison) annotationsTaken(page Ref, old, now Array) (Array, error) {
	i := 0
	for _, o := range old {
		if i < len(now) {
			same, err := c.d.equal(o, now[i])
			if err != nil {
				return nil, err
			}
			if same {
				i++
				continue
			}
		}
		ref, _ := o.(Ref)
		a, err := c.a.dict(o, "an annotation")
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(now, func(n Object) bool { return n == Object(ref) }) || !harmless(a) || ref.Num == 0 {
			c.other(ChangeAnnotation, page.Num, "the annotations of page object %d", page.Num)
			return now[min(i, len(now)):], nil
		}
		c.explained[ref.Num] = c.explained[ref.Num] || c.removed[ref.Num]
		c.report(LevelAnnotation, ChangeAnnotation, ref.Num, "annotation object %d was taken away", ref.Num)
	}
	return now[i:], nil
}

// harmless reports whether an annotation only shows something.
func harmless(d Dict) bool {
	kind, ok := d["Subtype"].(Name)
	return ok && kind != "Widget" && kind != "Link" && kind != "Screen" && kind != "RichMedia" && kind != "3D" &&
		kind != "Movie" && kind != "Sound" && kind != "FileAttachment" &&
		!slices.ContainsFunc(acting, func(k Name) bool { return d[k] != nil })
}

func (c *comparison) newAnnotation(page Ref, o Object) error {
	ref, ok := o.(Ref)
	if !ok {
		c.other(ChangeAnnotation, page.Num, "an inline annotation on page object %d", page.Num)
		return nil
	}
	if home, ours := c.widgets[ref.Num]; ours {
		if home != 0 && home != page.Num {
			c.other(ChangeField, ref.Num, "new widget %d stands on another page than it says", ref.Num)
		}
		return nil
	}
	if !c.added[ref.Num] {
		c.other(ChangeAnnotation, ref.Num, "old object %d became an annotation", ref.Num)
		return nil
	}
	c.newGraph(ref)
	d, err := c.b.dict(ref, "an annotation")
	if err != nil || !harmless(d) {
		c.other(ChangeAnnotation, ref.Num, "annotation object %d", ref.Num)
		return unreadable(err)
	}
	return c.shown(page, ref, d, "annotation object %d was added")
}

// shown reports an annotation that is new or changed, by what it lies over.
func (c *comparison) shown(page, ref Ref, d Dict, what string) error {
	r, err := c.b.rect(d["Rect"], "/Rect of an annotation")
	if err != nil {
		return err
	}
	over, err := c.overSeal(page, r)
	if err != nil {
		return err
	}
	if over != "" {
		c.other(ChangeOverSeal, ref.Num, "annotation object %d lies over the seal in field %q", ref.Num, over)
		return nil
	}
	c.report(LevelAnnotation, ChangeAnnotation, ref.Num, what, ref.Num)
	return nil
}

// overSeal returns the name of a signed field of the page that the rectangle
// touches.
func (c *comparison) overSeal(page Ref, r [4]float64) (string, error) {
	fields, err := c.a.fields()
	if err != nil {
		return "", err
	}
	for _, f := range fields {
		if f.kind != "Sig" || f.value == nil {
			continue
		}
		for _, w := range f.widgets {
			if p, ok := w.dict["P"].(Ref); ok && p.Num != page.Num || w.dict["Rect"] == nil {
				continue
			}
			s, err := c.a.rect(w.dict["Rect"], "/Rect of a widget")
			if err != nil {
				return "", err
			}
			if max(r[0], s[0]) < min(r[2], s[2]) && max(r[1], s[1]) < min(r[3], s[3]) {
				return f.name, nil
			}
		}
	}
	return "", nil
}

// annotationChanged judges an old annotation that is another one now.
func (c *comparison) annotationChanged(page, ref Ref) error {
	a, err := c.a.dict(ref, "an annotation")
	if err != nil {
		return err
	}
	b, err := c.b.dict(ref, "an annotation")
	if err != nil {
		return err
	}
	if !harmless(a) || !harmless(b) || a["Subtype"] != b["Subtype"] {
		c.other(ChangeAnnotation, ref.Num, "annotation object %d", ref.Num)
		return nil
	}
	c.allow(ref.Num, edge{page.Num, "Annots"})
	if p, err := c.a.dict(page, "a page"); err == nil {
		if list, ok := p["Annots"].(Ref); ok {
			c.allow(ref.Num, edge{from: list.Num})
		}
	}
	c.newGraph(b)
	return c.shown(page, ref, b, "annotation object %d was changed")
}
