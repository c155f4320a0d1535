// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/ocsp"
)

// An answer is good for ocspLife and signed anew when half of it has passed,
// or at once when the certificate's status changed.
const ocspLife = 12 * time.Hour

// MaxOCSPRequest bounds an OCSP request in octets.
const MaxOCSPRequest = ocsp.MaxRequest

// maxOCSPItems bounds the certificates of one request that is answered; each
// costs a look at the database.
const maxOCSPItems = 20

// Standing is what a certificate's status is at this moment.
type Standing struct {
	CA         string
	Shard      int
	Status     Status
	RevokedAt  time.Time
	Reason     int
	Invalidity time.Time
}

// OCSPAnswer is a DER OCSPResponse. ThisUpdate and NextUpdate are zero when it
// must not be cached: an error, a nonce, several certificates, or unknown.
type OCSPAnswer struct {
	DER                    []byte
	ThisUpdate, NextUpdate time.Time
}

// OCSPRequest encodes a DER OCSPRequest about one certificate of an issuer, as
// most clients write it: by SHA-1, without a nonce.
func OCSPRequest(issuerDER []byte, serial *big.Int) ([]byte, error) {
	issuer, err := cert.Parse(issuerDER)
	if err != nil {
		return nil, fmt.Errorf("ca: issuer of the certificate to ask about: %w", err)
	}
	id, err := ocsp.NewCertID(ocsp.OIDSHA1, issuer.RawSubject, issuer.RawSPKI, serial)
	if err != nil {
		return nil, err
	}
	return (&ocsp.Request{Items: []ocsp.Item{{ID: id}}}).Marshal()
}

// OCSP answers a DER OCSPRequest (RFC 6960) for certificates of a CA whose key
// is at hand. One answer speaks for one CA, that of the first certificate which
// is ours: its responder has no word on another's. It always has an answer: what
// cannot be answered gets an error response of the protocol, and err then says,
// for the log, what went wrong here.
func (a *Authority) OCSP(ctx context.Context, request []byte) (answer OCSPAnswer, err error) {
	r, parseErr := ocsp.ParseRequest(request)
	if parseErr != nil || len(r.Items) > maxOCSPItems || r.UnknownCritical() {
		return refuseOCSP(ocsp.MalformedRequest), nil
	}
	var is *issuer
	for i := range r.Items {
		id := &r.Items[i].ID
		if !plainParameters(id.Hash.Parameters) {
			return refuseOCSP(ocsp.MalformedRequest), nil
		}
		if is == nil {
			is = a.ocspIssuer(id)
		}
	}
	if is == nil { // another CA's, or the root's, whose key cannot delegate from a safe
		return refuseOCSP(ocsp.Unauthorized), nil
	}
	answer, err = a.answerOCSP(ctx, is, r)
	switch {
	case err == nil:
		return answer, nil
	case errors.Is(err, errOCSPBusy):
		return refuseOCSP(ocsp.TryLater), nil
	}
	return refuseOCSP(ocsp.InternalError), fmt.Errorf("ca: answer OCSP: %w", err)
}

func refuseOCSP(s ocsp.Status) OCSPAnswer { return OCSPAnswer{DER: ocsp.MarshalError(s)} }

// plainParameters: a digest's parameters are absent or NULL. They come back in
// the answer, so anything else would let a stranger fill the cache.
func plainParameters(p []byte) bool {
	return len(p) == 0 || len(p) == 2 && p[0] == 5 && p[1] == 0
}

// ocspIssuer returns the CA that a CertID names, nil when it is none that can
// answer.
func (a *Authority) ocspIssuer(id *ocsp.CertID) *issuer {
	for looked := false; !looked; looked = !a.reload() {
		for _, is := range a.authorities() {
			if is.signer != nil && is.responder.issued(id, is.cert) {
				return is
			}
		}
	}
	return nil
}

func (a *Authority) answerOCSP(ctx context.Context, is *issuer, r *ocsp.Request) (OCSPAnswer, error) {
	o, err := is.responder.open(ctx, a, is)
	if err != nil {
		return OCSPAnswer{}, err
	}
	// Read before the standings: a change behind it makes what was kept under it
	// be looked at again.
	change, err := a.changes.read(ctx, a.store, is.id)
	if err != nil {
		return OCSPAnswer{}, err
	}
	if len(r.Items) == 1 && r.Nonce == nil {
		if answer, ok := is.known(o, &r.Items[0].ID, change, a.now()); ok {
			return answer, nil
		}
	}
	standings := make([]Standing, len(r.Items))
	for i := range r.Items {
		if standings[i], err = a.standing(ctx, is, &r.Items[i].ID); err != nil {
			return OCSPAnswer{}, err
		}
	}
	alone := len(r.Items) == 1 && standings[0].Status != Planned
	if alone && r.Nonce == nil {
		return a.cachedOCSP(is, o, &r.Items[0].ID, standings[0], change)
	}
	if !is.responder.fresh.take(a.now()) {
		if alone { // RFC 8954 2.1: the nonce may be left out, and the answer stays available
			return a.cachedOCSP(is, o, &r.Items[0].ID, standings[0], change)
		}
		return OCSPAnswer{}, errOCSPBusy
	}
	return a.signOCSP(o, r.Items, standings, r.Nonce, a.seconds())
}

