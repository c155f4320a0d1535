// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/lint"
	"github.com/govseal/govseal/ledger"
)

// backdating is how far before now a certificate begins, so that a checker
// whose clock is a little slow does not refuse it.
const backdating = 5 * time.Minute

// Request for one certificate. Either KeyRef is set or PublicKey.
type Request struct {
	Actor     string
	CA        string // which issues; "" means the issuing CA
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

// plan is a validated certificate to be. It is signed once at most: complete
// spends it, and only prepare functions make one.
type plan struct {
	actor    string
	issuer   *issuer
	template cert.Template
	promise  *lint.Profile // what its profile says; nil when a ceremony decides
	hosts    []string      // of its subjectAltName
	record   Certificate
	cleared  *cleared // by the linter
	spent    bool
	// keep makes the signed certificate durable; nil means RecordCertificate.
	keep func(ctx context.Context, c Certificate, e ledger.Event) error
}

// prepare validates a request and builds everything but the serial number.
func (a *Authority) prepare(ctx context.Context, r Request) (*plan, error) {
	p, err := a.profile(r.Profile)
	if err != nil {
		return nil, err
	}
	if r.Actor == "" {
		return nil, &RequestError{"actor", "is missing"}
	}
	if err := r.Subject.check(p.s.subject); err != nil {
		return nil, err
	}
	if err := checkDNSNames(r.DNSNames, p.s.dnsNames); err != nil {
		return nil, err
	}
	if err := a.checkSuccession(ctx, &r); err != nil {
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
	notBefore, notAfter, err := p.period(a.seconds(), r.Validity, is.cert)
	if err != nil {
		return nil, err
	}
	ext, err := p.extensions(a, is, spki, r.Subject.CreditCode)
	if err != nil {
		return nil, err
	}
	if len(r.DNSNames) > 0 {
		ext = append(ext, dnsNames(r.DNSNames))
	}
	name, key := r.Subject.name(), gm.SM3(spki)
	template := cert.Template{Issuer: is.cert.RawSubject, Subject: name, NotBefore: notBefore, NotAfter: notAfter,
		PublicKey: spki, Extensions: ext, NullParameters: p.s.null}
	if err := a.checkBelow(template, is); err != nil {
		return nil, err
	}
	return &plan{
		actor:    r.Actor,
		issuer:   is,
		template: template,
		promise:  p.promise(a.arc),
		hosts:    r.DNSNames,
		record: Certificate{CA: is.id, Shard: a.shardOf(is, key), Profile: p.Name(), KeyDigest: key, Subject: name.String(), Department: r.Department, Officer: r.Officer,
			KeyRef: r.KeyRef, Replaces: r.Replaces, Batch: r.Batch, NotBefore: notBefore, NotAfter: notAfter},
	}, nil
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
		return from, to, &RequestError{"validity", fmt.Sprintf("would end %s, beyond the issuing CA's own %s to %s: ask for less, or renew the CA",
			to.Format(time.DateOnly), issuer.NotBefore.Format(time.DateOnly), issuer.NotAfter.Format(time.DateOnly))}
	}
	return from, to, nil
}

// complete is the life of a certificate from here on: the linter passes the
// to-be-signed octets, they are durable with their serial number, then the key
// is touched once, then the result is durable.
func (a *Authority) complete(ctx context.Context, p *plan, signer crypto.Signer) (Certificate, error) {
	if p.spent {
		return Certificate{}, errors.New("ca: a plan is signed once only")
	}
	p.spent = true
	if err := p.issuer.checkKey(signer); err != nil {
		return Certificate{}, err
	}
	if err := a.ensurePoint(ctx, p.issuer, p.record.Shard); err != nil {
		return Certificate{}, err
	}
	if err := a.recordPlanned(ctx, p); err != nil {
		return Certificate{}, err
	}
	der, err := p.sign(signer)
	if err != nil {
		return Certificate{}, err
	}
	c := p.record
	c.DER, c.Status = der, Good
	keep := p.keep
	if keep == nil {
		keep = func(ctx context.Context, c Certificate, e ledger.Event) error {
			return a.store.RecordCertificate(ctx, c.SerialHex, c.DER, e)
		}
	}
	if err := keep(ctx, c, issued(p.actor, c, a.now())); err != nil {
		return Certificate{}, fmt.Errorf("ca: record certificate %s: %w", c.SerialHex, err)
	}
	return c, nil
}

// draws bounds the serial numbers tried. Of 128 random bits even one
// collision means that the random source is broken.
const draws = 3

func (a *Authority) recordPlanned(ctx context.Context, p *plan) error {
	var err error
	for range draws {
		if p.template.Serial, err = newSerial(); err != nil {
			return err
		}
		if p.record.TBS, err = p.template.MarshalTBS(); err != nil {
			return fmt.Errorf("ca: encode the certificate: %w", err)
		}
		if p.cleared, err = p.clear(p.record.TBS); err != nil {
			return err
		}
		p.record.SerialHex = serialHex(p.template.Serial)
		p.record.Status, p.record.Created = Planned, a.now().UTC()
		if err = a.store.RecordPlanned(ctx, p.record); err == nil {
			return nil
		}
		if !errors.Is(err, ErrState) {
			break
		}
	}
	return fmt.Errorf("ca: record the planned certificate: %w", err)
}

// sign has the issuer's key sign the octets that the linter passed, which are
// the recorded ones. The signature is verified
// under that key, which complete has compared with the issuer's certificate,
// before anything is stored; what is assembled from it must be what the linter
// read, with that signature.
func (p *plan) sign(signer crypto.Signer) ([]byte, error) {
	if p.cleared == nil || !bytes.Equal(p.cleared.tbs, p.record.TBS) {
		return nil, errNotCleared
	}
	sig, err := gm.SignMessage(signer, p.cleared.tbs)
	if err != nil {
		return nil, fmt.Errorf("ca: sign certificate %s: %w", p.record.SerialHex, err)
	}
	der, err := cert.Assemble(p.record.TBS, sig)
	if err != nil {
		return nil, err
	}
	read := p.cleared.read
	if err := read.Resigned(der, sig); err != nil {
		return nil, fmt.Errorf("ca: the new certificate does not read back: %w", err)
	}
	if read.Serial.Cmp(p.template.Serial) != 0 || len(read.Tolerated) > 0 {
		return nil, fmt.Errorf("ca: the new certificate is not what was planned %v", read.Tolerated)
	}
	return der, nil
}

// serialHex is the recorded form of a serial number.
func serialHex(n *big.Int) string { return n.Text(16) }
