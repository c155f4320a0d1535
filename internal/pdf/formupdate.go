// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"bytes"
	"fmt"
)

// addToPage appends widgets to the page's /Annots.
func (u *update) addToPage(page Ref, widgets []Ref) error {
	dict, err := u.v.dict(page, "a page")
	if err != nil {
		return err
	}
	r, err := u.edit(page)
	if err != nil {
		return err
	}
	before := r.get("Annots")
	if r, err = u.extend(r, "Annots", dict["Annots"], widgets...); err != nil {
		return err
	}
	if !bytes.Equal(before, r.get("Annots")) {
		u.replace(page, r) // else the array is an object of its own, and was replaced
	}
	return nil
}

// updateCatalog adds the field to the AcroForm, which may be an object, or
// stand in the catalog, or not exist; raises the version; names a
// certification. A field that is in the form already is the zero Ref.
func (u *update) updateCatalog(field, certification Ref) error {
	root, _ := u.v.trailer()["Root"].(Ref)
	catalog, err := u.v.catalog()
	if err != nil {
		return err
	}
	raw, err := u.edit(root)
	if err != nil {
		return err
	}
	before := raw.bytes()
	if raw, err = u.raiseVersion(raw, catalog); err != nil {
		return err
	}
	if raw, err = u.formWith(raw, catalog, field); err != nil {
		return err
	}
	if certification != (Ref{}) {
		if raw, err = u.certify(raw, catalog, certification); err != nil {
			return err
		}
	}
	if !bytes.Equal(before, raw.bytes()) {
		u.replace(root, raw)
	}
	return nil
}

// formWith adds the field to the form, wherever that lives.
func (u *update) formWith(raw rawDict, catalog Dict, field Ref) (rawDict, error) {
	form, err := u.v.dict(catalog["AcroForm"], "/AcroForm")
	if err != nil {
		return nil, err
	}
	if form == nil {
		b, err := appendObject(nil, u.add(Dict{"Fields": Array{field}, "SigFlags": 3}))
		return raw.set("AcroForm", b), err
	}
	if ref, indirect := catalog["AcroForm"].(Ref); indirect {
		return raw, u.extendForm(ref, form, field)
	}
	inner, err := parseRawDict(raw.get("AcroForm"), u.v.d.lim.Depth)
	if err != nil {
		return nil, err
	}
	if inner, err = u.withField(inner, form, field); err != nil {
		return nil, err
	}
	return raw.set("AcroForm", inner.bytes()), nil
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
	before := r.bytes()
	if r, err = u.withField(r, form, field); err != nil {
		return err
	}
	if !bytes.Equal(before, r.bytes()) {
		u.replace(ref, r)
	}
	return nil
}

// withField sets SigFlags to SignaturesExist and AppendOnly, keeping others.
func (u *update) withField(r rawDict, form Dict, field Ref) (rawDict, error) {
	flags, err := u.v.integer(form["SigFlags"], "/SigFlags")
	if err != nil {
		return nil, err
	}
	if form["SigFlags"] == nil || flags&3 != 3 {
		r = r.set("SigFlags", fmt.Append(nil, flags|3))
	}
	if field == (Ref{}) {
		return r, nil
	}
	return u.extend(r, "Fields", form["Fields"], field)
}

// raiseVersion sets /Version to 1.4, which soft masks need, or to 1.5, which
// cross-reference streams need, if header and catalog say less.
func (u *update) raiseVersion(raw rawDict, catalog Dict) (rawDict, error) {
	b, err := u.v.d.src.bytes(u.v.d.base+5, 3)
	if err != nil {
		return nil, err
	}
	version := string(b)
	if n, ok := catalog["Version"].(Name); ok && string(n) > version {
		version = string(n)
	}
	need := "1.4"
	if !u.v.d.sections[u.v.last].table {
		need = "1.5"
	}
	if version >= need {
		return raw, nil
	}
	return raw.set("Version", []byte("/"+need)), nil
}
