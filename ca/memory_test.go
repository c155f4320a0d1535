// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"context"
	"crypto"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
)

// memory is a ca.Store of maps, with a list of the calls that write and a
// fault to inject into each.
type memory struct {
	held    map[[32]byte]ca.Ceremony
	mu      sync.Mutex
	cas     []ca.CA
	certs   map[string]ca.Certificate
	order   []string
	crls    map[string]ca.CRL
	events  []ledger.Event
	centres []ca.CentreRecord
	escrow  []ca.EscrowedKey
	calls   []string
	fail    map[string]error // by method; the call then changes nothing
	taken   int              // so many serial numbers are said to be in use
	stale   int              // so many CRL numbers are said to be taken
	reads   int              // of CRLs
}

func newMemory() *memory {
	return &memory{certs: map[string]ca.Certificate{}, crls: map[string]ca.CRL{}, fail: map[string]error{}}
}

func (m *memory) enter(call string) (func(), error) {
	m.mu.Lock()
	m.calls = append(m.calls, call)
	return m.mu.Unlock, m.fail[call]
}

func (m *memory) RecordCA(_ context.Context, c ca.CA, e ledger.Event) error {
	done, err := m.enter("RecordCA")
	defer done()
	if err != nil {
		return err
	}
	m.cas, m.events = append(m.cas, c), append(m.events, e)
	return nil
}

func (m *memory) CAs(context.Context) ([]ca.CA, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.cas), nil
}

func (m *memory) RecordPlanned(_ context.Context, c ca.Certificate) error {
	done, err := m.enter("RecordPlanned")
	defer done()
	if err != nil {
		return err
	}
	if _, used := m.certs[c.SerialHex]; used || m.taken > 0 {
		m.taken--
		return ca.ErrState
	}
	m.certs[c.SerialHex], m.order = c, append(m.order, c.SerialHex)
	return nil
}

func (m *memory) RecordCertificate(_ context.Context, serial string, der []byte, e ledger.Event) error {
	done, err := m.enter("RecordCertificate")
	defer done()
	if err != nil {
		return err
	}
	c, ok := m.certs[serial]
	if !ok || c.Status != ca.Planned {
		return ca.ErrState
	}
	for _, o := range m.certs {
		if c.Batch != "" && o.Batch == c.Batch && o.Status != ca.Planned {
			return ca.ErrState
		}
	}
	c.DER, c.Status = der, ca.Good
	m.certs[serial], m.events = c, append(m.events, e)
	return nil
}

func (m *memory) RecordStatus(_ context.Context, c ca.Certificate, from []ca.Status, e ledger.Event) error {
	done, err := m.enter("RecordStatus")
	defer done()
	if err != nil {
		return err
	}
	old, ok := m.certs[c.SerialHex]
	if !ok {
		return ca.ErrNotFound
	}
	if !slices.Contains(from, old.Status) {
		return ca.ErrState
	}
	old.Status, old.RevokedAt, old.Reason, old.Invalidity = c.Status, c.RevokedAt, c.Reason, c.Invalidity
	m.certs[c.SerialHex], m.events = old, append(m.events, e)
	return nil
}

func (m *memory) Certificate(_ context.Context, serial string) (ca.Certificate, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.certs[serial]
	if !ok {
		return c, ca.ErrNotFound
	}
	return c, nil
}

func (m *memory) Standing(ctx context.Context, serial string) (ca.Standing, error) {
	c, err := m.Certificate(ctx, serial)
	return ca.Standing{CA: c.CA, Status: c.Status, RevokedAt: c.RevokedAt, Reason: c.Reason, Invalidity: c.Invalidity}, err
}

func (m *memory) CertificateByKey(_ context.Context, ref string) (ca.Certificate, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, serial := range slices.Backward(m.order) {
		if m.certs[serial].KeyRef == ref {
			return m.certs[serial], nil
		}
	}
	return ca.Certificate{}, ca.ErrNotFound
}

func (m *memory) CompromisedKey(_ context.Context, digest [32]byte) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for serial, c := range m.certs {
		if c.KeyDigest == digest && c.Status == ca.Revoked && (c.Reason == ca.ReasonKeyCompromise || c.Reason == ca.ReasonCACompromise) {
			return serial, nil
		}
	}
	return "", nil
}

func (m *memory) CertificatesByKey(_ context.Context, digest [32]byte) (all []ca.Certificate, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, serial := range slices.Backward(m.order) {
		if m.certs[serial].KeyDigest == digest {
			all = append(all, m.certs[serial])
		}
	}
	return all, nil
}

