// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"errors"
	"fmt"
	"slices"

	"github.com/govseal/govseal/internal/cert"
)

// constraints are the name constraints met along a path (RFC 5280 4.2.1.10).
// They are kept one set for each CA instead of intersected: a name must pass
// all of them, which is the same and cannot be computed wrongly.
type constraints []constraintSet

type constraintSet struct{ permitted, excluded []subtree }

// subtree is one base; name is set for a directoryName.
type subtree struct {
	cert.GeneralName
	name cert.Name
}

func (cs *constraints) add(nc *cert.NameConstraints) {
	if nc == nil {
		return
	}
	*cs = append(*cs, constraintSet{permitted: subtrees(nc.Permitted), excluded: subtrees(nc.Excluded)})
}

func subtrees(bases []cert.GeneralName) []subtree {
	list := make([]subtree, len(bases))
	for i, g := range bases {
		list[i] = subtree{GeneralName: g}
		if g.Tag == cert.TagDirectoryName {
			list[i].name, _ = cert.ParseName(g.Value) // parsed once already by package cert
		}
	}
	return list
}

// check holds every name of the certificate against every constraint.
func (cs constraints) check(w *work, c *cert.Certificate) error {
	if len(cs) == 0 {
		return nil
	}
	if slices.ContainsFunc(c.Unreadable, cert.OIDSubjectAltName.Equal) {
		return errors.New("subjectAltName is unreadable under a name constraint")
	}
	for _, g := range namesOf(c) {
		for _, set := range cs {
			if err := set.check(w, g); err != nil {
				return err
			}
		}
	}
	return nil
}

// namesOf lists the names that constraints apply to: the subject, its mail
// addresses, and the alternative names.
func namesOf(c *cert.Certificate) []subtree {
	var list []subtree
	if len(c.Subject) > 0 {
		list = append(list, subtree{GeneralName: cert.NewDirectoryName(c.RawSubject), name: c.Subject})
	}
	for _, rdn := range c.Subject {
		for _, a := range rdn {
			if a.Type.Equal(cert.OIDEmailAddress) {
				list = append(list, subtree{GeneralName: cert.NewEmail(a.Value)})
			}
		}
	}
	return append(list, subtrees(c.SubjectAltNames)...)
}

func (s constraintSet) check(w *work, name subtree) error {
	for _, base := range s.excluded {
		if base.Tag != name.Tag {
			continue
		}
		in, err := within(w, name, base, true)
		if err != nil {
			return err
		}
		if in {
			return fmt.Errorf("name %q is in the excluded subtree %q (RFC 5280 6.1.3 c)", name, base)
		}
	}
	limited := false
	for _, base := range s.permitted {
		if base.Tag != name.Tag {
			continue
		}
		limited = true
		in, err := within(w, name, base, false)
		if err != nil {
			return err
		}
		if in {
			return nil
		}
	}
	if limited {
		return fmt.Errorf("name %q is in no permitted subtree (RFC 5280 6.1.3 b)", name)
	}
	return nil
}

// within reports whether the name lies in the subtree. Forms that cannot be
// compared are an error: the certificate is refused.
func within(w *work, name, base subtree, excluding bool) (bool, error) {
	if !w.compare() {
		return false, errors.New("too many names and constraints to compare")
	}
	switch name.Tag {
	case cert.TagDirectoryName:
		return name.name.HasPrefix(base.name), nil
	case cert.TagDNS:
		return dnsWithin(string(name.Value), string(base.Value), excluding)
	case cert.TagEmail:
		return emailWithin(string(name.Value), string(base.Value))
	case cert.TagURI:
		return uriWithin(string(name.Value), string(base.Value))
	case cert.TagIP:
		return ipWithin(name.Value, base.Value)
	}
	return false, fmt.Errorf("a name constraint on names of form [%d] cannot be checked", name.Tag)
}
