// SPDX-License-Identifier: Apache-2.0

package gm

import (
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm4"
)

// KeySize is the size of an SM4 key in octets.
const KeySize = 16

// MaxIterations bounds the iteration count of a stored PBKDF2 record before
// it is run: a forged record must not become a denial of service.
const MaxIterations = 10_000_000

// ErrWrap means that a wrapped value did not open: wrong key, wrong associated
// data or a damaged value. SM4-GCM cannot tell which.
var ErrWrap = errors.New("gm: the wrapped value does not open under this key")

// Wrap encrypts plain under SM4-GCM with a fresh random nonce; associated is
// authenticated, not stored. The result is nonce (12) || ciphertext || tag (16).
func Wrap(key [KeySize]byte, plain, associated []byte) ([]byte, error) {
	aead, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("gm: nonce: %w", err)
	}
	return aead.Seal(nonce, nonce, plain, associated), nil
}

// Unwrap opens what Wrap made; ErrWrap when it does not open.
func Unwrap(key [KeySize]byte, wrapped, associated []byte) ([]byte, error) {
	aead, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	n := aead.NonceSize()
	if len(wrapped) < n+aead.Overhead() {
		return nil, ErrWrap
	}
	plain, err := aead.Open(nil, wrapped[:n], wrapped[n:], associated)
	if err != nil {
		return nil, ErrWrap
	}
	return plain, nil
}

func newGCM(key [KeySize]byte) (cipher.AEAD, error) {
	block, err := sm4.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("gm: SM4: %w", err)
	}
	return cipher.NewGCM(block)
}

// Stretch derives length octets from a passphrase by PBKDF2-HMAC-SM3
// (GM/T 0091). Counts over MaxIterations are refused.
func Stretch(passphrase, salt []byte, iterations, length int) ([]byte, error) {
	if iterations < 1 || iterations > MaxIterations {
		return nil, fmt.Errorf("gm: iteration count %d is outside 1..%d", iterations, MaxIterations)
	}
	return pbkdf2.Key(NewHash, string(passphrase), salt, iterations, length)
}
