// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
)

// Reserves. A list fails when so small a part of its life is left, and warns
// when twice that is: of a week, a day and three and a half; of the root's
// year, a month and two. Certificates by days.
const (
	onlineFails, onlineWarns   = 7, 2
	offlineFails, offlineWarns = 12, 6
	officeFails, officeWarns   = 7, 60
	caFails, caWarns           = 30, 365
)

// checks are what /readyz asks; docs/operations.md section 8 says what to do.
func (c *city) checks() []api.Check {
	all := []api.Check{
		{Name: "database", Ask: c.db.Ping},
		{Name: "clock", Ask: func(ctx context.Context) error { return c.db.CheckClock(ctx, time.Now()) }},
		{Name: "offices", Ask: c.checkOffices},
		{Name: "authorities", Ask: c.checkAuthorities},
		{Name: "ocsp", Ask: c.checkResponders},
	}
	if c.published != nil {
		all = append(all, api.Check{Name: "publication", Ask: func(context.Context) error { return c.published.state() }})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	cas, err := c.ca.CAs(ctx)
	if err != nil { // the database check says so; what every city has is asked all the same
		cas = []ca.CA{{ID: ca.RootID}, {ID: ca.IssuingID, KeyRef: "?"}}
	}
	for _, authority := range cas {
		all = append(all, api.Check{Name: authority.ID + "-crl", Ask: func(ctx context.Context) error { return c.checkLists(ctx, authority) }})
	}
	return all
}

// checkLists asks how long the lists of a CA last, and those of its shards.
func (c *city) checkLists(ctx context.Context, authority ca.CA) error {
	ids, err := c.ca.Lists(ctx, authority.ID)
	if err != nil {
		return err
	}
	var worst error
	for _, id := range ids {
		list, err := c.ca.List(ctx, id)
		if id.Delta && errors.Is(err, ca.ErrNotFound) {
			continue // the first list has none
		}
		if err != nil {
			return fmt.Errorf("the list %s: %w", id, err)
		}
		if err := c.checkList(authority.KeyRef != "", list); err != nil {
			if soon := (*api.Soon)(nil); !errors.As(err, &soon) {
				return err
			}
			worst = err
		}
	}
	return worst
}

func (c *city) checkList(online bool, l ca.CRL) error {
	life, fails, warns := l.NextUpdate.Sub(l.ThisUpdate), time.Duration(offlineFails), time.Duration(offlineWarns)
	if online { // after an emergency a list may live longer than others
		life, fails, warns = min(life, c.config.CRL.life()), onlineFails, onlineWarns
	}
	return endsSoon(fmt.Sprintf("the list %s", l.ID()), l.NextUpdate, life/fails, life/warns)
}

// endsSoon is an error when less than fails is left, a *api.Soon below warns.
func endsSoon(what string, end time.Time, fails, warns time.Duration) error {
	switch left := time.Until(end); {
	case left < fails:
		return fmt.Errorf("%s ends %s", what, when(end))
	case left < warns:
		return &api.Soon{What: fmt.Sprintf("%s ends %s", what, when(end))}
	}
	return nil
}

const oneDay = 24 * time.Hour

// checkOffices asks about the certificates that this process works with: a
// newer one is used after the next start.
func (c *city) checkOffices(context.Context) error {
	return worstOf(c.inOffice, func(profile string, o ca.Certificate) error {
		return endsSoon("the "+profile+" certificate", o.NotAfter, officeFails*oneDay, officeWarns*oneDay)
	})
}

func (c *city) checkAuthorities(ctx context.Context) error {
	cas, err := c.ca.CAs(ctx)
	if err != nil {
		return err
	}
	ends := map[string]time.Time{}
	for _, authority := range cas {
		parsed, err := cert.Parse(authority.Certificate)
		if err != nil {
			return err
		}
		ends[authority.ID] = parsed.NotAfter
	}
	return worstOf(ends, func(id string, end time.Time) error {
		return endsSoon("the "+id+" CA", end, caFails*oneDay, caWarns*oneDay)
	})
}

// checkResponders has each OCSP responder opened, which makes a new one in time.
func (c *city) checkResponders(ctx context.Context) error {
	cas, err := c.ca.CAs(ctx)
	for _, authority := range cas {
		if authority.KeyRef != "" && err == nil {
			err = c.ca.OpenResponder(ctx, authority.ID)
		}
	}
	return err
}

// worstOf prefers an error to a warning.
func worstOf[T any](all map[string]T, check func(string, T) error) (worst error) {
	for name, one := range all {
		err := check(name, one)
		var soon *api.Soon
		if err != nil && (worst == nil || !errors.As(err, &soon)) {
			worst = err
		}
	}
	return worst
}
