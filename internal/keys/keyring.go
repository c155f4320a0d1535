// SPDX-License-Identifier: Apache-2.0

package keys

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
	"sync"

	"github.com/govseal/govseal/internal/gm"
)

// scheme begins the references that the software store opens.
const scheme = "soft:"

// maxCached bounds the opened signers; beyond it the cache starts anew.
const maxCached = 10_000

// Keyring is an opened software store. It is safe for concurrent use.
type Keyring struct {
	store Store
	o     Options

	mu     sync.RWMutex
	closed bool             // under mu
	master [masterSize]byte // under mu
	opened map[string]entry // under mu; by id
}

// entry is an opened key.
type entry struct {
	use    string
	signer *signer
}

func newKeyring(s Store, master [masterSize]byte, o Options) *Keyring {
	return &Keyring{store: s, o: o, master: master, opened: map[string]entry{}}
}

// Generate makes and stores a key and returns its reference and public key (DER).
func (k *Keyring) Generate(ctx context.Context, use string) (ref string, public []byte, err error) {
	key, err := gm.GenerateKey()
	if err != nil {
		return "", nil, fmt.Errorf("generate key: %w", err)
	}
	// A pair that does not belong together must not reach a certificate.
	if _, err := gm.SignMessage(key, []byte(labelRecord)); err != nil {
		return "", nil, fmt.Errorf("generate key: %w", err)
	}
	return k.put(ctx, use, key)
}

func (k *Keyring) put(ctx context.Context, use string, key *gm.PrivateKey) (string, []byte, error) {
	if !isUse(use) {
		return "", nil, fmt.Errorf("keys: %q is not a use of keys", use)
	}
	public, err := gm.MarshalPublicKey(&key.PublicKey)
	if err != nil {
		return "", nil, err
	}
	r := Record{ID: newID(), Use: use, Public: public, Created: k.o.now()}
	wrapping, err := k.wrapping()
	if err != nil {
		return "", nil, err
	}
	scalar := key.D.FillBytes(make([]byte, 32))
	defer clear(scalar)
	if r.Wrapped, err = gm.Wrap(wrapping, scalar, r.associated()); err != nil {
		return "", nil, fmt.Errorf("wrap key: %w", err)
	}
	if err := k.store.PutKey(ctx, r); err != nil {
		return "", nil, fmt.Errorf("store key: %w", err)
	}
	return scheme + r.ID, public, nil
}

// Signer opens a key for a use; opened signers are cached.
func (k *Keyring) Signer(ctx context.Context, ref, use string) (crypto.Signer, error) {
	id, ok := strings.CutPrefix(ref, scheme)
	if !ok || id == "" || len(id) > 64 {
		return nil, ErrReference
	}
	k.mu.RLock()
	e, cached := k.opened[id]
	closed := k.closed
	k.mu.RUnlock()
	switch {
	case closed:
		return nil, ErrClosed
	case cached && e.use != use:
		return nil, ErrUse
	case cached:
		return e.signer, nil
	}
	return k.load(ctx, id, use)
}

func (k *Keyring) load(ctx context.Context, id, use string) (crypto.Signer, error) {
	r, err := k.store.Key(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read key record: %w", err)
	}
	wrapping, err := k.wrapping()
	if err != nil {
		return nil, err
	}
	if r.ID != id || len(r.Wrapped) > 256 {
		return nil, ErrDamaged
	}
	key, err := r.open(wrapping)
	if err != nil {
		return nil, err
	}
	if r.Use != use {
		return nil, ErrUse
	}
	if isExample(r.Public) && !k.o.AllowExamples {
		return nil, ErrExampleKey
	}
	return k.keep(id, entry{use, newSigner(key)})
}

// keep caches an opened signer; of two opened at once the first stays.
func (k *Keyring) keep(id string, e entry) (crypto.Signer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return nil, ErrClosed
	}
	if first, ok := k.opened[id]; ok {
		return first.signer, nil
	}
	if len(k.opened) >= maxCached {
		clear(k.opened)
	}
	k.opened[id] = e
	return e.signer, nil
}

// open unwraps the private key and holds it against the record's public key.
func (r Record) open(wrapping [gm.KeySize]byte) (*gm.PrivateKey, error) {
	scalar, err := gm.Unwrap(wrapping, r.Wrapped, r.associated())
	if err != nil {
		return nil, ErrDamaged
	}
	defer clear(scalar)
	key, err := gm.NewPrivateKey(scalar)
	if err != nil {
		return nil, ErrDamaged
	}
	public, err := gm.MarshalPublicKey(&key.PublicKey)
	if err != nil || !bytes.Equal(public, r.Public) {
		return nil, ErrDamaged
	}
	return key, nil
}

// associated binds a wrapped key to its row: a key moved to another id, use
// or public key does not open.
func (r Record) associated() []byte {
	return fields(labelRecord, []byte(r.ID), []byte(r.Use), r.Public)
}

// Derive returns a key for a named purpose (HMAC-SM3 of the key-encryption key).
func (k *Keyring) Derive(label string) [32]byte {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return gm.HMAC(k.master[:], []byte(labelDerive), []byte{0}, []byte(label))
}

func (k *Keyring) wrapping() (key [gm.KeySize]byte, err error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.closed {
		return key, ErrClosed
	}
	mac := gm.HMAC(k.master[:], []byte(labelWrap))
	return [gm.KeySize]byte(mac[:gm.KeySize]), nil
}

// Close forgets the key-encryption key and the cache. Signers already handed
// out go on working. Go cannot promise that no copy is left in memory. The
// place is overwritten with random octets, so that a Derive after Close gives
// a key that nobody knows.
func (k *Keyring) Close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	rand.Read(k.master[:])
	clear(k.opened)
}

// isUse bounds the names of uses: lower-case words joined by hyphens.
func isUse(s string) bool {
	return s != "" && len(s) <= 32 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz-") == ""
}

// newID returns an opaque id of 80 random bits.
func newID() string {
	var b [10]byte
	rand.Read(b[:])
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}
