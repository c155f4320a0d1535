// SPDX-License-Identifier: Apache-2.0

package pdf

// Rules for trailer, catalog, document information and DSS.

// structural are the trailer entries that belong to the cross-reference.
var structural = map[Name]bool{"Size": true, "Prev": true, "XRefStm": true, "Type": true, "W": true, "Index": true,
	"Length": true, "Filter": true, "DecodeParms": true}

func (c *comparison) trailers() error {
	keys, err := c.d.changedKeys(c.a.trailer(), c.b.trailer())
	if err != nil {
		return err
	}
	for _, k := range keys {
		switch {
		case structural[k], k == "Info": // Info has a rule of its own
		case k == "Root":
			c.other(ChangeRoot, c.root(), "trailer /Root")
		case k == "ID" && sameFirst(c.a.trailer()[k], c.b.trailer()[k]):
			// The second identifier names the state of the file and changes.
		default:
			c.other(ChangeTrailer, 0, "trailer /%s", string(k))
		}
	}
	return nil
}

func sameFirst(a, b Object) bool {
	x, ok1 := a.(Array)
	y, ok2 := b.(Array)
	if !ok1 || !ok2 || len(x) != 2 || len(y) != 2 {
		return a == nil // there was none: the newer identity takes nothing away
	}
	s, ok1 := x[0].(String)
	t, ok2 := y[0].(String)
	return ok1 && ok2 && s == t
}

func (c *comparison) root() int {
	r, _ := c.b.trailer()["Root"].(Ref)
	return r.Num
}

// allow makes an object's change depend on its being reached by this edge.
func (c *comparison) allow(num int, e edge) {
	if num == 0 {
		return
	}
	c.explained[num] = true
	if c.exclusive[num] == nil {
		c.exclusive[num] = map[edge]bool{}
	}
	c.exclusive[num][e] = true
}

// follow resolves a value and allows the change of every object on the way.
func (c *comparison) follow(v view, o Object, e edge) (Object, int, error) {
	last := 0
	for range 8 {
		r, ok := o.(Ref)
		if !ok {
			return o, last, nil
		}
		c.allow(r.Num, e)
		last, e = r.Num, edge{from: r.Num}
		var err error
		if o, err = v.load(r); err != nil {
			return nil, last, err
		}
	}
	return nil, last, broken(c.d.src.size, "references that lead only to references")
}

// catalogs compares the catalog's own entries. AcroForm, DSS and Pages have
// rules of their own.
func (c *comparison) catalogs() error {
	a, err := c.a.catalog()
	if err != nil {
		return err
	}
	b, err := c.b.catalog()
	if err != nil {
		return err
	}
	c.explained[c.root()] = true
	keys, err := c.d.changedKeys(a, b)
	if err != nil {
		return err
	}
	for _, k := range keys {
		switch {
		case k == "AcroForm" || k == "DSS" || k == "Metadata":
		case k == "Version" && raised(a[k], b[k]):
			c.report(LevelLTA, ChangeVersion, c.root(), "catalog /Version")
		case k == "Extensions" && c.onlyMore(a[k], b[k]):
			c.report(LevelLTA, ChangeVersion, c.root(), "catalog /Extensions")
		default:
			c.other(ChangeCatalog, c.root(), "catalog /%s", string(k))
		}
	}
	return nil
}

func raised(a, b Object) bool {
	old, _ := a.(Name)
	now, ok := b.(Name)
	return ok && len(now) == 3 && now > old
}

// onlyMore reports whether b is a, direct, with further entries that lead to
// no other object.
func (c *comparison) onlyMore(a, b Object) bool {
	old, _ := a.(Dict)
	now, ok := b.(Dict)
	if !ok || a != nil && old == nil {
		return false
	}
	for k, v := range old {
		if same, err := c.d.equal(v, now[k]); !same || err != nil {
			return false
		}
	}
	plain := true
	eachRef(now, func(Ref) { plain = false })
	return plain
}

// info permits new dates and another producer, written over the old document
// information or into a new object.
func (c *comparison) info() error {
	before, after := c.a.trailer()["Info"], c.b.trailer()["Info"]
	if before == nil && after == nil {
		return nil
	}
	r, ok := after.(Ref)
	if !ok || before != nil && before != after && !c.added[r.Num] {
		c.other(ChangeTrailer, 0, "trailer /Info")
		return nil
	}
	if before == after && !c.modified[r.Num] {
		return nil
	}
	a, err := c.a.dict(before, "/Info")
	if err != nil {
		return err
	}
	b, err := c.b.dict(r, "/Info")
	if err != nil {
		return err
	}
	keys, err := c.d.changedKeys(a, b)
	if err != nil {
		return err
	}
	c.allow(r.Num, edge{0, "Info"})
	for _, k := range keys {
		_, text := b[k].(String)
		if (k == "ModDate" || k == "Producer") && text {
			c.report(LevelLTA, ChangeInfo, r.Num, "document information /%s", string(k))
			continue
		}
		c.other(ChangeTrailer, r.Num, "document information /%s", string(k))
	}
	return nil
}
