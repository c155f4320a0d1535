// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	_ "modernc.org/sqlite" // driver "sqlite"
)

// liteEngine is one SQLite file: many connections that read, one that writes.
type liteEngine struct {
	path    string
	file    os.FileInfo // as it was when opened
	readers *sql.DB
	pool    *prepared // over readers
	writers *sql.DB
	group   *group
}

// openSQLite makes the file durable before anything is in it, migrates, and
// starts the writer.
func openSQLite(ctx context.Context, c Config, create bool) (engine, error) {
	path, err := filepath.Abs(c.DSN)
	if err != nil {
		return nil, err
	}
	if create {
		if err := createFile(path); err != nil {
			return nil, err
		}
	}
	file, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, unavailable(fmt.Errorf("there is no database file %s", path))
	}
	if err != nil {
		return nil, unavailable(err)
	}
	e := &liteEngine{path: path, file: file}
	if e.writers, err = sql.Open("sqlite", liteDSN(path, c, "&_txlock=immediate"+writerCache)); err != nil {
		return nil, err
	}
	if e.readers, err = sql.Open("sqlite", liteDSN(path, c, "&_pragma=query_only(1)"+readerCache)); err != nil {
		return nil, errors.Join(err, e.writers.Close())
	}
	e.readers.SetMaxOpenConns(c.Connections)
	e.readers.SetMaxIdleConns(c.Connections)
	e.pool = &prepared{on: e.readers}
	if err := e.start(ctx, c, create); err != nil {
		return nil, errors.Join(err, e.writers.Close(), e.readers.Close())
	}
	return e, nil
}

func (e *liteEngine) start(ctx context.Context, c Config, create bool) error {
	if err := quickCheck(ctx, e.writers, create); err != nil {
		return err
	}
	if err := migrate(ctx, e.writers, "sqlite", create); err != nil {
		return err
	}
	var err error
	e.group, err = startGroup(ctx, e, c.Wait)
	return err
}

// createFile makes an empty file that only its owner can read.
func createFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// liteDSN sets what durability needs: FULL, because NORMAL loses committed
// rows on power loss in WAL mode; mode=rw never creates a file.
func liteDSN(path string, c Config, extra string) string {
	return liteFile(path, "mode=rw"+
		"&_pragma=busy_timeout("+strconv.FormatInt(c.Wait.Milliseconds(), 10)+")"+
		"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"+
		"&_pragma=temp_store(MEMORY)&_pragma=wal_autocheckpoint(4000)"+extra)
}

// Page caches in KiB. When a B-tree is balanced SQLite lets a page have the
// highest number of all for a moment, and the next commit then looks through
// its whole cache for pages behind the end of the file: at nearly every commit
// here. With 32 MiB that was 4 % of a certificate's processor time; what random
// keys find in the cache of a large database is little either way, and the rest
// the system's own cache holds.
const (
	writerCache = "&_pragma=cache_size(-4096)"
	readerCache = "&_pragma=cache_size(-32768)"
)

// liteFile escapes what a path may hold.
func liteFile(path, query string) string {
	u := url.URL{Scheme: "file", Path: path, RawQuery: query}
	return u.String()
}

// quickCheck refuses a file that is no database or has broken pages in its
// header and schema; a full integrity_check reads every page and belongs to
// `govseal ledger verify` and to backups.
func quickCheck(ctx context.Context, db *sql.DB, create bool) error {
	if create {
		return nil
	}
	var tables int
	err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name = 'ledger_head'`).Scan(&tables)
	if err != nil {
		return classify(err)
	}
	if tables == 0 {
		return unavailable(errors.New("the file is not a govseal database"))
	}
	return nil
}

func (e *liteEngine) reader() querier   { return e.pool }
func (e *liteEngine) forUpdate() string { return "" } // the whole file is locked

func (e *liteEngine) write(ctx context.Context, work func(context.Context, *tx) error) error {
	return e.group.do(ctx, work)
}

// present reports errVanished when path no longer names the file that is
// open: what is written from then on would be lost with the last descriptor.
func (e *liteEngine) present() error {
	now, err := os.Stat(e.path)
	if err != nil || !os.SameFile(now, e.file) {
		return unavailable(errVanished)
	}
	return nil
}

func (e *liteEngine) close() error {
	return errors.Join(e.group.close(), e.pool.close(), e.readers.Close(), e.writers.Close())
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
