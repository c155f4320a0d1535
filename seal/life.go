// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"time"

	"github.com/govseal/govseal/ledger"
)

// State of a seal. The way is draft, awaiting, approved (where a second person
// is asked for), made, filed, active; from there to suspended and back; and to
// one of the ends cancelled, lost and superseded. Only an active seal stamps.
type State string

// The states. Expired is never recorded: time alone makes it (Seal.StateAt).
const (
	Drafted    State = "draft"
	Awaiting   State = "awaiting" // approval by a second person
	Approved   State = "approved"
	Made       State = "made"  // number, key, certificate and the maker's signature
	Filed      State = "filed" // 备案
	Active     State = "active"
	Suspended  State = "suspended"
	Cancelled  State = "cancelled"
	Lost       State = "lost"
	Superseded State = "superseded"
	Expired    State = "expired"
)

// Ended reports whether a seal in this state never stamps again.
func (s State) Ended() bool {
	return s == Cancelled || s == Lost || s == Superseded || s == Expired
}

// alive are the states of a made seal that has not ended, ended the recorded
// ones of a seal that has.
var (
	alive = []State{Made, Filed, Active, Suspended}
	ended = []State{Cancelled, Lost, Superseded}
)

// Act is what people do to a seal.
type Act string

// The acts.
const (
	ActDraft    Act = "draft" // a new draft
	ActEdit     Act = "edit"  // of a draft: approval is void
	ActSubmit   Act = "submit"
	ActApprove  Act = "approve"
	ActMake     Act = "make" // from an approved draft, or all steps to active in one act
	ActFile     Act = "file"
	ActActivate Act = "activate"
	ActSuspend  Act = "suspend"
	ActResume   Act = "resume"
	ActCancel   Act = "cancel"
	ActLost     Act = "lost"
	// ActCompromise: what has ended is found to have been in wrong hands. Its
	// state stays, since when it does not count moves back.
	ActCompromise Act = "compromise"
	ActSupersede  Act = "supersede"
)

// Seal is a made seal as recorded.
type Seal struct {
	ESID               string // 6-digit area code and 8-digit sequence
	Name               string
	Horizontal         string
	Department         string // registry ID
	DER                []byte // SESeal
	Picture            []byte // PNG
	Certificate        []byte // the seal's own signing certificate, DER
	CertSerial         string
	KeyRef             string
	Design             Design // zero for seals made before designs were recorded
	Predecessor        string // number of the seal that this one replaces
	State              State
	ValidFrom, ValidTo time.Time
	Created            time.Time
	Changed            time.Time // of the state
	Reason             string
	Effective          time.Time // since when a lost or compromised seal does not count; else zero
	Successor          string    // number of the seal that replaced this one
	Filing             string    // number under which it is filed (备案编号)
	Steps              int       // in its history; 0 when nothing happened since histories are kept
}

// StateAt is the state at a time, and since when: a seal past its validity has
// expired, whatever it was before, unless it had ended earlier.
func (s Seal) StateAt(t time.Time) (state State, since time.Time) {
	if !s.State.Ended() && t.After(s.ValidTo) {
		return Expired, s.ValidTo
	}
	return s.State, s.Changed
}

// Step is one step in a seal's life, as recorded.
type Step struct {
	ESID      string
	Number    int // from 1; drafts and the seals made of them count on
	Act       Act
	From, To  State
	Actor     string
	Second    string   // who approved the act, "" when nobody was asked
	Approved  [32]byte // what was approved: Draft.Digest or Proposal.Digest
	Reason    string
	Reference string    // filing number, or the other seal's number
	At        time.Time // milliseconds
	Effective time.Time // where earlier than At: since when a loss or compromise counts
}

// Change is a step to be recorded: Step.Number and Step.From are found there.
type Change struct {
	Step Step
	From []State // in which the seal must be, else ErrState
	// Steps, when not negative, is how many steps the seal must have, else
	// ErrConflict: what was approved is what is done.
	Steps int
	Event ledger.Event
}
