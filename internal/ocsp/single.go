// SPDX-License-Identifier: Apache-2.0

package ocsp

import (
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cert"
)

// CertStatus is the answer for one certificate.
type CertStatus int

// The answers (RFC 6960 2.2). A certificate on hold is Revoked with reason
// certificateHold.
const (
	Good CertStatus = iota
	Revoked
	Unknown
)

// String is the name in RFC 6960.
func (s CertStatus) String() string { return [...]string{"good", "revoked", "unknown"}[s] }

// Single is a SingleResponse.
type Single struct {
	ID                     CertID
	Status                 CertStatus
	RevokedAt              time.Time // of Revoked
	Reason                 *int      // CRLReason, nil when absent
	ThisUpdate, NextUpdate time.Time // NextUpdate is zero when absent
	Extensions             []cert.Extension
	Invalidity             time.Time // from Extensions (RFC 6960 4.4.5), zero when absent
}

// InvalidityExtension carries the date since when a key is held to be
// compromised.
func InvalidityExtension(t time.Time) cert.Extension {
	var b cryptobyte.Builder
	addTime(&b, t)
	return cert.Extension{ID: cert.OIDInvalidityDate, Value: b.BytesOrPanic()}
}

func readSingle(list *cryptobyte.String) (s Single, err error) {
	var in cryptobyte.String
	if !list.ReadASN1(&in, cbasn1.SEQUENCE) {
		return s, bad("SingleResponse", "not a SEQUENCE")
	}
	if s.ID, err = readCertID(&in); err != nil {
		return s, err
	}
	if err = s.readStatus(&in); err != nil {
		return s, err
	}
	if s.ThisUpdate, err = readTime(&in, "thisUpdate"); err != nil {
		return s, err
	}
	if in.PeekASN1Tag(tag0) {
		var outer cryptobyte.String
		in.ReadASN1(&outer, tag0)
		if s.NextUpdate, err = readTime(&outer, "nextUpdate"); err != nil {
			return s, err
		}
		if !outer.Empty() || s.NextUpdate.Before(s.ThisUpdate) {
			return s, bad("nextUpdate", "malformed, or before thisUpdate")
		}
	}
	if s.Extensions, err = readExtensions(&in, tag1, "singleExtensions"); err != nil {
		return s, err
	}
	if !in.Empty() {
		return s, bad("SingleResponse", "something stands behind the last field")
	}
	return s, s.readInvalidity()
}

func (s *Single) readInvalidity() (err error) {
	e := find(s.Extensions, cert.OIDInvalidityDate)
	if e == nil {
		return nil
	}
	v := cryptobyte.String(e.Value)
	if s.Invalidity, err = readTime(&v, "invalidityDate"); err != nil || !v.Empty() {
		return bad("invalidityDate", "not a GeneralizedTime")
	}
	return nil
}

func (s *Single) readStatus(in *cryptobyte.String) (err error) {
	var body cryptobyte.String
	switch {
	case in.PeekASN1Tag(prim0):
		s.Status = Good
		if !in.ReadASN1(&body, prim0) || !body.Empty() {
			return bad("certStatus", "good is no NULL")
		}
	case in.PeekASN1Tag(prim2):
		s.Status = Unknown
		if !in.ReadASN1(&body, prim2) || !body.Empty() {
			return bad("certStatus", "unknown is no NULL")
		}
	case in.PeekASN1Tag(tag1):
		s.Status = Revoked
		in.ReadASN1(&body, tag1)
		if s.RevokedAt, err = readTime(&body, "revocationTime"); err != nil {
			return err
		}
		return s.readReason(&body)
	default:
		return bad("certStatus", "neither good, revoked nor unknown")
	}
	return nil
}

func (s *Single) readReason(body *cryptobyte.String) error {
	if body.Empty() {
		return nil
	}
	var outer cryptobyte.String
	var reason int
	if !body.ReadASN1(&outer, tag0) || !outer.ReadASN1Enum(&reason) || !outer.Empty() || !body.Empty() {
		return bad("revocationReason", "malformed")
	}
	// removeFromCRL (8) is for delta CRLs only (RFC 5280 5.3.1); 7 is not used.
	if reason < 0 || reason > 10 || reason == 7 || reason == cert.ReasonRemoveFromCRL {
		return bad("revocationReason", "%d is none that an answer may have", reason)
	}
	s.Reason = &reason
	return nil
}

func (s *Single) add(b *cryptobyte.Builder) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		id, err := s.ID.Marshal()
		if err != nil {
			b.SetError(err)
			return
		}
		b.AddBytes(id)
		s.addStatus(b)
		addTime(b, s.ThisUpdate)
		if !s.NextUpdate.IsZero() {
			b.AddASN1(tag0, func(b *cryptobyte.Builder) { addTime(b, s.NextUpdate) })
		}
		addExtensions(b, tag1, s.Extensions)
	})
}

func (s *Single) addStatus(b *cryptobyte.Builder) {
	switch s.Status {
	case Good:
		b.AddASN1(prim0, func(*cryptobyte.Builder) {})
	case Unknown:
		b.AddASN1(prim2, func(*cryptobyte.Builder) {})
	default:
		b.AddASN1(tag1, func(b *cryptobyte.Builder) {
			addTime(b, s.RevokedAt)
			if s.Reason != nil {
				b.AddASN1(tag0, func(b *cryptobyte.Builder) {
					b.AddASN1(cbasn1.ENUM, func(b *cryptobyte.Builder) { b.AddUint8(uint8(*s.Reason)) })
				})
			}
		})
	}
}

// Entry shows a revocation as a CRL would, so that both are judged alike.
func (s *Single) Entry() cert.Revoked {
	r := cert.Revoked{Serial: s.ID.Serial, Date: s.RevokedAt, Invalidity: s.Invalidity}
	if s.Reason != nil {
		r.Reason = *s.Reason
	}
	return r
}
