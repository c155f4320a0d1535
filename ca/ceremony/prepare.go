// SPDX-License-Identifier: Apache-2.0

package ceremony

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// MaxMaterial bounds a request or certificate that a file names, in octets.
const MaxMaterial = 64 << 10

// ErrWindow means that the ceremony may not be held now.
var ErrWindow = errors.New("ceremony: it is not the time that the file allows")

// Made returns the id of the authority that the ceremony is about: the one
// that is made, or the one whose list it is.
func (s *Script) Made() string {
	if s.Authority != nil {
		return s.Authority.ID
	}
	return s.Issuer
}

// Prepare has the authority plan the act. read returns the content of the
// request or certificate that the file names.
func (s *Script) Prepare(ctx context.Context, a *ca.Authority, actor string, now time.Time, read func(file string) ([]byte, error)) (*ca.Act, error) {
	if now.Before(s.Window.From.Time) || now.After(s.Window.Until.Time) {
		return nil, fmt.Errorf("%w: %s to %s", ErrWindow, s.Window.From.Format(time.RFC3339), s.Window.Until.Format(time.RFC3339))
	}
	if s.Kind == CRL {
		return a.PrepareCRL(ctx, actor, s.Issuer, time.Duration(s.CRL.Days)*day, s.CRL.revocations())
	}
	spec := s.Authority.spec(now)
	switch s.Kind {
	case Root:
		return a.PrepareRoot(ctx, actor, spec)
	case Rollover:
		return a.PrepareRollover(ctx, actor, s.Issuer, spec)
	}
	f, err := s.Authority.Key.foreign(read)
	if err != nil {
		return nil, err
	}
	if s.Kind == Cross {
		return a.PrepareCross(ctx, actor, s.Issuer, spec, f)
	}
	return a.PrepareSubordinate(ctx, actor, s.Issuer, spec, f.PublicKey, s.Authority.Key.From == "file")
}

func (l *List) revocations() []ca.Revocation {
	var all []ca.Revocation
	for _, r := range l.Revoke {
		all = append(all, ca.Revocation{Serial: r.Serial, Reason: r.Reason, Invalidity: r.InvalidSince.Time})
	}
	return all
}

// spec says the same in the words of package ca.
func (a *Authority) spec(now time.Time) ca.CASpec {
	s := ca.CASpec{ID: a.ID, PathLen: ca.Unlimited, Usages: a.Usages, Policies: a.Policies, NotBefore: a.Validity.From.Time, NotAfter: a.Validity.Until.Time,
		Permitted: ranges(a.Permitted), Excluded: ranges(a.Excluded)}
	if a.Subject != nil {
		s.Subject = ca.Subject{Province: a.Subject.Province, Locality: a.Subject.Locality, Organization: a.Subject.Organization, CommonName: a.Subject.CommonName}
	}
	if length, _ := a.Validity.length(); length != 0 { // validate looked
		s.NotAfter = now.UTC().Truncate(time.Second).Add(length)
	}
	if a.PathLength != nil {
		s.PathLen = int(*a.PathLength)
	}
	if p := a.Publication; p != nil {
		s.CRLs, s.Issuers, s.Responders = given(p.CRL), given(p.Issuer), given(p.OCSP)
	}
	return s
}

// given keeps an address list that was left out of publication from being
// filled in: what the file shows is what is written.
func given(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func ranges(names []Name) []ca.NameRange {
	var all []ca.NameRange
	for _, n := range names {
		r := ca.NameRange{DNS: n.DNS, Email: n.Email}
		if d := n.Directory; d != nil {
			r.Directory = &ca.DirectoryRange{Country: d.Country, Province: d.Province, Locality: d.Locality, Organization: d.Organization, Unit: d.Unit}
		}
		all = append(all, r)
	}
	return all
}

// foreign reads the key that comes from outside; the zero Foreign when it is
// made here.
func (k Key) foreign(read func(string) ([]byte, error)) (ca.Foreign, error) {
	if k.From != "request" && k.From != "certificate" {
		return ca.Foreign{}, nil
	}
	content, err := read(k.File)
	if err != nil {
		return ca.Foreign{}, fmt.Errorf("key.file: %w", err)
	}
	if len(content) > MaxMaterial {
		return ca.Foreign{}, fmt.Errorf("key.file: longer than %d octets", MaxMaterial)
	}
	want, _ := hex.DecodeString(k.SM3) // validate looked
	if got := gm.SM3(content); subtle.ConstantTimeCompare(got[:], want) != 1 {
		return ca.Foreign{}, fmt.Errorf("key.file: its SM3 is %x, not what was reviewed", got)
	}
	if k.From == "request" {
		return foreignRequest(unwrap(content, "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"))
	}
	return foreignCertificate(unwrap(content, "CERTIFICATE"))
}

// unwrap returns the DER in one PEM block, or the content as it is.
func unwrap(content []byte, labels ...string) []byte {
	block, rest := pem.Decode(content)
	if block == nil || len(bytes.TrimSpace(rest)) > 0 {
		return content
	}
	for _, label := range labels {
		if block.Type == label {
			return block.Bytes
		}
	}
	return content
}

func foreignRequest(der []byte) (ca.Foreign, error) {
	r, err := cert.ParseRequest(der)
	if err != nil {
		return ca.Foreign{}, fmt.Errorf("key.file: %w", err)
	}
	if err := r.CheckSignature(); err != nil {
		return ca.Foreign{}, fmt.Errorf("key.file: the sender does not hold the key of the request: %w", err)
	}
	return ca.Foreign{Subject: r.RawSubject, PublicKey: r.RawSPKI}, nil
}

// foreignCertificate takes another hierarchy's CA as it stands: its own
// signature is checked where it is a root.
func foreignCertificate(der []byte) (ca.Foreign, error) {
	c, err := cert.Parse(der)
	if err != nil {
		return ca.Foreign{}, fmt.Errorf("key.file: %w", err)
	}
	if c.BasicConstraints == nil || !c.BasicConstraints.CA {
		return ca.Foreign{}, errors.New("key.file: is not the certificate of a CA")
	}
	if c.SelfIssued() {
		if err := c.CheckSignature(c.PublicKey); err != nil {
			return ca.Foreign{}, fmt.Errorf("key.file: the root does not verify: %w", err)
		}
	}
	return ca.Foreign{Subject: c.RawSubject, PublicKey: c.RawSPKI, KeyID: c.SubjectKeyID}, nil
}
