// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"time"

	"github.com/govseal/govseal/ca"
)

// keepPause is how often a server looks after the lists: what another process
// issued is in the folder no later than that.
const keepPause = 15 * time.Second

// keeper has every list issued in time, requests or not, takes in authorities
// that a ceremony made, and keeps the folder of publication in step. It goes on
// after errors, and says each once.
type keeper struct {
	*city
	said map[string]string // by what could not be done
}

func (c *city) keepFresh(ctx context.Context) {
	k := keeper{city: c, said: map[string]string{}}
	for tick := time.NewTicker(keepPause); ; {
		k.round(ctx)
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}

func (k *keeper) round(ctx context.Context) {
	k.say(ctx, "look for new authorities", k.ca.Refresh(ctx))
	cas, err := k.ca.CAs(ctx)
	k.say(ctx, "read the authorities", err)
	for _, authority := range cas {
		k.say(ctx, "re-issue the CRL of "+authority.ID, k.lists(ctx, authority.ID))
	}
	if k.published != nil {
		k.published.told(ctx)
		k.say(ctx, "publish into the folder", k.published.state())
	}
}

func (k *keeper) lists(ctx context.Context, id string) error {
	lists, err := k.ca.Lists(ctx, id)
	if err != nil {
		return err
	}
	for _, l := range lists {
		if _, err := k.ca.List(ctx, l); err != nil && !errors.Is(err, ca.ErrNotFound) {
			return err
		}
	}
	return nil
}

// say logs a failure when it begins or changes, and its end.
func (k *keeper) say(ctx context.Context, what string, err error) {
	if ctx.Err() != nil {
		return
	}
	before, now := k.said[what], ""
	if err != nil {
		now = err.Error()
	}
	k.said[what] = now
	switch {
	case now == before:
	case now == "":
		k.log.InfoContext(ctx, what+": works again")
	default:
		k.log.ErrorContext(ctx, what, "error", err)
	}
}
