// SPDX-License-Identifier: Apache-2.0

// Package ledger is the append-only SM3 Merkle log (存证日志) of commitments to
// certificates, seals, stamps and administrative acts, and the audit log that
// its leaves commit to. A store appends a leaf inside the transaction of the
// event; no process keeps tree state that the head row has not confirmed.
package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/govseal/govseal/ledger/proof"
)

// Event is something that happened: one audit entry and one leaf.
type Event struct {
	Kind          string // leaf kind: certificate, revocation, crl, key, department, officer, application, grant, seal, seal-state, stamp, withdrawal, admin
	Time          time.Time
	Actor         string // "operator:<name>", "app:<id>", "system"
	Act           string // ca.issue, ca.revoke, seal.make, stamp.pdf …
	Object        string // id of what it is about
	Reason        string
	Before, After json.RawMessage // private: state before and after, nil when none
	Facts         []Fact          // what can be proven later, beside the audit entry itself
}

// Fact is one value that the leaf commits to.
type Fact struct {
	Name  string // document, certificate, seal, code, time …
	Value []byte
}

// Entry is an audit entry as stored.
type Entry struct {
	Index uint64 // of its leaf
	Event
	Leaf []byte // canonical octets
	// Opening holds the nonce and value of every fact and, last, of "audit".
	// It is private until a proof opens it. The value of "audit" is left out
	// (nil): it is Event.Audit, made again from the other columns, so that a
	// change in any of them shows.
	Opening []proof.Opened
}

// Audit names the commitment to the canonical audit entry.
const Audit = "audit"

// ErrNotFound says that no leaf is about the object.
var ErrNotFound = errors.New("ledger: no such entry")

// TileHeight: hashes of level 0, 8, 16 … are kept; TileWidth of them make one
// of the next level.
const (
	TileHeight = 8
	TileWidth  = 1 << TileHeight
)

// Store gives the rows of the ledger. Only Append writes.
type Store interface {
	// Append records events that are not part of another transaction.
	Append(ctx context.Context, events ...Event) error
	Head(ctx context.Context) (Head, error)
	// Hashes returns n hashes of a kept level (0, 8, 16 …) from start; fewer
	// when there are no more.
	Hashes(ctx context.Context, level int, start uint64, n int) ([][32]byte, error)
	// Entries returns up to n entries from index on, in order.
	Entries(ctx context.Context, from uint64, n int) ([]Entry, error)
	// EntryOf returns the newest entry of a kind about an object.
	EntryOf(ctx context.Context, kind, object string) (Entry, error)
	// Search is the audit log's listing, newest first.
	Search(ctx context.Context, q Query) ([]Entry, error)
}

// Query selects audit entries; zero fields select all.
type Query struct {
	Actor, Act, Object string
	Actors             []string // beside Actor: one person may stand under several
	Since, Until       time.Time
	Limit              int
	Before             uint64 // index, for paging; 0 means the newest
}
