// SPDX-License-Identifier: Apache-2.0

// Package registry knows who exists and who may do what: departments,
// officers, applications and grants, the one rule that decides the use of a
// seal; and who administers: operators in three roles, and what two of them
// approved.
package registry

import (
	"context"
	"errors"
	"time"

	"github.com/govseal/govseal/ledger"
)

// What callers branch on.
var (
	ErrNotFound = errors.New("registry: not found")
	ErrExists   = errors.New("registry: exists already")
	// ErrTampered means that a row's authentication code does not fit: somebody
	// wrote to the database around govseal.
	ErrTampered = errors.New("registry: a record was changed outside govseal")
	// ErrAmbiguous means that a name fits more than one department.
	ErrAmbiguous = errors.New("registry: more than one department has this name")
)

// State of a record.
type State string

// The states of a record. Ended is for ever.
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

// Store keeps the registry; each method is one transaction that also writes
// the audit entry and the ledger leaf of its event. Times are kept to the
// millisecond. Lists are in order of creation.
type Store interface {
	// The Add methods return ErrExists when the id, a department's credit
	// code, or an officer's staff number within the department, is taken.
	AddDepartment(ctx context.Context, d Department, e ledger.Event) error
	AddOfficer(ctx context.Context, o Officer, e ledger.Event) error
	AddApplication(ctx context.Context, a Application, e ledger.Event) error
	AddGrant(ctx context.Context, g Grant, e ledger.Event) error
	SetOfficerState(ctx context.Context, id string, s State, e ledger.Event) error
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
