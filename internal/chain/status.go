// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"time"

	"github.com/govseal/govseal/internal/cert"
)

// StatusSource decides certificates' status from other material than CRLs;
// it is the place of OCSP answers.
//
// Status returns what the source knows of the certificate at the time, ok
// being false when that is nothing. The source MUST have verified the answer's
// signature and its responder's office under issuer, and MUST apply the time
// rules of design.md section 6: an answer made after the time, or within its
// own period before it. It MUST NOT do input or output. Status and By of the
// Check are the source's; an answer of revoked or on hold from either a CRL or
// the source stands against a good one from the other, except that a lifted
// hold is judged by the newer of the two.
type StatusSource interface {
	Status(certificate, issuer *cert.Certificate, at time.Time) (c Check, ok bool)
}

// incomplete asks a source whether it passed answers over for their number.
func incomplete(s StatusSource) bool {
	i, ok := s.(interface{ Incomplete() bool })
	return ok && i.Incomplete()
}

// merge joins the findings of CRLs and of the source.
func merge(a, b Check) Check {
	switch {
	case severity(a.Status) == severity(b.Status) || (a.Status == OnHold && b.Status == OK) || (a.Status == OK && b.Status == OnHold):
		if b.ThisUpdate.After(a.ThisUpdate) {
			return b
		}
		return a
	case severity(b.Status) > severity(a.Status):
		return b
	}
	return a
}

// severity orders statuses so that an answer beats no answer, and a bad one a
// good one.
func severity(c Code) int {
	switch c {
	case Revoked:
		return 4
	case OnHold:
		return 3
	case OK:
		return 2
	case StaleRevocation:
		return 1
	}
	return 0
}
