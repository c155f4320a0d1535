// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"errors"
	"fmt"
)

// Error says what is wrong with a file and where. Nothing is ever repaired:
// readers that repair disagree about what a file shows.
type Error struct {
	Offset int64  // octet in the file, or in a decoded object stream if Reason says so
	Reason string // English, lower case
	Limit  bool   // the file may be sound, but costs more than Limits allow
}

func (e *Error) Error() string { return fmt.Sprintf("pdf: octet %d: %s", e.Offset, e.Reason) }

func broken(at int64, format string, args ...any) error {
	return &Error{Offset: at, Reason: fmt.Sprintf(format, args...)}
}

func tooMuch(at int64, format string, args ...any) error {
	return &Error{Offset: at, Reason: "over the limit: " + fmt.Sprintf(format, args...), Limit: true}
}

// ErrEncrypted is returned by every question that needs the objects of an
// encrypted file.
var ErrEncrypted = errors.New("pdf: the file is encrypted")

// ErrNoImage says that a signature shows nothing, or something else than
// exactly one image.
var ErrNoImage = errors.New("pdf: the appearance is not exactly one image")

// Reasons of a Refusal.
const (
	ReasonEncrypted     = "encrypted"      // the strings we add would have to be encrypted
	ReasonBroken        = "broken"         // a cross-reference entry does not lead to its object
	ReasonCertified     = "certified"      // DocMDP permits no change
	ReasonLocked        = "locked"         // FieldMDP or a field lock covers the new field
	ReasonActiveContent = "active-content" // a hazard; Detail begins with its name
	ReasonFieldExists   = "field-exists"   // the name asked for is taken, or the field is signed
	ReasonField         = "field"          // the field to be signed is not there, is hidden, or has no room
	ReasonSeedValue     = "seed-value"     // the field demands what this signature does not do
	ReasonNotFirst      = "not-first"      // only a document's first signature certifies
	ReasonPlace         = "place"          // no such page, or the stamp does not fit on it
)

// Refusal is the error of Prepare for a document that must not be sealed.
type Refusal struct {
	Reason string // one of the Reason constants
	Detail string // English
}

func (r *Refusal) Error() string { return "pdf: refuse to seal: " + r.Reason + ": " + r.Detail }
