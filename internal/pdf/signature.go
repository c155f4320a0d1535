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
	Law                     []string // broken laws of ByteRange and Contents, empty when sound

	widgets []widget
}

// Lock is a FieldMDP lock of a signature.
type Lock struct {
	Action string // All, Include, Exclude
	Fields []string
}

// Timestamp reports whether it is a document time-stamp (ISO 32000-2 12.8.5).
func (s *Signature) Timestamp() bool {
	return s.Type == "DocTimeStamp" || s.SubFilter == "ETSI.RFC3161"
}

// Signatures returns the signatures in order of their revisions, each
// dictionary once. Only form fields lead to signatures.
func (d *Document) Signatures() ([]Signature, error) {
	v := d.newest()
	fields, err := v.fields()
	if err != nil {
		return nil, err
	}
	var out []Signature
	at := map[int]int{} // object number of the dictionary -> index in out
	for _, f := range fields {
		if f.kind != "Sig" || f.value == nil {
			continue
		}
		ref, indirect := f.value.(Ref)
		if i, known := at[ref.Num]; known && indirect {
			out[i].Fields = append(out[i].Fields, f.name)
			out[i].widgets = append(out[i].widgets, f.widgets...)
			continue
		}
		dict, err := v.dict(f.value, "a signature")
		if err != nil {
			return nil, err
		}
		if dict == nil {
			continue
		}
		s, err := v.signature(dict)
		if err != nil {
			return nil, err
		}
		s.Fields, s.Object, s.widgets = []string{f.name}, ref.Num, f.widgets
		if err := d.judge(&s, ref); err != nil {
			return nil, err
		}
		if indirect {
			at[ref.Num] = len(out)
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b Signature) int { return cmp.Compare(a.Revision, b.Revision) })
	return out, nil
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
