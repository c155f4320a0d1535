// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/cert"
)

// search looks for one path: depth first from the leaf to an anchor, judging
// each complete path, until one is good.
type search struct {
	v        *validator
	leaf     *cert.Certificate
	at       time.Time
	usage    Usage
	policies PolicyInputs
	only     *cert.Certificate // the one anchor allowed; nil for any
	nesting  int               // how many CRL signers deep
	best     *Result
}

func (s *search) run() *Result {
	s.best = &Result{Code: NoPath, Detail: fmt.Sprintf("no certificate of the issuer %q of %q is at hand", s.leaf.Issuer, s.leaf.Subject), Path: []*cert.Certificate{s.leaf}}
	if anchor := s.v.anchorOf(s.leaf); anchor != nil && (s.only == nil || s.only == anchor) {
		return s.trustedLeaf(anchor)
	}
	s.extend([]*cert.Certificate{s.leaf})
	return s.best
}

// trustedLeaf judges a leaf that is itself an anchor: nothing stands above it
// that could vouch for it or revoke it.
func (s *search) trustedLeaf(anchor *cert.Certificate) *Result {
	path := []*cert.Certificate{anchor}
	code, detail := checkValidity(anchor, s.at)
	if code == OK {
		code, detail = checkUsage(path, s.usage)
	}
	if code == OK {
		code, detail = checkCritical(anchor)
	}
	return &Result{Code: code, Detail: detail, Path: path}
}

// extend tries every issuer of the path's last certificate; done means that
// the search is over.
func (s *search) extend(path []*cert.Certificate) (done bool) {
	last := path[len(path)-1]
	for _, c := range s.v.issuersOf(last, s.at) {
		if s.v.ctx.Err() != nil || s.v.work.exhausted() {
			return true
		}
		s.v.work.steps--
		anchor := s.v.anchors[c]
		if anchor && s.only != nil && s.only != c {
			continue
		}
		next := append(path[:len(path):len(path)], c)
		if !anchor && s.v.repeats(path, c) {
			continue
		}
		if !anchor && len(path) >= s.v.depth {
			s.consider(&Result{Code: NoPath, Detail: fmt.Sprintf("no anchor within %d certificates", s.v.depth), Path: path})
			continue
		}
		if err := s.v.work.certificate(last, c); err != nil {
			s.consider(badSignature(next, err))
			continue
		}
		if !anchor {
			done = s.extend(next)
		} else {
			done = s.consider(s.judge(next))
		}
		if done {
			return true
		}
	}
	return false
}

// repeats reports whether a certificate with c's subject and key is in the
// path already: going on would only go round (RFC 4158 2.4.2).
func (v *validator) repeats(path []*cert.Certificate, c *cert.Certificate) bool {
	for _, p := range path {
		if bytes.Equal(p.RawSPKI, c.RawSPKI) && v.subjectOf(p) == v.subjectOf(c) {
			return true
		}
	}
	return false
}

func badSignature(path []*cert.Certificate, err error) *Result {
	child, issuer := path[len(path)-2], path[len(path)-1]
	code := BadSignature
	switch {
	case errors.Is(err, cert.ErrUnsupportedAlgorithm):
		code = Unsupported
	case errors.Is(err, errWork):
		code = NoPath
	}
	return &Result{Code: code, Detail: fmt.Sprintf("signature of %q by %q: %v", child.Subject, issuer.Subject, err), Path: path}
}

// judge validates a complete path, anchor last, and the status of each
// certificate below the anchor.
func (s *search) judge(path []*cert.Certificate) *Result {
	s.v.work.paths--
	r := &Result{Path: path}
	r.Code, r.Detail = s.validate(path)
	if s.v.req.Revocation == RevocationOff || (r.Code != OK && r.Code != Expired) {
		return r
	}
	code, detail := s.revocation(path, r)
	if r.Code == OK {
		r.Code, r.Detail = code, detail
	}
	return r
}

// consider keeps the better result; true ends the search.
func (s *search) consider(r *Result) bool {
	if rank(r.Code) < rank(s.best.Code) || (r.Code == s.best.Code && len(r.Path) > len(s.best.Path)) {
		s.best = r
	}
	return r.Code == OK
}

// rank orders outcomes of several paths: the good path wins; a revoked leaf is
// revoked on every path; then what more material could settle, then the rest.
func rank(c Code) int {
	order := []Code{OK, Revoked, OnHold, StaleRevocation, NoRevocationInfo, RevokedCA, Expired, NotYetValid,
		WrongUsage, PolicyFailure, Constraint, Unsupported, BadSignature, NoPath}
	for i, o := range order {
		if o == c {
			return i
		}
	}
	return len(order)
}
