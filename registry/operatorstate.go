// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
)

// Move suspends, resumes or ends an operator. The last active one of the
// security role stays: without it nobody could ever add another.
func (s *Operators) Move(ctx context.Context, actor, id, reason string, to State) error {
	before, err := s.store.Operator(ctx, id)
	if err != nil {
		return err
	}
	after := before
	after.State = to
	if known := to == Active || to == Suspended || to == Ended; before.State == to || before.State == Ended || !known {
		return fmt.Errorf("operator is %s: %w", before.State, ErrState)
	}
	if to != Active && before.Role == Security && before.State == Active {
		if err := s.notTheLast(ctx, id); err != nil {
			return err
		}
	}
	return s.update(ctx, actor, "operator.state", reason, before, after)
}

func (s *Operators) notTheLast(ctx context.Context, id string) error {
	all, err := s.store.Operators(ctx)
	if err != nil {
		return err
	}
	other := func(o Operator) bool { return o.ID != id && o.Role == Security && o.State == Active }
	if !slices.ContainsFunc(all, other) {
		return &Denied{"last-security", "this is the last active operator of the security role; add another first"}
	}
	return nil
}

// RenewSecret gives an operator another secret, shown once, and forgives
// earlier failures. The one before is void at once.
func (s *Operators) RenewSecret(ctx context.Context, actor, id, reason string) (secret string, err error) {
	before, err := s.store.Operator(ctx, id)
	switch {
	case err != nil:
		return "", err
	case before.CertSerial != "":
		return "", &FieldError{"operator", "proves itself by a certificate and has no secret"}
	case before.State == Ended:
		return "", fmt.Errorf("operator is %s: %w", before.State, ErrState)
	}
	secret = newSecret()
	after := before
	after.SecretDigest, after.Failures = gm.SM3([]byte(secret)), 0
	if err := s.update(ctx, actor, "operator.secret", reason, before, after); err != nil {
		return "", err
	}
	return secret, nil
}

// SetCertificate lets an operator prove itself by the key of a certificate from
// now on: a renewed one, or one in place of a secret. The caller took publicKey
// (DER SubjectPublicKeyInfo, SM2) from that certificate.
func (s *Operators) SetCertificate(ctx context.Context, actor, id, reason, serialHex string, publicKey []byte) error {
	before, err := s.store.Operator(ctx, id)
	if err != nil {
		return err
	}
	if before.State == Ended {
		return fmt.Errorf("operator is %s: %w", before.State, ErrState)
	}
	after := before
	after.CertSerial, after.PublicKey = serialHex, slices.Clone(publicKey)
	after.SecretDigest, after.Failures = [32]byte{}, 0
	if err := errors.Join(after.check(), s.ownKey(ctx, after)); err != nil {
		return err
	}
	return s.update(ctx, actor, "operator.certificate", reason, before, after)
}

// update records a change with what the audit log may know of it.
func (s *Operators) update(ctx context.Context, actor, act, reason string, before, after Operator) error {
	if reason != "" {
		if err := checkText("reason", reason, 500); err != nil {
			return err
		}
	}
	e, err := altered(actor, "operator", act, after.ID, reason, operatorView(before), operatorView(after))
	if err != nil {
		return err
	}
	e.Time = s.time()
	e.Facts = []ledger.Fact{{Name: "object", Value: []byte(after.ID)}, {Name: "state", Value: []byte(after.State)}}
	return s.store.UpdateOperator(ctx, before, after, e)
}

// altered is the event of a changed record, without its time and facts.
func altered(actor, kind, act, id, reason string, before, after any) (ledger.Event, error) {
	e := ledger.Event{Kind: kind, Actor: actor, Act: act, Object: id, Reason: reason}
	var err error
	if before != nil {
		if e.Before, err = json.Marshal(before); err != nil {
			return e, fmt.Errorf("record %s: %w", kind, err)
		}
	}
	if e.After, err = json.Marshal(after); err != nil {
		return e, fmt.Errorf("record %s: %w", kind, err)
	}
	return e, nil
}

type operatorJSON struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Role        Role   `json:"role"`
	State       State  `json:"state"`
	Method      string `json:"method"`
	Certificate string `json:"certificate,omitempty"`
	Failures    int    `json:"failures,omitempty"`
}

func operatorView(o Operator) any {
	return operatorJSON{o.ID, o.Name, o.Role, o.State, o.Method(), o.CertSerial, o.Failures}
}
