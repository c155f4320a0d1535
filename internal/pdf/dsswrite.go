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
	m = DSS{Certs: missing(m.Certs, have.Certs), CRLs: missing(m.CRLs, have.CRLs), OCSPs: missing(m.OCSPs, have.OCSPs)}
	if len(m.Certs)+len(m.CRLs)+len(m.OCSPs) == 0 {
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
	if err := u.store(m); err != nil {
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

// store writes the store with the old one's entries and the material: over the
// old object, or as a new one that the catalog names. Lists that were objects
// become direct, so that nothing else is written anew.
func (u *update) store(m DSS) error {
	catalog, err := u.v.catalog()
	if err != nil {
		return err
	}
	old, err := u.v.dict(catalog["DSS"], "/DSS")
	if err != nil {
		return err
	}
	next := Dict{"Type": Name("DSS")}
	for k, o := range old {
		next[k] = o
	}
	for _, l := range []struct {
		key Name
		add [][]byte
	}{{"Certs", m.Certs}, {"CRLs", m.CRLs}, {"OCSPs", m.OCSPs}} {
		list, err := u.v.array(old[l.key], "a list of /DSS")
		if err != nil {
			return err
		}
		list = slices.Clone(list)
		for _, der := range l.add {
			list = append(list, u.stream(Dict{}, der))
		}
		if len(list) > 0 {
			next[l.key] = list
		}
	}
	if ref, ok := catalog["DSS"].(Ref); ok {
		if o, err := u.v.load(ref); err != nil {
			return err
		} else if _, plain := o.(Dict); plain {
			u.object(ref, next)
			return u.err
		}
	}
	ref := u.add(next)
	root, _ := u.v.trailer()["Root"].(Ref)
	raw, err := u.edit(root)
	if err != nil {
		return err
	}
	u.replace(root, raw.set("DSS", fmt.Appendf(nil, "%d %d R", ref.Num, ref.Gen)))
	return u.err
}
