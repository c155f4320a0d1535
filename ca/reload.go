// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"sync"
	"time"
)

// A ceremony beside a running server makes authorities that it does not know
// yet. It looks for them when somebody names one that is unknown, at most so
// often, so that strangers' questions cost little; and no longer than so long.
const (
	reloadPause = 100 * time.Millisecond
	reloadWait  = 5 * time.Second
)

// reloader spaces the looks at the store.
type reloader struct {
	mu   sync.Mutex
	last time.Time // of the process's clock: a test's may stand still; guarded by mu
}

// reload takes in the authorities that were recorded since, and reports
// whether there were any. An error leaves things as they are: who asked for an
// unknown authority hears that it is unknown.
func (a *Authority) reload() bool {
	a.reloading.mu.Lock()
	defer a.reloading.mu.Unlock()
	if time.Since(a.reloading.last) < reloadPause {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), reloadWait)
	defer cancel()
	defer func() { a.reloading.last = time.Now() }()
	cas, err := a.store.CAs(ctx)
	if err != nil {
		return false
	}
	found := false
	for _, ca := range cas {
		if a.find(ca.ID) != nil {
			continue
		}
		if err := a.adopt(ctx, ca); err != nil {
			return found
		}
		found = true
	}
	return found
}

// find returns a known CA, or nil.
func (a *Authority) find(id string) *issuer {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.known[id]
}
