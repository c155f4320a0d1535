// SPDX-License-Identifier: Apache-2.0

// Package seal makes electronic seals (电子印章) and stamps with them: approval
// decisions, PDFs and bare digests. Every stamp follows the steps of "The life
// of a stamp" in ARCHITECTURE.md: intent before signing, result and ledger
// leaf in one transaction, and nothing released before it is committed.
package seal

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
)

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
	// ErrConflict: the decision got another stamp meanwhile; the caller signs again.
	ErrConflict = errors.New("seal: the decision changed meanwhile")
	// ErrClock: now lies before a time already recorded (503).
	ErrClock = errors.New("seal: the system clock went backwards; sealing stops until it is right")
	// ErrUnavailable: the store cannot commit: full disk, locked or vanished database (503).
	ErrUnavailable = errors.New("seal: the database cannot be written")
)

// State of a seal.
type State string

const (
	Active    State = "active"
	Suspended State = "suspended"
	Cancelled State = "cancelled"
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
	State              State
	ValidFrom, ValidTo time.Time
	Created            time.Time
	Changed            time.Time // of the state
	Reason             string
}

// Kind of what is stamped.
type Kind string

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
	Number       string
	Signed       []byte   // canonical octets: schema, code, decision
	File         [32]byte // SM3 of the stamped JSON, in the blob store
	PDF          [32]byte // SM3 of the rendered, sealed PDF
	Revision     int      // counts stamps; RecordStamp compares it
	Created      time.Time
	Withdrawn    time.Time
	WithdrawnWhy string
}

// Store keeps seals and stamps. Each method is one durable transaction named
// for the fact it makes durable; those with an Event write the audit entry
// and the ledger leaf inside it. Errors of the database itself wrap
// ErrUnavailable.
type Store interface {
	// NextESID draws the next seal number of an area: code || 8 digits.
	NextESID(ctx context.Context, areaCode string) (string, error)
	RecordSeal(ctx context.Context, s Seal, e ledger.Event) error
	// RecordSealState moves a seal's state if it is one of from, else ErrState.
	RecordSealState(ctx context.Context, esID string, from []State, to State, reason string, at time.Time, e ledger.Event) error
	Seal(ctx context.Context, esID string) (Seal, error)
	Seals(ctx context.Context, department string) ([]Seal, error)

	// RecordIntent, in one transaction: compares the clock's high-water mark
	// (ErrClock), looks up the idempotency key (replay, ErrKeyReused,
	// ErrRunning, or takeover of an expired lease), loads application,
	// officer, seal, certificate status and grants, asks registry.Allow
	// (*registry.Denied, recorded in the audit log), and writes the intent.
	RecordIntent(ctx context.Context, i Intent) (Admission, error)
	// RecordStamp completes the intent if the attempt still holds it
	// (ErrLeaseLost); with a decision it also compares and raises the
	// revision (ErrConflict) and stores d. It writes stamp, answer, audit
	// entry, leaf and outbox event.
	RecordStamp(ctx context.Context, s Stamp, d *DecisionRecord, e ledger.Event) error
	// RecordFailure ends an attempt without a stamp, so that the key may be
	// tried again.
	RecordFailure(ctx context.Context, stampID string, attempt int, why string, e ledger.Event) error
	// Unfinished lists intents without result whose lease has expired.
	Unfinished(ctx context.Context, now time.Time) ([]Intent, error)

	Stamp(ctx context.Context, id string) (Stamp, error)
	StampsByCode(ctx context.Context, code string) ([]Stamp, error)
	StampsByDigest(ctx context.Context, sm3 [32]byte) ([]Stamp, error) // document, output or rendered
	Decision(ctx context.Context, id string) (DecisionRecord, error)
	DecisionByCode(ctx context.Context, code string) (DecisionRecord, error)
	DecisionStamps(ctx context.Context, id string) ([]Stamp, error)
	RecordWithdrawal(ctx context.Context, stampID, reason string, at time.Time, e ledger.Event) error
}

// Blobs keeps files by SM3 digest, durably: Put returns after file and folder
// are on disk.
type Blobs interface {
	Put(ctx context.Context, content []byte) ([32]byte, error)
	// Open returns ErrNotFound when the file is not kept.
	Open(ctx context.Context, digest [32]byte) (io.ReadSeekCloser, error)
}

