// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/govseal/govseal/seal"
)

var errVanished = errors.New("the database file was removed or replaced while it was open")

// unavailable marks an error of the database itself, as against one of the
// request: sealing stops (503) and verification goes on.
func unavailable(err error) error {
	if err == nil || errors.Is(err, seal.ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", seal.ErrUnavailable, err)
}

// classify wraps seal.ErrUnavailable around errors of the database itself.
// Rows that break a constraint and callers that gave up stay what they are.
func classify(err error) error {
	switch {
	case err == nil, errors.Is(err, sql.ErrNoRows):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		if sqliteDown(lite.Code()) {
			return unavailable(err)
		}
		return err
	}
	var connect *pgconn.ConnectError // may hold a PgError: no such database
	if errors.As(err, &connect) {
		return unavailable(err)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		if postgresDown(pg.Code) {
			return unavailable(err)
		}
		return err
	}
	if broken(err) {
		return unavailable(err)
	}
	return err
}

// sqliteFailed reports whether the error came from SQLite, and not from what a
// transaction found there.
func sqliteFailed(err error) bool {
	var lite *sqlite.Error
	return errors.As(err, &lite)
}

// sqliteDown tells result codes that concern the whole database file
// (sqlite.org/rescode.html, primary codes in the low octet).
func sqliteDown(code int) bool {
	switch code & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY,
		sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB,
		sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_PERM:
		return true
	}
	return false
}

// postgresDown tells SQLSTATE classes that concern the server: connection,
// transaction state (a standby is read-only), resources, intervention,
// system and internal errors; and rollbacks that outlasted every retry.
func postgresDown(state string) bool {
	for _, class := range []string{"08", "25", "40", "53", "57", "58", "XX"} {
		if strings.HasPrefix(state, class) {
			return true
		}
	}
	return state == lockTimeout
}

const lockTimeout = "55P03" // lock_not_available

// broken tells errors of the way to the server.
func broken(err error) bool {
	var network net.Error
	var path *fs.PathError
	return errors.As(err, &network) || errors.As(err, &path) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, net.ErrClosed) ||
		strings.HasPrefix(err.Error(), "sql: database is closed") || pgconn.SafeToRetry(err) ||
		strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "unexpected EOF")
}

// transient tells whether a PostgreSQL transaction is worth running again:
// serialization failure or deadlock.
func transient(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01") || errors.Is(err, errAgain)
}

// doubled tells that a PostgreSQL statement met a key that another transaction
// had just committed. SQLite has one writer and no such moment.
func doubled(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505" // unique_violation
}

// errAgain asks for the transaction to be run again: another one inserted the
// same key first.
var errAgain = errors.New("another transaction was first")

// busy tells that another connection holds SQLite's write lock.
func busy(err error) bool {
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code()&0xff == sqlite3.SQLITE_BUSY
}
