// SPDX-License-Identifier: Apache-2.0

package escrow

import (
	"bytes"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/keyfile"
)

// MinIterations is the least count of PBKDF2-HMAC-SM3 over a passphrase, for
// writing and for reading alike: share files are made here only.
const MinIterations = keyfile.MinIterations

// MaxShareSize bounds a share file in octets.
const MaxShareSize = 4 << 10

const (
	sharePEM = "GOVSEAL RECOVERY SHARE"
	saltSize = 16
)

// The floor, as a variable for this package's tests only.
var floor = MinIterations

// least is the least count of iterations that a share may have.
func least() int { return min(floor, keyfile.Floor()) }

var (
	// ErrPassphrase means that a share does not open: the passphrase is another
	// officer's, or the file was altered.
	ErrPassphrase = errors.New("escrow: wrong passphrase, or the share file was altered")
	// ErrShare means that a file is not a recovery share.
	ErrShare = errors.New("escrow: not a recovery share file")
)

// Share is a recovery officer's file. Everything but the part itself is
// readable without the passphrase, and bound to it: an altered name, index or
// threshold does not open.
type Share struct {
	City      string
	Centre    [32]byte // SM3 of the centre's public key
	Officer   string
	Index     int // 1 to Total
	Threshold int
	Total     int

	salt       []byte
	iterations int
	wrapped    []byte
}

// CentreID is the ID of the centre that the share says it belongs to.
func (s *Share) CentreID() string { return centreID(s.Centre) }

// share describes officer i's share of a centre.
func (c *Charter) share(i int) Share {
	return Share{City: c.City, Centre: gm.SM3(c.PublicKey), Officer: c.Officers[i], Index: i + 1, Threshold: c.Threshold, Total: len(c.Officers)}
}

// seal wraps a part under a passphrase and returns the file.
func (s *Share) seal(part, passphrase []byte) ([]byte, error) {
	if len(passphrase) == 0 {
		return nil, fmt.Errorf("escrow: the passphrase of officer %s is empty", s.Officer)
	}
	s.salt, s.iterations = make([]byte, saltSize), least()
	rand.Read(s.salt) // never returns an error (crypto/rand)
	key, err := s.stretch(passphrase)
	if err != nil {
		return nil, err
	}
	if s.wrapped, err = gm.Wrap(key, part, s.associated()); err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		s.marshalOpen(b)
		b.AddASN1OctetString(s.wrapped)
	})
	der, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: sharePEM, Bytes: der}), nil
}

// open returns the part.
func (s *Share) open(passphrase []byte) ([]byte, error) {
	key, err := s.stretch(passphrase)
	if err != nil {
		return nil, err
	}
	part, err := gm.Unwrap(key, s.wrapped, s.associated())
	if err != nil || len(part) != 32 {
		return nil, fmt.Errorf("share of officer %s: %w", s.Officer, ErrPassphrase)
	}
	return part, nil
}

func (s *Share) stretch(passphrase []byte) (key [gm.KeySize]byte, err error) {
	stretched, err := gm.Stretch(passphrase, s.salt, s.iterations, gm.KeySize)
	if err != nil {
		return key, fmt.Errorf("stretch passphrase: %w", err)
	}
	defer clear(stretched)
	return [gm.KeySize]byte(stretched), nil
}

// marshalOpen appends what can be read without the passphrase.
func (s *Share) marshalOpen(b *cryptobyte.Builder) {
	b.AddASN1Int64(1)
	addText(b, s.City)
	b.AddASN1OctetString(s.Centre[:])
	addText(b, s.Officer)
	b.AddASN1Int64(int64(s.Index))
	b.AddASN1Int64(int64(s.Threshold))
	b.AddASN1Int64(int64(s.Total))
	b.AddASN1OctetString(s.salt)
	b.AddASN1Int64(int64(s.iterations))
}

func (s *Share) associated() []byte {
	b := cryptobyte.NewBuilder([]byte("govseal/escrow/share/v1"))
	s.marshalOpen(b)
	return b.BytesOrPanic() // of lengths that were checked
}

// ParseShare reads a share file; nothing is opened.
func ParseShare(text []byte) (*Share, error) {
	if len(text) > MaxShareSize || !bytes.HasPrefix(text, []byte("-----BEGIN ")) {
		return nil, ErrShare
	}
	block, rest := pem.Decode(text)
	if block == nil || block.Type != sharePEM || len(block.Headers) != 0 || len(bytes.TrimSpace(rest)) != 0 {
		return nil, ErrShare
	}
	in := cryptobyte.String(block.Bytes)
	var outer, centre, salt, wrapped cryptobyte.String
	var version, index, threshold, total, iterations int64
	s := &Share{}
	if !in.ReadASN1(&outer, casn1.SEQUENCE) || !in.Empty() || !outer.ReadASN1Integer(&version) || version != 1 ||
		!readText(&outer, &s.City) || !outer.ReadASN1(&centre, casn1.OCTET_STRING) || len(centre) != 32 || !readText(&outer, &s.Officer) ||
		!outer.ReadASN1Integer(&index) || !outer.ReadASN1Integer(&threshold) || !outer.ReadASN1Integer(&total) ||
		!outer.ReadASN1(&salt, casn1.OCTET_STRING) || len(salt) != saltSize || !outer.ReadASN1Integer(&iterations) ||
		!outer.ReadASN1(&wrapped, casn1.OCTET_STRING) || len(wrapped) != 12+32+16 || !outer.Empty() {
		return nil, ErrShare
	}
	if threshold < MinThreshold || total < threshold || total > MaxOfficers || index < 1 || index > total ||
		iterations < int64(least()) || iterations > gm.MaxIterations ||
		checkName("city", s.City) != nil || checkName("officer", s.Officer) != nil {
		return nil, ErrShare
	}
	s.Centre, s.Index, s.Threshold, s.Total = [32]byte(centre), int(index), int(threshold), int(total)
	s.salt, s.iterations, s.wrapped = salt, int(iterations), wrapped
	return s, nil
}
