// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"cmp"
	"slices"
	"time"
)

// Signature is one signature dictionary reached from a form field.
type Signature struct {
	Fields                  []string // names of the fields that point to it
	Object                  int      // object number; 0 for a direct dictionary, which breaks LawDirect
	Filter, SubFilter, Type string
	ByteRange               []int64
	Contents                []byte    // decoded hex, padding included
	Time                    time.Time // /M, zero when absent or unreadable: only claimed
	Name, Reason, Location  string
	DocMDP                  int // permission of a certification signature, 0 when none
	Locks                   []Lock
	Revision                int      // index of the revision it ends; with LawTail broken, the one that defines it
	WholeFile               bool     // its ranges end at the end of the file
	Removed                 bool     // the end of the file has it no more
	Law                     []string // broken laws of ByteRange and Contents, empty when sound

	widgets []widget
}

// Lock is a FieldMDP lock of a signature.
type Lock struct {
	Action string // All, Include, Exclude
	Fields []string
	P      int // permission like a certification's (ISO 32000-2 table 236), 0 when none
}

// Timestamp reports whether it is a document time-stamp (ISO 32000-2 12.8.5).
func (s *Signature) Timestamp() bool {
	return s.Type == "DocTimeStamp" || s.SubFilter == "ETSI.RFC3161"
}

// Signatures returns the signatures in order of their revisions, each
// dictionary once. Only form fields lead to signatures. Those that an earlier
// revision had and the end of the file has no more are told too, as Removed:
// taking a seal out of the form leaves its picture on the page.
func (d *Document) Signatures() ([]Signature, error) {
	w := sigWalk{d: d, at: map[sigPlace]int{}}
	for i := len(d.revisions) - 1; i >= 0; i-- {
		err := w.revision(i)
		if b, ok := err.(*Error); ok && !b.Limit && i < len(d.revisions)-1 {
			continue // a revision that was never shown alone need not be readable
		}
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(w.out, func(a, b Signature) int { return cmp.Compare(a.Revision, b.Revision) })
	return w.out, nil
}

// sigPlace tells signature dictionaries apart: the same number at another
// offset is another one.
type sigPlace struct {
	num int
	at  int64
}

type sigWalk struct {
	d   *Document
	out []Signature
	at  map[sigPlace]int // index in out
}

func (w *sigWalk) revision(i int) error {
	newest := i == len(w.d.revisions)-1
	v := w.d.view(i)
	fields, err := v.fields()
	if err != nil {
		return err
	}
	for _, f := range fields {
		ref, indirect := f.value.(Ref)
		if f.kind != "Sig" || f.value == nil || !indirect && !newest {
			continue
		}
		place := sigPlace{ref.Num, v.entry(ref.Num).at}
		if k, known := w.at[place]; known && indirect {
			if newest {
				w.out[k].Fields = append(w.out[k].Fields, f.name)
				w.out[k].widgets = append(w.out[k].widgets, f.widgets...)
			}
			continue
		}
		dict, err := v.dict(f.value, "a signature")
		if err != nil {
			return err
		}
		if dict == nil {
			continue
		}
		s, err := v.signature(dict)
		if err != nil {
			return err
		}
		s.Fields, s.Object, s.widgets, s.Removed = []string{f.name}, ref.Num, f.widgets, !newest
		if err := v.fieldLock(f.dict, &s); err != nil {
			return err
		}
		if err := v.judge(&s, ref, i); err != nil {
			return err
		}
		w.at[place] = len(w.out)
		w.out = append(w.out, s)
	}
	return nil
}

func (v view) signature(dict Dict) (s Signature, err error) {
	for _, e := range []struct {
		key Name
		to  *string
	}{{"Filter", &s.Filter}, {"SubFilter", &s.SubFilter}, {"Type", &s.Type}} {
		n, err := v.name(dict[e.key], "/"+string(e.key)+" of a signature")
		if err != nil {
			return s, err
		}
		*e.to = string(n)
	}
	for _, e := range []struct {
		key Name
		to  *string
	}{{"Name", &s.Name}, {"Reason", &s.Reason}, {"Location", &s.Location}} {
		if *e.to, err = v.text(dict[e.key], "/"+string(e.key)+" of a signature"); err != nil {
			return s, err
		}
	}
	m, err := v.text(dict["M"], "/M of a signature")
	if err != nil {
		return s, err
	}
	s.Time = parseDate(m)
	return s, v.references(dict, &s)
}

// references reads what a signature permits and locks (ISO 32000-1 12.8.1,
// table 253). A certification counts whether or not the catalog's /Perms
// names it: the stricter reading.
func (v view) references(dict Dict, s *Signature) error {
	list, err := v.array(dict["Reference"], "/Reference of a signature")
	if err != nil {
		return err
	}
	for _, o := range list {
		r, err := v.dict(o, "a signature reference")
		if err != nil {
			return err
		}
		method, err := v.name(r["TransformMethod"], "/TransformMethod")
		if err != nil {
			return err
		}
		parms, err := v.dict(r["TransformParams"], "/TransformParams")
		if err != nil {
			return err
		}
		switch method {
		case "DocMDP":
			if s.DocMDP, err = v.permission(parms); err != nil {
				return err
			}
		case "FieldMDP":
			l, err := v.lock(parms)
			if err != nil {
				return err
			}
			s.Locks = append(s.Locks, l)
		}
	}
	return nil
}

func (v view) permission(parms Dict) (int, error) {
	p, given := parms["P"]
	if !given {
		return 2, nil // the default
	}
	n, err := v.integer(p, "/P of a certification")
	if err == nil && (n < 1 || n > 3) {
		n = 1 // unknown: the strictest
	}
	return int(n), err
}

// fieldLock reads the /Lock of the field that is signed (ISO 32000-1 table
// 233): it holds whether or not the signer copied it into a FieldMDP transform.
func (v view) fieldLock(field Dict, s *Signature) error {
	parms, err := v.dict(field["Lock"], "/Lock of a field")
	if err != nil || parms == nil {
		return err
	}
	l, err := v.lock(parms)
	if err != nil {
		return err
	}
	if _, given := parms["P"]; given {
		if l.P, err = v.permission(parms); err != nil {
			return err
		}
	}
	s.Locks = append(s.Locks, l)
	return nil
}

func (v view) lock(parms Dict) (Lock, error) {
	action, err := v.name(parms["Action"], "/Action of a lock")
	if err != nil {
		return Lock{}, err
	}
	l := Lock{Action: string(action)}
	names, err := v.array(parms["Fields"], "/Fields of a lock")
	if err != nil {
		return l, err
	}
	for _, o := range names {
		n, err := v.text(o, "a field name of a lock")
		if err != nil {
			return l, err
		}
		l.Fields = append(l.Fields, n)
	}
	return l, nil
}
