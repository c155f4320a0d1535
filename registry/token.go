// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/govseal/govseal/internal/gm"
)

// tokenPrefix lets secret scanners know a token of ours when they see one.
const tokenPrefix = "gsv_"

const tokenBytes = 32

// AddApplication returns the bearer token, which is never shown again: only
// its SM3 digest is stored. Its 256 random bits need no slow hash.
func (r *Registry) AddApplication(ctx context.Context, actor, name string) (a Application, token string, err error) {
	if err := checkText("name", name, 100); err != nil {
		return Application{}, "", err
	}
	token = newToken()
	a = Application{
		ID: newID("app"), Name: name, TokenDigest: gm.SM3([]byte(token)),
		State: Active, Created: r.time(),
	}
	e, err := added(actor, "application", a.ID, a.Created, applicationView(a))
	if err != nil {
		return Application{}, "", err
	}
	if err := r.store.AddApplication(ctx, a, e); err != nil {
		return Application{}, "", err
	}
	return a, token, nil
}

// Authenticate returns the active application of a bearer token. ErrNotFound
// answers malformed, unknown and suspended alike.
func (r *Registry) Authenticate(ctx context.Context, token string) (Application, error) {
	if !isToken(token) {
		return Application{}, fmt.Errorf("token: %w", ErrNotFound)
	}
	digest := gm.SM3([]byte(token))
	a, err := r.store.ApplicationByToken(ctx, digest)
	if err != nil {
		return Application{}, fmt.Errorf("token: %w", err)
	}
	same := subtle.ConstantTimeCompare(a.TokenDigest[:], digest[:]) == 1
	if !same || a.State != Active {
		return Application{}, fmt.Errorf("token: %w", ErrNotFound)
	}
	return a, nil
}

func newToken() string {
	var b [tokenBytes]byte
	rand.Read(b[:]) // never returns an error (crypto/rand)
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(b[:])
}

// isToken bounds what is hashed and looked up.
func isToken(s string) bool {
	rest, ok := strings.CutPrefix(s, tokenPrefix)
	return ok && len(rest) == base64.RawURLEncoding.EncodedLen(tokenBytes)
}

// newID returns an opaque id of 80 random bits; the prefix is for people.
func newID(prefix string) string {
	var b [10]byte
	rand.Read(b[:])
	return prefix + "-" + strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}
