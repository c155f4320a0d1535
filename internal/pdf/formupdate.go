// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"bytes"
	"fmt"
)

// addToPage appends the widget to the page's /Annots.
func (u *update) addToPage(page, field Ref) error {
	dict, err := u.v.dict(page, "a page")
	if err != nil {
		return err
	}
	r, err := u.edit(page)
	if err != nil {
		return err
	}
	before := r.get("Annots")
	if r, err = u.extend(r, "Annots", dict["Annots"], field); err != nil {
		return err
	}
	if !bytes.Equal(before, r.get("Annots")) {
		u.replace(page, r) // else the array is an object of its own, and was replaced
	}
	return nil
}

// addToForm appends the field to the AcroForm, which may be an object, or
// stand in the catalog, or not exist.
func (u *update) addToForm(field Ref) error {
	root, _ := u.v.trailer()["Root"].(Ref)
	catalog, err := u.v.catalog()
	if err != nil {
		return err
	}
	raw, err := u.edit(root)
	if err != nil {
		return err
	}
	raw, changed, err := u.raiseVersion(raw, catalog)
	if err != nil {
		return err
	}
	raw, added, err := u.formWith(raw, catalog, field)
	if err != nil {
		return err
	}
	if changed || added {
		u.replace(root, raw)
	}
	return nil
}

// formWith adds the field and reports whether the catalog changes with it.
func (u *update) formWith(raw rawDict, catalog Dict, field Ref) (rawDict, bool, error) {
	form, err := u.v.dict(catalog["AcroForm"], "/AcroForm")
	if err != nil {
		return nil, false, err
	}
	if form == nil {
		b, err := appendObject(nil, u.add(Dict{"Fields": Array{field}, "SigFlags": 3}))
		return raw.set("AcroForm", b), true, err
	}
	if ref, indirect := catalog["AcroForm"].(Ref); indirect {
		return raw, false, u.extendForm(ref, form, field)
	}
	inner, err := parseRawDict(raw.get("AcroForm"), u.v.d.lim.Depth)
	if err != nil {
		return nil, false, err
	}
	if inner, err = u.withField(inner, form, field); err != nil {
		return nil, false, err
	}
	return raw.set("AcroForm", inner.bytes()), true, nil
}

func (u *update) extendForm(ref Ref, form Dict, field Ref) error {
	if o, err := u.v.load(ref); err != nil {
		return err
	} else if next, chained := o.(Ref); chained {
		return u.extendForm(next, form, field)
	}
	r, err := u.edit(ref)
	if err != nil {
		return err
	}
	if r, err = u.withField(r, form, field); err != nil {
		return err
	}
	u.replace(ref, r)
	return nil
}

// withField sets SigFlags to SignaturesExist and AppendOnly, keeping others.
func (u *update) withField(r rawDict, form Dict, field Ref) (rawDict, error) {
	flags, err := u.v.integer(form["SigFlags"], "/SigFlags")
	if err != nil {
		return nil, err
	}
	r = r.set("SigFlags", fmt.Append(nil, flags|3))
	return u.extend(r, "Fields", form["Fields"], field)
}

// raiseVersion sets /Version to 1.4, which soft masks need, if header and
// catalog say less.
func (u *update) raiseVersion(raw rawDict, catalog Dict) (rawDict, bool, error) {
	b, err := u.v.d.src.bytes(u.v.d.base+5, 3)
	if err != nil {
		return nil, false, err
	}
	version := string(b)
	if n, ok := catalog["Version"].(Name); ok && string(n) > version {
		version = string(n)
	}
	if version >= "1.4" {
		return raw, false, nil
	}
	return raw.set("Version", []byte("/1.4")), true, nil
}
