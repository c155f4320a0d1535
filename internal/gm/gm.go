// SPDX-License-Identifier: Apache-2.0

// Package gm is the single seam over the Chinese commercial cryptography
// library: SM2 signatures, the SM3 digest and SM4 key wrapping. No other
// package names that library's SM2, SM3 or SM4 options.
//
// One convention holds everywhere in govseal: a signer signs the 32 octets
// e = SM3(ZA || M) of GB/T 32918.2, where ZA binds the signer's public key and
// the user ID "1234567812345678". Hardware modules (GM/T 0018 SDF) take
// exactly that value, so a signer held in hardware and one held in memory are
// driven alike. Use SignMessage and VerifyMessage unless e was computed
// elsewhere.
package gm

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"errors"
	"fmt"
	"hash"

	"github.com/emmansun/gmsm/sm2"
)

// PrivateKey is an SM2 private key held in memory. As a crypto.Signer it
// signs e itself when called with Options.
type PrivateKey = sm2.PrivateKey

// PublicKey is an SM2 public key: an ecdsa.PublicKey on the SM2 curve.
type PublicKey = ecdsa.PublicKey

// Options is what every crypto.Signer of govseal receives: it says that the
// value to be signed is e itself, 32 octets, not a message and not the digest
// of a named hash function.
var Options crypto.SignerOpts = crypto.Hash(0)

// ErrSignatureFault means that a signer returned a signature that does not
// verify under its own public key. Nothing of it is released.
var ErrSignatureFault = errors.New("gm: the signer returned a signature that its own key does not verify")

// GenerateKey makes a new SM2 key pair from the system's random source.
func GenerateKey() (*PrivateKey, error) { return sm2.GenerateKey(rand.Reader) }

// NewPrivateKey returns the key whose secret scalar d is the 32 octets given,
// big endian.
func NewPrivateKey(d []byte) (*PrivateKey, error) { return sm2.NewPrivateKey(d) }

// AsPublicKey returns pub as an SM2 public key; ok is false for a key of any
// other kind or curve.
func AsPublicKey(pub crypto.PublicKey) (key *PublicKey, ok bool) {
	key, ok = pub.(*ecdsa.PublicKey)
	if !ok || key == nil || !sm2.IsSM2PublicKey(key) {
		return nil, false
	}
	return key, true
}

// E returns e = SM3(ZA || M) for the default user ID (GB/T 32918.2 6.1).
func E(pub *PublicKey, message []byte) ([32]byte, error) {
	h, err := NewE(pub)
	if err != nil {
		return [32]byte{}, err
	}
	h.Write(message)
	return [32]byte(h.Sum(nil)), nil
}

// NewE returns a running e = SM3(ZA || M): write M to it and call Sum.
func NewE(pub *PublicKey) (hash.Hash, error) {
	if _, ok := AsPublicKey(pub); !ok {
		return nil, errors.New("gm: not an SM2 public key")
	}
	h, err := sm2.NewHash(pub)
	if err != nil {
		return nil, fmt.Errorf("gm: ZA of the public key: %w", err)
	}
	return h, nil
}

// Sign has the signer sign e and checks the signature under the signer's own
// public key before it is released, so that a faulty or glitched signer cannot
// leak its key through a wrong signature. The result is DER SEQUENCE{r, s}.
func Sign(signer crypto.Signer, e [32]byte) ([]byte, error) {
	pub, ok := AsPublicKey(signer.Public())
	if !ok {
		return nil, errors.New("gm: the signer does not hold an SM2 key")
	}
	sig, err := signer.Sign(rand.Reader, e[:], Options)
	if err != nil {
		return nil, fmt.Errorf("gm: sign: %w", err)
	}
	if !Verify(pub, e, sig) {
		return nil, ErrSignatureFault
	}
	return sig, nil
}

// SignMessage signs a message under the default user ID; see Sign.
func SignMessage(signer crypto.Signer, message []byte) ([]byte, error) {
	pub, ok := AsPublicKey(signer.Public())
	if !ok {
		return nil, errors.New("gm: the signer does not hold an SM2 key")
	}
	e, err := E(pub, message)
	if err != nil {
		return nil, err
	}
	return Sign(signer, e)
}

// Verify reports whether sig, strict DER SEQUENCE{r, s} with no trailing
// octets, is a signature of e.
func Verify(pub *PublicKey, e [32]byte, sig []byte) bool {
	if _, ok := AsPublicKey(pub); !ok {
		return false
	}
	return sm2.VerifyASN1(pub, e[:], sig)
}

// VerifyMessage reports whether sig is a signature of message under the
// default user ID; see Verify for the encoding.
func VerifyMessage(pub *PublicKey, message, sig []byte) bool {
	e, err := E(pub, message)
	if err != nil {
		return false
	}
	return Verify(pub, e, sig)
}
