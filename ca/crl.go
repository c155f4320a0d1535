// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"errors"
	"fmt"
)

// Lifetimes of the lists (design.md section 5, Evidence); ListPolicy may say
// otherwise for a CA whose key is at hand.
const (
	rootCRLLife    = 365 * day
	issuingCRLLife = 7 * day
)

// system is the actor of what no person asked for.
const system = "system"

// CRL returns the newest complete list of a CA.
func (a *Authority) CRL(ctx context.Context, ca string) (CRL, error) {
	is, err := a.authority(ca)
	if err != nil {
		return CRL{}, err
	}
	return a.List(ctx, ListID{CA: is.id})
}

// List returns the newest list of an ID. Where the CA's key is at hand the list
// is issued anew when it is due (ListPolicy) or something changed, in whatever
// process. A list that is merely due and cannot be issued anew serves on until
// it ends.
func (a *Authority) List(ctx context.Context, id ListID) (CRL, error) {
	is, err := a.authority(id.CA)
	if err != nil {
		return CRL{}, err
	}
	if err := a.checkList(ctx, is, id); err != nil {
		return CRL{}, err
	}
	newest, err := a.latest(ctx, is, ListID{CA: is.id, Shard: id.Shard})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return CRL{}, err
	}
	for range 2 { // the first list is followed at once by one that has a delta
		if is.signer == nil {
			break
		}
		need, due, err := a.needs(ctx, is, newest)
		if err != nil {
			return CRL{}, err
		}
		if !need && !due {
			break
		}
		if newest, err = a.renew(ctx, is, id.Shard, newest, need); err != nil {
			return CRL{}, err
		}
	}
	switch {
	case id.Delta:
		return a.latest(ctx, is, id)
	case newest.Number == 0:
		return CRL{}, fmt.Errorf("%w: the %s CA has not issued the list %s", ErrNotFound, is.id, id)
	}
	return newest, nil
}

// latest reads a list, its octets only when they are not known.
func (a *Authority) latest(ctx context.Context, is *issuer, id ListID) (CRL, error) {
	known := CRL{Number: -1}
	if kept, ok := is.newest.Load(id); ok {
		known = kept.(CRL) //nolint:forcetypeassert // nothing else is put in
	}
	c, err := a.store.LatestCRL(ctx, id, known.Number)
	switch {
	case err != nil:
		return CRL{}, fmt.Errorf("ca: read the list %s: %w", id, err)
	case c.Number == known.Number:
		return known, nil
	}
	is.newest.Store(id, c)
	return c, nil
}

// needs says whether a list must be followed by another, because it does not
// hold every change, and whether it should be, because of its age.
func (a *Authority) needs(ctx context.Context, is *issuer, newest CRL) (need, due bool, err error) {
	last, err := a.store.LastChange(ctx, is.id, newest.Shard)
	if err != nil {
		return false, false, fmt.Errorf("ca: read the last change of the %s CA: %w", is.id, err)
	}
	p, now := a.policyOf(is), a.now()
	switch {
	case newest.Number == 0 || newest.Change < last || now.After(newest.NextUpdate):
		return true, true, nil
	case now.Sub(newest.ThisUpdate) >= p.due():
		return false, true, nil
	case !p.Delta:
		return false, false, nil
	}
	// A delta says what changed since an earlier list: the second list has one.
	_, err = a.latest(ctx, is, ListID{CA: is.id, Shard: newest.Shard, Delta: true})
	if errors.Is(err, ErrNotFound) {
		return false, true, nil
	}
	return false, false, err
}

// renew issues a list that need or age calls for. Of those who find this out at
// the same time one does it.
func (a *Authority) renew(ctx context.Context, is *issuer, shard int, seen CRL, need bool) (CRL, error) {
	made, err := a.reissue(ctx, is, order{shard: shard, actor: system, life: a.policyOf(is).life(), after: seen.Number})
	if err == nil {
		return made, nil
	}
	if need {
		return CRL{}, err
	}
	return seen, nil
}

// publish issues the lists that a change of status calls for: the complete one
// and that of the certificate's shard.
func (a *Authority) publish(ctx context.Context, is *issuer, actor string, shard int) error {
	for _, s := range []int{0, shard} {
		if _, err := a.reissue(ctx, is, order{shard: s, actor: actor, life: a.policyOf(is).life(), after: -1}); err != nil {
			return fmt.Errorf("the status is recorded, but no CRL could be issued: %w", err)
		}
		if shard == 0 {
			break
		}
	}
	return nil
}
