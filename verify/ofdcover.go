// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"slices"

	"github.com/govseal/govseal/internal/ofd"
)

// Uncovered is an entry of an OFD package that a signature does not protect.
type Uncovered struct {
	Entry string `json:"entry"`
	Role  string `json:"role"` // what leads to it: page, template, resource, annotation, signatures, hidden …
	View  bool   `json:"view"` // what a reader shows can depend on it
	Zh    string `json:"zh"`   // the role, in words
	En    string `json:"en"`
}

const maxUncovered = 100 // listed in a report for each stamp

// coverage says what the signature does not protect. Uncovered content that
// shows leaves the stamp undecided: nobody can say when it came. So does an
// entry that nothing leads to. An open list of signatures is the usual state of
// a document that may be signed again, and is only reported (design.md 5, 6).
func (o *ofdRun) coverage(i int, s *Stamp) error {
	f := &s.Coverage
	f.Locked = o.sigs[i].Locks()
	c, err := o.pkg.Coverage(o.ctx, o.chain(i)...)
	if err != nil {
		f.Status = Unknown
		return f.fault(err)
	}
	var view, hidden, other, open names
	for _, u := range c.Uncovered {
		if len(f.Uncovered) < maxUncovered {
			f.Uncovered = append(f.Uncovered, newUncovered(u))
		}
		switch {
		case u.View:
			view.add(u.Entry)
		case u.Role == ofd.RoleHidden:
			hidden.add(u.Entry)
		case u.Role == ofd.RoleList:
			open.add(u.Entry)
		default:
			other.add(u.Entry)
		}
	}
	f.Scope = "package"
	if view.n+hidden.n > 0 {
		f.Scope = "partial"
	}
	for _, said := range []struct {
		list   *names
		code   Code
		status Status
	}{
		{&view, CodeUncoveredContent, Unknown}, {&hidden, CodeHiddenEntry, Unknown},
		{&open, CodeListOpen, OK}, {&other, CodeUncoveredOther, OK},
	} {
		if said.list.n > 0 && said.status == Unknown {
			f.unknown(said.code, said.list.String())
		} else if said.list.n > 0 {
			f.note(said.code, said.list.String())
		}
	}
	f.ok()
	return nil
}

// chain is the signature and those before it whose Signature.xml it lists: the
// digests in there are protected with it. One whose own digests do not agree
// lends nothing.
func (o *ofdRun) chain(i int) []*ofd.Signature {
	all := []*ofd.Signature{&o.sigs[i]}
	if !o.sound(i) {
		return all
	}
	in := map[int]bool{i: true}
	for at := 0; at < len(all); at++ {
		for j := range o.sigs {
			lists := func(r ofd.Reference) bool { return r.Entry == o.sigs[j].Entry }
			if !in[j] && o.sound(j) && slices.ContainsFunc(all[at].References, lists) {
				in[j] = true
				all = append(all, &o.sigs[j])
			}
		}
	}
	return all
}
