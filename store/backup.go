// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/govseal/govseal/ledger"
)

// backup copies a snapshot into a file beside path, checks it, and gives it
// its name last, so that a half-written copy is never taken for a backup.
func (e *liteEngine) backup(ctx context.Context, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s exists already", path)
	}
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	defer os.Remove(part) // fails after the rename, as it should
	if err := e.vacuumInto(ctx, part); err != nil {
		return err
	}
	if err := checkCopy(ctx, part); err != nil {
		return fmt.Errorf("check the copy: %w", err)
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// vacuumInto runs on a connection of its own: those that read refuse it.
func (e *liteEngine) vacuumInto(ctx context.Context, path string) error {
	conn, err := e.writers.Conn(ctx)
	if err != nil {
		return classify(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `VACUUM INTO $1`, path); err != nil {
		return classify(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Sync(), f.Close())
}

// checkCopy reads every page of the copy.
func checkCopy(ctx context.Context, path string) error {
	db, err := openAlone(path)
	if err != nil {
		return err
	}
	defer db.Close()
	return integrity(ctx, db)
}

// integrity reads every page, and compares tables with their indexes.
func integrity(ctx context.Context, db *sql.DB) error {
	var verdict string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return errors.New(verdict)
	}
	return nil
}

func (e *liteEngine) check(ctx context.Context) error { return integrity(ctx, e.readers) }

// openAlone opens a file that nobody else writes, without changing it.
func openAlone(path string) (*sql.DB, error) {
	return sql.Open("sqlite", liteFile(path, "mode=ro&_pragma=query_only(1)"))
}

// ReadHead returns the ledger's head in an SQLite file that is not in use,
// such as a backup, without changing the file: `restore` compares it with the
// checkpoint that is kept outside.
func ReadHead(ctx context.Context, path string) (ledger.Head, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return ledger.Head{}, err
	}
	if _, err := os.Stat(path); err != nil {
		return ledger.Head{}, fmt.Errorf("read backup: %w", err)
	}
	db, err := openAlone(path)
	if err != nil {
		return ledger.Head{}, err
	}
	defer db.Close()
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	h, err := readHead(ctx, plain{db}, "")
	if err != nil {
		return ledger.Head{}, fmt.Errorf("read ledger head of backup: %w", err)
	}
	return h, nil
}
