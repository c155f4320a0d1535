// SPDX-License-Identifier: Apache-2.0

// Package ledger is the append-only SM3 Merkle log (存证日志) of commitments to
// certificates, seals, stamps and administrative acts, and the audit log that
// its leaves commit to. A store appends a leaf inside the transaction of the
// event; no process keeps tree state that the head row has not confirmed.
package ledger

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"io"
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
	Leaf    []byte         // canonical octets
	Opening []proof.Opened // private until a proof opens it
}

// Seal turns an event into its entry: draws nonces, encodes the leaf, whose
// commitments are the facts and "audit", the canonical audit entry.
func (e Event) Entry(random io.Reader) (Entry, error) { panic("unwritten") }

// CheckLeaf reports whether an entry's fields and opening still fit its leaf.
func (e Entry) CheckLeaf() error { panic("unwritten") }

// Head is the tree's state, one row in the store.
type Head struct {
	Size     uint64
	Root     [32]byte
	Frontier [][32]byte // roots of the complete subtrees, largest first
}

// Append returns the head after one more leaf.
func (h Head) Append(leafHash [32]byte) Head { panic("unwritten") }

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
	// Hashes returns n hashes of a kept level (0, 8, 16 …) from start.
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
	Since, Until       time.Time
	Limit              int
	Before             uint64 // index, for paging; 0 means the newest
}

// Log makes checkpoints and proofs over a Store.
type Log struct{ _ struct{} }

// Config of a Log.
type Config struct {
	Store       Store
	Signer      crypto.Signer // the ledger's key
	Certificate []byte        // its certificate, DER
	Origin      string        // e.g. "example-city.example/govseal/sm3"
	Now         func() time.Time
	// Stamp time-stamps a checkpoint; nil leaves checkpoints unstamped.
	Stamp func(ctx context.Context, data []byte) ([]byte, error)
}

func New(c Config) (*Log, error) { panic("unwritten") }

// Checkpoint signs the current head (a signed note) and time-stamps it; one
// result serves all calls until the head moves.
func (l *Log) Checkpoint(ctx context.Context) (note string, timeStamp []byte, err error) {
	panic("unwritten")
}

// Proof proves the newest entry of kind about object, opening the named facts
// (never "audit" unless named).
func (l *Log) Proof(ctx context.Context, kind, object string, open ...string) (*proof.Proof, error) {
	panic("unwritten")
}

// Consistency returns the hashes that prove size1 a prefix of size2.
func (l *Log) Consistency(ctx context.Context, size1, size2 uint64) ([][]byte, error) {
	panic("unwritten")
}

// Finding is one thing wrong with the ledger.
type Finding struct {
	Index   uint64
	Problem string
}

// Verify replays every row and compares leaves, audit entries, kept hashes
// and head; with since (a signed checkpoint held outside) it is the auditor's
// form, which a rebuilt tree cannot pass. progress may be nil.
func (l *Log) Verify(ctx context.Context, since string, progress func(done, total uint64)) ([]Finding, error) {
	panic("unwritten")
}
