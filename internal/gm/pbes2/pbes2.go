// SPDX-License-Identifier: Apache-2.0

// Package pbes2 encrypts under a passphrase by PBES2 (RFC 8018): the part that
// an encrypted PKCS#8 key and a PKCS#12 file have in common. What it writes,
// SM4-CBC under PBKDF2 with HMAC-SHA256, stock OpenSSL reads; OpenSSL 3.0 does
// not know HMAC-SM3 here (facts/ca-and-crypto.md 2.4). CBC carries no
// authentication code: that is the caller's to add, or to do without.
package pbes2

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"

	"github.com/emmansun/gmsm/sm4"

	"github.com/govseal/govseal/internal/gm"
)

// MaxIterations is the most rounds of PBKDF2 that are run for anybody.
const MaxIterations = gm.MaxIterations

// ErrPassphrase means that the padding found is none: a wrong passphrase, or
// a damaged ciphertext. One wrong passphrase in 256 gives padding that looks
// right, so what was opened must be read with suspicion.
var ErrPassphrase = errors.New("pbes2: wrong passphrase, or the encrypted part is damaged")

// RFC 8018 appendix B and C; the SM identifiers are those that OpenSSL 3.0
// prints for sm4-cbc and that gmsm writes for HMAC-SM3.
var (
	oidPBES2      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidHMACSHA256 = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	oidHMACSM3    = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 401, 2}
	oidSM4CBC     = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 104, 2}
	oidAES128CBC  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 2}
	oidAES256CBC  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
)

// blockCipher is one way to encrypt; blocks are 16 octets in all of them.
type blockCipher struct {
	oid     asn1.ObjectIdentifier
	keySize int
	block   func(key []byte) (cipher.Block, error)
}

// prf is one pseudo-random function of PBKDF2.
type prf struct {
	oid  asn1.ObjectIdentifier
	hash func() hash.Hash
}

var (
	sm4CBC     = &blockCipher{oidSM4CBC, 16, sm4.NewCipher}
	ciphers    = []*blockCipher{sm4CBC, {oidAES128CBC, 16, aes.NewCipher}, {oidAES256CBC, 32, aes.NewCipher}}
	hmacSHA256 = &prf{oidHMACSHA256, sha256.New}
	prfs       = []*prf{hmacSHA256, {oidHMACSM3, gm.NewHash}}
)

const blockSize = 16

// Scheme is PBES2 with everything but the passphrase: cipher, salt, count and
// initialisation vector.
type Scheme struct {
	cipher     *blockCipher
	prf        *prf
	iterations int
	salt, iv   []byte
	keyLength  bool // the derived key's length was written down
}

// New returns what this package writes, SM4-CBC under PBKDF2 with HMAC-SHA256,
// with a fresh salt and vector. A Scheme seals one plaintext only.
func New(iterations int) *Scheme {
	s := &Scheme{cipher: sm4CBC, prf: hmacSHA256, iterations: iterations, salt: make([]byte, 16), iv: make([]byte, 16)}
	rand.Read(s.salt) // never returns an error (crypto/rand)
	rand.Read(s.iv)
	return s
}

// Iterations is the count of PBKDF2.
func (s *Scheme) Iterations() int { return s.iterations }

func (s *Scheme) block(passphrase []byte) (cipher.Block, error) {
	if s.iterations < 1 || s.iterations > MaxIterations {
		return nil, fmt.Errorf("pbes2: %d iterations are outside 1 to %d", s.iterations, MaxIterations)
	}
	key, err := pbkdf2.Key(s.prf.hash, string(passphrase), s.salt, s.iterations, s.cipher.keySize)
	if err != nil {
		return nil, fmt.Errorf("pbes2: derive key: %w", err)
	}
	defer clear(key)
	block, err := s.cipher.block(key)
	if err != nil {
		return nil, fmt.Errorf("pbes2: cipher: %w", err)
	}
	return block, nil
}

// Seal returns the padded and encrypted plain (RFC 8018 6.1.1 and 6.2.1).
func (s *Scheme) Seal(plain, passphrase []byte) ([]byte, error) {
	block, err := s.block(passphrase)
	if err != nil {
		return nil, err
	}
	pad := blockSize - len(plain)%blockSize
	data := make([]byte, len(plain)+pad)
	copy(data, plain)
	for i := len(plain); i < len(data); i++ {
		data[i] = byte(pad)
	}
	cipher.NewCBCEncrypter(block, s.iv).CryptBlocks(data, data)
	return data, nil
}

// Open undoes Seal; ErrPassphrase when the padding is wrong.
func (s *Scheme) Open(data, passphrase []byte) ([]byte, error) {
	if len(data) == 0 || len(data)%blockSize != 0 {
		return nil, errors.New("pbes2: the encrypted part is not whole blocks")
	}
	block, err := s.block(passphrase)
	if err != nil {
		return nil, err
	}
	plain := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, s.iv).CryptBlocks(plain, data)
	pad, ok := padding(plain[len(plain)-blockSize:])
	if !ok {
		clear(plain)
		return nil, ErrPassphrase
	}
	return plain[:len(plain)-pad], nil
}

// padding reads the padding of a last block in a time that does not depend on
// what it finds.
func padding(last []byte) (n int, ok bool) {
	n = int(last[blockSize-1])
	good := subtle.ConstantTimeLessOrEq(1, n) & subtle.ConstantTimeLessOrEq(n, blockSize)
	for i := range blockSize {
		inside := subtle.ConstantTimeLessOrEq(blockSize-i, n)
		same := subtle.ConstantTimeByteEq(last[i], byte(n))
		good &= 1 ^ (inside & (1 ^ same))
	}
	return n, good == 1
}
