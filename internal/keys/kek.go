// SPDX-License-Identifier: Apache-2.0

package keys

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/keyfile"
)

// minIterations is a variable for this package's tests only.
var minIterations = keyfile.MinIterations

// least is the least count of iterations that a key store may have.
func least() int { return min(minIterations, keyfile.Floor()) }

const (
	saltSize   = 16
	masterSize = 32
)

// Labels keep what is derived and authenticated here apart.
const (
	labelKEK    = "govseal/keys/kek/v1"
	labelWrap   = "govseal/keys/wrap/v1"
	labelDerive = "govseal/keys/derive/v1"
	labelRecord = "govseal/keys/record/v1"
)

// Create draws the key-encryption key of an empty store, wraps it under the
// passphrase, and opens it.
func Create(ctx context.Context, s Store, passphrase []byte, o Options) (*Keyring, error) {
	if o.Iterations == 0 {
		o.Iterations = least()
	}
	if o.Iterations < least() || o.Iterations > gm.MaxIterations {
		return nil, fmt.Errorf("keys: %d iterations are outside %d to %d", o.Iterations, least(), gm.MaxIterations)
	}
	if len(passphrase) == 0 {
		return nil, errors.New("keys: the passphrase is empty")
	}
	var master [masterSize]byte
	rand.Read(master[:]) // never returns an error (crypto/rand)
	k := KEK{Salt: make([]byte, saltSize), Iterations: o.Iterations, Created: o.now()}
	rand.Read(k.Salt)
	outer, err := k.stretch(passphrase)
	if err != nil {
		return nil, err
	}
	if k.Wrapped, err = gm.Wrap(outer, master[:], k.associated()); err != nil {
		return nil, fmt.Errorf("wrap key-encryption key: %w", err)
	}
	if err := s.CreateKEK(ctx, k); err != nil {
		return nil, fmt.Errorf("store key-encryption key: %w", err)
	}
	return newKeyring(s, master, o), nil
}

// Open opens a store that Create made: once at start, because the passphrase
// is stretched for it.
func Open(ctx context.Context, s Store, passphrase []byte, o Options) (*Keyring, error) {
	k, err := s.KEK(ctx)
	if err != nil {
		return nil, fmt.Errorf("read key-encryption key: %w", err)
	}
	// Looked at before a round is run: a forged record must not keep us busy,
	// and a weak one must not go on being used.
	if k.Iterations < least() || k.Iterations > gm.MaxIterations || len(k.Salt) != saltSize || len(k.Wrapped) > 256 {
		return nil, fmt.Errorf("key-encryption key: %w", ErrDamaged)
	}
	outer, err := k.stretch(passphrase)
	if err != nil {
		return nil, err
	}
	plain, err := gm.Unwrap(outer, k.Wrapped, k.associated())
	if err != nil {
		return nil, ErrPassphrase
	}
	defer clear(plain)
	if len(plain) != masterSize {
		return nil, fmt.Errorf("key-encryption key: %w", ErrDamaged)
	}
	return newKeyring(s, [masterSize]byte(plain), o), nil
}

func (k KEK) stretch(passphrase []byte) (key [gm.KeySize]byte, err error) {
	stretched, err := gm.Stretch(passphrase, k.Salt, k.Iterations, gm.KeySize)
	if err != nil {
		return key, fmt.Errorf("stretch passphrase: %w", err)
	}
	defer clear(stretched)
	return [gm.KeySize]byte(stretched), nil
}

func (k KEK) associated() []byte {
	return fields(labelKEK, k.Salt, binary.BigEndian.AppendUint64(nil, uint64(k.Iterations)))
}

// fields joins a label and length-prefixed values.
func fields(label string, values ...[]byte) []byte {
	b := []byte(label)
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, uint32(len(v)))
		b = append(b, v...)
	}
	return b
}
