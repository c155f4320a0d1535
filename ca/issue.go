// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// backdating is how far before now a certificate begins, so that a checker
// whose clock is a little slow does not refuse it.
const backdating = 5 * time.Minute

// Request for one certificate. Either KeyRef is set or PublicKey.
type Request struct {
	Actor     string
	CA        string // ID of the CA that issues; "" means IssuingID
	Profile   string // department, officer, seal, …: Profiles.Names
	Subject   Subject
	KeyRef    string // a key in our custody, kept under the profile's name as its use
	PublicKey []byte // DER SubjectPublicKeyInfo; the caller has seen proof of possession
	// Source says where PublicKey comes from: "" and FromCSR are the holder's
	// own, FromCentre the key centre's. A KeyRef is always FromStore.
	Source KeySource
	// ForDelivery: the key was made to be handed to its holder, and is kept
	// under DeliveryUse of the profile.
	ForDelivery bool
	DNSNames    []string // subjectAltName of TLS certificates
	Department  string   // registry IDs, for finding
	Officer     string
	Validity    time.Duration // 0 means the profile's
	// Batch, when not empty, names a row of a bulk run: of all requests with the
	// same one at most one is ever granted (ErrState).
	Batch string
	// Replaces is the serial number of the certificate that this one follows, ""
	// for none: good, of the same profile and holder, and not followed yet.
	Replaces string
	renewal  bool // Renew asks, which may certify a centre's key again
}

// Issue makes one certificate: prepare, lint, store, sign once, store. The
// error is a *RequestError when the request itself cannot be granted, a
// *LintError when the linter refuses what would be signed.
func (a *Authority) Issue(ctx context.Context, r Request) (Certificate, error) {
	if r.Source == FromCentre && !r.renewal {
		return Certificate{}, &RequestError{"key", "of the key centre is made, escrowed and certified in one: IssueEncryption"}
	}
	p, err := a.prepare(ctx, r)
	if err != nil {
		return Certificate{}, err
	}
	return a.complete(ctx, p, p.issuer.signer)
}

// prepare validates a request and builds everything but the serial number.
func (a *Authority) prepare(ctx context.Context, r Request) (*plan, error) {
	p, err := a.profile(r.Profile)
	if err != nil {
		return nil, err
	}
	if err := a.checkRequest(ctx, p, &r); err != nil {
		return nil, err
	}
	is, err := a.authority(r.CA)
	if err != nil {
		return nil, err
	}
	if err := a.checkIssuing(ctx, is); err != nil {
		return nil, err
	}
	spki, err := a.publicKey(ctx, p, r)
	if err != nil {
		return nil, err
	}
	template, err := a.template(p, is, spki, r)
	if err != nil {
		return nil, err
	}
	if err := a.checkBelow(template, is); err != nil {
		return nil, err
	}
	key := gm.SM3(spki)
	return &plan{
		actor:    r.Actor,
		issuer:   is,
		template: template,
		promise:  p.promise(a.arc),
		hosts:    r.DNSNames,
		record: Certificate{CA: is.id, Shard: a.shardOf(is, key), Profile: p.Name(), KeyDigest: key, Subject: template.Subject.String(), Department: r.Department, Officer: r.Officer,
			KeyRef: r.KeyRef, Replaces: r.Replaces, Batch: r.Batch, NotBefore: template.NotBefore, NotAfter: template.NotAfter},
	}, nil
}

// checkRequest looks at what a request says of itself.
func (a *Authority) checkRequest(ctx context.Context, p Profile, r *Request) error {
	if r.Actor == "" {
		return &RequestError{"actor", "is missing"}
	}
	if err := r.Subject.check(p.s.subject); err != nil {
		return err
	}
	if err := checkDNSNames(r.DNSNames, p.s.dnsNames); err != nil {
		return err
	}
	return a.checkSuccession(ctx, r)
}

// template is the certificate of a checked request, but for its serial number.
func (a *Authority) template(p Profile, is *issuer, spki []byte, r Request) (cert.Template, error) {
	notBefore, notAfter, err := p.period(a.seconds(), r.Validity, is.cert)
	if err != nil {
		return cert.Template{}, err
	}
	ext, err := p.extensions(a, is, spki, r.Subject.CreditCode)
	if err != nil {
		return cert.Template{}, err
	}
	if len(r.DNSNames) > 0 {
		ext = append(ext, dnsNames(r.DNSNames))
	}
	return cert.Template{Issuer: is.cert.RawSubject, Subject: r.Subject.name(), NotBefore: notBefore, NotAfter: notAfter,
		PublicKey: spki, Extensions: ext, NullParameters: p.s.null}, nil
}

// checkIssuing stops a CA that cannot issue: its key lies elsewhere, or a
// certificate on its way to the root was revoked.
func (a *Authority) checkIssuing(ctx context.Context, is *issuer) error {
	if is.signer == nil {
		return fmt.Errorf("%w: the key of the %s CA is not here: it issues in a ceremony", ErrState, is.id)
	}
	return a.checkStanding(ctx, is)
}

// checkStanding stops a CA that was revoked, or stands below one that was.
func (a *Authority) checkStanding(ctx context.Context, is *issuer) error {
	for is.parent != "" {
		own, err := a.store.Standing(ctx, serialHex(is.cert.Serial))
		if err != nil {
			return fmt.Errorf("ca: state of the %s CA: %w", is.id, err)
		}
		if own.Status != Good {
			return fmt.Errorf("%w: the %s CA itself is %s", ErrState, is.id, own.Status)
		}
		if is, err = a.authority(is.parent); err != nil {
			return err
		}
	}
	return nil
}

// period returns when a new certificate is valid, nested within its issuer's.
func (p Profile) period(now time.Time, asked time.Duration, issuer *cert.Certificate) (from, to time.Time, err error) {
	length := asked
	if length == 0 {
		length = p.s.validity
	}
	switch {
	case length < time.Hour:
		return from, to, &RequestError{"validity", fmt.Sprintf("%v is too short", length)}
	case length > p.s.longest:
		return from, to, &RequestError{"validity", fmt.Sprintf("%d days is longer than the %d days of profile %s", length/day, p.s.longest/day, p.s.name)}
	}
	from, to = now.Add(-backdating), now.Add(length).Truncate(time.Second)
	if issuer == nil { // the root
		return from, to, nil
	}
	if from.Before(issuer.NotBefore) {
		from = issuer.NotBefore
	}
	if now.Before(issuer.NotBefore) || to.After(issuer.NotAfter) {
		return from, to, &RequestError{"validity", fmt.Sprintf("would end %s, beyond the %s to %s of the CA that issues: ask for less, or renew the CA",
			to.Format(time.DateOnly), issuer.NotBefore.Format(time.DateOnly), issuer.NotAfter.Format(time.DateOnly))}
	}
	return from, to, nil
}
