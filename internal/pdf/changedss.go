// SPDX-License-Identifier: Apache-2.0

package pdf

// dss permits a document security store that grows (ISO 32000-2 12.8.4.3):
// dictionaries and arrays of known entries, new streams, nothing taken away.
func (c *comparison) dss() error {
	a, err := c.a.catalog()
	if err != nil {
		return err
	}
	b, err := c.b.catalog()
	if err != nil {
		return err
	}
	if b["DSS"] == nil && a["DSS"] == nil {
		return nil
	}
	before := len(c.out)
	differs, err := c.grown(a["DSS"], b["DSS"], edge{c.root(), "DSS"}, dssStore)
	if err != nil {
		return err
	}
	if differs && len(c.out) == before {
		c.report(LevelLTA, ChangeDSS, c.root(), "document security store")
	}
	return nil
}

type dssKind int

const (
	dssStore dssKind = iota
	dssVRI
	dssEntry
	dssList
	dssStream
	dssPlain
)

// dssKeys says what may stand under which key.
var dssKeys = map[dssKind]map[Name]dssKind{
	dssStore: {"Type": dssPlain, "VRI": dssVRI, "Certs": dssList, "OCSPs": dssList, "CRLs": dssList},
	dssEntry: {"Type": dssPlain, "Cert": dssList, "OCSP": dssList, "CRL": dssList, "TU": dssPlain, "TS": dssStream},
}

// grown compares a part of the store and reports whether it differs.
func (c *comparison) grown(a, b Object, e edge, kind dssKind) (differs bool, err error) {
	x, err := c.a.resolve(a)
	if err != nil {
		return false, err
	}
	y, num, err := c.follow(c.b, b, e)
	if err != nil {
		return false, err
	}
	if num != 0 {
		e = edge{from: num}
	}
	switch kind {
	case dssList:
		return c.grownList(x, y, e)
	case dssStream, dssPlain:
		return c.grownLeaf(x, y, num, kind)
	}
	return c.grownDict(x, y, e, kind, num)
}

func (c *comparison) grownDict(x, y Object, e edge, kind dssKind, num int) (differs bool, err error) {
	old, ok1 := x.(Dict)
	now, ok2 := y.(Dict)
	if !ok2 || x != nil && !ok1 {
		c.other(ChangeDSS, num, "the document security store is not a dictionary")
		return true, nil
	}
	for k := range old {
		if _, kept := now[k]; !kept {
			c.other(ChangeDSS, num, "/%.60s was taken from the document security store", string(k))
		}
	}
	for k, v := range now {
		sub, known := dssKeys[kind][k]
		if kind == dssVRI && k != "Type" {
			sub, known = dssEntry, true
		} else if kind == dssVRI {
			sub, known = dssPlain, true
		}
		if same, err := c.d.equal(old[k], v); !known && (!same || err != nil) {
			c.other(ChangeDSS, num, "unknown entry /%.60s in the document security store", string(k))
			continue
		}
		if !known {
			continue
		}
		part, err := c.grown(old[k], v, e, sub)
		if err != nil {
			return false, err
		}
		differs = differs || part || old[k] == nil
	}
	return differs, nil
}

func (c *comparison) grownList(x, y Object, e edge) (bool, error) {
	old, ok1 := x.(Array)
	now, ok2 := y.(Array)
	if !ok2 || x != nil && !ok1 {
		c.other(ChangeDSS, 0, "a list of the document security store is not an array")
		return true, nil
	}
	for _, o := range now {
		c.newGraph(o)
		if _, _, err := c.follow(c.b, o, e); err != nil {
			return false, err
		}
		r, ok := o.(Ref)
		if !ok || c.modified[r.Num] {
			c.other(ChangeDSS, r.Num, "a stream of the document security store was replaced")
		}
	}
	kept := map[Ref]bool{}
	for _, o := range now {
		if r, ok := o.(Ref); ok {
			kept[r] = true
		}
	}
	for _, o := range old {
		if r, ok := o.(Ref); !ok || !kept[r] {
			c.other(ChangeDSS, 0, "something was taken from the document security store")
		}
	}
	return len(old) != len(now), nil
}

func (c *comparison) grownLeaf(x, y Object, num int, kind dssKind) (bool, error) {
	_, stream := y.(*Stream)
	_, list := y.(Array)
	_, dict := y.(Dict)
	if kind == dssStream && !stream || kind == dssPlain && (stream || list || dict) || num != 0 && c.modified[num] {
		c.other(ChangeDSS, num, "a part of the document security store was replaced or is not what it should be")
	}
	same, err := c.d.equal(x, y)
	return !same, err
}

// leftover reports whether an object that nothing leads to is a part of a
// document security store that a later revision wrote anew. It shows nothing.
func leftover(o Object) bool {
	switch t := o.(type) {
	case Array:
		for _, e := range t {
			if _, ok := e.(Ref); !ok {
				return false
			}
		}
		return true
	case Dict:
		if t["Type"] == Name("VRI") || t["Type"] == Name("DSS") {
			return true
		}
		for k := range t {
			if _, store := dssKeys[dssStore][k]; !store && len(k) != 40 { // a VRI key is a SHA-1 in hex
				return false
			}
		}
		return true
	}
	return false
}
