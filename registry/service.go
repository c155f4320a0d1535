// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/govseal/govseal/ledger"
)

// Registry is the service over a Store: it validates, draws ids and tokens,
// and records who did it.
type Registry struct {
	store Store
	now   func() time.Time
}

// New returns the service; a nil now is the system's clock.
func New(s Store, now func() time.Time) *Registry {
	if now == nil {
		now = time.Now
	}
	return &Registry{store: s, now: now}
}

// Store gives read access for listings.
func (r *Registry) Store() Store { return r.store }

// time is the present as it is stored: to the millisecond.
func (r *Registry) time() time.Time { return stored(r.now()) }

func stored(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli()).UTC() }

// AddDepartment checks and adds a department; ID, State and Created are set
// here.
func (r *Registry) AddDepartment(ctx context.Context, actor string, d Department) (Department, error) {
	d.ID, d.State, d.Created = newID("dep"), Active, r.time()
	if err := d.check(); err != nil {
		return Department{}, err
	}
	if d.Parent != "" {
		if _, err := r.store.Department(ctx, d.Parent); err != nil {
			return Department{}, fmt.Errorf("parent department: %w", err)
		}
	}
	e, err := added(actor, "department", d.ID, d.Created, departmentView(d))
	if err != nil {
		return Department{}, err
	}
	return d, r.store.AddDepartment(ctx, d, e)
}

// ResolveDepartment finds the department with this ID, credit code or exact
// name.
func (r *Registry) ResolveDepartment(ctx context.Context, nameOrCode string) (Department, error) {
	all, err := r.store.Departments(ctx)
	if err != nil {
		return Department{}, err
	}
	return OneDepartment(all, nameOrCode)
}

// OneDepartment is the one of all with this ID, credit code or exact name;
// ErrNotFound, or ErrAmbiguous when several have the name.
func OneDepartment(all []Department, nameOrCode string) (Department, error) {
	var named []Department
	for _, d := range all {
		switch nameOrCode {
		case d.ID, d.CreditCode:
			return d, nil
		case d.Name:
			named = append(named, d)
		}
	}
	switch len(named) {
	case 0:
		return Department{}, fmt.Errorf("department: %w", ErrNotFound)
	case 1:
		return named[0], nil
	}
	return Department{}, ErrAmbiguous
}

// AddOfficer checks and adds an officer of an active department; ID, State
// and Created are set here.
func (r *Registry) AddOfficer(ctx context.Context, actor string, o Officer) (Officer, error) {
	o.ID, o.State, o.Created = newID("off"), Active, r.time()
	if err := o.check(); err != nil {
		return Officer{}, err
	}
	d, err := r.store.Department(ctx, o.Department)
	if err != nil {
		return Officer{}, fmt.Errorf("the officer's department: %w", err)
	}
	if d.State != Active {
		return Officer{}, &FieldError{"department", "is not active"}
	}
	e, err := added(actor, "officer", o.ID, o.Created, officerView(o))
	if err != nil {
		return Officer{}, err
	}
	return o, r.store.AddOfficer(ctx, o, e)
}

// AddGrant checks and adds a grant to an active application; ID, State and
// Created are set here, and NotBefore to now when it is zero.
func (r *Registry) AddGrant(ctx context.Context, actor string, g Grant) (Grant, error) {
	g.ID, g.State, g.Created = newID("grt"), Active, r.time()
	if g.NotBefore.IsZero() {
		g.NotBefore = g.Created
	}
	g.NotBefore, g.NotAfter = stored(g.NotBefore), stored(g.NotAfter)
	if err := g.check(); err != nil {
		return Grant{}, err
	}
	a, err := r.store.Application(ctx, g.Application)
	if err != nil {
		return Grant{}, fmt.Errorf("the grant's application: %w", err)
	}
	if a.State != Active {
		return Grant{}, &FieldError{"application", "is not active"}
	}
	if g.Officer != "" {
		if o, err := r.store.Officer(ctx, g.Officer); err != nil {
			return Grant{}, fmt.Errorf("the grant's officer: %w", err)
		} else if o.State != Active {
			return Grant{}, &FieldError{"officer", "is not active"}
		}
	}
	e, err := added(actor, "grant", g.ID, g.Created, grantView(g))
	if err != nil {
		return Grant{}, err
	}
	return g, r.store.AddGrant(ctx, g, e)
}

// added is the event of a new record.
func added(actor, kind, id string, at time.Time, view any) (ledger.Event, error) {
	after, err := json.Marshal(view)
	if err != nil {
		return ledger.Event{}, fmt.Errorf("record %s: %w", kind, err)
	}
	return ledger.Event{
		Kind: kind, Time: at, Actor: actor, Act: kind + ".add", Object: id, After: after,
		Facts: []ledger.Fact{{Name: "object", Value: []byte(id)}, {Name: "state", Value: []byte(Active)}},
	}, nil
}
