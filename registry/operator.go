// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
)

// Operator is an administrator (管理员). It proves itself by a secret of its
// own, or by a key that a certificate of ours names; never by both.
type Operator struct {
	ID           string
	Name         string // unique but for case; stands in the audit log
	Role         Role
	State        State
	SecretDigest [32]byte // SM3 of the secret, which is shown once; zero with a certificate
	CertSerial   string   // hexadecimal; "" with a secret
	PublicKey    []byte   // DER SubjectPublicKeyInfo of that certificate
	Failures     int      // wrong proofs since the last right one
	LastFailure  time.Time
	Created      time.Time
}

// Method is how an operator proves itself: "secret" or "certificate".
func (o Operator) Method() string {
	if o.CertSerial != "" {
		return "certificate"
	}
	return "secret"
}

// MAC is as Grant.MAC.
func (o Operator) MAC(key [32]byte) [32]byte {
	return MAC(key, "govseal/registry/operator/v1", o.ID, o.Name, string(o.Role), string(o.State),
		string(o.SecretDigest[:]), o.CertSerial, string(o.PublicKey), strconv.Itoa(o.Failures), millis(zeroable(o.LastFailure)), millis(o.Created))
}

// zeroable gives the zero time the number under which it is stored.
func zeroable(t time.Time) time.Time {
	if t.IsZero() {
		return time.UnixMilli(0)
	}
	return t
}

// NameKey is a name as names are compared: without case.
func NameKey(name string) string { return strings.ToLower(name) }

// OperatorStore keeps operators. Beside what Store promises, the leaf of each
// write commits to the row, and every read compares the row with its newest
// leaf: one put back to an earlier state is ErrTampered, and so is the whole
// list when a row is missing.
type OperatorStore interface {
	// AddOperator returns ErrExists when the id or the name is taken.
	AddOperator(ctx context.Context, o Operator, e ledger.Event) error
	// UpdateOperator replaces a row that still is before, else ErrState.
	UpdateOperator(ctx context.Context, before, after Operator, e ledger.Event) error
	Operator(ctx context.Context, id string) (Operator, error)
	OperatorNamed(ctx context.Context, name string) (Operator, error)
	Operators(ctx context.Context) ([]Operator, error)
}

// Operators is the service over an OperatorStore: who administers, and how
// they prove it.
type Operators struct {
	store OperatorStore
	now   func() time.Time
}

// NewOperators returns the service; a nil now is the system's clock.
func NewOperators(s OperatorStore, now func() time.Time) *Operators {
	if now == nil {
		now = time.Now
	}
	return &Operators{store: s, now: now}
}

// Store gives read access for listings.
func (s *Operators) Store() OperatorStore { return s.store }

func (s *Operators) time() time.Time { return stored(s.now()) }

// Open reports that there is no operator yet: whoever has the passphrase of
// the key store acts under a name that he states himself. It ends for ever
// with the first operator.
func (s *Operators) Open(ctx context.Context) (bool, error) {
	all, err := s.store.Operators(ctx)
	return len(all) == 0, err
}

// NewOperator says what Add makes. With CertSerial the operator proves itself
// by the key in PublicKey, which the caller took from that certificate.
type NewOperator struct {
	Name       string
	Role       Role
	CertSerial string
	PublicKey  []byte // DER SubjectPublicKeyInfo, SM2
}

// Add makes an operator and returns its secret, which is never shown again
// ("" with a certificate). The first operator must have the security role, as
// nobody else may add the next.
func (s *Operators) Add(ctx context.Context, actor string, n NewOperator) (o Operator, secret string, err error) {
	return s.add(ctx, actor, "", n)
}

// Rescue adds an operator of the security role for a keeper of the root key,
// who goes by the name that he states. The caller has seen the key prove itself.
func (s *Operators) Rescue(ctx context.Context, keeper, reason, name string) (o Operator, secret string, err error) {
	if err := checkText("reason", reason, 500); err != nil {
		return Operator{}, "", err
	}
	return s.add(ctx, Stated(keeper).Actor()+" (root key)", reason, NewOperator{Name: name, Role: Security})
}

func (s *Operators) add(ctx context.Context, actor, reason string, n NewOperator) (o Operator, secret string, err error) {
	o = Operator{ID: newID("opr"), Name: n.Name, Role: n.Role, State: Active, CertSerial: n.CertSerial,
		PublicKey: slices.Clone(n.PublicKey), Created: s.time()}
	if err := o.check(); err != nil {
		return Operator{}, "", err
	}
	open, err := s.Open(ctx)
	if err != nil {
		return Operator{}, "", err
	}
	if open && o.Role != Security {
		return Operator{}, "", &FieldError{"role", "of the first operator must be security: only that role adds the others"}
	}
	if err := s.ownKey(ctx, o); err != nil {
		return Operator{}, "", err
	}
	if o.CertSerial == "" {
		secret = newSecret()
		o.SecretDigest = gm.SM3([]byte(secret))
	}
	e, err := added(actor, "operator", o.ID, o.Created, operatorView(o))
	if err != nil {
		return Operator{}, "", err
	}
	e.Reason = reason
	if err := s.store.AddOperator(ctx, o, e); err != nil {
		return Operator{}, "", err
	}
	return o, secret, nil
}

// ownKey refuses a key that proves another operator: whoever holds it would be
// two people, maker and checker of the same act.
func (s *Operators) ownKey(ctx context.Context, o Operator) error {
	if o.CertSerial == "" {
		return nil
	}
	all, err := s.store.Operators(ctx)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.ID != o.ID && other.State != Ended && bytes.Equal(other.PublicKey, o.PublicKey) {
			return &FieldError{"certificate", "holds the key that proves operator " + other.Name + "; each needs a key of their own"}
		}
	}
	return nil
}

// check holds names to what cannot be mistaken in the audit log, where
// "operator:NAME (ID, method)" says who acted.
func (o Operator) check() error {
	if err := checkText("name", o.Name, 50); err != nil {
		return err
	}
	for _, r := range o.Name {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.·", r) {
			return &FieldError{"name", "may hold letters, digits and - _ . · only"}
		}
	}
	if !slices.Contains([]Role{System, Security, Audit}, o.Role) {
		return &FieldError{"role", "must be system, security or audit"}
	}
	if (o.CertSerial == "") != (len(o.PublicKey) == 0) || o.CertSerial != "" && len(o.PublicKey) > 200 {
		return &FieldError{"certificate", "needs its serial number and its public key"}
	}
	if o.CertSerial != "" {
		if err := checkCode("certificate", o.CertSerial, 40); err != nil {
			return err
		}
		if _, err := gm.ParsePublicKey(o.PublicKey); err != nil {
			return &FieldError{"certificate", "does not hold an SM2 key"}
		}
	}
	return nil
}
