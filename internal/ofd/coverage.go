// SPDX-License-Identifier: Apache-2.0

package ofd

import "context"

// Coverage is what a set of signatures lists, held against all that is in the
// package. Whether the digests agree is CheckReferences' question: a caller
// passes the signatures that he found good, or a single one.
type Coverage struct {
	Covered   []string // entries that are listed and there
	Own       []string // Signature.xml and SignedValue of the signatures themselves: protected by their own signature
	Uncovered []Use    // everything else, folders left out
	Root      bool     // OFD.xml is listed
	Locked    bool     // each of the signatures lists the Signatures.xml that it stands in
}

// Coverage says which entries the given signatures, of one document or of
// several, do not list.
func (p *Package) Coverage(ctx context.Context, signatures ...*Signature) (*Coverage, error) {
	listed, own := map[string]bool{}, map[string]bool{}
	c := &Coverage{Locked: len(signatures) > 0}
	for _, s := range signatures {
		for _, r := range s.References {
			listed[r.Entry] = true
		}
		own[s.Entry], own[s.ValueEntry] = true, true
		c.Locked = c.Locked && s.Locks()
	}
	c.Root = listed[RootEntry]
	var open []string
	for _, e := range p.entries {
		switch {
		case e.Folder:
		case listed[e.Name]:
			c.Covered = append(c.Covered, e.Name)
		case own[e.Name]:
			c.Own = append(c.Own, e.Name)
		default:
			open = append(open, e.Name)
		}
	}
	var err error
	c.Uncovered, err = p.usesOf(ctx, open)
	return c, err
}

// usesOf finds the roles of entries. A Signatures.xml alone, the usual case
// of a document that may be signed again, needs no walk over all pages: it was
// read as what it is, and everything that could lead to it otherwise is listed.
func (p *Package) usesOf(ctx context.Context, names []string) ([]Use, error) {
	lists := map[string]bool{}
	for _, b := range p.bodies {
		lists[b.Signatures] = true
	}
	simple := true
	for _, n := range names {
		simple = simple && lists[n] && len(p.bodies) == 1
	}
	var out []Use
	if simple {
		for _, n := range names {
			out = append(out, Use{Entry: n, Role: RoleList, By: RootEntry})
		}
		return out, nil
	}
	r, err := p.Reach(ctx)
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, n := range names {
		wanted[n] = true
	}
	for _, u := range r.Uses {
		if wanted[u.Entry] {
			out = append(out, u)
		}
	}
	return out, nil
}

// ViewCovered reports whether everything that a reader's view can depend on is listed.
func (c *Coverage) ViewCovered() bool {
	for _, u := range c.Uncovered {
		if u.View {
			return false
		}
	}
	return true
}

// Accounted reports whether every entry that is not listed belongs to the
// signatures' own machinery: nothing is hidden.
func (c *Coverage) Accounted() bool {
	for _, u := range c.Uncovered {
		switch u.Role {
		case RoleList, RoleSignature, RoleEntries:
		default:
			return false
		}
	}
	return true
}
