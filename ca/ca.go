// SPDX-License-Identifier: Apache-2.0

// Package ca is the certificate authority: root and issuing CA, profiles,
// issue, revocation and CRLs, all with SM2. Serial number and to-be-signed
// octets are stored before a key is touched.
package ca

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

var (
	ErrNotFound = errors.New("ca: no such certificate")
	ErrState    = errors.New("ca: the certificate's state does not allow this")
	ErrStaleCRL = errors.New("ca: a CRL number must not go backwards")
)

// The identifiers of the two authorities.
const (
	RootID    = "root"
	IssuingID = "issuing"
)

// keyUse is the use under which the issuing CA's key is kept.
const keyUse = "ca"

// Keys opens and makes signing keys; internal/keys implements it.
type Keys interface {
	Generate(ctx context.Context, use string) (ref string, public []byte, err error)
	Signer(ctx context.Context, ref, use string) (crypto.Signer, error)
}

// Config of an Authority.
type Config struct {
	Store Store
	Keys  Keys
	Now   func() time.Time // nil means time.Now
	Arc   []int            // operator's OID arc; nil means 2.999.1
	URL   string           // base of publication points, e.g. https://seal.example; "" leaves them out
}

// Authority issues from the issuing CA. It is safe for concurrent use.
type Authority struct {
	store Store
	keys  Keys
	now   func() time.Time
	arc   cert.Arc
	url   string

	root, issuing *issuer

	responder responder // OCSP

	crlMu sync.Mutex // one re-issue at a time in this process; the store orders processes
	// settled is set once the newest issuing CRL is known to list what the
	// store holds; guarded by crlMu.
	settled bool

	evidence evidenceCache
}

// issuer is a CA certificate with its readable form and, when at hand, its key.
type issuer struct {
	id     string
	der    []byte
	cert   *cert.Certificate
	signer crypto.Signer // nil for the root outside a ceremony
}

// Load opens the authority that Create made.
func Load(ctx context.Context, c Config) (*Authority, error) {
	a, err := newAuthority(c)
	if err != nil {
		return nil, err
	}
	cas, err := a.store.CAs(ctx)
	if err != nil {
		return nil, fmt.Errorf("ca: read the authorities: %w", err)
	}
	for _, ca := range cas {
		if err := a.adopt(ctx, ca); err != nil {
			return nil, err
		}
	}
	if a.root == nil || a.issuing == nil {
		return nil, errors.New("ca: there is no complete root and issuing CA in this store: run the first ceremony (govseal init) in a new folder")
	}
	return a, a.checkChain()
}

// checkChain refuses a store whose authorities do not hang together.
func (a *Authority) checkChain() error {
	if err := a.root.cert.CheckSignature(a.root.cert.PublicKey); err != nil {
		return fmt.Errorf("ca: the stored root certificate: %w", err)
	}
	if err := a.issuing.cert.CheckSignature(a.root.cert.PublicKey); err != nil {
		return fmt.Errorf("ca: the stored issuing CA is not signed by the stored root: %w", err)
	}
	return nil
}

func newAuthority(c Config) (*Authority, error) {
	if c.Store == nil || c.Keys == nil {
		return nil, errors.New("ca: Config needs Store and Keys")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	arc := cert.DefaultArc
	if c.Arc != nil {
		arc = cert.Arc(c.Arc)
	}
	if len(arc) < 2 || arc[0] > 2 || arc[0] < 2 && arc[1] > 39 {
		return nil, fmt.Errorf("ca: %v is not an object identifier arc", []int(arc))
	}
	if err := checkURL(c.URL); err != nil {
		return nil, err
	}
	return &Authority{store: c.Store, keys: c.Keys, now: c.Now, arc: arc, url: c.URL}, nil
}

// checkURL refuses a base that cannot stand in a certificate for years.
func checkURL(base string) error {
	if base == "" {
		return nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("ca: the base of publication points must be a plain http or https address, not %q", base)
	}
	if base[len(base)-1] == '/' {
		return fmt.Errorf("ca: the base of publication points must not end in a slash: %q", base)
	}
	return nil
}

// adopt takes one recorded CA in, and opens the issuing CA's key.
func (a *Authority) adopt(ctx context.Context, ca CA) error {
	parsed, err := cert.Parse(ca.Certificate)
	if err != nil {
		return fmt.Errorf("ca: certificate of %q: %w", ca.ID, err)
	}
	is := &issuer{id: ca.ID, der: ca.Certificate, cert: parsed}
	switch ca.ID {
	case RootID:
		a.root = is
		return nil
	case IssuingID:
		a.issuing = is
	default:
		return fmt.Errorf("ca: the store holds an authority %q that this version does not know", ca.ID)
	}
	is.signer, err = a.keys.Signer(ctx, ca.KeyRef, keyUse)
	if err != nil {
		return fmt.Errorf("ca: open the key of the issuing CA: %w", err)
	}
	return is.checkKey(is.signer)
}

// checkKey makes sure that signer is the key that the certificate names.
func (i *issuer) checkKey(signer crypto.Signer) error {
	if signer == nil {
		return fmt.Errorf("ca: the key of the %s CA is not at hand", i.id)
	}
	own, ok := gm.AsPublicKey(i.cert.PublicKey)
	if !ok || !own.Equal(signer.Public()) {
		return fmt.Errorf("ca: the key at hand is not that of the %s CA certificate", i.id)
	}
	return nil
}

// Root returns the root certificate, DER.
func (a *Authority) Root() []byte { return a.root.der }

// Issuing returns the issuing CA's certificate, DER.
func (a *Authority) Issuing() []byte { return a.issuing.der }

// seconds is now as certificates and CRLs can carry it (RFC 5280 4.1.2.5).
func (a *Authority) seconds() time.Time { return a.now().UTC().Truncate(time.Second) }
