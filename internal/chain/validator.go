// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/cert"
)

// Bounds of one question. Real ones use a handful of each.
const (
	maxUntrusted   = 512
	maxCRLs        = 256
	defaultDepth   = 8
	maxPaths       = 256    // complete paths judged, those of CRL signers included
	maxSteps       = 20_000 // candidates tried while paths are built
	maxNesting     = 3      // paths of CRL signers of CRL signers
	maxSearches    = 128    // searches for the paths of CRL signers
	maxComparisons = 400_000
)

// validator holds the material of one question, and what was found out about
// it so far.
type validator struct {
	ctx       context.Context
	req       Request
	proof     time.Time
	depth     int
	anchors   map[*cert.Certificate]bool
	bySubject map[string][]*cert.Certificate // by canonical subject, anchors first
	subjects  map[*cert.Certificate]string
	issuers   map[issuersKey][]*cert.Certificate
	crls      []*cert.CRL // newest first
	work      work
	truncated bool               // more lists were handed in than are looked at
	signers   map[signerKey]bool // whether a CRL signer has a path; false while it is being looked for
}

type signerKey struct {
	signer, anchor *cert.Certificate
	at             time.Time
}

type issuersKey struct {
	child *cert.Certificate
	at    time.Time
}

func newValidator(ctx context.Context, r Request) *validator {
	v := &validator{
		ctx: ctx, req: r, proof: r.ProofTime, depth: r.MaxDepth,
		anchors:   map[*cert.Certificate]bool{},
		bySubject: map[string][]*cert.Certificate{},
		subjects:  map[*cert.Certificate]string{},
		issuers:   map[issuersKey][]*cert.Certificate{},
		signers:   map[signerKey]bool{},
		work:      newWork(r.Checked),
	}
	if v.proof.IsZero() {
		v.proof = r.Time
	}
	if v.depth <= 0 {
		v.depth = defaultDepth
	}
	for _, c := range r.Anchors {
		if c != nil && v.add(c) {
			v.anchors[c] = true
		}
	}
	for _, c := range r.Untrusted[:min(len(r.Untrusted), maxUntrusted)] {
		if c != nil {
			v.add(c)
		}
	}
	for _, c := range r.CRLs[:min(len(r.CRLs), maxCRLs)] {
		if c != nil && !c.ThisUpdate.After(v.proof) {
			v.crls = append(v.crls, c)
		}
	}
	v.truncated = len(r.CRLs) > maxCRLs
	slices.SortStableFunc(v.crls, newerFirst)
	return v
}

// newerFirst orders lists by time, and those of one second by number: a CA that
// lifts a hold in the second in which it was laid issues two.
func newerFirst(a, b *cert.CRL) int {
	if c := b.ThisUpdate.Compare(a.ThisUpdate); c != 0 || a.Number == nil || b.Number == nil {
		return c
	}
	return b.Number.Cmp(a.Number)
}

// add enters a certificate once; the same octets again are the same one.
func (v *validator) add(c *cert.Certificate) bool {
	key := c.Subject.Canonical()
	for _, known := range v.bySubject[key] {
		if bytes.Equal(known.Raw, c.Raw) {
			return false
		}
	}
	v.subjects[c] = key
	v.bySubject[key] = append(v.bySubject[key], c)
	return true
}

// issuersOf returns the certificates that bear the name of c's issuer, the
// likeliest first: those its authority key identifier names, anchors, those in
// force at the time.
func (v *validator) issuersOf(c *cert.Certificate, at time.Time) []*cert.Certificate {
	key := issuersKey{c, at}
	if known, ok := v.issuers[key]; ok {
		return known
	}
	list := slices.Clone(v.bySubject[c.Issuer.Canonical()])
	slices.SortStableFunc(list, func(a, b *cert.Certificate) int {
		return v.likelihood(c.AuthorityKeyID, b, at) - v.likelihood(c.AuthorityKeyID, a, at)
	})
	v.issuers[key] = list
	return list
}

// subjectOf is the canonical subject, remembered.
func (v *validator) subjectOf(c *cert.Certificate) string {
	s, known := v.subjects[c]
	if !known {
		s = c.Subject.Canonical()
		v.subjects[c] = s
	}
	return s
}

func (v *validator) likelihood(aki *cert.AuthorityKeyID, issuer *cert.Certificate, at time.Time) int {
	n := 0
	if aki != nil && len(aki.KeyID) > 0 && bytes.Equal(aki.KeyID, issuer.SubjectKeyID) {
		n += 4
	}
	if v.anchors[issuer] {
		n += 2
	}
	if code, _ := checkValidity(issuer, at); code == OK {
		n++
	}
	return n
}

// anchorOf returns the anchor with the octets of c, or nil.
func (v *validator) anchorOf(c *cert.Certificate) *cert.Certificate {
	for _, known := range v.bySubject[c.Subject.Canonical()] {
		if v.anchors[known] && bytes.Equal(known.Raw, c.Raw) {
			return known
		}
	}
	return nil
}
