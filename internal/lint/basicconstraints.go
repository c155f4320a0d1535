// SPDX-License-Identifier: Apache-2.0

package lint

var basicConstraintsRule = rule{"basic-constraints", "RFC 5280 4.2.1.9", checkBasicConstraints}

func checkBasicConstraints(s *candidate, r *report) {
	b := s.BasicConstraints
	signs := s.usage()&keyCertSign != 0
	switch {
	case b == nil && signs:
		r.err("is missing, and keyUsage allows to sign certificates")
	case b == nil:
	case b.CA && !b.Critical:
		r.err("is not critical in a certificate of an authority")
	case b.CA && s.KeyUsage != nil && !signs:
		r.err("says that this is an authority, and keyUsage does not allow to sign certificates")
	case !b.CA && signs:
		r.err("says that this is no authority, and keyUsage allows to sign certificates")
	}
	if b != nil && b.PathLen != nil && (!b.CA || !signs) {
		r.err("has a path length without cA and keyCertSign")
	}
}
