// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/ledger/proof"
)

const (
	mostRows    = 10_000 // one answer holds at most
	defaultRows = 100    // one page of a listing
)

// ledgerRows implements ledger.Store.
type ledgerRows struct{ db *DB }

// entered is an entry with all that can be made outside the transaction, which
// holds the ledger's lock: nonces, commitments, what the row says of them.
type entered struct {
	ledger.Entry
	leafHash [32]byte
	opening  []byte // JSON
}

// enter turns an event into its entry.
func enter(e ledger.Event) (*entered, error) {
	entry, err := e.Entry(nil)
	if err != nil {
		return nil, fmt.Errorf("make ledger entry: %w", err)
	}
	opening, err := json.Marshal(entry.Opening)
	if err != nil {
		return nil, fmt.Errorf("make ledger entry: %w", err)
	}
	return &entered{entry, proof.LeafHash(entry.Leaf), opening}, nil
}

// record runs work in one transaction and appends its event at the end.
func (db *DB) record(ctx context.Context, e ledger.Event, work func(context.Context, *tx) error) error {
	entry, err := enter(e)
	if err != nil {
		return err
	}
	return db.write(ctx, func(ctx context.Context, t *tx) error {
		t.standing.forget()
		if err := work(ctx, t); err != nil {
			return err
		}
		_, err := t.append(ctx, entry)
		return err
	})
}

// announce is record with an outbox event beside the entry.
func (db *DB) announce(ctx context.Context, e ledger.Event, work func(context.Context, *tx) error) error {
	return db.announceAll(ctx, []ledger.Event{e}, work)
}

