// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

// memory keeps the contracts of seal.Store and seal.Blobs in memory, so that
// tests can fail any of its methods: one mutex is one transaction.
type memory struct {
	mu      sync.Mutex
	office  *office // certificate status
	people  *people
	seals   map[string]seal.Seal
	drafts  map[string]seal.Draft
	asked   map[string]seal.Proposal
	steps   map[string][]seal.Step
	next    map[string]int
	intents map[string]*intent // by application and key
	stamps  map[string]seal.Stamp
	sheets  map[string]seal.DecisionRecord
	files   map[[32]byte][]byte
	events  []ledger.Event
	clock   time.Time         // high-water mark
	fail    map[string]error  // by method
	before  map[string]func() // by method, outside the mutex
}

type intent struct {
	seal.Intent
	attempt int
	done    bool
	failed  bool
	until   time.Time
}

func newMemory(o *office, p *people) *memory {
	return &memory{
		office: o, people: p, seals: map[string]seal.Seal{}, drafts: map[string]seal.Draft{},
		asked: map[string]seal.Proposal{}, steps: map[string][]seal.Step{}, next: map[string]int{}, intents: map[string]*intent{},
		stamps: map[string]seal.Stamp{}, sheets: map[string]seal.DecisionRecord{}, files: map[[32]byte][]byte{},
		fail: map[string]error{}, before: map[string]func(){},
	}
}

