// SPDX-License-Identifier: Apache-2.0

// Package ca is the certificate authority: a root, the issuing CAs below it,
// profiles, issue, revocation and CRLs, all with SM2. Serial number and to-be-signed
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
)

// What callers branch on; RequestError, LintError and CSRError carry more.
var (
	ErrNotFound = errors.New("ca: no such certificate")
	ErrState    = errors.New("ca: the certificate's state does not allow this")
	ErrStaleCRL = errors.New("ca: a CRL number must not go backwards")
)

// The identifiers of the two authorities that every city has; further ones are
// named by the ceremony that makes them.
const (
	RootID    = "root"
	IssuingID = "issuing"
)

// keyUse is the use under which the key of a CA is kept.
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
	// Profiles by which certificates are made; nil means those that are shipped.
	Profiles *Profiles
	URL      string // base of publication points, e.g. https://seal.example; "" leaves them out
	// Lists says how a CA publishes revocation lists, by its ID; "" is for those
	// that are not named.
	Lists map[string]ListPolicy
	// OCSPByKey has responders named by their key (RFC 6960 4.2.2.3 byKey)
	// instead of by their name.
	OCSPByKey bool
	// Published is told after a CA's lists were issued anew and recorded, and
	// may ask for them; nil tells nobody.
	Published func(ctx context.Context, id string)
}

// Authority issues from the CAs whose keys it holds. It is safe for concurrent use.
type Authority struct {
	store    Store
	keys     Keys
	now      func() time.Time
	arc      cert.Arc
	url      string
	profiles *Profiles
	lists    map[string]ListPolicy
	byKey    bool // OCSP responders
	told     func(ctx context.Context, id string)

	mu    sync.RWMutex
	known map[string]*issuer // guarded by mu
	order []string           // guarded by mu; parents before those below them

	importing sync.Mutex // one PKCS#10 request at a time

	evidence  evidenceCache
	changes   changesReader
	reloading reloader
}

// Load opens the authority that earlier ceremonies made; it has a root and an
// issuing CA at least.
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
	for _, id := range []string{RootID, IssuingID} {
		if _, err := a.authority(id); err != nil {
			return nil, errors.New("ca: there is no complete root and issuing CA in this store: run the first ceremony (govseal init) in a new folder")
		}
	}
	return a, nil
}

func newAuthority(c Config) (*Authority, error) {
	if c.Store == nil || c.Keys == nil {
		return nil, errors.New("ca: Config needs Store and Keys")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Profiles == nil {
		c.Profiles = DefaultProfiles()
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
	for id, p := range c.Lists {
		if err := p.check(c.URL); err != nil {
			return nil, fmt.Errorf("ca: lists of %q: %w", id, err)
		}
	}
	if c.Published == nil {
		c.Published = func(context.Context, string) {}
	}
	return &Authority{store: c.Store, keys: c.Keys, now: c.Now, arc: arc, url: c.URL, profiles: c.Profiles,
		lists: c.Lists, byKey: c.OCSPByKey, told: c.Published, known: make(map[string]*issuer)}, nil
}

// Refresh takes in authorities that another process, such as a ceremony, made
// since Load.
func (a *Authority) Refresh(ctx context.Context) error {
	cas, err := a.store.CAs(ctx)
	if err != nil {
		return fmt.Errorf("ca: read the authorities: %w", err)
	}
	for _, ca := range cas {
		if a.find(ca.ID) != nil {
			continue
		}
		if err := a.adopt(ctx, ca); err != nil {
			return err
		}
	}
	return nil
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

// seconds is now as certificates and CRLs can carry it (RFC 5280 4.1.2.5).
func (a *Authority) seconds() time.Time { return a.now().UTC().Truncate(time.Second) }
