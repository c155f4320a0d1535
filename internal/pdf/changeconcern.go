// SPDX-License-Identifier: Apache-2.0

package pdf

// What a changed object is for, to name the change by what it concerns.

// concern is the use of an object; page is where, for an annotation.
type concern struct {
	name string
	page Ref
}

// concerns names the change of an object that no rule permits.
func (c *comparison) concerns(num int) (string, error) {
	a, err1 := c.a.load(c.a.entry(num).ref(num))
	b, err2 := c.b.load(c.b.entry(num).ref(num))
	if err1 != nil || err2 != nil {
		return ChangeUnreadable, nil //nolint:nilerr // named so
	}
	if b != nil && kindOf(a) != kindOf(b) {
		return ChangeType, nil
	}
	if d, ok := a.(Dict); ok && (d["Type"] == Name("Font") || d["Type"] == Name("FontDescriptor")) {
		return ChangeFont, nil
	}
	list, err := c.concerned()
	if err != nil {
		return "", err
	}
	if u, ok := list[num]; ok {
		return u.name, nil
	}
	return ChangeObject, nil
}

// concerned says which objects are page contents, annotations, what those
// show, and resources. It is asked only when something is not explained.
func (c *comparison) concerned() (map[int]concern, error) {
	if c.concernsOf != nil {
		return c.concernsOf, nil
	}
	pages, err := c.a.pages()
	if err != nil {
		return nil, err
	}
	out := map[int]concern{}
	for i, p := range pages {
		if i%100 == 0 && c.ctx.Err() != nil {
			return nil, c.ctx.Err()
		}
		d, err := c.a.dict(p.ref, "a page")
		if err != nil {
			return nil, err
		}
		c.mark(out, d["Contents"], concern{ChangeContent, p.ref}, 2)
		if err := c.markAnnotations(out, d["Annots"], p.ref); err != nil {
			return nil, err
		}
		c.mark(out, p.attrs["Resources"], concern{ChangeResource, p.ref}, 8)
	}
	c.concernsOf = out
	return out, nil
}

// mark gives the objects that o leads to, this many references deep, their
// use unless they have one.
func (c *comparison) mark(out map[int]concern, o Object, use concern, depth int) {
	eachRef(o, func(r Ref) {
		if _, known := out[r.Num]; known || depth == 0 {
			return
		}
		inner, err := c.a.load(r)
		if err != nil {
			return
		}
		if d, ok := inner.(Dict); ok && (d["Type"] == Name("Page") || d["Type"] == Name("Pages")) {
			return
		}
		out[r.Num] = use
		c.mark(out, inner, use, depth-1)
	})
}

func (c *comparison) markAnnotations(out map[int]concern, annots Object, page Ref) error {
	if r, ok := annots.(Ref); ok {
		out[r.Num] = concern{ChangeAnnotation, Ref{}}
	}
	o, err := c.a.resolve(annots)
	if err != nil {
		return err
	}
	list, _ := o.(Array)
	for _, o := range list {
		if r, ok := o.(Ref); ok {
			out[r.Num] = concern{ChangeAnnotation, page}
		}
		d, err := c.a.dict(o, "an annotation")
		if err != nil {
			return err
		}
		c.mark(out, d["AP"], concern{ChangeAppearance, page}, 8)
	}
	return nil
}

// unexplainedAnnotations permits changed annotations before what remains is
// named.
func (c *comparison) unexplainedAnnotations() error {
	for num := range c.modified {
		if c.explained[num] {
			continue
		}
		list, err := c.concerned()
		if err != nil {
			return err
		}
		if u := list[num]; u.name == ChangeAnnotation && u.page.Num != 0 {
			c.explained[num] = true
			if err := c.annotationChanged(u.page, c.b.entry(num).ref(num)); err != nil {
				return err
			}
		}
	}
	return nil
}
