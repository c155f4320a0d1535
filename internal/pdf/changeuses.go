// SPDX-License-Identifier: Apache-2.0

package pdf

import "context"

// uses says which states of which objects refer to the objects that later
// revisions touch. It is made once for all comparisons of a document: each
// state is read once, however many signatures there are.
type uses struct {
	of     map[int][]use // by object referred to
	broken []use         // states that cannot be read
	upTo   int           // revisions looked at
}

type use struct {
	from  int
	state version
}

// valid reports whether the object is in this state in the view.
func (u use) valid(v view) bool { return v.version(u.from) == u.state }

// usesUpTo looks at the states that views up to this revision show.
func (d *Document) usesUpTo(ctx context.Context, revision int) (*uses, error) {
	if d.uses == nil {
		d.uses = &uses{of: map[int][]use{}}
	}
	for u := d.uses; u.upTo <= revision; u.upTo++ {
		v := d.view(u.upTo)
		n := 0
		for num := range d.newStates(u.upTo) {
			if n++; n%1000 == 0 && ctx.Err() != nil {
				d.uses = nil // half a revision is none
				return nil, ctx.Err()
			}
			if err := u.look(v, num); err != nil {
				d.uses = nil
				return nil, err
			}
		}
	}
	return d.uses, nil
}

func (u *uses) look(v view, num int) error {
	from := use{num, v.version(num)}
	o, err := v.load(v.entry(num).ref(num))
	if err = unreadable(err); err != nil {
		if _, ok := err.(*Error); !ok {
			return err
		}
		u.broken = append(u.broken, from)
		return nil
	}
	eachRef(o, func(r Ref) {
		if v.d.touched(r.Num) {
			u.of[r.Num] = append(u.of[r.Num], from)
		}
	})
	return nil
}

// touched reports whether a section behind the oldest one gives the object, or
// the object stream that it lies in, a new entry.
func (d *Document) touched(num int) bool {
	if len(d.updated[num]) > 0 {
		return true
	}
	e := d.sections[0].entries[num]
	return e.kind == entryIn && len(d.updated[int(e.at)]) > 0
}

// newStates are the objects whose state a revision sets, those aside that no
// later comparison can tell apart: with entries of their own, or within an
// object stream that the revision replaces.
func (d *Document) newStates(revision int) map[int]bool {
	first := 0
	if revision > 0 {
		first = d.revisions[revision-1].last + 1
	}
	last := d.revisions[revision].last
	out := map[int]bool{}
	for _, s := range d.sections[first : last+1] {
		for num, e := range s.entries {
			if e.kind != entryFree {
				out[num] = true
			}
		}
	}
	if revision > 0 {
		d.within(out, first, last)
	}
	return out
}

// within adds the objects that lie in object streams which the sections from
// first to last give new entries to, and so replace.
func (d *Document) within(out map[int]bool, first, last int) {
	replaced := map[int]bool{}
	for _, s := range d.sections[first : last+1] {
		for num := range s.entries {
			if d.carriers()[num] {
				replaced[num] = true
			}
		}
	}
	if len(replaced) == 0 {
		return
	}
	for _, s := range d.sections[:last+1] {
		for num, e := range s.entries {
			if e.kind == entryIn && replaced[int(e.at)] {
				out[num] = true
			}
		}
	}
}

// carriers are the numbers that entries name as object streams.
func (d *Document) carriers() map[int]bool {
	if d.streams == nil {
		d.streams = map[int]bool{}
		for _, s := range d.sections {
			for _, e := range s.entries {
				if e.kind == entryIn {
					d.streams[int(e.at)] = true
				}
			}
		}
	}
	return d.streams
}

// crossReferences asks about everything that the signed revision shows. A
// reference that led nowhere must still lead nowhere, and an object that a
// rule permitted to change must be used by that rule's path alone: else the
// change shows where the rule did not look.
func (c *comparison) crossReferences() error {
	for k, o := range c.a.trailer() {
		c.edges(edge{0, k}, o)
	}
	walk, err := c.suspicious()
	if err != nil || !walk {
		return err
	}
	n := 0
	return c.a.reach(c.a.roots(), func(ref Ref, o Object, err error) error {
		if n++; n%1000 == 0 && c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		if err != nil {
			if b, ok := unreadable(err).(*Error); ok {
				c.other(ChangeUnreadable, ref.Num, "object %d: %s", ref.Num, b.Reason)
				return nil
			}
			return unreadable(err)
		}
		c.eachEdge(ref.Num, o, c.edges)
		return nil
	})
}

// suspicious reports whether the signed revision has an object, reachable or
// not, whose references must be told. Only then is the whole graph walked, to
// leave out what nothing leads to.
func (c *comparison) suspicious() (bool, error) {
	u, err := c.d.usesUpTo(c.ctx, c.revision)
	if err != nil || len(c.sole) > 0 {
		return true, err
	}
	for _, b := range u.broken {
		if b.valid(c.a) {
			return true, nil
		}
	}
	for num := range c.watched() {
		for _, from := range u.of[num] {
			if !from.valid(c.a) {
				continue
			}
			o, err := c.a.load(c.a.entry(from.from).ref(from.from))
			if err != nil {
				return true, nil //nolint:nilerr // the walk says which it is
			}
			found := false
			c.eachEdge(from.from, o, func(e edge, o Object) {
				eachRef(o, func(r Ref) { found = found || c.tells(e, r) })
			})
			if found {
				return true, nil
			}
		}
	}
	return false, nil
}

// watched are the objects to which a reference may be told.
func (c *comparison) watched() map[int]bool {
	out := map[int]bool{}
	for n := range c.added {
		out[n] = true
	}
	for n := range c.exclusive {
		if c.modified[n] {
			out[n] = true
		}
	}
	return out
}

// eachEdge calls f for what stands under each key of a dictionary, or for the
// whole object.
func (c *comparison) eachEdge(num int, o Object, f func(edge, Object)) {
	if st, ok := o.(*Stream); ok {
		o = st.Dict
	}
	if d, ok := o.(Dict); ok {
		for k, v := range d {
			f(edge{num, k}, v)
		}
		return
	}
	f(edge{from: num}, o)
}

// tells reports whether a reference of the signed revision is a finding.
func (c *comparison) tells(from edge, r Ref) bool {
	if c.added[r.Num] {
		return true
	}
	if sole := c.sole[r.Num]; sole != nil && !sole[from] {
		return true
	}
	allowed := c.exclusive[r.Num]
	return allowed != nil && c.modified[r.Num] && !allowed[from] && !allowed[edge{from: from.from}]
}

func (c *comparison) edges(from edge, o Object) {
	eachRef(o, func(r Ref) {
		if !c.tells(from, r) {
			return
		}
		switch sole := c.sole[r.Num]; {
		case c.added[r.Num]:
			c.other(ChangeDefined, r.Num, "object %d, which object %d refers to", r.Num, from.from)
		case sole != nil && !sole[from]:
			c.other(ChangeShared, r.Num, "object %d, which a field showed, is used by object %d too", r.Num, from.from)
		default:
			c.other(ChangeShared, r.Num, "object %d is used by object %d too", r.Num, from.from)
		}
	})
}
