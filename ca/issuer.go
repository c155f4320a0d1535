// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"bytes"
	"context"
	"crypto"
	"fmt"
	"slices"
	"sync"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// issuer is one CA: its certificate, its key where that is at hand, and what
// this process knows of its lists and answers.
type issuer struct {
	id, parent string
	der        []byte
	cert       *cert.Certificate
	signer     crypto.Signer // nil where the key lies elsewhere: the root's, an offline subordinate's

	responder responder // OCSP

	crlMu  sync.Mutex // one re-issue at a time in this process; the store orders processes
	points sync.Map   // Point -> true: recorded
	newest sync.Map   // ListID -> CRL: as last read; the store says whether it still is
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

// adopt takes one recorded CA in, and opens its key where we keep it.
func (a *Authority) adopt(ctx context.Context, ca CA) error {
	parsed, err := cert.Parse(ca.Certificate)
	if err != nil {
		return fmt.Errorf("ca: certificate of %q: %w", ca.ID, err)
	}
	is := &issuer{id: ca.ID, parent: ca.Parent, der: ca.Certificate, cert: parsed}
	if err := a.checkPlace(is); err != nil {
		return err
	}
	if ca.KeyRef != "" {
		if is.signer, err = a.keys.Signer(ctx, ca.KeyRef, keyUse); err != nil {
			return fmt.Errorf("ca: open the key of the %s CA: %w", ca.ID, err)
		}
		if err := is.checkKey(is.signer); err != nil {
			return err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, twice := a.known[is.id]; !twice {
		a.order = append(a.order, is.id)
	}
	a.known[is.id] = is
	return nil
}

// checkPlace refuses a CA that does not hang below its parent. Parents are
// recorded, and so adopted, before those below them.
func (a *Authority) checkPlace(is *issuer) error {
	above := is
	if is.parent != "" {
		if above = a.find(is.parent); above == nil {
			return fmt.Errorf("ca: the parent of the stored %s CA, %q, is not recorded before it", is.id, is.parent)
		}
	}
	if err := is.cert.CheckSignature(above.cert.PublicKey); err != nil {
		return fmt.Errorf("ca: the stored %s CA is not signed by the stored %s: %w", is.id, above.id, err)
	}
	return nil
}

// authority returns the CA of an id; "" is the issuing CA.
func (a *Authority) authority(id string) (*issuer, error) {
	if id == "" {
		id = IssuingID
	}
	is := a.find(id)
	if is == nil && a.reload() {
		is = a.find(id)
	}
	if is == nil {
		return nil, fmt.Errorf("%w: there is no CA %.40q", ErrNotFound, id)
	}
	return is, nil
}

// authorities returns every CA, parents before those below them.
func (a *Authority) authorities() []*issuer {
	a.mu.RLock()
	defer a.mu.RUnlock()
	all := make([]*issuer, len(a.order))
	for i, id := range a.order {
		all[i] = a.known[id]
	}
	return all
}

// issuerOf returns the CA that a certificate names as its issuer.
func (a *Authority) issuerOf(c *cert.Certificate) (*issuer, error) {
	for looked := false; !looked; looked = !a.reload() {
		for _, is := range slices.Backward(a.authorities()) {
			if issuedBy(c, is.cert) {
				return is, nil
			}
		}
	}
	return nil, fmt.Errorf("%w: it was not issued by this authority", ErrNotFound)
}

// issuedBy compares names octet for octet: we wrote both.
func issuedBy(c, issuer *cert.Certificate) bool {
	return bytes.Equal(c.RawIssuer, issuer.RawSubject) && c.AuthorityKeyID != nil && bytes.Equal(c.AuthorityKeyID.KeyID, issuer.SubjectKeyID)
}

// CAs lists the authorities as recorded, parents before those below them.
func (a *Authority) CAs(ctx context.Context) ([]CA, error) { return a.store.CAs(ctx) }

// Certificate of the CA with this id, DER; "" is the issuing CA.
func (a *Authority) Certificate(id string) ([]byte, error) {
	is, err := a.authority(id)
	if err != nil {
		return nil, err
	}
	return is.der, nil
}

// Root returns the root certificate, DER.
func (a *Authority) Root() []byte { return a.must(RootID).der }

// Issuing returns the issuing CA's certificate, DER.
func (a *Authority) Issuing() []byte { return a.must(IssuingID).der }

// must returns one of the two authorities without which Load gives none.
func (a *Authority) must(id string) *issuer {
	is, err := a.authority(id)
	if err != nil {
		panic("ca: an authority without its " + id + " CA")
	}
	return is
}
