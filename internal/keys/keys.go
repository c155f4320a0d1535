// SPDX-License-Identifier: Apache-2.0

// Package keys has custody of private keys. A signer is opened by reference
// ("soft:<id>"); the software store keeps keys wrapped by SM4-GCM under a
// key-encryption key, itself wrapped under a passphrase; the root key has a
// file and a passphrase of its own.
package keys

import (
	"context"
	"errors"
	"time"
)

// Clear errors, one for each way of going wrong.
var (
	ErrPassphrase = errors.New("keys: wrong passphrase")
	ErrDamaged    = errors.New("keys: the stored key record is damaged or was changed")
	ErrNoKey      = errors.New("keys: no such key")
	ErrUse        = errors.New("keys: the key is for another use")
	ErrExampleKey = errors.New("keys: this is a published example key; it works only in a folder made by demo")
	ErrReference  = errors.New("keys: not a key reference this build can open")
	// ErrNotForDelivery means that a key was not made to leave the key store.
	ErrNotForDelivery = errors.New("keys: this key was not made for delivery, and does not leave the key store")
	// ErrKeyFile means that a file is not a key with certificates of a form that
	// is taken in.
	ErrKeyFile = errors.New("keys: not a key file that can be taken in")
	// ErrClosed means that the keyring was closed.
	ErrClosed = errors.New("keys: the keyring is closed")
)

// Record is one wrapped private key.
type Record struct {
	ID      string
	Use     string // "ca", "seal", "seal-maker", "department", "officer", "tsa", "ocsp", "ledger"
	Public  []byte // DER SubjectPublicKeyInfo
	Wrapped []byte
	Created time.Time
}

// KEK is the wrapped key-encryption key and how it was wrapped.
type KEK struct {
	Salt       []byte
	Iterations int
	Wrapped    []byte
	Created    time.Time
}

// Store keeps records. Methods are one durable transaction each.
type Store interface {
	// CreateKEK fails when there is one already.
	CreateKEK(ctx context.Context, k KEK) error
	// KEK returns ErrNoKey when the store was never initialised.
	KEK(ctx context.Context) (KEK, error)
	// PutKey fails when the id is taken.
	PutKey(ctx context.Context, r Record) error
	// Key returns ErrNoKey for an unknown id.
	Key(ctx context.Context, id string) (Record, error)
}

// Options of opening.
type Options struct {
	Iterations    int  // PBKDF2 count on creation; 0 means 600,000, less is refused
	AllowExamples bool // set only for a folder made by demo
	Now           func() time.Time
}

func (o Options) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}