// announceAll is announce for several facts of one transaction, in order.
func (db *DB) announceAll(ctx context.Context, events []ledger.Event, work func(context.Context, *tx) error) error {
	entries := make([]*entered, len(events))
	for i, e := range events {
		var err error
		if entries[i], err = enter(e); err != nil {
			return err
		}
	}
	return db.write(ctx, func(ctx context.Context, t *tx) error {
		t.standing.forget()
		if err := work(ctx, t); err != nil {
			return err
		}
		for _, entry := range entries {
			index, err := t.append(ctx, entry)
			if err != nil {
				return err
			}
			if err := t.outbox(ctx, index, entry.Event); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l ledgerRows) Append(ctx context.Context, events ...ledger.Event) error {
	entries := make([]*entered, len(events))
	for i, e := range events {
		var err error
		if entries[i], err = enter(e); err != nil {
			return err
		}
	}
	return l.db.write(ctx, func(ctx context.Context, t *tx) error {
		for _, e := range entries {
			if _, err := t.append(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) insertEntry(ctx context.Context, index uint64, e *entered) error {
	_, err := t.exec(ctx, `INSERT INTO ledger_entries
		(idx, leaf_hash, time, kind, object, act, actor, reason, before, after, leaf, opening)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		int64(index), e.leafHash[:], milli(e.Time), e.Kind, e.Object, e.Act, e.Actor, e.Reason,
		[]byte(e.Before), []byte(e.After), e.Leaf, e.opening)
	return err
}

const entryColumns = `SELECT idx, time, kind, object, act, actor, reason, before, after, leaf, opening FROM ledger_entries`

func readEntry(scan scanner) (ledger.Entry, error) {
	var e ledger.Entry
	var index, time int64
	var before, after, opening []byte
	err := scan(&index, &time, &e.Kind, &e.Object, &e.Act, &e.Actor, &e.Reason, &before, &after, &e.Leaf, &opening)
	if err != nil {
		return e, err
	}
	e.Index, e.Time, e.Before, e.After = uint64(index), instant(time), before, after
	// An opening that cannot be read leaves an entry that does not fit its
	// leaf: a replay must name the row, not stop at it.
	if err := json.Unmarshal(opening, &e.Opening); err != nil {
		e.Opening = nil
	}
	for _, o := range e.Opening {
		if o.Name != ledger.Audit {
			e.Facts = append(e.Facts, ledger.Fact{Name: o.Name, Value: o.Value})
		}
	}
	return e, nil
}

func (l ledgerRows) Head(ctx context.Context) (ledger.Head, error) {
	return readHead(ctx, l.db.read(), "")
}

func (l ledgerRows) Hashes(ctx context.Context, level int, start uint64, n int) ([][32]byte, error) {
	if level%ledger.TileHeight != 0 || level < 0 || start>>63 != 0 || n <= 0 {
		return nil, nil
	}
	n = min(n, mostRows)
	query := `SELECT hash FROM ledger_hashes WHERE level = $1 AND idx >= $2 AND idx < $3 ORDER BY idx`
	args := []any{level, int64(start), int64(start) + int64(n)}
	if level == 0 {
		query = `SELECT leaf_hash FROM ledger_entries WHERE idx >= $1 AND idx < $2 ORDER BY idx`
		args = args[1:]
	}
	return all(ctx, l.db.read(), func(scan scanner) ([32]byte, error) {
		var raw []byte
		if err := scan(&raw); err != nil {
			return [32]byte{}, err
		}
		return digest32(raw)
	}, query, args...)
}

func (l ledgerRows) Entries(ctx context.Context, from uint64, n int) ([]ledger.Entry, error) {
	if from>>63 != 0 || n <= 0 {
		return nil, nil
	}
	return all(ctx, l.db.read(), readEntry, entryColumns+` WHERE idx >= $1 ORDER BY idx LIMIT $2`,
		int64(from), min(n, mostRows))
}

func (l ledgerRows) EntryOf(ctx context.Context, kind, object string) (ledger.Entry, error) {
	row := l.db.read().row(ctx, entryColumns+` WHERE object = $1 AND kind = $2 ORDER BY idx DESC LIMIT 1`, object, kind)
	e, err := readEntry(row.scan)
	return e, found(err, ledger.ErrNotFound, kind, object)
}

func (l ledgerRows) Search(ctx context.Context, q ledger.Query) ([]ledger.Entry, error) {
	var w where
	w.oneOf("actor", q.Actor, q.Actors)
	w.equal("act", q.Act)
	w.equal("object", q.Object)
	if !q.Since.IsZero() {
		w.add("time >= ", milli(q.Since))
	}
	if !q.Until.IsZero() {
		w.add("time < ", milli(q.Until))
	}
	if q.Before > 0 && q.Before>>63 == 0 {
		w.add("idx < ", int64(q.Before))
	}
	return all(ctx, l.db.read(), readEntry, entryColumns+w.clause()+` ORDER BY idx DESC`+w.limit(q.Limit), w.args...)
}

// where gathers the conditions of a listing; only constant text and
// placeholders reach the statement.
type where struct {
	terms []string
	args  []any
}

func (w *where) add(term string, arg any) {
	w.args = append(w.args, arg)
	w.terms = append(w.terms, fmt.Sprintf("%s$%d", term, len(w.args)))
}

// equal adds a condition unless the value is empty.
func (w *where) equal(column, value string) {
	if value != "" {
		w.add(column+" = ", value)
	}
}

// oneOf is equal with more values that will do; column is a constant.
func (w *where) oneOf(column, value string, more []string) {
	if len(more) == 0 {
		w.equal(column, value)
		return
	}
	marks := []string{}
	for _, v := range append([]string{value}, more...) {
		w.args = append(w.args, v)
		marks = append(marks, fmt.Sprintf("$%d", len(w.args)))
	}
	w.terms = append(w.terms, column+" IN ("+strings.Join(marks, ", ")+")")
}

func (w *where) clause() string {
	if len(w.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.terms, " AND ")
}

func (w *where) limit(n int) string {
	if n <= 0 {
		n = defaultRows
	}
	w.args = append(w.args, min(n, mostRows))
	return fmt.Sprintf(" LIMIT $%d", len(w.args))
}
