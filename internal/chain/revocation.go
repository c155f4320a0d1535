// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"fmt"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/cert"
)

// revocation judges the status of each certificate below the anchor and
// returns what the worst of them makes of the path.
func (s *search) revocation(path []*cert.Certificate, r *Result) (Code, string) {
	code, detail := OK, ""
	for i := range len(path) - 1 {
		check := s.status(path, i)
		r.Checks = append(r.Checks, check)
		if found := s.weigh(check, i); slices.Index(worst, found) > slices.Index(worst, code) {
			code, detail = found, explain(check)
		}
	}
	return code, detail
}

// worst orders what the statuses make of one path.
var worst = []Code{OK, StaleRevocation, NoRevocationInfo, OnHold, RevokedCA, Revoked}

// weigh turns the status of certificate i into an outcome of the path.
func (s *search) weigh(c Check, i int) Code {
	switch c.Status {
	case NoRevocationInfo, StaleRevocation:
		// When the work ran out, or not all lists were looked at, an answer may have
		// been drowned in material that an attacker sent along: never let pass.
		if s.v.req.Revocation != RevocationRequired && !s.v.work.exhausted() && !s.v.truncated && !incomplete(s.v.req.Status) {
			return OK
		}
	case Revoked:
		if i > 0 {
			return RevokedCA
		}
	}
	return c.Status
}

func explain(c Check) string {
	name := c.Certificate.Subject.String()
	switch c.Status {
	case Revoked:
		return fmt.Sprintf("certificate %q was revoked on %s, reason %d (RFC 5280 6.3)", name, c.RevokedAt.Format(time.RFC3339), c.Reason)
	case OnHold:
		return fmt.Sprintf("certificate %q is on hold since %s", name, c.RevokedAt.Format(time.RFC3339))
	case StaleRevocation:
		return fmt.Sprintf("the newest usable revocation list for %q is of %s and does not serve the check time", name, c.ThisUpdate.Format(time.RFC3339))
	}
	return fmt.Sprintf("no usable revocation information for %q", name)
}

// status finds out about certificate path[i], whose issuer is path[i+1].
func (s *search) status(path []*cert.Certificate, i int) Check {
	c := path[i]
	if i == 0 && c.OCSPNoCheck && s.usage.ExtKeyUsage.Equal(cert.OIDOCSPSigning) {
		// RFC 6960 4.2.2.2.1: trusted for its lifetime; only as a responder.
		return Check{Certificate: c, Status: OK, By: "ocsp-nocheck"}
	}
	check := (&judgement{search: s, path: path, i: i, subject: c}).run()
	if s.v.req.Status == nil {
		return check
	}
	other, ok := s.v.req.Status.Status(c, path[i+1], s.at)
	if !ok {
		return check
	}
	other.Certificate = c
	return merge(check, other)
}

// allReasons are the bits 1 to 8 of ReasonFlags (RFC 5280 4.2.1.13).
const allReasons uint16 = 0x1FE

// judgement is RFC 5280 6.3.3 for one certificate, with the time rules of
// design.md section 6 in place of "now".
type judgement struct {
	*search
	path    []*cert.Certificate
	i       int
	subject *cert.Certificate

	reasons uint16 // reasons_mask: what valid lists that serve the time cover
	good    *cert.CRL
	held    *finding
	later   *cert.Revoked // an entry that counts only after the time
	stale   *cert.CRL
}

type finding struct {
	crl   *cert.CRL
	entry *cert.Revoked
}

func (j *judgement) run() Check {
	for _, point := range j.points() {
		for _, crl := range j.v.crls {
			if j.v.ctx.Err() != nil || j.v.work.exhausted() {
				return Check{Certificate: j.subject, Status: NoRevocationInfo}
			}
			if f := j.consult(point, crl); f != nil {
				return j.report(Revoked, f.crl, f.entry)
			}
		}
	}
	switch {
	case j.held != nil:
		return j.report(OnHold, j.held.crl, j.held.entry)
	case j.reasons == allReasons:
		return j.report(OK, j.good, j.later)
	case j.stale != nil:
		return j.report(StaleRevocation, j.stale, nil)
	}
	return Check{Certificate: j.subject, Status: NoRevocationInfo}
}

