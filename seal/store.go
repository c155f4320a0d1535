// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"io"
	"time"

	"github.com/govseal/govseal/ledger"
)

// Store keeps seals and stamps. Each method is one durable transaction named
// for the fact it makes durable; those with an Event write the audit entry
// and the ledger leaf inside it. Errors of the database itself wrap
// ErrUnavailable.
type Store interface {
	// NextESID draws the next seal number of an area: code || 8 digits.
	NextESID(ctx context.Context, areaCode string) (string, error)
	// RecordSeal adds a seal in the state it says, with the first step of its
	// history, and in the same transaction the changes that come with it.
	RecordSeal(ctx context.Context, s Seal, e ledger.Event, also ...Change) error
	// RecordMade does the same with a seal made of draft d, which is closed
	// (ErrConflict if it is no longer as d says).
	RecordMade(ctx context.Context, s Seal, d Draft, st Step, e ledger.Event) error
	// RecordSealSteps moves seals, all or none, each with its history, and
	// voids the proposals on them.
	RecordSealSteps(ctx context.Context, changes ...Change) error
	// Unsettled returns the numbers of superseded seals whose certificate is not
	// revoked.
	Unsettled(ctx context.Context) ([]string, error)
	// RecordDraft adds a draft (d.Steps 0; ErrExists), or replaces one that has
	// d.Steps steps (ErrConflict), which then has one more.
	RecordDraft(ctx context.Context, d Draft, st Step, e ledger.Event) error
	Draft(ctx context.Context, esID string) (Draft, error)
	Drafts(ctx context.Context, department string) ([]Draft, error) // the open ones
	// RecordProposal adds or replaces the proposal on a seal, which must have
	// p.Steps steps (ErrConflict).
	RecordProposal(ctx context.Context, p Proposal, e ledger.Event) error
	// Proposal returns the proposal on a seal; ErrNotFound when there is none.
	Proposal(ctx context.Context, esID string) (Proposal, error)
	// SealHistory returns the steps of a seal or draft, the oldest first.
	SealHistory(ctx context.Context, esID string) ([]Step, error)
	Seal(ctx context.Context, esID string) (Seal, error)
	Seals(ctx context.Context, department string) ([]Seal, error)

	// RecordIntent, in one transaction: compares the clock's high-water mark
	// (ErrClock), looks up the idempotency key (replay, ErrKeyReused,
	// ErrRunning, or takeover of an expired lease), loads application,
	// officer, seal, certificate status and grants, asks registry.Allow
	// (*registry.Denied, recorded in the audit log), and writes the intent.
	RecordIntent(ctx context.Context, i Intent) (Admission, error)
	// RecordStamp completes the intent if the attempt still holds it
	// (ErrLeaseLost). With a decision, d.Revision is the revision that was
	// loaded, 0 for a new decision: the store compares it with its own
	// (ErrConflict; a row that exists when 0 is given, too) and stores d with
	// Revision+1. It writes stamp, answer, audit entry, leaf and outbox event.
	RecordStamp(ctx context.Context, s Stamp, d *DecisionRecord, e ledger.Event) error
	// RecordFailure ends an attempt without a stamp, so that the key may be
	// tried again at once. It is ErrLeaseLost, and changes nothing, when the
	// attempt no longer holds the intent or the stamp was recorded.
	RecordFailure(ctx context.Context, stampID string, attempt int, why string, e ledger.Event) error
	// Unfinished lists intents without result whose lease has expired.
	Unfinished(ctx context.Context, now time.Time) ([]Intent, error)

	Stamp(ctx context.Context, id string) (Stamp, error)
	// UsesSince lists the stamps of a seal ("" means any) since an instant, the
	// oldest first and at most limit.
	UsesSince(ctx context.Context, esID string, since time.Time, limit int) ([]Use, error)
	StampsByCode(ctx context.Context, code string) ([]Stamp, error)
	// StampsByDigest finds stamps by the digest of the document, the output, a
	// rendered paper, or of a file to which one of these was extended.
	StampsByDigest(ctx context.Context, sm3 [32]byte) ([]Stamp, error)
	RecordExtension(ctx context.Context, x ExtensionRecord, e ledger.Event) error
	Decision(ctx context.Context, id string) (DecisionRecord, error)
	DecisionByCode(ctx context.Context, code string) (DecisionRecord, error)
	DecisionStamps(ctx context.Context, id string) ([]Stamp, error)
	RecordWithdrawal(ctx context.Context, stampID, reason string, at time.Time, e ledger.Event) error
}

// Blobs keeps files by SM3 digest, durably: Put returns after file and folder
// are on disk. One that also has
//
//	PutAs(ctx context.Context, digest [32]byte, content []byte) error
//
// is spared the hashing of files whose digest is known already, and with
//
//	PutFrom(ctx context.Context, digest [32]byte, content io.Reader, size int64) error
//
// they need not be in memory.
type Blobs interface {
	Put(ctx context.Context, content []byte) ([32]byte, error)
	// Open returns ErrNotFound when the file is not kept.
	Open(ctx context.Context, digest [32]byte) (io.ReadSeekCloser, error)
}
