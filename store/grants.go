// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
)

// Applications and the grants that they hold.

func (r registryRows) AddApplication(ctx context.Context, a registry.Application, e ledger.Event) error {
	key, err := r.db.key()
	if err != nil {
		return err
	}
	a.Created = whole(a.Created)
	mac := a.MAC(key)
	return r.insert(ctx, e, "application", `INSERT INTO applications
		(id, name, token_digest, state, created, mac)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		a.ID, a.Name, a.TokenDigest[:], a.State, milli(a.Created), mac[:])
}

func (r registryRows) AddGrant(ctx context.Context, g registry.Grant, e ledger.Event) error {
	key, err := r.db.key()
	if err != nil {
		return err
	}
	if _, err := r.Application(ctx, g.Application); err != nil {
		return err
	}
	g.NotBefore, g.NotAfter, g.Created = whole(g.NotBefore), whole(g.NotAfter), whole(g.Created)
	mac := g.MAC(key)
	return r.insert(ctx, e, "grant", `INSERT INTO grants
		(id, application, officer, seal, matters, kinds, not_before, not_after, state, created, mac)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
		g.ID, g.Application, g.Officer, g.Seal, list(g.Matters), list(g.Kinds),
		milli(g.NotBefore), milli(g.NotAfter), g.State, milli(g.Created), mac[:])
}

// SetApplicationState is as SetOfficerState.
func (r registryRows) SetApplicationState(ctx context.Context, id string, s registry.State, e ledger.Event) error {
	return r.db.record(ctx, e, func(ctx context.Context, t *tx) error {
		a, err := r.db.readApplication(t.row(ctx, applicationColumns+` WHERE id = $1`+t.lock, id).scan)
		if err != nil {
			return found(err, registry.ErrNotFound, "application", id)
		}
		a.State = s
		return t.setState(ctx, "applications", id, s, r.db, a.MAC)
	})
}

// SetGrantState is as SetOfficerState.
func (r registryRows) SetGrantState(ctx context.Context, id string, s registry.State, e ledger.Event) error {
	return r.db.record(ctx, e, func(ctx context.Context, t *tx) error {
		g, err := r.db.readGrant(t.row(ctx, grantColumns+` WHERE id = $1`+t.lock, id).scan)
		if err != nil {
			return found(err, registry.ErrNotFound, "grant", id)
		}
		g.State = s
		return t.setState(ctx, "grants", id, s, r.db, g.MAC)
	})
}

// setState writes a state and the code that goes with it; table is a constant
// of the caller's.
func (t *tx) setState(ctx context.Context, table, id string, s registry.State, db *DB, code func([32]byte) [32]byte) error {
	key, err := db.key()
	if err != nil {
		return err
	}
	mac := code(key)
	n, err := t.exec(ctx, `UPDATE `+table+` SET state = $1, mac = $2 WHERE id = $3`, s, mac[:], id)
	if err == nil && n != 1 {
		err = fmt.Errorf("%s %q: %w", table, id, registry.ErrNotFound)
	}
	return err
}

const (
	applicationColumns = `SELECT id, name, token_digest, state, created, mac FROM applications`
	grantColumns       = `SELECT id, application, officer, seal, matters, kinds,
		not_before, not_after, state, created, mac FROM grants`
)

func (db *DB) readApplication(scan scanner) (a registry.Application, err error) {
	var created int64
	var token, mac []byte
	if err := scan(&a.ID, &a.Name, &token, &a.State, &created, &mac); err != nil {
		return a, err
	}
	a.Created = instant(created)
	if a.TokenDigest, err = digest32(token); err != nil {
		return registry.Application{}, fmt.Errorf("applications %q: %w", a.ID, registry.ErrTampered)
	}
	key, err := db.key()
	if err != nil {
		return registry.Application{}, err
	}
	return a, authentic(a.MAC(key), mac, "applications", a.ID)
}

func (db *DB) readGrant(scan scanner) (g registry.Grant, err error) {
	var before, after, created int64
	var matters, kinds string
	var mac []byte
	err = scan(&g.ID, &g.Application, &g.Officer, &g.Seal, &matters, &kinds, &before, &after, &g.State, &created, &mac)
	if err != nil {
		return g, err
	}
	g.NotBefore, g.NotAfter, g.Created = instant(before), instant(after), instant(created)
	if g.Matters, err = unlist(matters); err == nil {
		g.Kinds, err = unlist(kinds)
	}
	if err != nil {
		return registry.Grant{}, fmt.Errorf("grants %q: %w", g.ID, registry.ErrTampered)
	}
	key, err := db.key()
	if err != nil {
		return registry.Grant{}, err
	}
	return g, authentic(g.MAC(key), mac, "grants", g.ID)
}

func (db *DB) application(ctx context.Context, q querier, id string) (registry.Application, error) {
	a, err := db.readApplication(q.row(ctx, applicationColumns+` WHERE id = $1`, id).scan)
	return a, found(err, registry.ErrNotFound, "application", id)
}

func (r registryRows) Application(ctx context.Context, id string) (registry.Application, error) {
	return r.db.application(ctx, r.db.read(), id)
}

// ApplicationByToken does not repeat the digest in its error.
func (r registryRows) ApplicationByToken(ctx context.Context, digest [32]byte) (registry.Application, error) {
	a, err := r.db.readApplication(r.db.read().row(ctx, applicationColumns+` WHERE token_digest = $1`, digest[:]).scan)
	return a, found(err, registry.ErrNotFound, "application of a", "token")
}

func (r registryRows) Applications(ctx context.Context) ([]registry.Application, error) {
	return all(ctx, r.db.read(), r.db.readApplication, applicationColumns+` ORDER BY seq`)
}

func (r registryRows) Grant(ctx context.Context, id string) (registry.Grant, error) {
	g, err := r.db.readGrant(r.db.read().row(ctx, grantColumns+` WHERE id = $1`, id).scan)
	return g, found(err, registry.ErrNotFound, "grant", id)
}

func (r registryRows) Grants(ctx context.Context, seal string) ([]registry.Grant, error) {
	var w where
	w.equal("seal", seal)
	return all(ctx, r.db.read(), r.db.readGrant, grantColumns+w.clause()+` ORDER BY seq`, w.args...)
}

// grantsOf returns what one application may do with one seal.
func (db *DB) grantsOf(ctx context.Context, q querier, application, seal string) ([]registry.Grant, error) {
	return all(ctx, q, db.readGrant, grantColumns+` WHERE seal = $1 AND application = $2 ORDER BY seq`, seal, application)
}
