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

// moreResources reports whether b is the resource dictionary a with further
// names. What old text is drawn with stays what it is.
func (c *comparison) moreResources(a, b Object) bool {
	old, err := c.a.dict(a, "/DR of the form")
	if err != nil {
		return false
	}
	c.newGraph(b)
	o, _, err := c.follow(c.b, b, edge{c.formObject(), "DR"})
	now, ok := o.(Dict)
	if err != nil || !ok {
		return false
	}
	for k, v := range old {
		kind, err1 := c.a.dict(v, "a kind of resource")
		more, err2 := c.b.dict(now[k], "a kind of resource")
		if r, ok := now[k].(Ref); err1 != nil || err2 != nil || ok && now[k] != v && !c.added[r.Num] {
			same, err := c.d.equal(v, now[k])
			if !same || err != nil {
				return false
			}
			continue
		}
		for name, res := range kind {
			if same, err := c.d.equal(res, more[name]); !same || err != nil {
				return false
			}
		}
		if r, ok := now[k].(Ref); ok {
			c.allow(r.Num, edge{from: c.formObject()})
		}
	}
	return true
}

// formObject is the object that the form's entries stand in.
func (c *comparison) formObject() int {
	cat, err := c.b.catalog()
	if err != nil {
		return 0
	}
	if r, ok := cat["AcroForm"].(Ref); ok {
		return r.Num
	}
	return c.root()
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
		case k == "DA" && !had || k == "DR" && c.moreResources(before[k], after[k]):
			// Defaults for the text of fields; Acrobat adds them with a
			// signature field. A text field could be drawn with them.
			c.newGraph(after[k])
			if !c.onlySignatures() {
				c.report(LevelForm, ChangeDefaults, num, "form /%s", string(k))
			}
		default:
			c.other(ChangeForm, num, "form /%s", string(k))
		}
	}
	return nil
}

// onlySignatures reports whether the signed form had no other fields.
func (c *comparison) onlySignatures() bool {
	old, err := c.a.fields()
	return err == nil && !slices.ContainsFunc(old, func(f field) bool { return f.kind != "Sig" })
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
