// SPDX-License-Identifier: Apache-2.0

package pdf

// page is a leaf of the page tree with what it inherits.
type page struct {
	ref    Ref
	parent Ref
	attrs  Dict // MediaBox, CropBox, Rotate, Resources: its own or inherited
	annots Object
}

var inheritable = []Name{"MediaBox", "CropBox", "Rotate", "Resources"}

// PageCount walks the page tree. A /Count that does not tell the truth is an
// error, for readers disagree about the page that a number means then.
func (d *Document) PageCount() (int, error) {
	p, err := d.newest().pages()
	return len(p), err
}

// pageTree walks the page tree of one view.
type pageTree struct {
	v     view
	seen  map[int]bool
	nodes []int // object numbers of the inner nodes
	pages []page
}

func (v view) pages() ([]page, error) {
	t, err := v.pageTree()
	if err != nil {
		return nil, err
	}
	return t.pages, nil
}

func (v view) walkPages() (*pageTree, error) {
	c, err := v.catalog()
	if err != nil {
		return nil, err
	}
	root, ok := c["Pages"].(Ref)
	if !ok {
		return nil, broken(v.d.src.size, "/Pages of the catalog is not a reference")
	}
	t := &pageTree{v: v, seen: map[int]bool{}}
	if err := t.walk(root, Ref{}, Dict{}, 0); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *pageTree) walk(ref, parent Ref, inherited Dict, depth int) error {
	d := t.v.d
	switch {
	case t.seen[ref.Num]:
		return broken(d.src.size, "object %d stands twice in the page tree", ref.Num)
	case depth > d.lim.Depth:
		return tooMuch(d.src.size, "a page tree more than %d deep", d.lim.Depth)
	case len(t.seen) > 4*d.lim.Pages:
		return tooMuch(d.src.size, "a page tree of more than %d nodes", 4*d.lim.Pages)
	}
	t.seen[ref.Num] = true
	o, err := t.v.load(ref)
	if err != nil {
		return err
	}
	node, ok := o.(Dict)
	if !ok {
		return broken(d.src.size, "object %d of the page tree is not a dictionary", ref.Num)
	}
	attrs := Dict{}
	for _, k := range inheritable {
		if val, own := node[k]; own {
			attrs[k] = val
		} else if val, ok := inherited[k]; ok {
			attrs[k] = val
		}
	}
	kind, err := t.v.name(node["Type"], "/Type of a page tree node")
	if err != nil {
		return err
	}
	_, kids := node["Kids"]
	switch {
	case kind == "Page" && !kids:
		return t.leaf(page{ref, parent, attrs, node["Annots"]})
	case kind == "Pages" && kids:
		return t.inner(ref, node, attrs, depth)
	}
	return broken(d.src.size, "object %d of the page tree is neither a page nor a node", ref.Num)
}

func (t *pageTree) leaf(p page) error {
	if len(t.pages) == t.v.d.lim.Pages {
		return tooMuch(t.v.d.src.size, "more than %d pages", t.v.d.lim.Pages)
	}
	t.pages = append(t.pages, p)
	return nil
}

func (t *pageTree) inner(ref Ref, node, attrs Dict, depth int) error {
	t.nodes = append(t.nodes, ref.Num)
	kids, err := t.v.array(node["Kids"], "/Kids of a page tree node")
	if err != nil {
		return err
	}
	before := len(t.pages)
	for _, k := range kids {
		kid, ok := k.(Ref)
		if !ok {
			return broken(t.v.d.src.size, "a kid of page tree node %d is not a reference", ref.Num)
		}
		if err := t.walk(kid, ref, attrs, depth+1); err != nil {
			return err
		}
	}
	count, err := t.v.integer(node["Count"], "/Count of a page tree node")
	if err != nil {
		return err
	}
	if got := len(t.pages) - before; count != int64(got) {
		return broken(t.v.d.src.size, "page tree node %d has %d pages and says %d", ref.Num, got, count)
	}
	return nil
}

// geometry is how a page is shown.
type geometry struct {
	box    [4]float64 // the crop box within the media box, default user space
	rotate int        // 0, 90, 180, 270 clockwise
	unit   float64    // size of a unit in 1/72 inch
}

func (v view) geometry(p page) (geometry, error) {
	g := geometry{unit: 1}
	media, err := v.rect(p.attrs["MediaBox"], "/MediaBox")
	if err != nil {
		return g, err
	}
	g.box = media
	if o, ok := p.attrs["CropBox"]; ok && o != nil {
		crop, err := v.rect(o, "/CropBox")
		if err != nil {
			return g, err
		}
		g.box = [4]float64{max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])}
	}
	if g.box[0] >= g.box[2] || g.box[1] >= g.box[3] {
		return g, broken(v.d.src.size, "page object %d shows nothing: its boxes are empty", p.ref.Num)
	}
	turn, err := v.integer(p.attrs["Rotate"], "/Rotate")
	if err != nil {
		return g, err
	}
	if turn%90 != 0 {
		return g, broken(v.d.src.size, "/Rotate %d is no multiple of 90", turn)
	}
	g.rotate = int((turn%360 + 360) % 360)
	dict, err := v.dict(p.ref, "a page")
	if err != nil {
		return g, err
	}
	if o, ok := dict["UserUnit"]; ok {
		o, err := v.resolve(o)
		if err != nil {
			return g, err
		}
		if g.unit, ok = asNumber(o); !ok || g.unit < 0.01 || g.unit > 1000 {
			return g, broken(v.d.src.size, "/UserUnit is out of range")
		}
	}
	return g, nil
}