// Keys makes and opens signing keys; internal/keys implements it.
type Keys interface {
	Generate(ctx context.Context, use string) (ref string, public []byte, err error)
	Signer(ctx context.Context, ref, use string) (crypto.Signer, error)
}

// Authority is the CA as seals need it; ca.Authority is adapted to it in cmd.
type Authority interface {
	// IssueSealCertificate certifies a seal's key for a department.
	IssueSealCertificate(ctx context.Context, actor string, d registry.Department, esID, keyRef string, public []byte, validity time.Duration) (der []byte, serialHex string, err error)
	Suspend(ctx context.Context, actor, serialHex, note string) error
	Resume(ctx context.Context, actor, serialHex, note string) error
	Revoke(ctx context.Context, actor, serialHex string, reason int, invalidity time.Time, note string) error
	Evidence(ctx context.Context, certDER []byte) (chain, crls [][]byte, err error)
}

// TimeStamper returns an RFC 3161 token over data; it is given a deadline.
type TimeStamper interface {
	Stamp(ctx context.Context, data []byte) (token []byte, err error)
}

// Config of a Service.
type Config struct {
	Store       Store
	Registry    registry.Store
	Blobs       Blobs
	Keys        Keys
	Authority   Authority
	TSA         TimeStamper   // nil: level B
	TSAWait     time.Duration // 0 means 5 s
	MakerKey    string        // reference of the seal maker's key
	MakerCert   []byte
	Arc         []int  // nil means 2.999.1
	VerifyURL   string // what QR codes lead to
	Now         func() time.Time
	MaxDocument int64 // octets, 0 means 50 MiB
}

// Service makes seals and stamps. It is safe for concurrent use.
type Service struct{ _ struct{} }

func New(c Config) (*Service, error) { panic("unwritten") }

// MakeRequest asks for a new seal.
type MakeRequest struct {
	Actor      string
	Department string // registry ID
	Name       string // on the arc; empty means the department's name
	Horizontal string
	Validity   time.Duration // 0 means 3 years
}

func (s *Service) Make(ctx context.Context, r MakeRequest) (Seal, error)         { panic("unwritten") }
func (s *Service) Suspend(ctx context.Context, actor, esID, reason string) error { panic("unwritten") }
func (s *Service) Resume(ctx context.Context, actor, esID, reason string) error  { panic("unwritten") }
func (s *Service) Cancel(ctx context.Context, actor, esID, reason string, compromised time.Time) error {
	panic("unwritten")
}

// Place is where a seal stands on a PDF, in millimetres from the top left of
// the page as displayed.
type Place struct {
	Page int     `json:"page"`
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
}

// Request asks for one stamp. The application is already authenticated.
type Request struct {
	Application    registry.Application
	Officer        string // staff number or ID, "" when none
	Seal           string
	Matter         string
	CaseRef        string
	IdempotencyKey string
	Fingerprint    [32]byte
	Place          *Place // PDF
	Reason         string // PDF, shown by readers
	DryRun         bool
}

// StampPDF, StampDecision, StampDigest are the three ways to stamp.
func (s *Service) StampPDF(ctx context.Context, r Request, document []byte) (*Stamp, error) {
	panic("unwritten")
}

// StampDecision starts a decision (raw is the decision object) with its first stamp.
func (s *Service) StampDecision(ctx context.Context, r Request, raw []byte) (*Stamp, error) {
	panic("unwritten")
}

// AddDecisionStamp adds a further department's stamp.
func (s *Service) AddDecisionStamp(ctx context.Context, r Request, decisionID string) (*Stamp, error) {
	panic("unwritten")
}
func (s *Service) StampDigest(ctx context.Context, r Request, digest [32]byte) (*Stamp, error) {
	panic("unwritten")
}

// Withdraw marks a stamp as withdrawn, for all to see.
func (s *Service) Withdraw(ctx context.Context, actor, stampID, reason string) error {
	panic("unwritten")
}

// File opens what a stamp gave back; ErrNotFound when files are not kept.
func (s *Service) File(ctx context.Context, digest [32]byte) (io.ReadSeekCloser, error) {
	panic("unwritten")
}
func (s *Service) Store() Store { panic("unwritten") }

// Refused says that a document must not be sealed; Reason is stable:
// encrypted, broken, certified, active-content, not-listed, already-stamped,
// too-large, not-a-decision …
type Refused struct{ Reason, Detail string }

func (r *Refused) Error() string { panic("unwritten") }