// standing looks the certificate up. Planned stands for everything that we
// never issued: the answer is unknown.
func (a *Authority) standing(ctx context.Context, is *issuer, id *ocsp.CertID) (Standing, error) {
	never := Standing{Status: Planned}
	if !is.responder.issued(id, is.cert) || id.Serial.Sign() <= 0 {
		return never, nil
	}
	s, err := a.store.Standing(ctx, serialHex(id.Serial))
	if errors.Is(err, ErrNotFound) || err == nil && s.CA != is.id {
		return never, nil
	}
	return s, err
}

// known returns the kept answer for a certificate that was made or confirmed
// under the newest change of its CA: nothing can have happened to it since.
func (i *issuer) known(o *ocspKey, id *ocsp.CertID, change int64, now time.Time) (OCSPAnswer, bool) {
	if id.Serial.Sign() <= 0 || !i.responder.issued(id, i.cert) {
		return OCSPAnswer{}, false
	}
	kept, ok := i.responder.cache.get(cacheKey(id))
	return kept.answer, ok && kept.change == change && kept.serves(o, now)
}

// cachedOCSP answers for one certificate that we issued.
func (a *Authority) cachedOCSP(is *issuer, o *ocspKey, id *ocsp.CertID, s Standing, change int64) (OCSPAnswer, error) {
	now := a.seconds()
	key := cacheKey(id)
	if kept, ok := is.responder.cache.get(key); ok && kept.standing == s && kept.serves(o, now) {
		kept.change = change
		is.responder.cache.put(key, kept)
		return kept.answer, nil
	}
	answer, err := a.signOCSP(o, []ocsp.Item{{ID: *id}}, []Standing{s}, nil, now)
	if err != nil {
		return OCSPAnswer{}, err
	}
	answer.ThisUpdate, answer.NextUpdate = now, now.Add(ocspLife)
	is.responder.cache.put(key, keptAnswer{by: o, standing: s, change: change, answer: answer})
	return answer, nil
}

func (a *Authority) signOCSP(o *ocspKey, items []ocsp.Item, standings []Standing, nonce []byte, now time.Time) (OCSPAnswer, error) {
	responder := ocsp.ByName(o.cert)
	if a.byKey {
		var err error
		if responder, err = ocsp.ByKey(o.cert); err != nil {
			return OCSPAnswer{}, err
		}
	}
	say := ocsp.Answer{Responder: responder, ProducedAt: now, Nonce: nonce, Certificates: [][]byte{o.cert.Raw}}
	for i := range items {
		say.Singles = append(say.Singles, standings[i].single(items[i].ID, now))
	}
	der, err := say.Sign(o.signer)
	return OCSPAnswer{DER: der}, err
}

// single words a standing as RFC 6960 does: a hold is a revocation with reason
// certificateHold, and what was never issued is unknown.
func (s Standing) single(id ocsp.CertID, now time.Time) ocsp.Single {
	out := ocsp.Single{ID: id, ThisUpdate: now, NextUpdate: now.Add(ocspLife)}
	switch s.Status {
	case Good:
		out.Status = ocsp.Good
	case Hold, Revoked:
		out.Status, out.RevokedAt = ocsp.Revoked, s.RevokedAt.UTC().Truncate(time.Second)
		if s.Reason != ReasonUnspecified {
			out.Reason = &s.Reason
		}
		if !s.Invalidity.IsZero() {
			out.Extensions = []cert.Extension{ocsp.InvalidityExtension(s.Invalidity)}
		}
	default:
		out.Status = ocsp.Unknown
	}
	return out
}

// cacheKey tells answers apart that differ in octets: digest, its parameters,
// serial number. Each CA has a cache of its own.
func cacheKey(id *ocsp.CertID) string {
	form := byte(len(id.NameHash)) | byte(len(id.Hash.Parameters))<<6
	return string(append([]byte{form, byte(id.Hash.OID[len(id.Hash.OID)-1])}, id.Serial.Bytes()...))
}

// issuerHashes are the CertIDs' digests of a CA, computed once.
func issuerHashes(issuer *cert.Certificate) ([]ocsp.CertID, error) {
	var all []ocsp.CertID
	for _, h := range ocsp.Digests() {
		id, err := ocsp.NewCertID(h, issuer.RawSubject, issuer.RawSPKI, big.NewInt(1))
		if err != nil {
			return nil, err
		}
		all = append(all, id)
	}
	return all, nil
}
