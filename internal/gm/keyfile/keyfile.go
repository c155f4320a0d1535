// SPDX-License-Identifier: Apache-2.0

// Package keyfile reads and writes an SM2 private key as an encrypted PKCS#8
// file (PEM, RFC 5958 and RFC 8018 PBES2). What it writes, SM4-CBC under
// PBKDF2 with HMAC-SHA256, stock OpenSSL reads, so that a key can be recovered
// without govseal; OpenSSL 3.0 does not know HMAC-SM3 here
// (facts/ca-and-crypto.md 2.4).
package keyfile

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/pbes2"
)

// Iteration counts of PBKDF2.
const (
	// MinIterations is the least that is written.
	MinIterations = 600_000
	// MinReadIterations is the least that is read: files made elsewhere.
	MinReadIterations = 100_000
	// MinForeignIterations is the least that is read of a key that is about to
	// be kept otherwise: OpenSSL writes 2,048 unless told.
	MinForeignIterations = 1_000
	// MaxIterations is the most that is read. It is looked at before the first
	// round is run.
	MaxIterations = gm.MaxIterations
)

// The floors, as variables for tests only.
var floor, readFloor = MinIterations, MinReadIterations

// MaxSize bounds a key file in octets.
const MaxSize = 16 << 10

const pemType = "ENCRYPTED PRIVATE KEY"

// ErrPassphrase means that the contents do not open. CBC carries no
// authentication code, so a damaged ciphertext looks the same.
var ErrPassphrase = errors.New("keyfile: wrong passphrase, or the encrypted part is damaged")

// FormatError says that a file is not an encrypted SM2 key of a supported form.
type FormatError struct{ Problem string }

func (e *FormatError) Error() string { return "keyfile: " + e.Problem }

// Encrypt returns the PEM text of a key under a passphrase. Iterations 0
// means MinIterations; less is refused.
func Encrypt(key *gm.PrivateKey, passphrase []byte, iterations int) ([]byte, error) {
	if iterations == 0 {
		iterations = floor
	}
	if iterations < floor || iterations > MaxIterations {
		return nil, fmt.Errorf("keyfile: %d iterations are outside %d to %d", iterations, floor, MaxIterations)
	}
	if len(passphrase) == 0 {
		return nil, errors.New("keyfile: the passphrase is empty")
	}
	plain, err := MarshalPrivateKey(key)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	e := envelope{scheme: pbes2.New(iterations)}
	if e.data, err = e.scheme.Seal(plain, passphrase); err != nil {
		return nil, err
	}
	der, err := e.marshal()
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der}), nil
}

// Decrypt opens the PEM text of an encrypted key.
func Decrypt(pemText, passphrase []byte) (*gm.PrivateKey, error) {
	return decrypt(pemText, passphrase, readFloor)
}

// DecryptForeign opens a key of another program's making, which may have as few
// as MinForeignIterations.
func DecryptForeign(pemText, passphrase []byte) (*gm.PrivateKey, error) {
	return decrypt(pemText, passphrase, MinForeignIterations)
}

func decrypt(pemText, passphrase []byte, least int) (*gm.PrivateKey, error) {
	e, err := parse(pemText, least)
	if err != nil {
		return nil, err
	}
	plain, err := e.open(passphrase)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	key, err := ParsePrivateKey(plain)
	if err != nil {
		// One wrong passphrase in 256 leaves padding that looks right.
		return nil, fmt.Errorf("%w (%w)", ErrPassphrase, err)
	}
	return key, nil
}

// parse reads exactly one PEM block without headers.
func parse(pemText []byte, least int) (*envelope, error) {
	if len(pemText) > MaxSize {
		return nil, &FormatError{fmt.Sprintf("the file is longer than %d octets", MaxSize)}
	}
	pemText = bytes.TrimSpace(pemText)
	if !bytes.HasPrefix(pemText, []byte("-----BEGIN ")) {
		return nil, &FormatError{"not a PEM file"}
	}
	block, rest := pem.Decode(pemText)
	switch {
	case block == nil || len(bytes.TrimSpace(rest)) != 0 || len(block.Headers) != 0:
		return nil, &FormatError{"not a PEM file of one block without headers"}
	case block.Type != pemType:
		return nil, &FormatError{"the PEM block is not an " + pemType}
	}
	return parseEnvelope(block.Bytes, least)
}
