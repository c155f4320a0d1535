// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"bytes"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/cert"
)

// signed reports whether the list bears the signature of a certificate that
// may sign lists in the issuer's name and is itself in order (RFC 5280 6.3.3
// f, g). Certificates of the path come first; others, such as a key for lists
// only or one from before a key change, need a path of their own to the same
// anchor.
//
// A signer whose own status is asked for may answer it only where its
// certificate names it as cRLIssuer: the CA above has then chosen so (PKITS
// 4.14.30).
func (j *judgement) signed(point distributionPoint, crl *cert.CRL) bool {
	above := j.path[j.i+1:]
	for _, c := range above {
		if c.Subject.Equal(crl.Issuer) && j.maySign(c, crl) && j.v.work.crl(crl, c) == nil {
			return true
		}
	}
	for _, c := range j.v.bySubject[crl.Issuer.Canonical()] {
		if slices.Contains(above, c) || !j.maySign(c, crl) || j.v.work.crl(crl, c) != nil {
			continue
		}
		if bytes.Equal(c.Raw, j.subject.Raw) {
			if len(point.crlIssuer) > 0 {
				return true
			}
			continue
		}
		if j.hasPath(c, j.signerTime(crl)) {
			return true
		}
	}
	return false
}

// maySign asks for cRLSign, which only a CA may have by leaving keyUsage out,
// and for a signer that had not expired when it signed.
func (j *judgement) maySign(c *cert.Certificate, crl *cert.CRL) bool {
	if c.KeyUsage != nil && c.KeyUsage.Bits&cert.CRLSign == 0 {
		return false
	}
	isCA := c.Version < 3 || (c.BasicConstraints != nil && c.BasicConstraints.CA)
	if c.KeyUsage == nil && !isCA {
		return false
	}
	return j.v.anchors[c] || !crl.ThisUpdate.After(c.NotAfter)
}

// signerTime is when the signer must be in order: at the check time, or when
// the list was issued after it, then.
func (j *judgement) signerTime(crl *cert.CRL) time.Time {
	if crl.ThisUpdate.After(j.at) {
		return crl.ThisUpdate
	}
	return j.at
}

// hasPath validates the path of a list's signer to the anchor of the path
// that is being judged, revocation included. A signer that is needed to judge
// itself has no path.
func (j *judgement) hasPath(signer *cert.Certificate, at time.Time) bool {
	anchor := j.path[len(j.path)-1]
	if j.v.anchors[signer] {
		return signer == anchor
	}
	key := signerKey{signer, anchor, at}
	if known, ok := j.v.signers[key]; ok {
		return known
	}
	if j.nesting >= maxNesting || j.v.work.searches <= 0 {
		return false
	}
	j.v.work.searches--
	j.v.signers[key] = false
	sub := &search{v: j.v, leaf: signer, at: at, usage: Usage{KeyUsage: cert.CRLSign}, only: anchor, nesting: j.nesting + 1}
	if signer.KeyUsage == nil {
		sub.usage.KeyUsage = 0
	}
	good := sub.run().Code == OK
	j.v.signers[key] = good
	return good
}
