// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// changesReader reads the store's counters of changes for many callers at
// once. Each gets a reading that began after it asked, so that an answer
// never lags behind a revocation that was recorded before the question, in
// whatever process; and under load one look at the database serves all who
// wait. The zero value is ready.
type changesReader struct {
	mu      sync.Mutex
	running bool
	next    *reading // has not begun; guarded by mu
}

// reading is one look; its fields are set before done is closed.
type reading struct {
	done    chan struct{}
	changes map[string]int64
	err     error
}

// changesWait bounds one look: it is nobody's own, so no caller's end ends it.
const changesWait = 10 * time.Second

// read returns the newest change of a CA.
func (c *changesReader) read(ctx context.Context, s Store, ca string) (int64, error) {
	c.mu.Lock()
	r := c.next
	if r == nil {
		r = &reading{done: make(chan struct{})}
		c.next = r
	}
	lead := !c.running
	if lead {
		c.running, c.next = true, nil
	}
	c.mu.Unlock()
	if lead {
		r.run(ctx, s)
		c.handOn(ctx, s)
	}
	select {
	case <-r.done:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if r.err != nil {
		return 0, fmt.Errorf("read the changes of the authorities: %w", r.err)
	}
	return r.changes[ca], nil
}

// handOn runs what was asked for meanwhile, away from the caller who has his
// answer.
func (c *changesReader) handOn(ctx context.Context, s Store) {
	c.mu.Lock()
	r := c.next
	c.next, c.running = nil, r != nil
	c.mu.Unlock()
	if r != nil {
		go func() {
			r.run(ctx, s)
			c.handOn(ctx, s)
		}()
	}
}

func (r *reading) run(ctx context.Context, s Store) {
	defer close(r.done)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), changesWait)
	defer cancel()
	r.changes, r.err = s.Changes(ctx)
}