func (m *memory) Certificates(_ context.Context, q ca.Query) ([]ca.Certificate, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []ca.Certificate
	for _, serial := range slices.Backward(m.order) {
		c := m.certs[serial]
		if (q.CA == "" || q.CA == c.CA) && (q.Replaces == "" || q.Replaces == c.Replaces) && (q.Batch == "" || q.Batch == c.Batch) && (q.Profile == "" || q.Profile == c.Profile) && (q.Status == "" || q.Status == c.Status) && strings.Contains(c.Subject, q.Text) {
			all = append(all, c)
		}
	}
	return all, nil
}

func (m *memory) NotGood(_ context.Context, id string) ([]ca.Certificate, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var bad []ca.Certificate
	for _, serial := range slices.Sorted(maps.Keys(m.certs)) {
		if c := m.certs[serial]; c.CA == id && (c.Status == ca.Hold || c.Status == ca.Revoked) {
			bad = append(bad, c)
		}
	}
	return bad, nil
}

func (m *memory) RecordCRL(_ context.Context, c ca.CRL, e ledger.Event) error {
	done, err := m.enter("RecordCRL")
	defer done()
	if err != nil {
		return err
	}
	if m.stale > 0 || c.Number <= m.crls[c.CA].Number {
		m.stale--
		return ca.ErrStaleCRL
	}
	if _, err := e.Entry(nil); err != nil { // as every store does
		return err
	}
	m.crls[c.CA], m.events = c, append(m.events, e)
	return nil
}

func (m *memory) LatestCRL(_ context.Context, id string) (ca.CRL, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	c, ok := m.crls[id]
	if !ok {
		return c, ca.ErrNotFound
	}
	return c, nil
}

// last returns the newest event.
func (m *memory) last() ledger.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.events[len(m.events)-1]
}

// softKeys is a ca.Keys of plain keys; signing is counted.
type softKeys struct {
	mu   sync.Mutex
	keys map[string]crypto.Signer
}

func (k *softKeys) Generate(_ context.Context, use string) (string, []byte, error) {
	key, err := gm.GenerateKey()
	if err != nil {
		return "", nil, err
	}
	return k.add(use, key)
}

func (k *softKeys) add(use string, key crypto.Signer) (string, []byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keys == nil {
		k.keys = map[string]crypto.Signer{}
	}
	ref := "test:" + use + "/" + string(rune('a'+len(k.keys)))
	k.keys[ref] = key
	pub, _ := gm.AsPublicKey(key.Public())
	if pub == nil {
		return ref, nil, nil
	}
	spki, err := gm.MarshalPublicKey(pub)
	return ref, spki, err
}

func (k *softKeys) Signer(_ context.Context, ref, use string) (crypto.Signer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s, ok := k.keys[ref]
	if !ok || !strings.HasPrefix(ref, "test:"+use+"/") {
		return nil, errors.New("no such key for this use")
	}
	return s, nil
}

func (m *memory) RecordBegun(_ context.Context, c ca.Ceremony) error {
	done, err := m.enter("RecordBegun")
	defer done()
	if err != nil {
		return err
	}
	old, again := m.held[c.Digest]
	if again && !old.Finished.IsZero() {
		return ca.ErrState
	}
	if again {
		c = old
	}
	if m.held == nil {
		m.held = map[[32]byte]ca.Ceremony{}
	}
	c.Attempts++
	m.held[c.Digest] = c
	return nil
}

func (m *memory) RecordCeremony(_ context.Context, c *ca.Ceremony, made *ca.Made, events []ledger.Event) error {
	done, err := m.enter("RecordCeremony")
	defer done()
	if err != nil {
		return err
	}
	if c != nil {
		old, begun := m.held[c.Digest]
		if !begun || !old.Finished.IsZero() {
			return ca.ErrState
		}
		m.held[c.Digest] = *c
	}
	for _, n := range made.Certificates {
		r := m.certs[n.SerialHex]
		r.DER, r.Status = n.DER, ca.Good
		m.certs[n.SerialHex] = r
	}
	for _, r := range made.Revoked {
		m.certs[r.SerialHex] = r
	}
	if made.CA != nil {
		m.cas = append(m.cas, *made.CA)
	}
	if made.CRL != nil {
		m.crls[made.CRL.CA] = *made.CRL
	}
	m.events = append(m.events, events...)
	return nil
}

func (m *memory) Ceremony(_ context.Context, digest [32]byte) (ca.Ceremony, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.held[digest]
	if !ok {
		return c, ca.ErrNotFound
	}
	return c, nil
}
