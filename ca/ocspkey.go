// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ocsp"
)

// errOCSPBusy: more fresh signatures were asked for than are given.
var errOCSPBusy = errors.New("ca: too many OCSP answers to sign")

// Times and bounds of the responder.
const (
	ocspRenew     = 30 * day    // before its certificate's end a new key is made
	ocspRecheck   = time.Minute // how often the responder's own standing is looked at
	ocspFreshRate = 200         // signatures a second on a stranger's demand
	ocspFreshMost = 400         // of them at once
)

// responder is the delegated OCSP responder of one CA.
type responder struct {
	once   sync.Once
	ids    []ocsp.CertID // of the issuer, one for each digest; set by once
	cache  answerCache
	fresh  allowance
	mu     sync.Mutex
	key    *ocspKey  // guarded by mu
	looked time.Time // when key's standing was last looked at; guarded by mu
}

// ocspKey is the key in use with its certificate.
type ocspKey struct {
	signer crypto.Signer
	cert   *cert.Certificate
}

// issued reports whether the CertID names the responder's CA as issuer.
func (r *responder) issued(id *ocsp.CertID, issuer *cert.Certificate) bool {
	r.once.Do(func() { r.ids, _ = issuerHashes(issuer) }) // cannot fail: the certificate was parsed
	for i := range r.ids {
		ours := &r.ids[i]
		if ours.Hash.OID.Equal(id.Hash.OID) {
			return bytes.Equal(ours.NameHash, id.NameHash) && bytes.Equal(ours.KeyHash, id.KeyHash)
		}
	}
	return false
}

// OpenResponder makes sure that a CA's OCSP responder works, and makes a new
// one in time.
func (a *Authority) OpenResponder(ctx context.Context, id string) error {
	is, err := a.authority(id)
	if err != nil {
		return err
	}
	if is.signer == nil {
		return fmt.Errorf("%w: the key of the %s CA is not here", ErrState, is.id)
	}
	_, err = is.responder.open(ctx, a, is)
	return err
}

// open returns the responder's key: the newest good one of the store, else a
// new one. The standing of the key in use is looked at once a minute, so that
// a revoked responder falls silent in every process.
func (r *responder) open(ctx context.Context, a *Authority, is *issuer) (*ocspKey, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := a.now()
	if r.key != nil && now.Sub(r.looked).Abs() < ocspRecheck {
		return r.key, nil
	}
	if r.key != nil && is.lasts(r.key.cert.NotAfter, now) {
		s, err := a.store.Standing(ctx, serialHex(r.key.cert.Serial))
		if err != nil {
			return nil, fmt.Errorf("standing of the OCSP responder: %w", err)
		}
		if s.Status == Good {
			r.looked = now
			return r.key, nil
		}
	}
	key, err := a.findOCSPKey(ctx, is, now)
	if err != nil {
		return nil, err
	}
	r.key, r.looked = key, now
	return key, nil
}

// lasts reports whether a responder that ends then is not due to be replaced.
// None outlives its CA, so towards the CA's end half of what is left will do.
func (i *issuer) lasts(notAfter, now time.Time) bool {
	return notAfter.Sub(now) > min(ocspRenew, i.cert.NotAfter.Sub(now)/2)
}

func (a *Authority) findOCSPKey(ctx context.Context, is *issuer, now time.Time) (*ocspKey, error) {
	all, err := a.store.Certificates(ctx, Query{CA: is.id, Profile: ProfileOCSP, Status: Good, Limit: 20})
	if err != nil {
		return nil, fmt.Errorf("look for the OCSP responder: %w", err)
	}
	for _, c := range all {
		if c.KeyRef != "" && c.CA == is.id && is.lasts(c.NotAfter, now) {
			return a.openOCSPKey(ctx, c)
		}
	}
	made, err := a.makeResponder(ctx, is, now)
	if err != nil {
		return nil, fmt.Errorf("make an OCSP responder: %w", err)
	}
	return a.openOCSPKey(ctx, made)
}

func (a *Authority) openOCSPKey(ctx context.Context, c Certificate) (*ocspKey, error) {
	signer, err := a.keys.Signer(ctx, c.KeyRef, ProfileOCSP)
	if err != nil {
		return nil, fmt.Errorf("open the OCSP responder's key: %w", err)
	}
	parsed, err := cert.Parse(c.DER)
	if err != nil {
		return nil, fmt.Errorf("certificate of the OCSP responder: %w", err)
	}
	own, ok := gm.AsPublicKey(parsed.PublicKey)
	if !ok || !own.Equal(signer.Public()) {
		return nil, errors.New("the OCSP responder's key is not that of its certificate")
	}
	return &ocspKey{signer, parsed}, nil
}

// makeResponder certifies a new key in the name of the CA's own body.
// Two processes that do it at once make two responders, which does no harm.
func (a *Authority) makeResponder(ctx context.Context, is *issuer, now time.Time) (Certificate, error) {
	ref, _, err := a.keys.Generate(ctx, ProfileOCSP)
	if err != nil {
		return Certificate{}, err
	}
	profile, err := a.profile(ProfileOCSP)
	if err != nil {
		return Certificate{}, err
	}
	validity := min(profile.Validity(), is.cert.NotAfter.Sub(now).Truncate(time.Second))
	return a.Issue(ctx, Request{Actor: system, CA: is.id, Profile: ProfileOCSP, KeyRef: ref, Validity: validity, Subject: responderSubject(is.cert.Subject)})
}

// responderSubject is the CA's own body, in the same place.
func responderSubject(ca cert.Name) Subject {
	body := ca.Get(cert.OIDOrganization)
	return Subject{Organization: body, CommonName: body + "证书状态服务", Province: ca.Get(cert.OIDProvince), Locality: ca.Get(cert.OIDLocality)}
}
