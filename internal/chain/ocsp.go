// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/ocsp"
)

// Bounds of the OCSP material of one question.
const (
	maxAnswers     = 256
	maxAnswerTries = 1024 // signature checks, responders' certificates included
)

// OCSPAnswers is a StatusSource of OCSP answers (RFC 6960). An answer counts
// when it is signed by the certificate's issuer itself, or by a responder that
// this very issuer certified for it: a certificate of the issuer's key, with
// the OCSP signing usage, marked nocheck, in force when it signed and at the
// check time (RFC 6960 4.2.2.2). A responder without nocheck is not accepted:
// somebody would have to answer for it in turn.
//
// It serves one goroutine.
type OCSPAnswers struct {
	answers    []*answer // newest first
	candidates []*cert.Certificate
	proof      time.Time
	freshFor   time.Duration
	tries      int
	incomplete bool
	signed     map[signedBy]bool
}

// answer is one SingleResponse with the response that carries it.
type answer struct {
	basic  *ocsp.Basic
	single *ocsp.Single
	certs  []*cert.Certificate // that came along
}

type signedBy struct {
	basic  *ocsp.Basic
	issuer string // SubjectPublicKeyInfo
	at     time.Time
}

// ParseOCSP reads one DER OCSPResponse, only to say whether it can be used.
func ParseOCSP(der []byte) error {
	r, err := ocsp.ParseResponse(der)
	if err != nil {
		return err
	}
	if r.Basic == nil {
		return fmt.Errorf("ocsp: the responder says %s and answers nothing", r.Status)
	}
	return nil
}

// NewOCSPAnswers reads responses (DER); those that cannot be read are passed
// over, since they could not help. Answers from after proof are from the
// future and not looked at. candidates are further certificates among which a
// responder's may be; freshFor is as in Request.
func NewOCSPAnswers(responses [][]byte, candidates []*cert.Certificate, proof time.Time, freshFor time.Duration) *OCSPAnswers {
	s := &OCSPAnswers{candidates: candidates, proof: proof, freshFor: freshFor, tries: maxAnswerTries, signed: map[signedBy]bool{}}
	for i, der := range responses {
		if i >= maxAnswers {
			s.incomplete = true
			break
		}
		r, err := ocsp.ParseResponse(der)
		if err != nil || r.Basic == nil {
			continue
		}
		s.add(r.Basic)
	}
	slices.SortStableFunc(s.answers, func(a, b *answer) int { return b.single.ThisUpdate.Compare(a.single.ThisUpdate) })
	return s
}

func (s *OCSPAnswers) add(b *ocsp.Basic) {
	var certs []*cert.Certificate
	for _, der := range b.Certificates {
		if c, err := cert.Parse(der); err == nil {
			certs = append(certs, c)
		}
	}
	for i := range b.Singles {
		one := &b.Singles[i]
		if one.ID.Supported() && !one.ThisUpdate.After(s.proof) && !b.ProducedAt.After(s.proof) && !b.UnknownCritical(one) {
			s.answers = append(s.answers, &answer{b, one, certs})
		}
	}
}

// Incomplete reports whether answers were not looked at because there were too
// many: a missing answer is then held against the path in every mode.
func (s *OCSPAnswers) Incomplete() bool { return s.incomplete }

// Status implements StatusSource by the same rules as CRLs are judged.
func (s *OCSPAnswers) Status(c, issuer *cert.Certificate, at time.Time) (Check, bool) {
	found := Check{Certificate: c, By: "ocsp"}
	settled, later := false, (*cert.Revoked)(nil)
	for _, a := range s.answers {
		if a.single.ID.Serial.Cmp(c.Serial) != 0 || a.single.Status == ocsp.Unknown || !s.about(a, c, issuer) || !s.speaks(a, issuer, at) {
			continue
		}
		entry := a.single.Entry()
		if a.single.Status == ocsp.Revoked && entry.Reason != cert.ReasonCertificateHold {
			if !entry.EffectiveDate().After(at) {
				return a.check(c, Revoked, &entry), true // for good, so that an old answer proves it
			}
			later = &entry
		}
		switch {
		case settled:
		case !servesAt(a.single.ThisUpdate, a.single.NextUpdate, c, at, s.freshFor):
			if found.Status == OK { // the newest of the stale ones
				found = a.check(c, StaleRevocation, nil)
			}
		case a.single.Status == ocsp.Revoked && entry.Reason == cert.ReasonCertificateHold && !entry.EffectiveDate().After(at):
			found, settled = a.check(c, OnHold, &entry), true
		default:
			found, settled = a.check(c, OK, nil), true
			if a.single.Status == ocsp.Revoked {
				found.RevokedAt, found.Reason = entry.EffectiveDate(), entry.Reason
			}
		}
	}
	if settled && found.Status == OK && later != nil {
		found.RevokedAt, found.Reason = later.EffectiveDate(), later.Reason
	}
	return found, settled || found.Status == StaleRevocation
}

