// SPDX-License-Identifier: Apache-2.0

// Package escrow is what a key centre (密钥管理中心) is made of: a key pair
// whose public half keeps encryption keys safe and whose private half exists
// only as shares, one for each recovery officer, under the officer's own
// passphrase. Day-to-day escrow needs no secret; recovery needs M officers.
//
// This package holds no state and asks nobody: the authority records charters
// and escrowed keys, and decides who may recover what.
package escrow

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/shamir"
)

// Bounds of a centre.
const (
	MinThreshold = 2  // one officer alone never recovers
	MaxOfficers  = 16 // people that one ceremony can bring together
	maxName      = 128
)

// ErrCentre means that officers, thresholds or names make no centre.
var ErrCentre = errors.New("escrow: not a key centre")

// Charter says what a centre is. It is public; whoever keeps it must protect
// it against replacement, since keys are escrowed to its public key.
type Charter struct {
	City      string    // whose centre it is
	PublicKey []byte    // DER SubjectPublicKeyInfo
	Threshold int       // M
	Officers  []string  // N names, in the order of their shares
	Created   time.Time // whole seconds
}

// ID names a centre by its public key: the first 16 hexadecimal digits of its SM3.
func (c *Charter) ID() string {
	digest := gm.SM3(c.PublicKey)
	return centreID(digest)
}

func centreID(digest [32]byte) string { return hex.EncodeToString(digest[:8]) }

// Secret is an officer's name and passphrase at a centre's making.
type Secret struct {
	Officer    string
	Passphrase []byte
}

// Create makes a centre's key, splits it, and seals each officer's share under
// the officer's passphrase. The shares are PEM texts in the officers' order.
// The private key is forgotten before Create returns.
func Create(city string, officers []Secret, threshold int, now time.Time) (*Charter, [][]byte, error) {
	key, err := gm.GenerateKey()
	if err != nil {
		return nil, nil, fmt.Errorf("escrow: make the centre's key: %w", err)
	}
	c := &Charter{City: city, Threshold: threshold, Created: now.UTC().Truncate(time.Second)}
	for _, o := range officers {
		c.Officers = append(c.Officers, o.Officer)
	}
	if c.PublicKey, err = gm.MarshalPublicKey(&key.PublicKey); err != nil {
		return nil, nil, err
	}
	if err := errors.Join(c.check(), different(officers)); err != nil {
		return nil, nil, err
	}
	scalar := key.D.FillBytes(make([]byte, 32))
	defer clear(scalar)
	parts, err := shamir.Split(scalar, len(officers), threshold)
	if err != nil {
		return nil, nil, err
	}
	texts := make([][]byte, len(parts))
	for i, part := range parts {
		s := c.share(i)
		if texts[i], err = s.seal(part.Value, officers[i].Passphrase); err != nil {
			return nil, nil, err
		}
		clear(part.Value)
	}
	return c, texts, nil
}

// different refuses two officers with one passphrase: that would be one secret.
func different(officers []Secret) error {
	for i, o := range officers {
		for _, earlier := range officers[:i] {
			if bytes.Equal(o.Passphrase, earlier.Passphrase) {
				return fmt.Errorf("%w: officers %s and %s chose the same passphrase; each needs one of their own", ErrCentre, earlier.Officer, o.Officer)
			}
		}
	}
	return nil
}

// check holds a charter against the rules by which one is read.
func (c *Charter) check() error {
	n := len(c.Officers)
	if c.Threshold < MinThreshold || n < c.Threshold || n > MaxOfficers {
		return fmt.Errorf("%w: %d of %d officers; at least %d are needed for a recovery and at most %d can hold shares", ErrCentre, c.Threshold, n, MinThreshold, MaxOfficers)
	}
	if err := checkName("city", c.City); err != nil {
		return err
	}
	for i, name := range c.Officers {
		if err := checkName("officer", name); err != nil {
			return err
		}
		if slices.Contains(c.Officers[:i], name) {
			return fmt.Errorf("%w: officer %s stands twice", ErrCentre, name)
		}
	}
	if _, err := gm.ParsePublicKey(c.PublicKey); err != nil {
		return fmt.Errorf("%w: %w", ErrCentre, err)
	}
	return nil
}

func checkName(what, s string) error {
	if s == "" || len(s) > maxName || !utf8.ValidString(s) || strings.TrimSpace(s) != s ||
		strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Errorf("%w: the %s's name must be 1 to %d octets of printable text without spaces round it", ErrCentre, what, maxName)
	}
	return nil
}

// Marshal returns the charter's DER octets: what an authority signs.
func (c *Charter) Marshal() ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		addText(b, c.City)
		b.AddBytes(c.PublicKey)
		b.AddASN1Int64(int64(c.Threshold))
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, name := range c.Officers {
				addText(b, name)
			}
		})
		b.AddASN1GeneralizedTime(c.Created)
	})
	return b.Bytes()
}

// ParseCharter reads what Marshal wrote.
func ParseCharter(der []byte) (*Charter, error) {
	in := cryptobyte.String(der)
	var outer, key, names cryptobyte.String
	var version, threshold int64
	c := &Charter{}
	if !in.ReadASN1(&outer, casn1.SEQUENCE) || !in.Empty() || !outer.ReadASN1Integer(&version) || version != 1 ||
		!readText(&outer, &c.City) || !outer.ReadASN1Element(&key, casn1.SEQUENCE) || !outer.ReadASN1Integer(&threshold) ||
		threshold > MaxOfficers || threshold < MinThreshold || !outer.ReadASN1(&names, casn1.SEQUENCE) {
		return nil, ErrCentre
	}
	for !names.Empty() {
		var name string
		if len(c.Officers) == MaxOfficers || !readText(&names, &name) {
			return nil, ErrCentre
		}
		c.Officers = append(c.Officers, name)
	}
	if !outer.ReadASN1GeneralizedTime(&c.Created) || !outer.Empty() {
		return nil, ErrCentre
	}
	c.PublicKey, c.Threshold, c.Created = key, int(threshold), c.Created.UTC()
	return c, c.check()
}

func addText(b *cryptobyte.Builder, s string) {
	b.AddASN1(casn1.UTF8String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(s)) })
}

func readText(in *cryptobyte.String, s *string) bool {
	var text cryptobyte.String
	if !in.ReadASN1(&text, casn1.UTF8String) {
		return false
	}
	*s = string(text)
	return true
}
