// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"encoding/json"
	"time"

	"github.com/govseal/govseal/registry"
)

// Kind of what is stamped.
type Kind string

// The kinds of what is stamped.
const (
	KindPDF      Kind = "pdf"
	KindDecision Kind = "decision"
	KindDigest   Kind = "digest"
)

// Intent is the durable will to stamp, written before a key is touched.
type Intent struct {
	Stamp          string // id of the stamp to be
	Application    string
	Officer        string // "" when none
	Seal           string // esID
	Matter         string
	CaseRef        string
	Kind           Kind
	Decision       string // decision id, "" when none
	IdempotencyKey string
	Fingerprint    [32]byte
	Document       [32]byte // SM3 of what was handed in
	ContentSeen    bool
	Now            time.Time
	Lease          time.Duration
}

// Admission is what RecordIntent answers.
type Admission struct {
	Replay     *Stamp // not nil: this request was answered before; give it again
	Stamp      string // the id; that of the first attempt after a takeover
	Attempt    int    // 1, or higher after a takeover of an expired lease
	Grant      string
	Seal       Seal
	Department registry.Department
}

// Stamp is one use of a seal as recorded.
type Stamp struct {
	ID           string
	Code         string // verification code, one form, 16 characters
	Application  string
	Officer      string
	Seal         string
	Department   string
	Grant        string
	Matter       string
	CaseRef      string
	Kind         Kind
	Decision     string
	ContentSeen  bool
	Document     [32]byte // SM3 of what was handed in
	Output       [32]byte // SM3 of what was given back: sealed PDF, stamped JSON, or SES_Signature
	OutputType   string   // media type
	Rendered     [32]byte // of the rendered PDF of a decision, zero when none
	RenderedOFD  [32]byte // of the same paper as OFD
	Signature    []byte   // the SES_Signature or CMS, DER
	Level        string   // "T", or "B" when no time-stamp could be had
	Chain, CRLs  [][]byte // evidence as released
	Time         time.Time
	Attempt      int
	Answer       json.RawMessage // as first given, for replays
	Withdrawn    time.Time       // zero when in force
	WithdrawnWhy string
}

// DecisionRecord is a decision with its stamps so far.
type DecisionRecord struct {
	ID           string
	Code         string
	Number       string   // of the decision (文号)
	Signed       []byte   // canonical octets: schema, code, decision
	File         [32]byte // SM3 of the stamped JSON, in the blob store
	PDF          [32]byte // SM3 of the rendered, sealed PDF
	OFD          [32]byte // SM3 of the same paper as OFD, zero when none
	Revision     int      // counts stamps, as loaded; RecordStamp compares and raises it
	Created      time.Time
	Withdrawn    time.Time
	WithdrawnWhy string
}