func (a *answer) check(c *cert.Certificate, status Code, entry *cert.Revoked) Check {
	check := Check{Certificate: c, Status: status, By: "ocsp", ThisUpdate: a.single.ThisUpdate, NextUpdate: a.single.NextUpdate}
	if entry != nil {
		check.RevokedAt, check.Reason = entry.EffectiveDate(), entry.Reason
	}
	return check
}

// about compares the issuer's name as the certificate spells it (RFC 6960
// 4.1.1) or as the issuer's own does, and the issuer's key.
func (s *OCSPAnswers) about(a *answer, c, issuer *cert.Certificate) bool {
	return a.single.ID.Names(c.RawIssuer, issuer.RawSPKI) || a.single.ID.Names(issuer.RawSubject, issuer.RawSPKI)
}

// speaks reports whether the answer is signed by somebody who may answer for
// the issuer.
func (s *OCSPAnswers) speaks(a *answer, issuer *cert.Certificate, at time.Time) bool {
	when := a.basic.ProducedAt
	if at.After(when) {
		when = at
	}
	key := signedBy{a.basic, string(issuer.RawSPKI), when}
	good, known := s.signed[key]
	if !known {
		good = s.byIssuer(a, issuer) || s.byResponder(a, issuer, when)
		s.signed[key] = good
	}
	return good
}

// try takes one signature check; none left means that answers are lost.
func (s *OCSPAnswers) try() bool {
	if s.tries <= 0 {
		s.incomplete = true
		return false
	}
	s.tries--
	return true
}

func (s *OCSPAnswers) byIssuer(a *answer, issuer *cert.Certificate) bool {
	return a.basic.Responder.Is(issuer) && s.try() && a.basic.CheckSignature(issuer.PublicKey) == nil
}

func (s *OCSPAnswers) byResponder(a *answer, issuer *cert.Certificate, when time.Time) bool {
	for _, list := range [][]*cert.Certificate{a.certs, s.candidates} {
		for _, c := range list {
			if bytes.Equal(c.Raw, issuer.Raw) || !a.basic.Responder.Is(c) || !c.OCSPNoCheck || !c.Issuer.Equal(issuer.Subject) {
				continue
			}
			if code, _ := checkValidity(c, a.basic.ProducedAt); code != OK {
				continue
			}
			if s.try() && a.basic.CheckSignature(c.PublicKey) == nil && s.try() && s.delegated(c, issuer, when) {
				return true
			}
		}
	}
	return false
}

// delegated validates the responder's certificate below the issuer, whose own
// path is being judged where this is asked.
func (s *OCSPAnswers) delegated(responder, issuer *cert.Certificate, when time.Time) bool {
	usage := Usage{ExtKeyUsage: cert.OIDOCSPSigning, EndEntity: true}
	if responder.KeyUsage != nil {
		usage.KeyUsage = cert.DigitalSignature | cert.NonRepudiation
	}
	if issuer.ExtKeyUsage != nil && !lists(issuer, cert.OIDOCSPSigning.Equal) && !lists(issuer, cert.OIDAnyUsage.Equal) {
		return false // as in checkUsage: a CA gives no office that it was not given
	}
	r, err := Validate(context.Background(), Request{Leaf: responder, Anchors: []*cert.Certificate{issuer}, Time: when, Revocation: RevocationOff, Usage: usage, MaxDepth: 1})
	return err == nil && r.Code == OK
}