// begin starts a transaction, or fails as a test asked for.
func (m *memory) begin(ctx context.Context, method string) (end func(), err error) {
	m.mu.Lock()
	hook, failure := m.before[method], m.fail[method]
	m.mu.Unlock()
	if hook != nil {
		hook()
	}
	if failure != nil {
		return nil, failure
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	return m.mu.Unlock, nil
}

func (m *memory) breaks(method string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail[method] = err
}

func (m *memory) hook(method string, f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.before[method] = f
}

func (m *memory) event(e ledger.Event) error {
	if _, err := e.Entry(nil); err != nil {
		return err
	}
	m.events = append(m.events, e)
	return nil
}

func (m *memory) NextESID(ctx context.Context, area string) (string, error) {
	end, err := m.begin(ctx, "NextESID")
	if err != nil {
		return "", err
	}
	defer end()
	m.next[area]++
	return fmt.Sprintf("%s%08d", area, m.next[area]), nil
}

func (m *memory) Seal(ctx context.Context, esID string) (seal.Seal, error) {
	end, err := m.begin(ctx, "Seal")
	if err != nil {
		return seal.Seal{}, err
	}
	defer end()
	s, ok := m.seals[esID]
	if !ok {
		return s, seal.ErrNotFound
	}
	return s, nil
}

func (m *memory) Seals(context.Context, string) ([]seal.Seal, error) { return nil, nil }

func (m *memory) RecordIntent(ctx context.Context, i seal.Intent) (seal.Admission, error) {
	end, err := m.begin(ctx, "RecordIntent")
	if err != nil {
		return seal.Admission{}, err
	}
	defer end()
	if i.Now.Before(m.clock) {
		return seal.Admission{}, seal.ErrClock
	}
	m.clock = i.Now
	key := i.Application + "\x00" + i.IdempotencyKey
	old := m.intents[key]
	if old != nil {
		switch {
		case old.Fingerprint != i.Fingerprint:
			return seal.Admission{}, seal.ErrKeyReused
		case old.done:
			st := m.stamps[old.Stamp]
			return seal.Admission{Replay: &st}, nil
		case !old.failed && i.Now.Before(old.until):
			return seal.Admission{}, seal.ErrRunning
		}
	}
	a, err := m.admit(ctx, i)
	if err != nil {
		return a, err
	}
	a.Stamp, a.Attempt = i.Stamp, 1
	if old != nil {
		a.Stamp, a.Attempt = old.Stamp, old.attempt+1
	}
	i.Stamp = a.Stamp
	m.intents[key] = &intent{Intent: i, attempt: a.Attempt, until: i.Now.Add(i.Lease)}
	return a, nil
}

// admit asks the one rule, as the store does inside its transaction.
func (m *memory) admit(ctx context.Context, i seal.Intent) (seal.Admission, error) {
	s, ok := m.seals[i.Seal]
	if !ok {
		return seal.Admission{}, seal.ErrNotFound
	}
	app, err := m.people.Application(ctx, i.Application)
	if err != nil {
		return seal.Admission{}, err
	}
	grants, err := m.people.Grants(ctx, i.Seal)
	if err != nil {
		return seal.Admission{}, err
	}
	grant, err := registry.Allow(registry.Use{
		Application: app, Matter: i.Matter, Kind: string(i.Kind), Time: i.Now,
		Seal: registry.Standing{
			ESID: s.ESID, Department: s.Department, State: string(s.State), NotBefore: s.ValidFrom, NotAfter: s.ValidTo,
			CertificateStatus: m.office.statusOf(s.CertSerial),
		},
	}, grants)
	if err != nil {
		return seal.Admission{}, err
	}
	d, err := m.people.Department(ctx, s.Department)
	return seal.Admission{Grant: grant, Seal: s, Department: d}, err
}

func (m *memory) holder(stamp string, attempt int) *intent {
	for _, i := range m.intents {
		if i.Stamp == stamp && i.attempt == attempt && !i.done && !i.failed {
			return i
		}
	}
	return nil
}

func (m *memory) RecordStamp(ctx context.Context, s seal.Stamp, d *seal.DecisionRecord, e ledger.Event) error {
	end, err := m.begin(ctx, "RecordStamp")
	if err != nil {
		return err
	}
	defer end()
	i := m.holder(s.ID, s.Attempt)
	if i == nil {
		return seal.ErrLeaseLost
	}
	if d != nil {
		if m.sheets[d.ID].Revision != d.Revision {
			return seal.ErrConflict
		}
		rec := *d
		rec.Revision++
		m.sheets[d.ID] = rec
	}
	i.done = true
	m.stamps[s.ID] = s
	return m.event(e)
}

func (m *memory) RecordFailure(ctx context.Context, stamp string, attempt int, why string, e ledger.Event) error {
	end, err := m.begin(ctx, "RecordFailure")
	if err != nil {
		return err
	}
	defer end()
	i := m.holder(stamp, attempt)
	if i == nil {
		return seal.ErrLeaseLost
	}
	i.failed = true
	return m.event(e)
}

func (m *memory) Unfinished(ctx context.Context, now time.Time) ([]seal.Intent, error) {
	end, err := m.begin(ctx, "Unfinished")
	if err != nil {
		return nil, err
	}
	defer end()
	var left []seal.Intent
	for _, i := range m.intents {
		if !i.done && !i.failed && !now.Before(i.until) {
			left = append(left, i.Intent)
		}
	}
	return left, nil
}

func (m *memory) Stamp(ctx context.Context, id string) (seal.Stamp, error) {
	end, err := m.begin(ctx, "Stamp")
	if err != nil {
		return seal.Stamp{}, err
	}
	defer end()
	s, ok := m.stamps[id]
	if !ok {
		return s, seal.ErrNotFound
	}
	return s, nil
}

func (m *memory) where(keep func(seal.Stamp) bool) []seal.Stamp {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []seal.Stamp
	for _, s := range m.stamps {
		if keep(s) {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b seal.Stamp) int { return cmp.Compare(a.ID, b.ID) })
	return found
}

func (m *memory) StampsByCode(_ context.Context, code string) ([]seal.Stamp, error) {
	return m.where(func(s seal.Stamp) bool { return s.Code == code }), nil
}

func (m *memory) UsesSince(_ context.Context, esID string, since time.Time, limit int) (all []seal.Use, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.stamps {
		if (esID == "" || s.Seal == esID) && !s.Time.Before(since) && len(all) < limit {
			all = append(all, seal.Use{Stamp: s.ID, Seal: s.Seal, Time: s.Time, Kind: s.Kind, Application: s.Application, CaseRef: s.CaseRef, Level: s.Level, Withdrawn: !s.Withdrawn.IsZero()})
		}
	}
	return all, nil
}

func (m *memory) RecordExtension(_ context.Context, _ seal.ExtensionRecord, e ledger.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.events = append(m.events, e)
	return nil
}

func (m *memory) StampsByDigest(_ context.Context, d [32]byte) ([]seal.Stamp, error) {
	return m.where(func(s seal.Stamp) bool { return s.Document == d || s.Output == d || s.Rendered == d }), nil
}

func (m *memory) DecisionStamps(_ context.Context, id string) ([]seal.Stamp, error) {
	return m.where(func(s seal.Stamp) bool { return s.Decision == id }), nil
}

func (m *memory) Decision(ctx context.Context, id string) (seal.DecisionRecord, error) {
	end, err := m.begin(ctx, "Decision")
	if err != nil {
		return seal.DecisionRecord{}, err
	}
	defer end()
	d, ok := m.sheets[id]
	if !ok {
		return d, seal.ErrNotFound
	}
	return d, nil
}

func (m *memory) DecisionByCode(context.Context, string) (seal.DecisionRecord, error) {
	return seal.DecisionRecord{}, seal.ErrNotFound
}

func (m *memory) RecordWithdrawal(ctx context.Context, id, reason string, at time.Time, e ledger.Event) error {
	end, err := m.begin(ctx, "RecordWithdrawal")
	if err != nil {
		return err
	}
	defer end()
	s, ok := m.stamps[id]
	if !ok {
		return seal.ErrNotFound
	}
	if !s.Withdrawn.IsZero() {
		return seal.ErrState
	}
	s.Withdrawn, s.WithdrawnWhy = at, reason
	m.stamps[id] = s
	if d, ok := m.sheets[s.Decision]; ok {
		d.Withdrawn, d.WithdrawnWhy = at, reason
		m.sheets[s.Decision] = d
	}
	return m.event(e)
}

func (m *memory) Put(ctx context.Context, content []byte) ([32]byte, error) {
	end, err := m.begin(ctx, "Put")
	if err != nil {
		return [32]byte{}, err
	}
	defer end()
	d := gm.SM3(content)
	m.files[d] = bytes.Clone(content)
	return d, nil
}

// PutAs takes no caller at his word: a wrong digest fails the test.
func (m *memory) PutAs(ctx context.Context, digest [32]byte, content []byte) error {
	got, err := m.Put(ctx, content)
	if err == nil && got != digest {
		return fmt.Errorf("kept under %x, but is %x", digest, got)
	}
	return err
}

func (m *memory) Open(ctx context.Context, d [32]byte) (io.ReadSeekCloser, error) {
	end, err := m.begin(ctx, "Open")
	if err != nil {
		return nil, err
	}
	defer end()
	content, ok := m.files[d]
	if !ok {
		return nil, seal.ErrNotFound
	}
	return file{bytes.NewReader(content)}, nil
}

type file struct{ *bytes.Reader }

func (file) Close() error { return nil }
