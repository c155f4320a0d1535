// SPDX-License-Identifier: Apache-2.0

package pdf

import "slices"

// Rules for pages and their annotations.

func (c *comparison) pages() error {
	before, err := c.a.pageTree()
	if err != nil {
		return err
	}
	after, err := c.b.pageTree()
	if err != nil {
		return err
	}
	c.pageLists(before, after)
	for _, n := range slices.Concat(before.nodes, after.nodes) {
		if c.modified[n] {
			c.explained[n] = true
			c.other(ChangePageTree, n, "page tree node %d", n)
		}
	}
	left := map[int]bool{}
	for _, p := range after.pages {
		left[p.ref.Num] = true
	}
	for _, p := range before.pages {
		if !left[p.ref.Num] || c.untouched(p) {
			continue
		}
		if err := c.page(p.ref); err != nil {
			return err
		}
	}
	for w, p := range c.widgets {
		if p != 0 && !left[p] {
			c.other(ChangeField, w, "new widget %d stands on no page", w)
		}
	}
	return nil
}

// untouched reports whether neither the page's own dictionary nor its list of
// annotations differs: so it is with most pages.
func (c *comparison) untouched(p page) bool {
	r, _ := p.annots.(Ref)
	return !c.modified[p.ref.Num] && !c.modified[r.Num] && !c.added[r.Num] && !c.removed[r.Num]
}

func (c *comparison) pageLists(before, after *pageTree) {
	refs := func(t *pageTree) (out []int) {
		for _, p := range t.pages {
			out = append(out, p.ref.Num)
		}
		return out
	}
	old, now := refs(before), refs(after)
	oldSet, nowSet := set(old), set(now)
	for i, n := range now {
		if !oldSet[n] {
			c.other(ChangePageAdded, n, "page %d, object %d", i+1, n)
			c.newGraph(after.pages[i].ref)
		}
	}
	for i, n := range old {
		if !nowSet[n] {
			c.other(ChangePageRemoved, n, "page %d, object %d", i+1, n)
		}
	}
	if len(old) == len(now) && !slices.Equal(old, now) {
		c.other(ChangePageTree, 0, "the order of pages")
	}
}

func set(list []int) map[int]bool {
	m := make(map[int]bool, len(list))
	for _, n := range list {
		m[n] = true
	}
	return m
}

func (c *comparison) page(ref Ref) error {
	a, err := c.a.dict(ref, "a page")
	if err != nil {
		return err
	}
	b, err := c.b.dict(ref, "a page")
	if err != nil {
		return err
	}
	c.explained[ref.Num] = true
	if c.modified[ref.Num] {
		keys, err := c.d.changedKeys(a, b)
		if err != nil {
			return err
		}
		for _, k := range keys {
			switch k {
			case "Annots":
			case "Contents":
				c.other(ChangeContent, ref.Num, "page object %d", ref.Num)
			case "Resources":
				c.other(ChangeResource, ref.Num, "page object %d", ref.Num)
			default:
				c.other(ChangePage, ref.Num, "page object %d: /%.60s", ref.Num, string(k))
			}
		}
	}
	return c.annotations(ref, a["Annots"], b["Annots"])
}

// annotations permits widgets of new signatures appended to the list.
func (c *comparison) annotations(page Ref, a, b Object) error {
	if r, ok := b.(Ref); a == nil && b == nil || ok && a == b && !c.modified[r.Num] && !c.added[r.Num] {
		return nil
	}
	old, err := c.a.array(a, "/Annots")
	if err != nil {
		return err
	}
	o, num, err := c.follow(c.b, b, edge{page.Num, "Annots"})
	if err != nil {
		return err
	}
	now, _ := o.(Array)
	if r, ok := a.(Ref); num != 0 && !c.added[num] && (!ok || r.Num != num) {
		c.other(ChangeAnnotation, page.Num, "another object became the annotations of page object %d", page.Num)
	}
	rest, err := c.annotationsTaken(page, old, now)
	if err != nil {
		return err
	}
	for _, o := range rest {
		if err := c.newAnnotation(page, o); err != nil {
			return err
		}
	}
	return nil
}
