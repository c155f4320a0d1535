// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/govseal/govseal/ledger"
)

// ApprovalState is where a request for approval stands.
type ApprovalState string

// The states of a request for approval.
const (
	Asked    ApprovalState = "asked"
	Approved ApprovalState = "approved"
	Refused  ApprovalState = "refused" // by a checker, or taken back by its maker
	Spent    ApprovalState = "spent"   // carried out, or begun: never again
	Expired  ApprovalState = "expired"
)

// Approval is one request of a maker for one act, which another operator, the
// checker, approves or refuses. What is asked never changes: an edit is
// another request.
type Approval struct {
	ID      string
	Act     string   // issue:PROFILE, revoke, recover, ceremony …
	Hash    [32]byte // SM3 of canonical JSON {"act":…,"payload":…} (RFC 8785)
	Payload []byte   // canonical JSON: all that decides what the act does
	Command []string // how to ask again; for people, not bound by Hash
	Maker   string   // operator's ID
	Checker string   // operator's ID, "" before a decision
	Reason  string   // the maker's
	Note    string   // the checker's
	State   ApprovalState
	Asked   time.Time
	Expires time.Time // nothing happens to it from then on
	Decided time.Time // approved or refused; zero before
	Ended   time.Time // spent, or found expired; zero before
}

// Standing is the state at a time: what has expired is Expired, whether that
// was recorded or not.
func (a Approval) Standing(now time.Time) ApprovalState {
	if (a.State == Asked || a.State == Approved) && !now.Before(a.Expires) {
		return Expired
	}
	return a.State
}

// MAC is as Grant.MAC.
func (a Approval) MAC(key [32]byte) [32]byte {
	fields := []string{a.ID, a.Act, string(a.Hash[:]), string(a.Payload), strconv.Itoa(len(a.Command))}
	fields = append(fields, a.Command...)
	fields = append(fields, a.Maker, a.Checker, a.Reason, a.Note, string(a.State), millis(a.Asked), millis(a.Expires),
		millis(zeroable(a.Decided)), millis(zeroable(a.Ended)))
	return MAC(key, "govseal/registry/approval/v1", fields...)
}

// ApprovalStore keeps approvals, with the promises of OperatorStore about
// leaves and rows.
type ApprovalStore interface {
	AddApproval(ctx context.Context, a Approval, e ledger.Event) error
	// UpdateApproval replaces a row that still is before, else ErrState: of two
	// who carry out the same approval one does.
	UpdateApproval(ctx context.Context, before, after Approval, e ledger.Event) error
	Approval(ctx context.Context, id string) (Approval, error)
	// Approvals lists the newest first, at most limit; 0 means 100.
	Approvals(ctx context.Context, limit int) ([]Approval, error)
}

// CheckAct holds a name of an act to its form: lower-case words with dashes,
// and for some a qualifier behind a colon, as issue:seal-maker.
func CheckAct(act string) error {
	word, qualifier, qualified := strings.Cut(act, ":")
	ok := isWord(word) && (!qualified || isWord(qualifier))
	if !ok {
		return &FieldError{"act", "is not like revoke or issue:officer"}
	}
	return nil
}

func isWord(s string) bool {
	return s != "" && len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

type approvalJSON struct {
	ID      string          `json:"id"`
	Act     string          `json:"act"`
	Hash    []byte          `json:"hash"`
	Payload json.RawMessage `json:"payload,omitempty"`
	Maker   string          `json:"maker"`
	Checker string          `json:"checker,omitempty"`
	State   ApprovalState   `json:"state"`
	Expires time.Time       `json:"expires"`
}

// approvalView leaves the payload to the first entry; Hash binds it later.
func approvalView(a Approval, whole bool) any {
	v := approvalJSON{ID: a.ID, Act: a.Act, Hash: a.Hash[:], Maker: a.Maker, Checker: a.Checker, State: a.State, Expires: a.Expires}
	if whole {
		v.Payload = a.Payload
	}
	return v
}
