// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"bytes"
	"context"
	"crypto/md5"  //nolint:gosec // only to say that an old signature's digests agree
	"crypto/sha1" //nolint:gosec // likewise
	"crypto/sha256"
	"errors"
	"hash"

	"github.com/govseal/govseal/internal/gm"
)

type digestKey struct{ entry, method string }

type digestValue struct {
	value []byte
	fault error // the entry is broken
}

func newDigest(method string) hash.Hash {
	switch method {
	case DigestMD5:
		return md5.New() //nolint:gosec // see above
	case DigestSHA1:
		return sha1.New() //nolint:gosec // see above
	case DigestSHA256:
		return sha256.New()
	case DigestSM3:
		return gm.NewHash()
	}
	return nil
}

// Digest returns the digest of an entry's inflated octets by one of the
// Digest constants. Each entry is read at most once per method, however many
// signatures list it.
func (p *Package) Digest(ctx context.Context, entry, method string) ([]byte, error) {
	key := digestKey{entry, method}
	if d, known := p.digests[key]; known {
		return d.value, d.fault
	}
	h := newDigest(method)
	if h == nil {
		return nil, brokenIn(entry, 0, "unknown digest %q", method)
	}
	err := p.Copy(ctx, h, entry)
	var fault *Error
	if err != nil && !errors.As(err, &fault) {
		return nil, err
	}
	d := digestValue{fault: err}
	if err == nil {
		d.value = h.Sum(nil)
	}
	p.digests[key] = d
	return d.value, d.fault
}

// States of a reference.
const (
	StateMatch      = "match"
	StateMismatch   = "mismatch"   // the file is not what was signed
	StateMissing    = "missing"    // there is no such file, or FileRef is illegal
	StateUnreadable = "unreadable" // the file is broken in its container
	StateUnknown    = "unknown"    // the digest is unknown, or CheckValue is none
)

// Checked is a reference held against the package.
type Checked struct {
	Reference
	State  string // one of the State constants
	Digest []byte // what was computed; nil when there was nothing to compute
	Detail string // English, for StateUnreadable
}

// CheckReferences computes the digest of every listed file. The error is
// about reading the package's file, never about its content.
func (p *Package) CheckReferences(ctx context.Context, s *Signature) ([]Checked, error) {
	out := make([]Checked, 0, len(s.References))
	for _, ref := range s.References {
		c := Checked{Reference: ref}
		switch {
		case ref.Entry == "" || !p.file(ref.Entry):
			c.State = StateMissing
		case s.CheckMethod.Name == "":
			c.State = StateUnknown
		default:
			if err := p.check(ctx, s, &c); err != nil {
				return nil, err
			}
		}
		out = append(out, c)
	}
	return out, nil
}

func (p *Package) check(ctx context.Context, s *Signature, c *Checked) error {
	d, err := p.Digest(ctx, c.Entry, s.CheckMethod.Name)
	var fault *Error
	switch {
	case errors.As(err, &fault):
		c.State, c.Detail = StateUnreadable, fault.Reason
	case err != nil:
		return err
	case c.Value == nil:
		c.State, c.Digest = StateUnknown, d
	case bytes.Equal(d, c.Value):
		c.State, c.Digest = StateMatch, d
	default:
		c.State, c.Digest = StateMismatch, d
	}
	return nil
}

// SignatureXML returns the stored octets of Signature.xml: dataHash of a seal
// signature, or the message digest of a plain one, is over exactly these.
func (p *Package) SignatureXML(s *Signature) ([]byte, error) { return p.Read(s.Entry) }

// SignedValue returns the octets of SignedValue.dat: an SES_Signature for a
// seal, a CMS or other value for a plain signature.
func (p *Package) SignedValue(s *Signature) ([]byte, error) {
	if s.ValueEntry == "" {
		return nil, brokenIn(s.Entry, 0, "no SignedValue")
	}
	return p.Read(s.ValueEntry)
}

// SealFile returns the octets of Seal.esl, nil when the signature names none.
// They must be those of the seal within SignedValue.
func (p *Package) SealFile(s *Signature) ([]byte, error) {
	if s.SealEntry == "" {
		return nil, nil
	}
	return p.Read(s.SealEntry)
}