func (j *judgement) report(status Code, crl *cert.CRL, entry *cert.Revoked) Check {
	c := Check{Certificate: j.subject, Status: status, By: "crl", ThisUpdate: crl.ThisUpdate, NextUpdate: crl.NextUpdate}
	if crl.Number != nil {
		c.Number = crl.Number.String()
	}
	if entry != nil {
		c.RevokedAt, c.Reason = entry.EffectiveDate(), entry.Reason
	}
	return c
}

// consult looks at one list under one distribution point. It returns the
// entry that revokes the certificate for good at the time; everything else
// is kept in j.
func (j *judgement) consult(point distributionPoint, crl *cert.CRL) *finding {
	if len(crl.UnknownCritical) > 0 || !j.inScope(point, crl) {
		return nil
	}
	entry := crl.FindIssued(j.subject.Issuer, j.subject.Serial)
	covers := point.reasons & crlReasons(crl)
	news := crl.DeltaBase == nil && covers&^j.reasons != 0
	serves := j.serves(crl)
	if entry == nil && !(news && (serves || j.stale == nil)) {
		return nil // nothing to be learnt: save the signature check
	}
	if !j.signed(point, crl) {
		return nil
	}
	if entry != nil && !lifts(entry) && entry.Reason != cert.ReasonCertificateHold {
		// A revocation is for good (RFC 5280 5.3.1), so that an old list proves
		// it as well as a new one.
		if !entry.EffectiveDate().After(j.at) {
			return &finding{crl, entry}
		}
		j.later = entry
	}
	if !news {
		return nil
	}
	if !serves {
		if j.stale == nil {
			j.stale = crl
		}
		return nil
	}
	return j.cover(point, crl, entry, covers)
}

// cover takes a complete list that serves the time, with the newest delta to
// it, as the answer for the reasons it covers.
func (j *judgement) cover(point distributionPoint, crl *cert.CRL, entry *cert.Revoked, covers uint16) *finding {
	from := crl
	if delta := j.deltaTo(point, crl); delta != nil {
		from = delta
		if changed := delta.FindIssued(j.subject.Issuer, j.subject.Serial); changed != nil {
			entry = changed
		}
	}
	j.reasons |= covers
	if j.good == nil {
		j.good = from
	}
	if entry != nil && entry.Reason == cert.ReasonCertificateHold && !entry.EffectiveDate().After(j.at) && j.held == nil {
		j.held = &finding{from, entry}
	}
	return nil
}

// lifts reports whether an entry of a delta takes a certificate off the list.
func lifts(r *cert.Revoked) bool { return r.Reason == cert.ReasonRemoveFromCRL }

// serves applies design.md section 6: a list serves the time if it was issued
// after it, before the certificate's expiry (expired ones may be dropped), or
// before it and was not stale then.
func (j *judgement) serves(crl *cert.CRL) bool {
	return servesAt(crl.ThisUpdate, crl.NextUpdate, j.subject, j.at, j.v.req.FreshFor)
}

func servesAt(thisUpdate, nextUpdate time.Time, subject *cert.Certificate, at time.Time, freshFor time.Duration) bool {
	if thisUpdate.After(at) {
		return !thisUpdate.After(subject.NotAfter)
	}
	if nextUpdate.IsZero() {
		return at.Sub(thisUpdate) <= freshFor && freshFor > 0
	}
	return !at.After(nextUpdate)
}

// deltaTo returns the newest delta list that continues crl: same issuer, key
// and scope, numbers that join, serving the time (RFC 5280 5.2.4, 6.3.3 c).
func (j *judgement) deltaTo(point distributionPoint, crl *cert.CRL) *cert.CRL {
	if crl.Number == nil {
		return nil
	}
	i := slices.IndexFunc(j.v.crls, func(d *cert.CRL) bool {
		return d.DeltaBase != nil && d.Number != nil && len(d.UnknownCritical) == 0 &&
			d.DeltaBase.Cmp(crl.Number) <= 0 && crl.Number.Cmp(d.Number) < 0 &&
			d.Issuer.Equal(crl.Issuer) && d.SameScope(crl) && sameKey(d, crl) &&
			j.serves(d) && j.inScope(point, d) && j.signed(point, d)
	})
	if i < 0 {
		return nil
	}
	return j.v.crls[i]
}

func sameKey(a, b *cert.CRL) bool {
	if a.AuthorityKeyID == nil || b.AuthorityKeyID == nil {
		return a.AuthorityKeyID == b.AuthorityKeyID
	}
	return string(a.AuthorityKeyID.KeyID) == string(b.AuthorityKeyID.KeyID)
}
