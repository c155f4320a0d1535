// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Sealable reports, as nil, that a new signature may be added, before anything
// is laid out; else the error is a *Refusal, or an *Error over a limit. allow
// names hazards as Stamp.Allow does. Prepare asks the same and does not look
// at the objects a second time.
func (d *Document) Sealable(allow ...string) error {
	if d.Encrypted() {
		return refusal(ErrEncrypted)
	}
	name, err := d.fieldName("")
	if err == nil {
		err = d.guard(Stamp{Allow: allow}, name)
	}
	return refusal(err)
}

// guard refuses a document that must not be sealed, by name.
func (d *Document) guard(s Stamp, name string) error {
	if !d.inspected {
		if err := d.checkEntries(); err != nil {
			return err
		}
		hazards, err := d.Hazards()
		if err != nil {
			return err
		}
		d.hazards, d.inspected = hazards, true
	}
	if err := d.checkLocks(s, name); err != nil {
		return err
	}
	for _, h := range d.hazards {
		if h.Name == HazardURI || h.Name == HazardRemote || slices.Contains(s.Allow, h.Name) {
			continue
		}
		return &Refusal{ReasonActiveContent, h.Name + ": " + h.Detail}
	}
	return nil
}

// refusal turns what is wrong with the file into a refusal; a limit stays one.
func refusal(err error) error {
	var b *Error
	switch {
	case errors.Is(err, ErrEncrypted):
		return &Refusal{ReasonEncrypted, "the file has an /Encrypt entry"}
	case errors.As(err, &b) && !b.Limit:
		return &Refusal{ReasonBroken, b.Error()}
	}
	return err
}

// checkEntries holds every entry of the newest view to the object that it
// leads to. Readers rebuild the table of a file where one is wrong, each in
// its own way, so nobody can say what such a file shows.
func (d *Document) checkEntries() error {
	v := d.newest()
	type row struct {
		num int
		e   entry
	}
	var rows []row
	seen := map[int]bool{}
	for i := v.last; i >= 0; i-- {
		for num, e := range d.sections[i].entries {
			if !seen[num] {
				seen[num] = true
				rows = append(rows, row{num, e})
			}
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Or(cmp.Compare(a.e.at, b.e.at), cmp.Compare(a.num, b.num)) })
	for _, r := range rows {
		switch r.e.kind {
		case entryAt:
			_, ref, err := d.header(r.e.at)
			if err != nil {
				return err
			}
			if (ref != Ref{r.num, r.e.gen}) {
				return broken(r.e.at, "object %d stands where the cross-reference puts object %d", ref.Num, r.num)
			}
		case entryIn:
			if c := v.entry(int(r.e.at)); c.kind != entryAt {
				return broken(d.src.size, "object %d lies in object stream %d, which does not exist", r.num, r.e.at)
			}
		}
	}
	return nil
}

// checkLocks refuses what certifications and locks of earlier signatures
// forbid (ISO 32000-1 12.8.2.2 and 12.8.2.4).
func (d *Document) checkLocks(want Stamp, name string) error {
	sigs, err := d.Signatures()
	if err != nil {
		return err
	}
	if want.Certify != 0 && len(sigs) > 0 {
		return &Refusal{ReasonNotFirst, fmt.Sprintf("field %q is signed already, and only the first signature certifies", sigs[0].Fields[0])}
	}
	for _, s := range sigs {
		if s.DocMDP == 1 {
			return &Refusal{ReasonCertified, fmt.Sprintf("field %q is certified against every change", s.Fields[0])}
		}
		for _, l := range s.Locks {
			if l.P == 1 {
				return &Refusal{ReasonCertified, fmt.Sprintf("the lock of field %q permits no change", s.Fields[0])}
			}
			if l.covers(name) {
				return &Refusal{ReasonLocked, fmt.Sprintf("the signature in field %q locks new fields", s.Fields[0])}
			}
		}
	}
	return d.checkPerms(want)
}

// checkPerms looks at the certification that the catalog names, which some
// writers do not reach through a field.
func (d *Document) checkPerms(want Stamp) error {
	v := d.newest()
	c, err := v.catalog()
	if err != nil {
		return err
	}
	perms, err := v.dict(c["Perms"], "/Perms")
	if err != nil {
		return err
	}
	dict, err := v.dict(perms["DocMDP"], "/DocMDP of /Perms")
	if err != nil || dict == nil {
		return err
	}
	if want.Certify != 0 {
		return &Refusal{ReasonNotFirst, "the catalog's /Perms names a certification already"}
	}
	var s Signature
	if err := v.references(dict, &s); err != nil {
		return err
	}
	if s.DocMDP == 1 {
		return &Refusal{ReasonCertified, "the catalog's /Perms certifies against every change"}
	}
	return nil
}

// covers reports whether the lock covers a field of this name; a name in the
// list covers the fields below it. An unknown action covers everything.
func (l Lock) covers(name string) bool {
	listed := slices.ContainsFunc(l.Fields, func(f string) bool {
		return name == f || strings.HasPrefix(name, f+".")
	})
	switch l.Action {
	case "Include":
		return listed
	case "Exclude":
		return !listed
	}
	return true
}
