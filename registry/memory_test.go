// SPDX-License-Identifier: Apache-2.0

package registry_test

import (
	"context"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
)

// memory is a registry.Store that keeps its events for the tests to read.
type memory struct {
	departments  []registry.Department
	officers     []registry.Officer
	applications []registry.Application
	grants       []registry.Grant
	events       []ledger.Event
}

func find[T any](rows []T, fits func(T) bool) (*T, error) {
	for i := range rows {
		if fits(rows[i]) {
			return &rows[i], nil
		}
	}
	return new(T), registry.ErrNotFound
}

func (m *memory) record(e ledger.Event) error {
	if _, err := e.Entry(nil); err != nil {
		return err
	}
	m.events = append(m.events, e)
	return nil
}

func (m *memory) AddDepartment(_ context.Context, d registry.Department, e ledger.Event) error {
	if _, err := find(m.departments, func(x registry.Department) bool { return x.CreditCode == d.CreditCode }); err == nil {
		return registry.ErrExists
	}
	m.departments = append(m.departments, d)
	return m.record(e)
}

func (m *memory) AddOfficer(_ context.Context, o registry.Officer, e ledger.Event) error {
	m.officers = append(m.officers, o)
	return m.record(e)
}

func (m *memory) AddApplication(_ context.Context, a registry.Application, e ledger.Event) error {
	m.applications = append(m.applications, a)
	return m.record(e)
}

func (m *memory) AddGrant(_ context.Context, g registry.Grant, e ledger.Event) error {
	m.grants = append(m.grants, g)
	return m.record(e)
}

func (m *memory) SetOfficerState(_ context.Context, id string, s registry.State, e ledger.Event) error {
	o, err := find(m.officers, func(x registry.Officer) bool { return x.ID == id })
	if err == nil {
		o.State = s
		err = m.record(e)
	}
	return err
}

func (m *memory) SetApplicationState(_ context.Context, id string, s registry.State, e ledger.Event) error {
	a, err := find(m.applications, func(x registry.Application) bool { return x.ID == id })
	if err == nil {
		a.State = s
		err = m.record(e)
	}
	return err
}

func (m *memory) SetGrantState(_ context.Context, id string, s registry.State, e ledger.Event) error {
	g, err := find(m.grants, func(x registry.Grant) bool { return x.ID == id })
	if err == nil {
		g.State = s
		err = m.record(e)
	}
	return err
}

func (m *memory) Department(_ context.Context, id string) (registry.Department, error) {
	d, err := find(m.departments, func(x registry.Department) bool { return x.ID == id })
	return *d, err
}

func (m *memory) Departments(context.Context) ([]registry.Department, error) {
	return m.departments, nil
}

func (m *memory) Officer(_ context.Context, id string) (registry.Officer, error) {
	o, err := find(m.officers, func(x registry.Officer) bool { return x.ID == id })
	return *o, err
}

func (m *memory) Officers(context.Context, string) ([]registry.Officer, error) {
	return m.officers, nil
}

func (m *memory) Application(_ context.Context, id string) (registry.Application, error) {
	a, err := find(m.applications, func(x registry.Application) bool { return x.ID == id })
	return *a, err
}

func (m *memory) ApplicationByToken(_ context.Context, digest [32]byte) (registry.Application, error) {
	a, err := find(m.applications, func(x registry.Application) bool { return x.TokenDigest == digest })
	return *a, err
}

func (m *memory) Applications(context.Context) ([]registry.Application, error) {
	return m.applications, nil
}

func (m *memory) Grant(_ context.Context, id string) (registry.Grant, error) {
	g, err := find(m.grants, func(x registry.Grant) bool { return x.ID == id })
	return *g, err
}

func (m *memory) Grants(context.Context, string) ([]registry.Grant, error) { return m.grants, nil }
