// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"encoding/asn1"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/cert"
)

// Nest judges a path by RFC 5280 6.1 without looking at a signature or at
// revocation: path is leaf first, anchor last, each certificate named as the
// issuer of the one before it. An authority asks it before it signs: what a
// verifier would refuse for its names, its place or its usages is not issued.
// The leaf may be a certificate to be, whose signature is not there yet.
func Nest(path []*cert.Certificate, at time.Time, u Usage) (Code, string) {
	if len(path) < 2 {
		return NoPath, "a path has a leaf and an anchor"
	}
	for i, c := range path[:len(path)-1] {
		if !c.Issuer.Equal(path[i+1].Subject) {
			return NoPath, fmt.Sprintf("%q does not name %q as its issuer", c.Subject, path[i+1].Subject)
		}
	}
	s := &search{v: &validator{work: newWork(nil)}, at: at, usage: u}
	if code, detail := s.nest(path); code != OK {
		return code, detail
	}
	if code, detail := nestNames(s, path); code != OK {
		return code, detail
	}
	return nestUsages(path[:len(path)-1])
}

// nest is validate, but a self-issued CA certificate, which never ends a path,
// is not held to the names that are permitted (RFC 5280 6.1.3 b).
func (s *search) nest(path []*cert.Certificate) (Code, string) {
	leaf := path[0]
	if leaf.BasicConstraints == nil || !leaf.BasicConstraints.CA || !leaf.SelfIssued() {
		return s.validate(path)
	}
	if code, detail := checkValidity(leaf, s.at); code != OK {
		return code, detail
	}
	if code, detail := checkCritical(leaf); code != OK || len(path) == 2 {
		return code, detail
	}
	return s.validate(path[1:])
}

// nestNames: a subtree that a CA is permitted must lie in what the CAs above it
// are permitted, or nothing could ever be issued in it.
func nestNames(s *search, path []*cert.Certificate) (Code, string) {
	nc := path[0].NameConstraints
	if nc == nil {
		return OK, ""
	}
	var above constraints
	for _, ca := range path[1:] {
		above.add(ca.NameConstraints)
	}
	for _, base := range subtrees(nc.Permitted) {
		if base.Tag != cert.TagDirectoryName && base.Tag != cert.TagDNS {
			continue // a mail subtree has three forms, of which only mailboxes compare as names
		}
		for _, set := range above {
			if err := set.check(&s.v.work, base); err != nil {
				return Constraint, "permitted subtree: " + err.Error()
			}
		}
	}
	return OK, ""
}

// nestUsages: whatever the leaf's usage list gives, each CA above it must have
// been given too. A leaf that is a CA and lists none would give everything.
func nestUsages(path []*cert.Certificate) (Code, string) {
	leaf := path[0]
	isCA := leaf.BasicConstraints != nil && leaf.BasicConstraints.CA
	if leaf.ExtKeyUsage == nil && isCA {
		for _, ca := range path[1:] {
			if ca.ExtKeyUsage != nil && !lists(ca, cert.OIDAnyUsage.Equal) {
				return WrongUsage, fmt.Sprintf("%q lists no usages, but %q above it does: it would give what it was not given", leaf.Subject, ca.Subject)
			}
		}
	}
	for _, id := range leaf.ExtKeyUsage {
		if code, detail := checkUsage(path, Usage{ExtKeyUsage: asn1.ObjectIdentifier(id)}); code != OK {
			return code, detail
		}
	}
	return OK, ""
}
