// SPDX-License-Identifier: Apache-2.0

// Package pkcs12 reads and writes PKCS#12 files (RFC 7292): one SM2 key with
// its certificates, under a passphrase. It writes SM4-CBC under PBKDF2 with
// HMAC-SHA256 and a MAC by SM3, which is what
// "openssl pkcs12 -export -keypbe sm4-cbc -certpbe sm4-cbc -macalg sm3" makes
// and stock OpenSSL reads; it also reads AES and MACs by SHA-256.
//
// The MAC is compared before anything is decrypted. Files are DER: the
// indefinite lengths of some old programs are refused, and so are the schemes
// of PKCS#12 itself (RC2, triple DES), keys in the clear, files without a MAC
// and files with several keys. Certificates are octets here: which of them is
// the key's own is for the caller to find, by the public key.
package pkcs12

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/keyfile"
	"github.com/govseal/govseal/internal/gm/pbes2"
)

// Iteration counts, of PBKDF2 and of the MAC's key derivation alike: a thief
// guesses by whichever is cheaper.
const (
	// MinIterations is the least that is written.
	MinIterations = keyfile.MinIterations
	// MinReadIterations is the least that is read. OpenSSL writes 2,048 unless
	// told otherwise, Windows 2,000.
	MinReadIterations = 1_000
	// MaxIterations is the most that all derivations of one file may ask for
	// together; each is looked at before its first round is run.
	MaxIterations = pbes2.MaxIterations
)

// The floor of writing, as a variable for this package's tests only.
var floor = MinIterations

// Bounds on what is read and written.
const (
	MaxSize         = 1 << 20 // octets of a file
	MaxCertificates = 32
	MaxName         = 256 // UTF-16 units of a friendly name
	maxContents     = 8   // ContentInfos of an AuthenticatedSafe
	maxBags         = 64
	maxKeyID        = 64 // octets
	maxAttributes   = 16 // of one bag
)

// ErrPassphrase means that the MAC does not match: the passphrase is wrong, or
// the file was altered. Which of the two cannot be told.
var ErrPassphrase = errors.New("pkcs12: wrong passphrase, or the file was altered")

// FormatError says that a file is not a PKCS#12 file of a supported form.
type FormatError struct{ Problem string }

func (e *FormatError) Error() string { return "pkcs12: " + e.Problem }

func malformed(what string) error { return &FormatError{what + " is malformed"} }

// Certificate is a certificate bag.
type Certificate struct {
	DER          []byte
	FriendlyName string // "" when there is none
	LocalKeyID   []byte // equal to the key's for the key's own certificate; may be nil
}

// Contents is what a file holds.
type Contents struct {
	Key          *gm.PrivateKey
	FriendlyName string
	LocalKeyID   []byte
	Certificates []Certificate // in the file's order
}

// Of returns the contents for a key with its own certificate and those above
// it, in that order. The key identifier is the beginning of the SM3 of the
// first certificate: programs only compare it.
func Of(key *gm.PrivateKey, name string, chain [][]byte) Contents {
	c := Contents{Key: key, FriendlyName: name}
	for i, der := range chain {
		one := Certificate{DER: der}
		if i == 0 {
			digest := gm.SM3(der)
			c.LocalKeyID = digest[:20]
			one.FriendlyName, one.LocalKeyID = name, c.LocalKeyID
		}
		c.Certificates = append(c.Certificates, one)
	}
	return c
}

// Encode returns the file's octets. Iterations 0 means MinIterations; less is
// refused. The passphrase is UTF-8.
func Encode(c Contents, passphrase []byte, iterations int) ([]byte, error) {
	if iterations == 0 {
		iterations = floor
	}
	if iterations < floor || iterations > MaxIterations/3 {
		return nil, fmt.Errorf("pkcs12: %d iterations are outside %d to %d", iterations, floor, MaxIterations/3)
	}
	if err := checkPassphrase(passphrase); err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	key, err := shroud(c.Key, passphrase, iterations)
	if err != nil {
		return nil, err
	}
	certificates := make([]bag, len(c.Certificates))
	for i, one := range c.Certificates {
		certificates[i] = bag{kind: certificateBag, value: one.DER, name: one.FriendlyName, keyID: one.LocalKeyID}
	}
	safe, err := marshalSafe(
		safeContents{bags: certificates, scheme: pbes2.New(iterations)},
		safeContents{bags: []bag{{kind: shroudedKeyBag, value: key, name: c.FriendlyName, keyID: c.LocalKeyID}}},
		passphrase)
	if err != nil {
		return nil, err
	}
	return marshalPFX(safe, newMAC(iterations), passphrase)
}

// Decode opens a file. It returns a *FormatError for a file of another form,
// and ErrPassphrase when the MAC does not match.
func Decode(der, passphrase []byte) (*Contents, error) {
	if err := checkPassphrase(passphrase); err != nil {
		return nil, err
	}
	safe, mac, err := parsePFX(der)
	if err != nil {
		return nil, err
	}
	parts, err := parseSafe(safe)
	if err != nil {
		return nil, err
	}
	budget := MaxIterations - mac.iterations
	if !mac.matches(safe, passphrase) {
		return nil, ErrPassphrase
	}
	var all []bag
	for _, part := range parts {
		bags, err := part.open(passphrase, &budget)
		if err != nil {
			return nil, err
		}
		if all = append(all, bags...); len(all) > maxBags {
			return nil, &FormatError{fmt.Sprintf("more than %d entries", maxBags)}
		}
	}
	return collect(all, passphrase, &budget)
}

// collect sorts bags into key and certificates.
func collect(bags []bag, passphrase []byte, budget *int) (*Contents, error) {
	var c Contents
	var key *bag
	for i, b := range bags {
		switch {
		case b.kind == certificateBag:
			c.Certificates = append(c.Certificates, Certificate{DER: b.value, FriendlyName: b.name, LocalKeyID: b.keyID})
		case key != nil:
			return nil, &FormatError{"several keys; one is wanted"}
		default:
			key = &bags[i]
		}
	}
	switch {
	case key == nil:
		return nil, &FormatError{"no key"}
	case len(c.Certificates) > MaxCertificates:
		return nil, &FormatError{fmt.Sprintf("more than %d certificates", MaxCertificates)}
	}
	var err error
	c.FriendlyName, c.LocalKeyID = key.name, key.keyID
	c.Key, err = unshroud(key.value, passphrase, budget)
	return &c, err
}

// check refuses to write what would not be read.
func (c Contents) check() error {
	if c.Key == nil || len(c.Certificates) == 0 {
		return errors.New("pkcs12: a key and at least its own certificate are wanted")
	}
	if len(c.Certificates) > MaxCertificates {
		return fmt.Errorf("pkcs12: more than %d certificates", MaxCertificates)
	}
	names, ids, size := []string{c.FriendlyName}, [][]byte{c.LocalKeyID}, 0
	for _, one := range c.Certificates {
		if len(one.DER) == 0 {
			return errors.New("pkcs12: an empty certificate")
		}
		names, ids, size = append(names, one.FriendlyName), append(ids, one.LocalKeyID), size+len(one.DER)
	}
	for i, name := range names {
		if !utf8.ValidString(name) || len(bmp(name)) > 2*MaxName || len(ids[i]) > maxKeyID {
			return fmt.Errorf("pkcs12: a name is not UTF-8 of at most %d units, or a key identifier is longer than %d octets", MaxName, maxKeyID)
		}
	}
	if size > MaxSize/2 {
		return fmt.Errorf("pkcs12: the certificates together are longer than %d octets", MaxSize/2)
	}
	return nil
}
