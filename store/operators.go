// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
)

// operatorRows implements registry.OperatorStore.
type operatorRows struct{ db *DB }

func (r operatorRows) AddOperator(ctx context.Context, o registry.Operator, e ledger.Event) error {
	key, err := r.db.key()
	if err != nil {
		return err
	}
	o.Created, o.LastFailure = whole(o.Created), whole(o.LastFailure)
	mac := o.MAC(key)
	return registryRows(r).insert(ctx, committing(e, mac), "operator", `INSERT INTO operators
		(id, name, name_key, role, state, secret_digest, cert_serial, public_key, failures, last_failure, created, mac)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
		o.ID, o.Name, registry.NameKey(o.Name), o.Role, o.State, o.SecretDigest[:], o.CertSerial, some(o.PublicKey),
		o.Failures, milli(o.LastFailure), milli(o.Created), mac[:])
}

// UpdateOperator finds the row by the code of what the caller read, so that
// nothing that changed meanwhile, and nothing forged, is written over.
func (r operatorRows) UpdateOperator(ctx context.Context, before, after registry.Operator, e ledger.Event) error {
	key, err := r.db.key()
	if err != nil {
		return err
	}
	after.ID, after.Name, after.Created, after.LastFailure = before.ID, before.Name, before.Created, whole(after.LastFailure)
	was, mac := before.MAC(key), after.MAC(key)
	return r.db.record(ctx, committing(e, mac), func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, `UPDATE operators SET role = $1, state = $2, secret_digest = $3, cert_serial = $4, public_key = $5,
			failures = $6, last_failure = $7, mac = $8 WHERE id = $9 AND mac = $10`,
			after.Role, after.State, after.SecretDigest[:], after.CertSerial, some(after.PublicKey),
			after.Failures, milli(after.LastFailure), mac[:], before.ID, was[:])
		if err == nil && n != 1 {
			err = fmt.Errorf("operator %q changed meanwhile: %w", before.ID, registry.ErrState)
		}
		return err
	})
}

var operatorColumns = `SELECT r.id, r.name, r.name_key, r.role, r.state, r.secret_digest, r.cert_serial, r.public_key,
	r.failures, r.last_failure, r.created, r.mac, ` + leafColumns + ` FROM operators r` + newestLeaf("operator")

func (db *DB) readOperator(scan scanner) (o registry.Operator, err error) {
	var failed, created int64
	var nameKey string
	var digest, mac []byte
	var l leafRow
	err = scan(&o.ID, &o.Name, &nameKey, &o.Role, &o.State, &digest, &o.CertSerial, &o.PublicKey,
		&o.Failures, &failed, &created, &mac, &l.hash, &l.leaf, &l.opening)
	if err != nil {
		return o, err
	}
	o.LastFailure, o.Created = instant(failed), instant(created)
	if len(o.PublicKey) == 0 {
		o.PublicKey = nil
	}
	if o.SecretDigest, err = digest32(digest); err != nil || nameKey != registry.NameKey(o.Name) {
		return registry.Operator{}, fmt.Errorf("operators %q: %w", o.ID, registry.ErrTampered)
	}
	key, err := db.key()
	if err != nil {
		return registry.Operator{}, err
	}
	code := o.MAC(key)
	if err := authentic(code, mac, "operators", o.ID); err != nil {
		return registry.Operator{}, err
	}
	return o, l.newest(code, "operators", o.ID)
}

func (r operatorRows) Operator(ctx context.Context, id string) (registry.Operator, error) {
	o, err := r.db.readOperator(r.db.read().row(ctx, operatorColumns+` WHERE r.id = $1`, id).scan)
	return o, found(err, registry.ErrNotFound, "operator", id)
}

func (r operatorRows) OperatorNamed(ctx context.Context, name string) (registry.Operator, error) {
	o, err := r.db.readOperator(r.db.read().row(ctx, operatorColumns+` WHERE r.name_key = $1`, registry.NameKey(name)).scan)
	return o, found(err, registry.ErrNotFound, "operator", name)
}

// Operators counts what the ledger says was added: an empty table would open
// the house to everybody.
func (r operatorRows) Operators(ctx context.Context) ([]registry.Operator, error) {
	var added int
	for range 2 { // somebody may add one between the two statements
		if err := r.db.read().row(ctx, `SELECT COUNT(*) FROM ledger_entries WHERE act = 'operator.add'`).scan(&added); err != nil {
			return nil, err
		}
		found, err := all(ctx, r.db.read(), r.db.readOperator, operatorColumns+` ORDER BY r.seq`)
		if err != nil || len(found) == added {
			return found, err
		}
	}
	return nil, fmt.Errorf("the list of operators lacks somebody whom the ledger knows: %w", registry.ErrTampered)
}
