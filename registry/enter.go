// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/govseal/govseal/internal/gm"
)

// Bounds on guessing. After mostFailures wrong proofs in a row an operator has
// one try each lockout, until a right one or a new secret.
const (
	mostFailures = 5
	lockout      = 15 * time.Minute
)

// secretPrefix lets secret scanners know an operator's secret, and keeps it
// apart from the tokens of applications.
const secretPrefix = "gso_"

func newSecret() string {
	var b [tokenBytes]byte
	rand.Read(b[:]) // never returns an error (crypto/rand)
	return secretPrefix + base64.RawURLEncoding.EncodeToString(b[:])
}

func isSecret(s string) bool {
	rest, ok := strings.CutPrefix(s, secretPrefix)
	return ok && len(rest) == base64.RawURLEncoding.EncodedLen(tokenBytes)
}

// Identity is who acts. It is made by Stated and by the Enter methods only.
type Identity struct {
	name     string
	operator *Operator // nil for a stated name
}

// Stated is somebody who only says who he is: all there is before the first
// operator.
func Stated(name string) Identity { return Identity{name: name} }

// Proven returns the operator, or false for a stated name.
func (i Identity) Proven() (Operator, bool) {
	if i.operator == nil {
		return Operator{}, false
	}
	return *i.operator, true
}

// Actor is the identity as the audit log records it: "operator:NAME" when it
// was only stated, "operator:NAME (ID, secret)" or "… (ID, certificate)".
func (i Identity) Actor() string {
	if i.operator == nil {
		return "operator:" + i.name
	}
	return i.operator.Actor()
}

// Actor is how the audit log names the operator once it has proven itself.
func (o Operator) Actor() string { return o.actor(o.Method()) }

// Actors are all names under which the operator may stand in the audit log:
// how it proves itself can change.
func (o Operator) Actors() []string {
	return []string{"operator:" + o.Name, o.actor("secret"), o.actor("certificate")}
}

func (o Operator) actor(method string) string {
	return fmt.Sprintf("operator:%s (%s, %s)", o.Name, o.ID, method)
}

// Person is the part of an actor that names the person: without how it was
// proven, without case and spaces. Two acts of one person compare equal.
func Person(actor string) string {
	name, _, _ := strings.Cut(actor, " (")
	return strings.ToLower(strings.Join(strings.Fields(name), ""))
}

// May answers whether this identity may do a task. A stated name may do
// everything: it exists only while there is no operator.
func (i Identity) May(t Task) error {
	if i.operator == nil {
		return nil
	}
	return i.operator.Role.May(t)
}

// errWrong answers an unknown name and a wrong proof alike.
var errWrong = &Denied{"credentials", "the operator is unknown, or the proof is wrong"}

// EnterWithSecret returns the active operator of this name and secret, else
// *Denied (credentials, locked, operator-state). Each wrong secret is counted
// in an audit entry before it is answered.
func (s *Operators) EnterWithSecret(ctx context.Context, name, secret string) (Identity, error) {
	o, err := s.named(ctx, name)
	if err != nil {
		return Identity{}, err
	}
	digest := gm.SM3([]byte(secret[:min(len(secret), 256)]))
	same := subtle.ConstantTimeCompare(o.SecretDigest[:], digest[:]) == 1
	return s.enter(ctx, o, same && isSecret(secret) && o.CertSerial == "")
}

// EnterWithKey returns the active operator of this name, whose certificate
// good finds in force, when sign answers a fresh challenge with its key. sign
// returns a DER signature of the challenge, SM2 with SM3 and the default ID.
func (s *Operators) EnterWithKey(ctx context.Context, name string, sign func(challenge []byte) ([]byte, error), good func(ctx context.Context, serialHex string) error) (Identity, error) {
	o, err := s.named(ctx, name)
	if err != nil {
		return Identity{}, err
	}
	if o.CertSerial == "" {
		return Identity{}, errWrong
	}
	key, err := gm.ParsePublicKey(o.PublicKey)
	if err != nil {
		return Identity{}, fmt.Errorf("operator's key: %w", err)
	}
	challenge := newChallenge(o)
	sig, err := sign(challenge)
	if err != nil {
		return Identity{}, fmt.Errorf("answer the challenge: %w", err)
	}
	id, err := s.enter(ctx, o, gm.VerifyMessage(key, challenge, sig))
	if err != nil {
		return Identity{}, err
	}
	if err := good(ctx, o.CertSerial); err != nil {
		return Identity{}, &Denied{"certificate", "the operator's certificate is not in force: " + err.Error()}
	}
	return id, nil
}

// newChallenge binds a fresh random value to the purpose and the operator, so
// that the answer is of use nowhere else.
func newChallenge(o Operator) []byte {
	var nonce [32]byte
	rand.Read(nonce[:])
	return append([]byte("govseal operator challenge v1\n"+o.ID+"\n"), nonce[:]...)
}

// named finds an operator who is not locked out.
func (s *Operators) named(ctx context.Context, name string) (Operator, error) {
	o, err := s.store.OperatorNamed(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return Operator{}, errWrong
	}
	if err != nil {
		return Operator{}, err
	}
	if until := o.LastFailure.Add(lockout); o.Failures >= mostFailures && s.now().Before(until) {
		return Operator{}, &Denied{"locked", "too many wrong proofs; wait until " + until.UTC().Format(time.RFC3339) + ", or have the secret renewed"}
	}
	return o, nil
}

// enter records a wrong proof, or the first right one after wrong ones.
func (s *Operators) enter(ctx context.Context, o Operator, proven bool) (Identity, error) {
	after := o
	switch {
	case !proven:
		return Identity{}, s.refuse(ctx, o)
	case o.State != Active:
		return Identity{}, &Denied{"operator-state", "the operator is " + string(o.State)}
	case o.Failures > 0:
		after.Failures = 0
		if err := s.update(ctx, o.Actor(), "operator.enter", "", o, after); err != nil {
			return Identity{}, err
		}
	}
	return Identity{name: after.Name, operator: &after}, nil
}

// refuse counts a wrong proof. Others may be counting at the same time; whoever
// cannot be counted is refused all the same.
func (s *Operators) refuse(ctx context.Context, o Operator) error {
	for range 20 {
		after := o
		after.Failures, after.LastFailure = min(o.Failures+1, 1_000_000), s.time()
		err := s.update(ctx, "system", "operator.refused", "wrong proof", o, after)
		if !errors.Is(err, ErrState) {
			return errors.Join(errWrong, err)
		}
		if o, err = s.store.Operator(ctx, o.ID); err != nil {
			return errors.Join(errWrong, err)
		}
	}
	return errWrong
}
