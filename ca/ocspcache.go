// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"container/list"
	"sync"
	"time"
)

// maxKeptAnswers bounds the cache; an answer has about 1.2 KiB.
const maxKeptAnswers = 32768

// keptAnswer is an answer with what it was made from: it counts only as long
// as key and standing are the same.
type keptAnswer struct {
	by       *ocspKey
	standing Standing
	change   int64 // the newest of the CA's changes under which standing was read
	answer   OCSPAnswer
}

// serves reports whether the answer is by the key in use and not due.
func (k *keptAnswer) serves(o *ocspKey, now time.Time) bool {
	return k.by == o && !now.Before(k.answer.ThisUpdate) && now.Before(k.answer.ThisUpdate.Add(ocspLife/2))
}

// answerCache keeps the answers used last. Only certificates that we issued
// get into it, so strangers cannot fill it. The zero value is ready.
type answerCache struct {
	mu    sync.Mutex
	order list.List // of cacheItem, the last used first
	byKey map[string]*list.Element
}

type cacheItem struct {
	key  string
	kept keptAnswer
}

func (c *answerCache) get(key string) (keptAnswer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key]
	if !ok {
		return keptAnswer{}, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cacheItem).kept, true
}

func (c *answerCache) put(key string, kept keptAnswer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byKey[key]; ok {
		e.Value.(*cacheItem).kept = kept
		c.order.MoveToFront(e)
		return
	}
	if c.byKey == nil {
		c.byKey = make(map[string]*list.Element)
	}
	for c.order.Len() >= maxKeptAnswers {
		last := c.order.Back()
		delete(c.byKey, last.Value.(*cacheItem).key)
		c.order.Remove(last)
	}
	c.byKey[key] = c.order.PushFront(&cacheItem{key, kept})
}

// allowance gives ocspFreshRate signatures a second, ocspFreshMost at once:
// some five percent of a core. The zero value is full.
type allowance struct {
	mu    sync.Mutex
	spent float64
	last  time.Time
}

func (a *allowance) take(now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if passed := now.Sub(a.last).Seconds(); passed > 0 {
		a.spent = max(0, a.spent-passed*ocspFreshRate)
	}
	a.last = now
	if a.spent >= ocspFreshMost {
		return false
	}
	a.spent++
	return true
}
