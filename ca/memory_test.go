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
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
)

// memory is a ca.Store of maps, with a list of the calls that write and a
// fault to inject into each.
type memory struct {
	held   map[[32]byte]ca.Ceremony
	mu     sync.Mutex
	cas    []ca.CA
	certs  map[string]ca.Certificate
	order  []string
	crls   map[ca.ListID][]ca.CRL
	points map[string][]ca.Point
	// changes counts each CA's; changed is by serial number.
	changes map[string]int64
	changed map[string]int64
	events  []ledger.Event
	centres []ca.CentreRecord
	escrow  []ca.EscrowedKey
	calls   []string
	fail    map[string]error // by method; the call then changes nothing
	taken   int              // so many serial numbers are said to be in use
	stale   int              // so many CRL numbers are said to be taken
	reads   int              // of CRLs
	looks   int              // at the counters of changes
	stands  int              // looks at the standing of one certificate
	pause   chan struct{}    // when not nil, looks at the counters wait for it
}

func newMemory() *memory {
	return &memory{certs: map[string]ca.Certificate{}, crls: map[ca.ListID][]ca.CRL{}, points: map[string][]ca.Point{},
		changes: map[string]int64{}, changed: map[string]int64{}, fail: map[string]error{}}
}

func (m *memory) enter(call string) (func(), error) {
	m.mu.Lock()
	m.calls = append(m.calls, call)
	return m.mu.Unlock, m.fail[call]
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
	m.changes[old.CA]++
	m.changed[c.SerialHex] = m.changes[old.CA]
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
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stands++
	return ca.Standing{CA: c.CA, Shard: c.Shard, Status: c.Status, RevokedAt: c.RevokedAt, Reason: c.Reason, Invalidity: c.Invalidity}, err
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

func (m *memory) Changes(context.Context) (map[string]int64, error) {
	m.mu.Lock()
	m.looks++
	pause := m.pause
	m.mu.Unlock()
	if pause != nil {
		<-pause
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.changes), nil
}

func (m *memory) LastChange(_ context.Context, id string, shard int) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if shard == 0 {
		return m.changes[id], nil
	}
	last := int64(1)
	for serial, c := range m.certs {
		if c.CA == id && c.Shard == shard {
			last = max(last, m.changed[serial])
		}
	}
	return last, nil
}

func (m *memory) entries(id string, shard int, want func(c ca.Certificate) bool) (all []ca.Entry, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, serial := range slices.Sorted(maps.Keys(m.certs)) {
		if c := m.certs[serial]; c.CA == id && (shard == 0 || c.Shard == shard) && want(c) {
			all = append(all, ca.Entry{SerialHex: serial, Status: c.Status, RevokedAt: c.RevokedAt, Reason: c.Reason, Invalidity: c.Invalidity})
		}
	}
	return all, nil
}

func (m *memory) NotGood(_ context.Context, id string, shard int) ([]ca.Entry, error) {
	return m.entries(id, shard, func(c ca.Certificate) bool { return c.Status == ca.Hold || c.Status == ca.Revoked })
}

func (m *memory) Changed(_ context.Context, id string, shard int, after int64) ([]ca.Entry, error) {
	return m.entries(id, shard, func(c ca.Certificate) bool { return m.changed[c.SerialHex] > after })
}

func (m *memory) RecordCRL(_ context.Context, lists []ca.CRL, e ledger.Event) error {
	done, err := m.enter("RecordCRL")
	defer done()
	if err != nil {
		return err
	}
	for _, c := range lists {
		if old := m.crls[c.ID()]; m.stale > 0 || len(old) > 0 && c.Number <= old[len(old)-1].Number {
			m.stale--
			return ca.ErrStaleCRL
		}
	}
	if _, err := e.Entry(nil); err != nil { // as every store does
		return err
	}
	for _, c := range lists {
		m.crls[c.ID()] = append(m.crls[c.ID()], c)
	}
	m.events = append(m.events, e)
	return nil
}

func (m *memory) LatestCRL(_ context.Context, id ca.ListID, have int64) (ca.CRL, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	all := m.crls[id]
	if len(all) == 0 {
		return ca.CRL{}, ca.ErrNotFound
	}
	c := all[len(all)-1]
	if c.Number == have {
		c.DER = nil
	}
	return c, nil
}

func (m *memory) BaseCRL(_ context.Context, id string, shard int, at time.Time) (ca.CRL, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.crls[ca.ListID{CA: id, Shard: shard}] {
		if c.NextUpdate.After(at) && c.Change > 0 {
			c.DER = nil
			return c, nil
		}
	}
	return ca.CRL{}, ca.ErrNotFound
}

func (m *memory) RecordPoint(_ context.Context, id string, p ca.Point) error {
	done, err := m.enter("RecordPoint")
	defer done()
	if err == nil && !slices.Contains(m.points[id], p) {
		m.points[id] = append(m.points[id], p)
	}
	return err
}

func (m *memory) Points(_ context.Context, id string) ([]ca.Point, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.points[id]), nil
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
		m.changes[r.CA]++
		m.changed[r.SerialHex] = m.changes[r.CA]
	}
	if made.CA != nil {
		m.cas = append(m.cas, *made.CA)
		m.changes[made.CA.ID] = 1
	}
	if made.CRL != nil {
		m.crls[made.CRL.ID()] = append(m.crls[made.CRL.ID()], *made.CRL)
	}
	m.events = append(m.events, events...)
	return nil
}

func (m *memory) Ceremonies(context.Context) (all []ca.Ceremony, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.held {
		all = append(all, c)
	}
	return all, nil
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
