// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"fmt"
	"runtime"
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
	running bool     // somebody looks, or is about to; guarded by mu
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
	if c.next == nil {
		c.next = &reading{done: make(chan struct{})}
	}
	r, lead := c.next, !c.running
	c.running = true
	c.mu.Unlock()
	if lead {
		c.lead(ctx, s)
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

// lead looks once, and leaves what was asked for meanwhile to another
// goroutine: its caller has his answer. On busy cores it first lets those come
// up who are on their way here; the look is then theirs as well.
func (c *changesReader) lead(ctx context.Context, s Store) {
	runtime.Gosched()
	c.mu.Lock()
	r := c.next
	c.next = nil
	c.mu.Unlock()
	r.run(ctx, s)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running = c.next != nil; c.running {
		go c.lead(ctx, s)
	}
}

func (r *reading) run(ctx context.Context, s Store) {
	defer close(r.done)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), changesWait)
	defer cancel()
	r.changes, r.err = s.Changes(ctx)
}
