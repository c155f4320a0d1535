// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const attempts = 10 // of a transaction that another one forced back

// pgEngine is a PostgreSQL database; several servers may share it.
type pgEngine struct {
	db *sql.DB
}

func openPostgres(ctx context.Context, c Config, create bool) (engine, error) {
	settings, err := pgx.ParseConfig(c.DSN)
	if err != nil {
		return nil, errors.New("the PostgreSQL address cannot be read") // err may quote the password
	}
	wait := strconv.FormatInt(c.Wait.Milliseconds(), 10)
	settings.RuntimeParams["lock_timeout"] = wait
	settings.RuntimeParams["synchronous_commit"] = "on"
	settings.RuntimeParams["application_name"] = "govseal"
	if settings.ConnectTimeout == 0 {
		settings.ConnectTimeout = c.Wait
	}
	db := stdlib.OpenDB(*settings)
	db.SetMaxOpenConns(2 * c.Connections)
	db.SetMaxIdleConns(2 * c.Connections)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(unavailable(err), db.Close())
	}
	if err := migrate(ctx, db, "postgres", create); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &pgEngine{db}, nil
}

func (e *pgEngine) reader() querier   { return plain{e.db} }
func (e *pgEngine) forUpdate() string { return " FOR UPDATE" }
func (e *pgEngine) close() error      { return e.db.Close() }

func (e *pgEngine) backup(context.Context, string) error {
	return errors.New("a PostgreSQL database is copied with pg_dump, see docs/operations.md")
}

// check is the server's own business: data checksums, amcheck.
func (e *pgEngine) check(context.Context) error { return nil }

// write runs work, again when the database forced it back. The ledger's head
// row is locked last, so that transactions queue for it and cannot deadlock.
func (e *pgEngine) write(ctx context.Context, work func(context.Context, *tx) error) error {
	for attempt := 1; ; attempt++ {
		err := e.once(ctx, work)
		if err == nil || !transient(err) {
			return err
		}
		if attempt == attempts {
			return unavailable(err)
		}
		time.Sleep(rand.N(time.Duration(attempt) * 5 * time.Millisecond))
	}
}

func (e *pgEngine) once(ctx context.Context, work func(context.Context, *tx) error) error {
	// The caller's end must not leave a commit with an unknown outcome.
	free := context.WithoutCancel(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	conn, err := e.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", classify(err))
	}
	defer conn.Close()
	on, err := conn.BeginTx(free, nil)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", classify(err))
	}
	defer on.Rollback()
	t := &tx{querier: plain{on}, lock: e.forUpdate()}
	if err := work(free, t); err != nil {
		return err
	}
	if err := t.finish(free); err != nil {
		return err
	}
	if err := on.Commit(); err != nil {
		return fmt.Errorf("commit: %w", classify(err))
	}
	return nil
}
