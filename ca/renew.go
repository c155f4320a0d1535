// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/cert"
)

// Renewal asks for a certificate that follows another one: the same holder,
// profile and CA, a new serial number and validity.
type Renewal struct {
	Actor  string
	Serial string // of the certificate to be followed
	// NewKey rekeys with a key made in the key store; PublicKey, DER
	// SubjectPublicKeyInfo, with the holder's own new key, of which the caller
	// has seen proof of possession. Neither renews with the same key.
	NewKey    bool
	PublicKey []byte
	Validity  time.Duration // 0 means the profile's
}

// Renew makes the successor of a certificate. The old one stays what it is, so
// that both overlap; whoever wants it ended revokes it as superseded. A
// certificate that is revoked, on hold, planned, of an authority, or followed
// by one that is good or on hold already is not renewed (ErrState).
func (a *Authority) Renew(ctx context.Context, r Renewal) (Certificate, error) {
	if r.NewKey && len(r.PublicKey) > 0 {
		return Certificate{}, &RequestError{"key", "is either made here or the holder's own"}
	}
	old, err := a.renewable(ctx, r.Actor, r.Serial)
	if err != nil {
		return Certificate{}, err
	}
	parsed, err := cert.Parse(old.DER)
	if err != nil {
		return Certificate{}, fmt.Errorf("ca: certificate %s: %w", old.SerialHex, err)
	}
	profile, err := a.profile(old.Profile)
	if err != nil {
		return Certificate{}, err
	}
	next := Request{Actor: r.Actor, CA: old.CA, Profile: old.Profile, Subject: profile.subjectOf(parsed), DNSNames: hostsOf(parsed),
		Department: old.Department, Officer: old.Officer, Validity: r.Validity, Replaces: old.SerialHex, renewal: true}
	if err := a.nextKey(ctx, r, old, parsed, &next); err != nil {
		return Certificate{}, err
	}
	return a.Issue(ctx, next)
}

// renewable loads the certificate to be followed.
func (a *Authority) renewable(ctx context.Context, actor, serial string) (Certificate, error) {
	_, old, err := a.endEntity(ctx, actor, serial, "be renewed here: that takes a ceremony")
	if err != nil {
		return old, err
	}
	if old.Status != Good {
		return old, fmt.Errorf("%w: certificate %s is %s, and only a good one is renewed", ErrState, old.SerialHex, old.Status)
	}
	for _, s := range []Status{Good, Hold} { // one on hold can come back, and is no reason for another
		next, err := a.store.Certificates(ctx, Query{Replaces: old.SerialHex, Status: s, Limit: 1})
		if err != nil {
			return old, fmt.Errorf("ca: look for a successor: %w", err)
		}
		if len(next) > 0 {
			return old, fmt.Errorf("%w: certificate %s has been renewed already, as %s, which is %s", ErrState, old.SerialHex, next[0].SerialHex, s)
		}
	}
	return old, nil
}

// checkSuccession looks at the certificate that a request's is to follow.
func (a *Authority) checkSuccession(ctx context.Context, r *Request) error {
	if r.Replaces == "" {
		return nil
	}
	old, err := a.renewable(ctx, r.Actor, r.Replaces)
	if err != nil {
		return err
	}
	if old.Profile != r.Profile || old.Department != r.Department || old.Officer != r.Officer {
		return &RequestError{"replaces", "certificate " + old.SerialHex + " is of another profile or holder"}
	}
	r.Replaces = old.SerialHex // as it is recorded
	return nil
}

// nextKey fills in the successor's key. An escrowed key is not made anew here:
// the key centre does that with the pair.
func (a *Authority) nextKey(ctx context.Context, r Renewal, old Certificate, parsed *cert.Certificate, next *Request) (err error) {
	switch {
	case r.NewKey:
		next.KeyRef, _, err = a.keys.Generate(ctx, old.Profile)
		if err != nil {
			return fmt.Errorf("ca: make the new key: %w", err)
		}
	case len(r.PublicKey) > 0:
		next.PublicKey, next.Source = r.PublicKey, FromCSR
	case old.KeyRef != "":
		next.KeyRef = old.KeyRef
		_, err := a.keys.Signer(ctx, old.KeyRef, DeliveryUse(old.Profile))
		next.ForDelivery = err == nil // the old one's was; Issue says if neither use fits
	default:
		next.PublicKey, next.Source = parsed.RawSPKI, FromCSR
		if p, err := a.profile(old.Profile); err == nil && p.KeyFrom(FromCentre) {
			next.Source = FromCentre
		}
	}
	return nil
}

// subjectOf reads the fields back that name wrote: a common name that only
// repeats organization or unit was not asked for.
func (p Profile) subjectOf(c *cert.Certificate) Subject {
	s := Subject{Organization: c.Subject.Get(cert.OIDOrganization), Unit: c.Subject.Get(cert.OIDUnit), CommonName: c.Subject.Get(cert.OIDCommonName),
		SerialNumber: c.Subject.Get(cert.OIDSerialNumber), CreditCode: c.CreditCode(), Province: c.Subject.Get(cert.OIDProvince), Locality: c.Subject.Get(cert.OIDLocality)}
	if p.s.subject.commonName == unused {
		s.CommonName = ""
	}
	return s
}

func hostsOf(c *cert.Certificate) (names []string) {
	for _, n := range c.SubjectAltNames {
		if n.Tag == cert.TagDNS {
			names = append(names, string(n.Value))
		}
	}
	return names
}
