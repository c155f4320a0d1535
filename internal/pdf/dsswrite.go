// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"bytes"
	"context"
	"fmt"
	"slices"
)

// AppendDSS lays out an incremental update that adds material to the document
// security store and takes nothing away; the file followed by the update is
// the new document. It is nil when the store holds all of it already. The
// error is a *Refusal for a file that must not be continued.
func (d *Document) AppendDSS(ctx context.Context, m DSS) (update []byte, err error) {
	if d.Encrypted() {
		return nil, refusal(ErrEncrypted)
	}
	b, err := d.appendDSS(ctx, m)
	return b, refusal(err)
}

func (d *Document) appendDSS(ctx context.Context, m DSS) ([]byte, error) {
	if err := d.checkEntries(); err != nil {
		return nil, err
	}
	have, err := d.DSS(len(d.revisions) - 1)
	if err != nil {
		return nil, err
	}
	if have == nil {
		have = &DSS{}
	}
	m = m.listed()
	add := DSS{Certs: missing(m.Certs, have.Certs), CRLs: missing(m.CRLs, have.CRLs), OCSPs: missing(m.OCSPs, have.OCSPs), For: m.For}
	if len(add.Certs)+len(add.CRLs)+len(add.OCSPs) == 0 && have.namesAll(m.For) {
		return nil, nil
	}
	state, err := d.hash(ctx, nil)
	if err != nil {
		return nil, err
	}
	sum := state.Digest()
	u, err := d.newUpdate()
	if err != nil {
		return nil, err
	}
	if err := u.store(add); err != nil {
		return nil, err
	}
	if err := u.finish(sum[:16]); err != nil {
		return nil, err
	}
	return u.buf, nil
}

// missing are those of want that have does not hold, each once.
func missing(want, have [][]byte) (out [][]byte) {
	for _, w := range want {
		same := func(b []byte) bool { return bytes.Equal(b, w) }
		if !slices.ContainsFunc(have, same) && !slices.ContainsFunc(out, same) {
			out = append(out, w)
		}
	}
	return out
}

// listed has in its lists what single signatures need, too.
func (s DSS) listed() DSS {
	for _, f := range s.For {
		s.Certs, s.CRLs, s.OCSPs = slices.Concat(s.Certs, f.Certs), slices.Concat(s.CRLs, f.CRLs), slices.Concat(s.OCSPs, f.OCSPs)
	}
	return s
}

func (s *DSS) namesAll(all []VRI) bool {
	return !slices.ContainsFunc(all, func(f VRI) bool { return !slices.Contains(s.VRI, VRIKeys(f.Contents)[0]) })
}

// dssWriter writes a store anew with the old one's entries. Lists that were
// objects become direct, so that nothing else is written anew.
type dssWriter struct {
	u    *update
	next Dict
	refs map[string]Ref // streams of the store by their data
}

// store writes the store: over the old object, or as a new one that the
// catalog names.
func (u *update) store(m DSS) error {
	catalog, err := u.v.catalog()
	if err != nil {
		return err
	}
	old, err := u.v.dict(catalog["DSS"], "/DSS")
	if err != nil {
		return err
	}
	w := dssWriter{u, Dict{"Type": Name("DSS")}, map[string]Ref{}}
	for k, o := range old {
		w.next[k] = o
	}
	if err := w.lists(old, m); err != nil {
		return err
	}
	if err := w.entries(old, m.For); err != nil {
		return err
	}
	return w.place(catalog)
}

// lists writes the new streams behind the old ones.
func (w *dssWriter) lists(old Dict, m DSS) error {
	r := dssReader{v: w.u.v, seen: map[int]bool{}, room: maxDSS}
	for _, l := range []struct {
		key Name
		add [][]byte
	}{{"Certs", m.Certs}, {"CRLs", m.CRLs}, {"OCSPs", m.OCSPs}} {
		list, err := w.u.v.array(old[l.key], "a list of /DSS")
		if err != nil {
			return err
		}
		for _, o := range list {
			if der := r.stream(o); der != nil {
				w.refs[string(der)] = o.(Ref) // stream takes nothing else
			}
		}
		list = slices.Clone(list)
		for _, der := range l.add {
			ref := w.u.stream(Dict{}, der)
			w.refs[string(der)] = ref
			list = append(list, ref)
		}
		if len(list) > 0 {
			w.next[l.key] = list
		}
	}
	return r.err
}

// entries names under each signature's key what it needs, behind what stands
// there already.
func (w *dssWriter) entries(old Dict, all []VRI) error {
	if len(all) == 0 {
		return nil
	}
	vri, err := w.u.v.dict(old["VRI"], "/VRI")
	if err != nil {
		return err
	}
	next := Dict{}
	for k, o := range vri {
		next[k] = o
	}
	for _, f := range all {
		key := Name(VRIKeys(f.Contents)[0])
		before, err := w.u.v.dict(next[key], "an entry of /VRI")
		if err != nil {
			return err
		}
		if next[key], err = w.entry(before, f); err != nil {
			return err
		}
	}
	w.next["VRI"] = next
	return nil
}

func (w *dssWriter) entry(before Dict, f VRI) (Dict, error) {
	entry := Dict{}
	for k, o := range before {
		entry[k] = o
	}
	for _, l := range []struct {
		key  Name
		need [][]byte
	}{{"Cert", f.Certs}, {"CRL", f.CRLs}, {"OCSP", f.OCSPs}} {
		list, err := w.u.v.array(before[l.key], "a list of /VRI")
		if err != nil {
			return nil, err
		}
		list = slices.Clone(list)
		for _, der := range l.need {
			if ref, ok := w.refs[string(der)]; ok && !slices.Contains(list, Object(ref)) {
				list = append(list, ref)
			}
		}
		if len(list) > 0 {
			entry[l.key] = list
		}
	}
	return entry, nil
}

func (w *dssWriter) place(catalog Dict) error {
	u := w.u
	if ref, ok := catalog["DSS"].(Ref); ok {
		if o, err := u.v.load(ref); err != nil {
			return err
		} else if _, plain := o.(Dict); plain {
			u.object(ref, w.next)
			return u.err
		}
	}
	ref := u.add(w.next)
	root, _ := u.v.trailer()["Root"].(Ref)
	raw, err := u.edit(root)
	if err != nil {
		return err
	}
	u.replace(root, raw.set("DSS", fmt.Appendf(nil, "%d %d R", ref.Num, ref.Gen)))
	return u.err
}
