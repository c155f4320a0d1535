// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/govseal/govseal/internal/cert"
)

// evidenceLife is how long evidence serves further calls. A stamp is admitted
// on the certificate's status as the store has it at that moment, never on
// evidence; a list that another process replaced less than a second ago is as
// good to a verifier (design.md section 6: within one publication period).
// Reading both lists and parsing the certificate cost every stamp 6 % of its
// processor time, and each reads 5 MB when 100,000 certificates are revoked.
const evidenceLife = time.Second

// cachedEvidence bounds the certificates that are known at a time.
const cachedEvidence = 1024

// evidenceCache holds what Evidence found in the last second. A list issued
// here empties it at once.
type evidenceCache struct {
	mu    sync.Mutex
	since time.Time
	epoch int // counts the emptyings: what was read before one is not kept after it
	known map[string]evidence
}

type evidence struct{ chain, crls [][]byte }

func (c *evidenceCache) get(certDER []byte, now time.Time) (e evidence, ok bool, epoch int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := now.Sub(c.since); age < 0 || age >= evidenceLife || len(c.known) >= cachedEvidence {
		c.known, c.since = map[string]evidence{}, now
		c.epoch++
	}
	e, ok = c.known[string(certDER)]
	return e, ok, c.epoch
}

func (c *evidenceCache) put(certDER []byte, e evidence, epoch int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if epoch == c.epoch {
		c.known[string(certDER)] = e
	}
}

func (c *evidenceCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = nil
	c.since = time.Time{}
	c.epoch++
}

// Evidence returns the certificates above certDER (anchor included) and the
// lists that an offline check needs, nearest issuer first: of a certificate in
// a shard, the shard's. The certificate is placed by its issuer's name and key
// identifier; whether it is genuine is the verifier's question, who believes
// nothing here before it verifies. The lists may be a second old when another
// process issues; the octets are shared and not to be changed. Behind the chain
// stand the bridges to other keys of the root, when it has any.
func (a *Authority) Evidence(ctx context.Context, certDER []byte) (chain, crls [][]byte, err error) {
	e, ok, epoch := a.evidence.get(certDER, a.now())
	if !ok {
		if e.chain, e.crls, err = a.findEvidence(ctx, certDER); err != nil {
			return nil, nil, err
		}
		a.evidence.put(certDER, e, epoch)
	}
	return slices.Clone(e.chain), slices.Clone(e.crls), nil
}

func (a *Authority) findEvidence(ctx context.Context, certDER []byte) (chain, crls [][]byte, err error) {
	c, err := cert.Parse(certDER)
	if err != nil {
		return nil, nil, fmt.Errorf("ca: certificate to find evidence for: %w", err)
	}
	is, err := a.issuerOf(c)
	if err != nil {
		return nil, nil, err
	}
	own, err := a.store.Standing(ctx, serialHex(c.Serial))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, nil, fmt.Errorf("ca: the shard of a certificate: %w", err)
	}
	for id := (ListID{CA: is.id, Shard: own.Shard}); ; id = (ListID{CA: is.id}) {
		l, err := a.List(ctx, id)
		if err != nil {
			return nil, nil, fmt.Errorf("ca: CRL of the %s CA: %w", is.id, err)
		}
		chain, crls = append(chain, is.der), append(crls, l.DER)
		if is.parent == "" {
			return a.addBridges(ctx, is, chain, crls)
		}
		if is, err = a.authority(is.parent); err != nil {
			return nil, nil, err
		}
	}
}
