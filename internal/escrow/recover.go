// SPDX-License-Identifier: Apache-2.0

package escrow

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/shamir"
)

var (
	// ErrTooFew means that fewer officers came than the charter asks for.
	ErrTooFew = errors.New("escrow: not enough officers")
	// ErrForeign means that a share belongs to another centre.
	ErrForeign = errors.New("escrow: a share of another key centre")
	// ErrTwice means that one share came twice.
	ErrTwice = errors.New("escrow: the same share twice")
	// ErrDamaged means that shares opened and still do not make the centre's
	// key, or that an escrowed key is not its certificate's.
	ErrDamaged = errors.New("escrow: what was opened is not the expected key")
)

// Given is a share and the passphrase that its officer entered.
type Given struct {
	Share      *Share
	Passphrase []byte
}

// Fit checks, without opening anything, that shares are this centre's, are
// different ones, and are enough.
func (c *Charter) Fit(shares []*Share) error {
	seen := map[int]string{}
	for _, s := range shares {
		if s.Centre != gm.SM3(c.PublicKey) {
			return fmt.Errorf("%w: the file of officer %s is of the key centre of %s with %d of %d officers; the key was escrowed by centre %s of %s",
				ErrForeign, s.Officer, s.City, s.Threshold, s.Total, c.ID(), c.City)
		}
		if want := c.share(min(s.Index, len(c.Officers)) - 1); s.Index != want.Index || s.City != want.City || s.Officer != want.Officer || s.Threshold != want.Threshold || s.Total != want.Total {
			return fmt.Errorf("%w: the file says officer %s, share %d of %d, which the centre's charter does not", ErrShare, s.Officer, s.Index, s.Total)
		}
		if first, ok := seen[s.Index]; ok {
			return fmt.Errorf("%w: of officer %s; each officer brings their own", ErrTwice, first)
		}
		seen[s.Index] = s.Officer
	}
	if len(shares) < c.Threshold {
		return fmt.Errorf("%w: %d shares were given and %d are needed", ErrTooFew, len(shares), c.Threshold)
	}
	return nil
}

// Key is a centre's private key, together again for one recovery.
type Key struct {
	charter *Charter
	key     *gm.PrivateKey
}

// Reunite opens shares and puts the centre's key together. Every share given
// must open, also those beyond the threshold: a wrong passphrase is a person
// to be asked, not a file to be passed over.
func (c *Charter) Reunite(given []Given) (*Key, error) {
	shares := make([]*Share, len(given))
	for i, g := range given {
		shares[i] = g.Share
	}
	if err := c.Fit(shares); err != nil {
		return nil, err
	}
	parts := make([]shamir.Share, len(given))
	defer func() {
		for _, p := range parts {
			clear(p.Value)
		}
	}()
	for i, g := range given {
		value, err := g.Share.open(g.Passphrase)
		if err != nil {
			return nil, err
		}
		parts[i] = shamir.Share{Index: byte(g.Share.Index), Value: value}
	}
	scalar, err := shamir.Combine(parts)
	if err != nil {
		return nil, err
	}
	defer clear(scalar)
	key, err := gm.NewPrivateKey(scalar)
	if err != nil {
		return nil, ErrDamaged
	}
	if public, err := gm.MarshalPublicKey(&key.PublicKey); err != nil || !bytes.Equal(public, c.PublicKey) {
		return nil, ErrDamaged
	}
	return &Key{c, key}, nil
}

// String keeps the key out of formatted output.
func (k *Key) String() string { return "key of a key centre" }

// GoString is String for %#v.
func (k *Key) GoString() string { return k.String() }

// associated binds an escrowed key to its centre and its public key.
func (c *Charter) associated(spki []byte) []byte {
	return append([]byte("govseal/escrow/key/v1"+c.ID()), spki...)
}

// Seal escrows an encryption key under the centre's public key.
func (c *Charter) Seal(key *gm.PrivateKey) ([]byte, error) {
	centre, err := gm.ParsePublicKey(c.PublicKey)
	if err != nil {
		return nil, err
	}
	spki, err := gm.MarshalPublicKey(&key.PublicKey)
	if err != nil {
		return nil, err
	}
	scalar := key.D.FillBytes(make([]byte, 32))
	defer clear(scalar)
	return gm.SealFor(centre, scalar, c.associated(spki))
}

// Open returns the escrowed key of the public key spki.
func (k *Key) Open(sealed, spki []byte) (*gm.PrivateKey, error) {
	scalar, err := gm.OpenSealed(k.key, sealed, k.charter.associated(spki))
	if err != nil {
		return nil, ErrDamaged
	}
	defer clear(scalar)
	key, err := gm.NewPrivateKey(scalar)
	if err != nil {
		return nil, ErrDamaged
	}
	if public, err := gm.MarshalPublicKey(&key.PublicKey); err != nil || !bytes.Equal(public, spki) {
		return nil, ErrDamaged
	}
	return key, nil
}
