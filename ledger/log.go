// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/govseal/govseal/ledger/proof"
)

// ErrRolledBack means that the head is behind a checkpoint that this process
// has already signed, or beside it: the ledger was restored or rewritten.
// Nothing is signed.
var ErrRolledBack = errors.New("ledger: the head went back behind a published checkpoint")

// ErrDamaged means that rows of the ledger do not belong together; "ledger
// verify" says which.
var ErrDamaged = errors.New("ledger: its rows do not belong together")

// stampRetry is how long a checkpoint whose time-stamping failed is served
// without one before it is tried again.
const stampRetry = 10 * time.Second

// Config of a Log.
type Config struct {
	Store Store
	// Signer is the ledger's key. Without one the log only verifies.
	Signer crypto.Signer
	// Public stands in for the signer's public key when there is no signer;
	// Verify checks a held checkpoint under it.
	Public      *ecdsa.PublicKey
	Certificate []byte           // the signer's certificate, DER
	Origin      string           // e.g. "example-city.example/govseal/sm3"
	Now         func() time.Time // nil is the system's clock
	// Stamp time-stamps a checkpoint (the octets of the signed note); nil
	// leaves checkpoints unstamped.
	Stamp func(ctx context.Context, data []byte) ([]byte, error)
}

// Log makes checkpoints and proofs over a Store. It is safe for concurrent
// use; it keeps no tree state but the last checkpoint that it signed.
type Log struct {
	c   Config
	key *ecdsa.PublicKey

	mu      sync.Mutex
	last    signedHead
	stamped time.Time // last attempt to time-stamp
}

// signedHead is a checkpoint and the head that it is of.
type signedHead struct {
	head      Head
	note      string
	timeStamp []byte
}

// New returns a log over a store.
func New(c Config) (*Log, error) {
	if c.Store == nil {
		return nil, errors.New("ledger: a log needs a store")
	}
	if err := proof.CheckOrigin(c.Origin); err != nil {
		return nil, err
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	l := &Log{c: c, key: c.Public}
	if c.Signer != nil {
		key, ok := c.Signer.Public().(*ecdsa.PublicKey)
		if !ok {
			return nil, errors.New("ledger: the signer does not hold an SM2 key")
		}
		l.key = key
	}
	return l, nil
}

// Checkpoint signs the current head (a signed note) and time-stamps it; one
// result serves all calls until the head moves. When time-stamping fails the
// checkpoint is returned without a time stamp and tried again later.
func (l *Log) Checkpoint(ctx context.Context) (note string, timeStamp []byte, err error) {
	s, err := l.checkpoint(ctx)
	return s.note, s.timeStamp, err
}

func (l *Log) checkpoint(ctx context.Context) (signedHead, error) {
	if l.c.Signer == nil {
		return signedHead{}, errors.New("ledger: this log was opened without its key")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	head, err := l.head(ctx)
	if err != nil {
		return signedHead{}, err
	}
	if err := l.signLocked(head); err != nil {
		return signedHead{}, err
	}
	l.stampLocked(ctx)
	return l.last, nil
}

// head reads the head and refuses one that cannot be.
func (l *Log) head(ctx context.Context) (Head, error) {
	head, err := l.c.Store.Head(ctx)
	if err != nil {
		return Head{}, fmt.Errorf("read ledger head: %w", err)
	}
	if !head.sound() {
		return Head{}, fmt.Errorf("ledger head: %w", ErrDamaged)
	}
	if head.Size == 0 {
		head.Root = proof.EmptyRoot()
	}
	return head, nil
}

// signLocked makes l.last the checkpoint of head.
func (l *Log) signLocked(head Head) error {
	last := l.last.head
	switch {
	case l.last.note != "" && head.Size == last.Size && head.Root == last.Root:
		return nil
	case l.last.note != "" && head.Size <= last.Size:
		return ErrRolledBack
	}
	cp := proof.Checkpoint{Origin: l.c.Origin, Size: head.Size, Root: head.Root}
	signed, err := cp.Sign(l.c.Signer)
	if err != nil {
		return err
	}
	l.last = signedHead{head: head, note: signed}
	l.stamped = time.Time{}
	return nil
}

// stampLocked time-stamps l.last if it has no time stamp yet.
func (l *Log) stampLocked(ctx context.Context) {
	if l.c.Stamp == nil || l.last.timeStamp != nil {
		return
	}
	now := l.c.Now()
	if since := now.Sub(l.stamped); !l.stamped.IsZero() && since >= 0 && since < stampRetry {
		return
	}
	l.stamped = now
	if token, err := l.c.Stamp(ctx, []byte(l.last.note)); err == nil {
		l.last.timeStamp = token
	}
}
