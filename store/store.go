// SPDX-License-Identifier: Apache-2.0

// Package store keeps everything durable in one SQL database: the records of
// ca, seal, registry, ledger and keys, each behind the Store interface of its
// package. SQLite is the embedded default, PostgreSQL carries several
// servers; both run the same statements and pass the same conformance suite.
//
// A write method is one transaction. It answers only after the commit, and the
// ledger leaf of its event is appended inside it.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

// ErrNoMACKey means that an authenticated row was read or written before
// SetMACKey.
var ErrNoMACKey = errors.New("store: the key that authenticates records is not set")

// Config says which database to use. Only DSN is required.
type Config struct {
	// DSN is the path of an SQLite file, or a PostgreSQL URL (postgres://…).
	// A URL may hold a password: it is never written to logs or errors.
	DSN string
	// Wait is how long a transaction waits for another process's write lock
	// before it gives up with seal.ErrUnavailable; 0 means 5 s.
	Wait time.Duration
	// Connections that read beside the writer; 0 means 8.
	Connections int
}

// DB is an open database. It is safe for concurrent use, and several
// processes may have the same database open.
type DB struct {
	engine   engine
	macKey   atomic.Pointer[[32]byte]
	seals    sealCache
	evidence evidenceCache
}

// engine is what differs between the two databases.
type engine interface {
	// reader gives statements outside any transaction.
	reader() querier
	// write runs work in one durable transaction and returns after the commit.
	// work may run more than once; only its last run counts.
	write(ctx context.Context, work func(context.Context, *tx) error) error
	// forUpdate is the clause that locks selected rows until the commit.
	forUpdate() string
	backup(ctx context.Context, path string) error
	check(ctx context.Context) error
	close() error
}

// Create makes a new database and opens it. It refuses a file, or a schema,
// that holds something already.
func Create(ctx context.Context, c Config) (*DB, error) {
	return open(ctx, c, true)
}

// Open opens a database that Create made, and brings its schema up to date. A
// missing file is an error: an empty database in place of a lost one would
// begin a second ledger.
func Open(ctx context.Context, c Config) (*DB, error) {
	return open(ctx, c, false)
}

func open(ctx context.Context, c Config, create bool) (*DB, error) {
	if c.Wait == 0 {
		c.Wait = 5 * time.Second
	}
	if c.Connections == 0 {
		c.Connections = 8
	}
	db := &DB{}
	var err error
	if isPostgres(c.DSN) {
		db.engine, err = openPostgres(ctx, c, create)
	} else {
		db.engine, err = openSQLite(ctx, c, create)
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return db, nil
}

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// Close waits for running transactions and closes the database.
func (db *DB) Close() error { return db.engine.close() }

// SetMACKey gives the key under which registry and seal-state rows are
// authenticated. It is derived from the keyring and so known only after the
// keyring was opened from this very database.
func (db *DB) SetMACKey(key [32]byte) { db.macKey.Store(&key) }

// CA is the certificate authority's view of the database.
func (db *DB) CA() ca.Store { return caRows{db} }

// Seals is the seal service's view of the database.
func (db *DB) Seals() seal.Store { return sealRows{db} }

// Registry is the registry's view of the database.
func (db *DB) Registry() registry.Store { return registryRows{db} }

// Operators is the view of who administers.
func (db *DB) Operators() registry.OperatorStore { return operatorRows{db} }

// Approvals is the view of what operators ask one another to approve.
func (db *DB) Approvals() registry.ApprovalStore { return approvalRows{db} }

// Ledger is the ledger's view of the database.
func (db *DB) Ledger() ledger.Store { return ledgerRows{db} }

// Keys is the view of govseal's internal key custody; what it returns
// implements keys.Store.
func (db *DB) Keys() keyRows { return keyRows{db} }

// Ping reports, as nil, that a transaction can be begun and committed now: the
// file has its name, the server answers and is not a standby, no lock is
// stuck. It writes nothing, so a full disk shows only at the next stamp.
func (db *DB) Ping(ctx context.Context) error {
	return db.write(ctx, func(ctx context.Context, t *tx) error { return t.lockHead(ctx) })
}

// Backup writes a consistent copy of an SQLite database to path, which must
// not exist, while work goes on. The copy is on disk when it returns. A
// PostgreSQL database is copied with pg_dump.
func (db *DB) Backup(ctx context.Context, path string) error {
	if err := db.engine.backup(ctx, path); err != nil {
		return fmt.Errorf("back up database: %w", err)
	}
	return nil
}

// Check reads every page of an SQLite file and names the first thing that is
// damaged. What a PostgreSQL server keeps is the server's to check: nil.
func (db *DB) Check(ctx context.Context) error {
	if err := db.engine.check(ctx); err != nil {
		return fmt.Errorf("the database file is damaged: %w", err)
	}
	return nil
}

func (db *DB) read() querier { return db.engine.reader() }

// write runs work in one durable transaction.
func (db *DB) write(ctx context.Context, work func(context.Context, *tx) error) error {
	return db.engine.write(ctx, work)
}

// found turns "no such row" into the domain's own error.
func found(err, missing error, what, id string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s %q: %w", what, id, missing)
	}
	return err
}
