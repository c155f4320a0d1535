// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"crypto/subtle"
	"fmt"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
)

// registryRows implements registry.Store. Every row is authenticated: its
// code is computed from what the columns give back, so that what was written
// and what is read are compared and not two spellings of it.
type registryRows struct{ db *DB }

// key returns the key that authenticates rows.
func (db *DB) key() ([32]byte, error) {
	if k := db.macKey.Load(); k != nil {
		return *k, nil
	}
	return [32]byte{}, ErrNoMACKey
}

// authentic compares a row's code with the one it should have.
func authentic(want [32]byte, got []byte, table, id string) error {
	if subtle.ConstantTimeCompare(want[:], got) == 1 {
		return nil
	}
	return fmt.Errorf("%s %q: %w", table, id, registry.ErrTampered)
}

// insert runs an INSERT … ON CONFLICT DO NOTHING with the event.
func (r registryRows) insert(ctx context.Context, e ledger.Event, what, query string, args ...any) error {
	return r.db.record(ctx, e, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, query, args...)
		if err == nil && n == 0 {
			return fmt.Errorf("%s: %w", what, registry.ErrExists)
		}
		return err
	})
}

func (r registryRows) AddDepartment(ctx context.Context, d registry.Department, e ledger.Event) error {
	key, err := r.db.key()
	if err != nil {
		return err
	}
	d.Created = whole(d.Created)
	mac := d.MAC(key)
	return r.insert(ctx, e, "department", `INSERT INTO departments
		(id, name, credit_code, area_code, parent, state, created, mac)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		d.ID, d.Name, d.CreditCode, d.AreaCode, d.Parent, d.State, milli(d.Created), mac[:])
}

func (r registryRows) AddOfficer(ctx context.Context, o registry.Officer, e ledger.Event) error {
	key, err := r.db.key()
	if err != nil {
		return err
	}
	if _, err := r.Department(ctx, o.Department); err != nil {
		return err
	}
	o.Created = whole(o.Created)
	mac := o.MAC(key)
	return r.insert(ctx, e, "officer", `INSERT INTO officers
		(id, department, name, staff_no, state, created, mac)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		o.ID, o.Department, o.Name, o.StaffNo, o.State, milli(o.Created), mac[:])
}

// SetOfficerState reads the row under its lock, so that a forged row is not
// made authentic by being written again.
func (r registryRows) SetOfficerState(ctx context.Context, id string, s registry.State, e ledger.Event) error {
	return r.db.record(ctx, e, func(ctx context.Context, t *tx) error {
		o, err := r.db.readOfficer(t.row(ctx, officerColumns+` WHERE id = $1`+t.lock, id).scan)
		if err != nil {
			return found(err, registry.ErrNotFound, "officer", id)
		}
		o.State = s
		return t.setState(ctx, "officers", id, s, r.db, o.MAC)
	})
}

const (
	departmentColumns = `SELECT id, name, credit_code, area_code, parent, state, created, mac FROM departments`
	officerColumns    = `SELECT id, department, name, staff_no, state, created, mac FROM officers`
)

func (db *DB) readDepartment(scan scanner) (d registry.Department, err error) {
	var created int64
	var mac []byte
	if err := scan(&d.ID, &d.Name, &d.CreditCode, &d.AreaCode, &d.Parent, &d.State, &created, &mac); err != nil {
		return d, err
	}
	d.Created = instant(created)
	key, err := db.key()
	if err != nil {
		return registry.Department{}, err
	}
	return d, authentic(d.MAC(key), mac, "departments", d.ID)
}

func (db *DB) readOfficer(scan scanner) (o registry.Officer, err error) {
	var created int64
	var mac []byte
	if err := scan(&o.ID, &o.Department, &o.Name, &o.StaffNo, &o.State, &created, &mac); err != nil {
		return o, err
	}
	o.Created = instant(created)
	key, err := db.key()
	if err != nil {
		return registry.Officer{}, err
	}
	return o, authentic(o.MAC(key), mac, "officers", o.ID)
}

func (db *DB) department(ctx context.Context, q querier, id string) (registry.Department, error) {
	d, err := db.readDepartment(q.row(ctx, departmentColumns+` WHERE id = $1`, id).scan)
	return d, found(err, registry.ErrNotFound, "department", id)
}

func (db *DB) officer(ctx context.Context, q querier, id string) (registry.Officer, error) {
	o, err := db.readOfficer(q.row(ctx, officerColumns+` WHERE id = $1`, id).scan)
	return o, found(err, registry.ErrNotFound, "officer", id)
}

func (r registryRows) Department(ctx context.Context, id string) (registry.Department, error) {
	return r.db.department(ctx, r.db.read(), id)
}

func (r registryRows) Departments(ctx context.Context) ([]registry.Department, error) {
	return all(ctx, r.db.read(), r.db.readDepartment, departmentColumns+` ORDER BY seq`)
}

func (r registryRows) Officer(ctx context.Context, id string) (registry.Officer, error) {
	return r.db.officer(ctx, r.db.read(), id)
}

// Officers lists a department's officers; "" lists all.
func (r registryRows) Officers(ctx context.Context, department string) ([]registry.Officer, error) {
	var w where
	w.equal("department", department)
	return all(ctx, r.db.read(), r.db.readOfficer, officerColumns+w.clause()+` ORDER BY seq`, w.args...)
}
