// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// migrate brings the schema up to date. A database made by a newer govseal is
// refused: an older one could break rules that it does not know.
func migrate(ctx context.Context, db *sql.DB, engine string, create bool) error {
	p, err := provider(db, engine)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	current, target, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return classify(err)
	case create && current > 0:
		return errors.New("there is a govseal database already")
	case !create && current == 0:
		return unavailable(errors.New("the database is empty: make it with `govseal init`"))
	case current > target:
		return fmt.Errorf("the database has schema %d and this program knows %d: use the newer program", current, target)
	case current == target:
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		// Another process may have done it meanwhile.
		if pending, again := p.HasPending(ctx); again != nil || pending {
			return fmt.Errorf("bring the schema up to date: %w", classify(err))
		}
	}
	return nil
}

func provider(db *sql.DB, engine string) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+engine)
	if err != nil {
		return nil, err
	}
	if engine == "sqlite" {
		return goose.NewProvider(goose.DialectSQLite3, db, files)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
}
