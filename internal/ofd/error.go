// SPDX-License-Identifier: Apache-2.0

package ofd

import "fmt"

// Error says what is wrong with a package and where. Nothing is ever
// repaired: readers that repair disagree about what a file shows.
type Error struct {
	Entry  string // entry of the package; empty for the container itself
	Offset int64  // octet in the inflated entry, or in the file when Entry is empty
	Reason string // English, lower case
	Limit  bool   // the package may be sound, but costs more than Limits allow
}

func (e *Error) Error() string {
	if e.Entry == "" {
		return fmt.Sprintf("ofd: octet %d: %s", e.Offset, e.Reason)
	}
	return fmt.Sprintf("ofd: %q: octet %d: %s", e.Entry, e.Offset, e.Reason)
}

func broken(at int64, format string, args ...any) error {
	return &Error{Offset: at, Reason: fmt.Sprintf(format, args...)}
}

func tooMuch(at int64, format string, args ...any) error {
	return &Error{Offset: at, Reason: "over the limit: " + fmt.Sprintf(format, args...), Limit: true}
}

func brokenIn(entry string, at int, format string, args ...any) error {
	return &Error{Entry: entry, Offset: int64(at), Reason: fmt.Sprintf(format, args...)}
}

func tooMuchIn(entry string, at int, format string, args ...any) error {
	return &Error{Entry: entry, Offset: int64(at), Reason: "over the limit: " + fmt.Sprintf(format, args...), Limit: true}
}

// Reasons of a Refusal.
const (
	ReasonLocked    = "locked"    // a signature protects Signatures.xml: no further one may follow
	ReasonCovered   = "covered"   // a file that would have to change is protected by a signature
	ReasonBroken    = "broken"    // an earlier signature no longer agrees with what it protects, or breaks a law
	ReasonEncrypted = "encrypted" // Encryptions.xml: what a reader shows is not what lies in the package
	ReasonEntries   = "entries"   // OFDEntries.xml lists the whole package and would not be renewed
	ReasonPlace     = "place"     // no such page, or the stamp does not lie on it
	ReasonDocument  = "document"  // no such document in the package
)

// Refusal is the error of Prepare for a package that must not be signed.
type Refusal struct {
	Reason string // one of the Reason constants
	Detail string // English
}

func (r *Refusal) Error() string { return "ofd: refuse to sign: " + r.Reason + ": " + r.Detail }

func refuse(reason, format string, args ...any) error {
	return &Refusal{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}
