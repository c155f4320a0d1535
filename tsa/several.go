// SPDX-License-Identifier: Apache-2.0

package tsa

import (
	"context"
	"errors"
	"sync"
	"time"
)

// The circuit breaker: after so many failures in a row an authority is left
// alone for a while, then one request tries it again.
const (
	breakAfter = 3
	breakFor   = 30 * time.Second
)

// ErrNoStamp means that no authority gave a token that holds.
var ErrNoStamp = errors.New("tsa: no time-stamp authority answered")

// Several asks authorities in order until one gives a token. It is safe for
// concurrent use.
type Several struct {
	wait    time.Duration
	now     func() time.Time
	members []*member
}

type member struct {
	Stamper

	mu       sync.Mutex
	failures int       // in a row; guarded by mu
	until    time.Time // left alone until then; guarded by mu
}

// NewSeveral waits at most wait for each authority; 0 means 2 s.
func NewSeveral(wait time.Duration, now func() time.Time, in ...Stamper) *Several {
	if wait <= 0 {
		wait = 2 * time.Second
	}
	s := &Several{wait: wait, now: now}
	for _, one := range in {
		s.members = append(s.members, &member{Stamper: one})
	}
	return s
}

// Stamp returns the first token. The error joins what each authority said,
// under ErrNoStamp.
func (s *Several) Stamp(ctx context.Context, data []byte) ([]byte, error) {
	all := []error{ErrNoStamp}
	for _, m := range s.members {
		if err := ctx.Err(); err != nil {
			return nil, errors.Join(append(all, err)...)
		}
		if !m.open(s.now()) {
			continue
		}
		token, err := s.ask(ctx, m, data)
		if err == nil {
			return token, nil
		}
		all = append(all, err)
	}
	return nil, errors.Join(all...)
}

// ask waits for one authority, and no longer than allowed even if it does not
// heed its context.
func (s *Several) ask(ctx context.Context, m *member, data []byte) ([]byte, error) {
	bounded, cancel := context.WithTimeout(ctx, s.wait)
	defer cancel()
	type answer struct {
		token []byte
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		token, err := m.Stamp(bounded, data)
		answers <- answer{token, err}
	}()
	var got answer
	select {
	case got = <-answers:
	case <-bounded.Done():
		got.err = bounded.Err()
	}
	if got.err != nil && ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		m.settle(nil, s.now()) // the caller went away: says nothing about the authority
		return nil, got.err
	}
	m.settle(got.err, s.now())
	return got.token, got.err
}

// open reports whether the authority is to be asked. When its rest is over,
// the first to ask takes the trial and pushes the rest on for all others.
func (m *member) open(now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failures < breakAfter {
		return true
	}
	if now.Before(m.until) {
		return false
	}
	m.until = now.Add(breakFor)
	return true
}

func (m *member) settle(err error, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err == nil {
		m.failures = 0
		return
	}
	if m.failures++; m.failures >= breakAfter {
		m.until = now.Add(breakFor)
	}
}
