// SPDX-License-Identifier: Apache-2.0

// Package registry knows who exists and who may do what: departments,
// officers, applications and grants, and the one rule that decides the use of
// a seal.
package registry

import (
	"context"
	"errors"
	"time"

	"github.com/govseal/govseal/ledger"
)

var (
	ErrNotFound = errors.New("registry: not found")
	ErrExists   = errors.New("registry: exists already")
	// ErrTampered means that a row's authentication code does not fit: somebody
	// wrote to the database around govseal.
	ErrTampered = errors.New("registry: a record was changed outside govseal")
)

// State of a record.
type State string

const (
	Active    State = "active"
	Suspended State = "suspended"
	Ended     State = "ended"
)

// Department is an organisation or its inner unit (单位).
type Department struct {
	ID         string
	Name       string // official name
	CreditCode string // 统一社会信用代码, 18 characters, GB 32100
	AreaCode   string // GB/T 2260, 6 digits
	Parent     string // ID, "" at the top
	State      State
	Created    time.Time
}

// Officer is a person acting for a department (人员).
type Officer struct {
	ID         string
	Department string // ID
	Name       string
	StaffNo    string
	State      State
	Created    time.Time
}

// Application is an approval system that calls the API (接入系统).
type Application struct {
	ID          string
	Name        string
	TokenDigest [32]byte // SM3 of the bearer token; the token itself is shown once
	State       State
	Created     time.Time
}

// Grant says that an application (and officer) may use a seal (用印授权).
type Grant struct {
	ID          string
	Application string   // ID
	Officer     string   // ID; "" means any officer of the seal's department
	Seal        string   // esID
	Matters     []string // matter codes; "*" alone means all
	Kinds       []string // pdf, decision, digest; empty means all but digest
	NotBefore   time.Time
	NotAfter    time.Time
	State       State
	Created     time.Time
}

// MAC returns the authentication code of a record under the registry's key;
// every field is covered. The store writes it beside the row and compares it
// on every read (ErrTampered).
func (g Grant) MAC(key [32]byte) [32]byte       { panic("unwritten") }
func (a Application) MAC(key [32]byte) [32]byte { panic("unwritten") }
func (o Officer) MAC(key [32]byte) [32]byte     { panic("unwritten") }
func (d Department) MAC(key [32]byte) [32]byte  { panic("unwritten") }

// MAC is HMAC-SM3 over a label and length-prefixed fields, for records of
// other packages (the state of a seal).
func MAC(key [32]byte, label string, fields ...string) [32]byte { panic("unwritten") }

// Standing is a seal as far as its use is concerned.
type Standing struct {
	ESID                string
	Department          string
	State               string // "active" is the only one that seals
	NotBefore, NotAfter time.Time
	CertificateStatus   string // "good", "hold", "revoked"
}

// Use is one question to Allow.
type Use struct {
	Application Application
	Officer     *Officer // nil when the request names none
	Seal        Standing
	Matter      string
	Kind        string
	Time        time.Time
}

// Denied is why a use is refused; Reason is stable: seal-state, seal-validity,
// certificate, application, officer, no-grant, grant-time, grant-matter,
// grant-kind.
type Denied struct{ Reason, Detail string }

func (d *Denied) Error() string { panic("unwritten") }

// Allow returns the id of the grant that allows the use, or *Denied. It
// denies by default.
func Allow(u Use, grants []Grant) (grant string, err error) { panic("unwritten") }

// Store keeps the registry; each method is one transaction that also writes
// the audit entry and the ledger leaf of its event.
type Store interface {
	AddDepartment(ctx context.Context, d Department, e ledger.Event) error
	AddOfficer(ctx context.Context, o Officer, e ledger.Event) error
	AddApplication(ctx context.Context, a Application, e ledger.Event) error
	AddGrant(ctx context.Context, g Grant, e ledger.Event) error
	SetApplicationState(ctx context.Context, id string, s State, e ledger.Event) error
	SetGrantState(ctx context.Context, id string, s State, e ledger.Event) error
	Department(ctx context.Context, id string) (Department, error)
	Departments(ctx context.Context) ([]Department, error)
	Officer(ctx context.Context, id string) (Officer, error)
	Officers(ctx context.Context, department string) ([]Officer, error)
	Application(ctx context.Context, id string) (Application, error)
	ApplicationByToken(ctx context.Context, digest [32]byte) (Application, error)
	Applications(ctx context.Context) ([]Application, error)
	Grant(ctx context.Context, id string) (Grant, error)
	Grants(ctx context.Context, seal string) ([]Grant, error) // "" means all
}

// Registry is the service over a Store: it validates, draws ids and tokens,
// and records who did it.
type Registry struct{ _ struct{} }

func New(s Store, now func() time.Time) *Registry { panic("unwritten") }

// Departments may be named by ID, credit code or exact name in the CLI; Resolve finds one.
func (r *Registry) AddDepartment(ctx context.Context, actor string, d Department) (Department, error) {
	panic("unwritten")
}
func (r *Registry) ResolveDepartment(ctx context.Context, nameOrCode string) (Department, error) {
	panic("unwritten")
}
func (r *Registry) AddOfficer(ctx context.Context, actor string, o Officer) (Officer, error) {
	panic("unwritten")
}

// AddApplication returns the bearer token, which is never shown again.
func (r *Registry) AddApplication(ctx context.Context, actor, name string) (a Application, token string, err error) {
	panic("unwritten")
}
func (r *Registry) AddGrant(ctx context.Context, actor string, g Grant) (Grant, error) {
	panic("unwritten")
}
func (r *Registry) RevokeGrant(ctx context.Context, actor, id, reason string) error {
	panic("unwritten")
}
func (r *Registry) SuspendApplication(ctx context.Context, actor, id, reason string) error {
	panic("unwritten")
}

// Authenticate returns the active application of a bearer token.
func (r *Registry) Authenticate(ctx context.Context, token string) (Application, error) {
	panic("unwritten")
}

// Store gives read access for listings.
func (r *Registry) Store() Store { panic("unwritten") }

// CheckCreditCode checks the GB 32100 check digit.
func CheckCreditCode(code string) error { panic("unwritten") }
