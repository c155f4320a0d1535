// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"errors"
	"fmt"
)

// What callers branch on.
var (
	ErrNotFound = errors.New("seal: not found")
	ErrExists   = errors.New("seal: exists already")
	ErrState    = errors.New("seal: the state does not allow this")
	// ErrKeyReused: the idempotency key was used with another request (422).
	ErrKeyReused = errors.New("seal: this Idempotency-Key was used with another request")
	// ErrRunning: the same request is being worked on (409, Retry-After).
	ErrRunning = errors.New("seal: the same request is still running")
	// ErrLeaseLost: another attempt took the intent over; nothing was released.
	ErrLeaseLost = errors.New("seal: another attempt has taken this request over")
	// ErrConflict: the decision got another stamp meanwhile, and the caller
	// signs again; or a seal or its draft was changed meanwhile.
	ErrConflict = errors.New("seal: it was changed meanwhile")
	// ErrUnsettled: the act is recorded, and the certificate of the seal that it
	// ends is not yet revoked. Settle finishes it.
	ErrUnsettled = errors.New("seal: recorded, but the old seal's certificate is not yet revoked")
	// ErrClock: now lies before a time already recorded (503).
	ErrClock = errors.New("seal: the system clock went backwards; sealing stops until it is right")
	// ErrUnavailable: the store cannot commit: full disk, locked or vanished database (503).
	ErrUnavailable = errors.New("seal: the database cannot be written")
)

// Refused says that a document or request must not be sealed, by rule and for
// good: the same request will be refused again. Reason is stable: see the
// Reason constants. Detail is English and names what was found; it holds
// nothing of the document's content but names of objects and characters.
type Refused struct{ Reason, Detail string }

// Error returns the reason and, when there is one, the detail.
func (r *Refused) Error() string {
	if r.Detail == "" {
		return "seal: refused: " + r.Reason
	}
	return "seal: refused: " + r.Reason + ": " + r.Detail
}

// Reasons of refusal.
const (
	ReasonBroken         = "broken"          // not a sound PDF: truncated, bad cross-reference, broken older signature
	ReasonEncrypted      = "encrypted"       // an encrypted PDF
	ReasonCertified      = "certified"       // an older signature forbids changes
	ReasonLocked         = "locked"          // an older signature locks new fields
	ReasonActiveContent  = "active-content"  // scripts, launch actions, embedded files, hidden layers …
	ReasonPlace          = "place"           // no such page, or the seal does not fit there
	ReasonUnsealed       = "unsealed"        // to be extended, but without a signature
	ReasonChanged        = "changed"         // to be extended, but changed after it was signed
	ReasonTooLarge       = "too-large"       // above MaxDocument, or above a limit of the format
	ReasonNotADecision   = "not-a-decision"  // the decision object breaks the schema
	ReasonNotListed      = "not-listed"      // the decision does not list the seal's department
	ReasonAlreadyStamped = "already-stamped" // the department has stamped this decision
	ReasonWithdrawn      = "withdrawn"       // the decision was withdrawn
	ReasonCharacters     = "characters"      // the fonts lack a character; Detail names it
	ReasonIdempotencyKey = "idempotency-key" // missing, too long, or not printable ASCII
	ReasonRequest        = "request"         // a field of the request is wrong; Detail names it
	ReasonPicture        = "picture"         // a supplied seal picture is not fit; Detail says why
	ReasonSecondPerson   = "second-person"   // the act needs a second person, or another one
)

func refuse(reason, format string, args ...any) *Refused {
	return &Refused{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}
