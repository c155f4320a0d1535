// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// querier runs statements; every error that it returns was classified.
type querier interface {
	exec(ctx context.Context, query string, args ...any) (int64, error)
	query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	row(ctx context.Context, query string, args ...any) result
}

// result is one row to come.
type result struct {
	rows *sql.Rows
	err  error
}

// scan fills dest from the row; sql.ErrNoRows when there is none.
func (r result) scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return classify(err)
		}
		return sql.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	return classify(r.rows.Close())
}

// scanner is a row under the cursor, or the one row of a result.
type scanner func(dest ...any) error

// all collects the rows of a query.
func all[T any](ctx context.Context, q querier, read func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []T
	for rows.Next() {
		one, err := read(rows.Scan)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, classify(rows.Err())
}

// plain sends statements as they are: pgx keeps its own statement cache.
type plain struct {
	on interface {
		ExecContext(context.Context, string, ...any) (sql.Result, error)
		QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	}
}

func (p plain) exec(ctx context.Context, query string, args ...any) (int64, error) {
	return affected(p.on.ExecContext(ctx, query, args...))
}

func (p plain) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := p.on.QueryContext(ctx, query, args...)
	return rows, classify(err)
}

func (p plain) row(ctx context.Context, query string, args ...any) result {
	rows, err := p.query(ctx, query, args...)
	return result{rows, err}
}

// prepared compiles each statement once per connection: SQLite spends more
// on compiling a short statement than on running it.
type prepared struct {
	on interface {
		PrepareContext(context.Context, string) (*sql.Stmt, error)
	}
	mu    sync.RWMutex
	known map[string]*sql.Stmt
}

func (p *prepared) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	p.mu.RLock()
	s, ok := p.known[query]
	p.mu.RUnlock()
	if ok {
		return s, nil
	}
	s, err := p.on.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, classify(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if other, ok := p.known[query]; ok {
		s.Close()
		return other, nil
	}
	if p.known == nil {
		p.known = map[string]*sql.Stmt{}
	}
	p.known[query] = s
	return s, nil
}

func (p *prepared) exec(ctx context.Context, query string, args ...any) (int64, error) {
	s, err := p.statement(ctx, query)
	if err != nil {
		return 0, err
	}
	return affected(s.ExecContext(ctx, args...))
}

func (p *prepared) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := p.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args...)
	return rows, classify(err)
}

func (p *prepared) row(ctx context.Context, query string, args ...any) result {
	rows, err := p.query(ctx, query, args...)
	return result{rows, err}
}

// close lets the statements go; an SQLite connection with open statements
// stays half open and does not fold its log into the file.
func (p *prepared) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, s := range p.known {
		errs = append(errs, s.Close())
	}
	p.known = nil
	return errors.Join(errs...)
}

func affected(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, classify(err)
	}
	return r.RowsAffected()
}
