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
		case (k == "DR" || k == "DA") && !had && c.onlySignatures():
			// Defaults for the text of fields; Acrobat adds them with a
			// signature field. A text field could be drawn with them.
			c.newGraph(after[k])
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
