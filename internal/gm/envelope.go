// SPDX-License-Identifier: Apache-2.0

package gm

import (
	"bytes"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm2"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// ErrEnvelope means that what was encrypted for a key does not open with it:
// it is for another key, or it is damaged.
var ErrEnvelope = errors.New("gm: the envelope does not open with this key")

// What an SM2EnvelopedKey may name: SM4 and SM4-ECB, as gmsm writes and reads.
var (
	oidSM4    = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 104}
	oidSM4ECB = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 104, 1}
)

const (
	pointSize    = 65
	scalarSize   = 32
	maxEnveloped = 1024 // octets of an SM2EnvelopedKey; ours have 240
)

// EnvelopeKey returns key as an SM2EnvelopedKey (GB/T 35276) for the holder of
// another SM2 key: SM4-ECB under a key encrypted by SM2. The form carries no
// authentication code; OpenEnvelopedKey holds what it opens against the
// public key that stands in it.
func EnvelopeKey(holder *PublicKey, key *PrivateKey) ([]byte, error) {
	if _, ok := AsPublicKey(holder); !ok {
		return nil, errors.New("gm: the envelope's holder has no SM2 key")
	}
	der, err := sm2.MarshalEnvelopedPrivateKey(rand.Reader, holder, key)
	if err != nil {
		return nil, fmt.Errorf("gm: envelope key: %w", err)
	}
	return der, nil
}

// ParseEnvelopedKey checks the form of an SM2EnvelopedKey and returns the
// public key of the key inside. It opens nothing.
func ParseEnvelopedKey(der []byte) (*PublicKey, error) {
	bad := errors.New("gm: not an SM2EnvelopedKey")
	in := cryptobyte.String(der)
	var outer, alg, cipher, null cryptobyte.String
	var oid asn1.ObjectIdentifier
	var point, scalar []byte
	if len(der) > maxEnveloped || !in.ReadASN1(&outer, casn1.SEQUENCE) || !in.Empty() ||
		!outer.ReadASN1(&alg, casn1.SEQUENCE) || !alg.ReadASN1ObjectIdentifier(&oid) ||
		!alg.Empty() && (!alg.ReadASN1(&null, casn1.NULL) || !null.Empty() || !alg.Empty()) ||
		!outer.ReadASN1(&cipher, casn1.SEQUENCE) ||
		!outer.ReadASN1BitStringAsBytes(&point) || !outer.ReadASN1BitStringAsBytes(&scalar) || !outer.Empty() {
		return nil, bad
	}
	if !oid.Equal(oidSM4) && !oid.Equal(oidSM4ECB) || len(point) != pointSize || len(scalar) != scalarSize {
		return nil, bad
	}
	return ParsePoint(point)
}

// OpenEnvelopedKey opens an SM2EnvelopedKey; ErrEnvelope when it does not open.
func OpenEnvelopedKey(holder *PrivateKey, der []byte) (*PrivateKey, error) {
	inside, err := ParseEnvelopedKey(der)
	if err != nil {
		return nil, err
	}
	key, err := sm2.ParseEnvelopedPrivateKey(holder, der)
	if err != nil || !inside.Equal(&key.PublicKey) {
		return nil, ErrEnvelope
	}
	return key, nil
}

// SealFor encrypts plain for the holder of an SM2 key: SM4-GCM with associated
// data under a random key, which is encrypted by SM2. The result is DER
// SEQUENCE { SM2Cipher, OCTET STRING (as of Wrap) }. The public key is part of
// what is authenticated.
func SealFor(holder *PublicKey, plain, associated []byte) ([]byte, error) {
	spki, err := MarshalPublicKey(holder)
	if err != nil {
		return nil, err
	}
	var key [KeySize]byte
	defer clear(key[:])
	rand.Read(key[:]) // never returns an error (crypto/rand)
	encrypted, err := sm2.EncryptASN1(rand.Reader, holder, key[:])
	if err != nil {
		return nil, fmt.Errorf("gm: encrypt: %w", err)
	}
	wrapped, err := Wrap(key, plain, append(bytes.Clone(spki), associated...))
	if err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(encrypted)
		b.AddASN1OctetString(wrapped)
	})
	return b.Bytes()
}

// OpenSealed opens what SealFor made; ErrEnvelope when it does not open.
func OpenSealed(holder *PrivateKey, sealed, associated []byte) ([]byte, error) {
	in := cryptobyte.String(sealed)
	var outer, encrypted, wrapped cryptobyte.String
	if !in.ReadASN1(&outer, casn1.SEQUENCE) || !in.Empty() || !outer.ReadASN1Element(&encrypted, casn1.SEQUENCE) ||
		!outer.ReadASN1(&wrapped, casn1.OCTET_STRING) || !outer.Empty() || len(encrypted) > 256 {
		return nil, ErrEnvelope
	}
	key, err := sm2.Decrypt(holder, encrypted)
	if err != nil || len(key) != KeySize {
		return nil, ErrEnvelope
	}
	defer clear(key)
	spki, err := MarshalPublicKey(&holder.PublicKey)
	if err != nil {
		return nil, err
	}
	plain, err := Unwrap([KeySize]byte(key), wrapped, append(spki, associated...))
	if err != nil {
		return nil, ErrEnvelope
	}
	return plain, nil
}
