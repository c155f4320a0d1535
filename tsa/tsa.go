// SPDX-License-Identifier: Apache-2.0

// Package tsa is a time-stamp authority (RFC 3161, GM/T 0033) with SM2 and SM3.
package tsa

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/tsp"
)

// ErrClock means that the clock went backwards by more than the accuracy: no
// token is given until it is right again.
var ErrClock = errors.New("tsa: the clock went backwards")

// ErrExpired means that the certificate does not cover the time: whoever
// verifies would refuse the token.
var ErrExpired = errors.New("tsa: the certificate is not valid at this time")

// Config of an Authority.
type Config struct {
	Signer      crypto.Signer
	Certificate []byte   // DER, with the critical timeStamping usage
	Chain       [][]byte // further certificates put into tokens
	Policy      asn1.ObjectIdentifier
	Now         func() time.Time
	Accuracy    time.Duration // 0 means 1 s
	// Trusted is asked, at most once a second, whether the clock can be
	// believed: the store knows times that lie behind a restart. An error
	// stops the authority with ErrClock; nil asks nobody.
	Trusted func(ctx context.Context, now time.Time) error
}

// Authority answers time-stamp requests. It is safe for concurrent use.
type Authority struct {
	c           Config
	from, until time.Time // of the certificate

	mu    sync.Mutex
	last  time.Time // the latest time given out; guarded by mu
	asked time.Time // of the last question to Trusted that was answered well; guarded by mu
}

// New checks the configuration: the certificate has exactly the critical
// timeStamping usage (RFC 3161 2.3), and the signer makes signatures that its
// key verifies.
func New(c Config) (*Authority, error) {
	if c.Signer == nil || c.Now == nil || len(c.Policy) < 2 {
		return nil, errors.New("tsa: signer, clock and policy are required")
	}
	if err := tsp.CheckCertificateDER(c.Certificate); err != nil {
		return nil, fmt.Errorf("tsa: certificate: %w", err)
	}
	if err := tsp.MatchKey(c.Certificate, c.Signer.Public()); err != nil {
		return nil, fmt.Errorf("tsa: certificate: %w", err)
	}
	if c.Accuracy <= 0 {
		c.Accuracy = time.Second
	}
	a := &Authority{c: c}
	var err error
	if a.from, a.until, err = tsp.Validity(c.Certificate); err != nil {
		return nil, fmt.Errorf("tsa: certificate: %w", err)
	}
	return a, nil
}

// Stamp returns a token over SM3 of data, certificates included.
func (a *Authority) Stamp(ctx context.Context, data []byte) (token []byte, err error) {
	return a.StampDigest(ctx, gm.SM3(data))
}

// StampDigest returns a token over something whose SM3 digest is known,
// certificates included.
func (a *Authority) StampDigest(ctx context.Context, imprint [32]byte) (token []byte, err error) {
	return a.issue(ctx, &tsp.Request{HashAlgorithm: gm.OIDSM3, Imprint: imprint[:], CertReq: true})
}

// issue signs a TSTInfo for a request that was found acceptable.
func (a *Authority) issue(ctx context.Context, r *tsp.Request) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	now, err := a.time(ctx)
	if err != nil {
		return nil, err
	}
	if now.Before(a.from) || now.After(a.until) {
		return nil, ErrExpired
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	info := tsp.Info{
		Policy: a.c.Policy, HashAlgorithm: r.HashAlgorithm, Imprint: r.Imprint,
		Serial: serial, Time: now, Accuracy: a.c.Accuracy, Nonce: r.Nonce,
	}
	content, err := info.Marshal()
	if err != nil {
		return nil, err
	}
	b := cms.Builder{
		EContentType: tsp.OIDTSTInfo, EContent: content, Certificate: a.c.Certificate,
		Chain: a.c.Chain, SigningTime: now, OmitCertificates: !r.CertReq,
	}
	attrs, err := b.Prepare(gm.SM3(content))
	if err != nil {
		return nil, err
	}
	sig, err := gm.SignMessage(a.c.Signer, attrs)
	if err != nil {
		return nil, fmt.Errorf("sign time-stamp token: %w", err)
	}
	return b.Complete(attrs, sig, nil)
}

// time reads the clock and refuses to go back behind a time given out before.
func (a *Authority) time(ctx context.Context) (time.Time, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.c.Now().UTC().Truncate(time.Millisecond)
	if now.Add(a.c.Accuracy).Before(a.last) {
		return time.Time{}, ErrClock
	}
	if since := now.Sub(a.asked); a.c.Trusted != nil && (since < 0 || since >= time.Second) {
		if err := a.c.Trusted(ctx, now); err != nil {
			return time.Time{}, fmt.Errorf("%w: %w", ErrClock, err)
		}
		a.asked = now
	}
	if now.After(a.last) {
		a.last = now
	}
	return now, nil
}

// newSerial draws 128 random bits. RFC 3161 2.4.2 wants numbers that stay
// unique after a crash: random ones do without a counter to lose, and several
// servers and a restored backup draw from the same space without a word.
func newSerial() (*big.Int, error) {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return nil, fmt.Errorf("draw serial number: %w", err)
	}
	return new(big.Int).SetBytes(b[:]), nil
}
