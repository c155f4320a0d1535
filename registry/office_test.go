// SPDX-License-Identifier: Apache-2.0

package registry_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
)

// office is an OperatorStore and an ApprovalStore in memory.
type office struct {
	mu        sync.Mutex
	operators []registry.Operator
	approvals []registry.Approval
	events    []ledger.Event
}

func (m *office) record(e ledger.Event) error {
	if _, err := e.Entry(nil); err != nil {
		return err
	}
	m.events = append(m.events, e)
	return nil
}

func (m *office) AddOperator(_ context.Context, o registry.Operator, e ledger.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, x := range m.operators {
		if registry.NameKey(x.Name) == registry.NameKey(o.Name) {
			return registry.ErrExists
		}
	}
	m.operators = append(m.operators, o)
	return m.record(e)
}

func (m *office) UpdateOperator(_ context.Context, before, after registry.Operator, e ledger.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, x := range m.operators {
		if reflect.DeepEqual(x, before) {
			m.operators[i] = after
			return m.record(e)
		}
	}
	return registry.ErrState
}

func (m *office) operator(fits func(registry.Operator) bool) (registry.Operator, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := slices.IndexFunc(m.operators, fits); i >= 0 {
		return m.operators[i], nil
	}
	return registry.Operator{}, registry.ErrNotFound
}

func (m *office) Operator(_ context.Context, id string) (registry.Operator, error) {
	return m.operator(func(o registry.Operator) bool { return o.ID == id })
}

func (m *office) OperatorNamed(_ context.Context, name string) (registry.Operator, error) {
	return m.operator(func(o registry.Operator) bool { return registry.NameKey(o.Name) == registry.NameKey(name) })
}

func (m *office) Operators(context.Context) ([]registry.Operator, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.operators), nil
}

func (m *office) AddApproval(_ context.Context, a registry.Approval, e ledger.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.approvals = append(m.approvals, a)
	return m.record(e)
}

func (m *office) UpdateApproval(_ context.Context, before, after registry.Approval, e ledger.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, x := range m.approvals {
		if reflect.DeepEqual(x, before) {
			m.approvals[i] = after
			return m.record(e)
		}
	}
	return registry.ErrState
}

func (m *office) Approval(_ context.Context, id string) (registry.Approval, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range m.approvals {
		if a.ID == id {
			return a, nil
		}
	}
	return registry.Approval{}, registry.ErrNotFound
}

func (m *office) Approvals(context.Context, int) ([]registry.Approval, error) {
	return slices.Clone(m.approvals), nil
}

// bureau is an office with people: wang and chen (security), li (system) and
// zhao (audit), at a clock that the test moves.
type bureau struct {
	*testing.T
	store     *office
	operators *registry.Operators
	approvals *registry.Approvals
	now       time.Time
	secrets   map[string]string
}

func newBureau(t *testing.T) *bureau {
	b := &bureau{T: t, store: &office{}, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), secrets: map[string]string{}}
	clock := func() time.Time { return b.now }
	b.operators = registry.NewOperators(b.store, clock)
	b.approvals = registry.NewApprovals(b.store, b.store, clock)
	for _, p := range []struct {
		name string
		role registry.Role
	}{{"wang", registry.Security}, {"chen", registry.Security}, {"li", registry.System}, {"zhao", registry.Audit}} {
		_, secret, err := b.operators.Add(t.Context(), "operator:test", registry.NewOperator{Name: p.name, Role: p.role})
		b.must(err)
		b.secrets[p.name] = secret
	}
	return b
}

func (b *bureau) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// as enters as one of the people.
func (b *bureau) as(name string) registry.Identity {
	b.Helper()
	id, err := b.operators.EnterWithSecret(b.Context(), name, b.secrets[name])
	b.must(err)
	return id
}

// denied fails unless a rule refused for this reason.
func (b *bureau) denied(err error, reason string) {
	b.Helper()
	var d *registry.Denied
	if !errors.As(err, &d) || d.Reason != reason {
		b.Errorf("got %v, want a denial for %s", err, reason)
	}
}

// suspend moves an operator by name.
func (b *bureau) move(name string, to registry.State) {
	b.Helper()
	o, err := b.store.OperatorNamed(b.Context(), name)
	b.must(err)
	b.must(b.operators.Move(b.Context(), "operator:test", o.ID, "test", to))
}

func (b *bureau) lastAct() string { return b.store.events[len(b.store.events)-1].Act }
