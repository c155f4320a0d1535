// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/registry"
)

// Draft is a seal that is planned and not yet made. Its number is drawn with
// the first draft and is the seal's number later.
type Draft struct {
	ESID       string
	Department string          // registry ID
	State      State           // Drafted, Awaiting, Approved; Made or Cancelled when it is closed
	Content    json.RawMessage // a Plan, octet for octet what is approved
	Picture    []byte          // PNG; Content holds its SM3
	Hands      []string        // everybody who wrote or submitted it
	Approver   string
	Approved   [32]byte // Digest as it was approved
	Changed    time.Time
	Steps      int // in its history; also tells concurrent edits apart
}

// Plan is what a draft says.
type Plan struct {
	ESID        string `json:"esID"`
	Department  string `json:"department"`
	Name        string `json:"name"`
	Horizontal  string `json:"horizontal,omitempty"`
	Design      Design `json:"design"`
	Validity    string `json:"validity"` // a Go duration
	Predecessor string `json:"predecessor,omitempty"`
	PictureSM3  string `json:"pictureSM3"` // hex
}

// Plan decodes the draft's content.
func (d Draft) Plan() (Plan, error) {
	var p Plan
	if err := json.Unmarshal(d.Content, &p); err != nil {
		return p, fmt.Errorf("seal: read the draft of seal %s: %w", d.ESID, err)
	}
	return p, nil
}

// Digest is what a second person approves: every word of the draft and, through
// its digest, every sample of the picture. Any edit changes it.
func (d Draft) Digest() [32]byte {
	return gm.SM3(append([]byte("govseal/seal/draft/v1\x00"), d.Content...))
}

// Open reports whether the draft can still be edited, approved or made.
func (d Draft) Open() bool { return d.State == Drafted || d.State == Awaiting || d.State == Approved }

func (p Plan) validity() time.Duration {
	v, _ := time.ParseDuration(p.Validity) // our own; a damaged one is 0 and refused
	return v
}

func (p Plan) draft(picture []byte) (Draft, error) {
	content, err := json.Marshal(p)
	if err != nil {
		return Draft{}, fmt.Errorf("seal: write the draft: %w", err)
	}
	return Draft{ESID: p.ESID, Department: p.Department, State: Drafted, Content: content, Picture: picture}, nil
}

// Proposal is an act on a made seal that waits for a second person. There is
// one a seal at most; any step of the seal voids it.
type Proposal struct {
	ESID      string
	Act       Act
	By        string
	Reason    string
	Reference string
	Effective time.Time
	At        time.Time
	Steps     int // of the seal when the act was proposed
}

// Digest is what a second person approves: act, seal, reason, dates, proposer
// and the seal's history up to now.
func (p Proposal) Digest() [32]byte {
	raw, err := json.Marshal([]string{
		"govseal/seal/proposal/v1", p.ESID, string(p.Act), p.By, p.Reason, p.Reference,
		stampText(p.Effective), stampText(p.At), fmt.Sprint(p.Steps),
	})
	if err != nil {
		panic(err) // strings always marshal
	}
	return gm.SM3(raw)
}

func stampText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// AwaitingApproval is not a failure: the act is recorded, and done when
// another operator has approved Digest.
type AwaitingApproval struct {
	ESID   string
	Act    Act
	Digest [32]byte
}

// Error names the act, the seal and the digest.
func (a *AwaitingApproval) Error() string {
	return fmt.Sprintf("seal: %s of seal %s awaits the approval of a second person (digest %x)", a.Act, a.ESID, a.Digest)
}

// SamePerson reports whether two operators' names are the same but for case
// and spaces; how they proved themselves does not count.
func SamePerson(a, b string) bool {
	return strings.EqualFold(registry.Person(a), registry.Person(b))
}

func (d Draft) handledBy(actor string) bool {
	return slices.ContainsFunc(d.Hands, func(h string) bool { return SamePerson(h, actor) })
}

// withHand adds a name to Hands, once.
func (d Draft) withHand(actor string) []string {
	if slices.Contains(d.Hands, actor) {
		return d.Hands
	}
	return append(slices.Clone(d.Hands), actor)
}
