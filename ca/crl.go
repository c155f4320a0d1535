// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"time"
)

// Lifetimes of the lists (design.md section 5, Evidence); ListPolicy may say
// otherwise for a CA whose key is at hand.
const (
	rootCRLLife    = 365 * day
	issuingCRLLife = 7 * day
)

// maxEmergencyDays bounds an emergency list.
const maxEmergencyDays = 731

// system is the actor of what no person asked for.
const system = "system"

// attempts bounds the races with other processes that one issue may lose.
const attempts = 5

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

// RenewLists issues all lists of a CA anew with their usual lives: also after
// an emergency, whose long lists this ends.
func (a *Authority) RenewLists(ctx context.Context, actor, id string) error {
	return a.reissueAll(ctx, actor, id, order{short: true})
}

// EmergencyLists issues all lists of a CA so that they last for so many days,
// because its key will not be at hand. Every list that follows lasts as long,
// until RenewLists ends the emergency or its end is near.
func (a *Authority) EmergencyLists(ctx context.Context, actor, id string, days int) error {
	if err := checkEmergency(days); err != nil {
		return err
	}
	return a.reissueAll(ctx, actor, id, order{life: time.Duration(days) * day})
}

func checkEmergency(days int) error {
	if days < 1 || days > maxEmergencyDays {
		return &RequestError{"days", fmt.Sprintf("an emergency list lasts 1 to %d days", maxEmergencyDays)}
	}
	return nil
}

func (a *Authority) reissueAll(ctx context.Context, actor, id string, o order) error {
	if actor == "" {
		return &RequestError{"actor", "is missing"}
	}
	is, err := a.authority(id)
	if err != nil {
		return err
	}
	shards, err := a.shards(ctx, is)
	if err != nil {
		return err
	}
	o.actor, o.after = actor, -1
	if o.life == 0 {
		o.life = a.policyOf(is).life()
	}
	for o.shard = range shards + 1 {
		if _, err := a.reissue(ctx, is, o); err != nil {
			return err
		}
	}
	return nil
}

// reissue makes new lists of a CA whose key is at hand.
func (a *Authority) reissue(ctx context.Context, is *issuer, o order) (CRL, error) {
	o.signer = is.signer
	return a.issueAndTell(ctx, is, o)
}

// IssueRootCRL makes a new root CRL; only with the root's signer at hand.
func (a *Authority) IssueRootCRL(ctx context.Context, actor string, rootSigner crypto.Signer) (CRL, error) {
	return a.issueOfflineCRL(ctx, a.must(RootID), actor, rootSigner, 0)
}

// IssueOfflineCRL makes a new list of a CA whose key was brought for it. It
// lasts so many days; 0 means 12 months.
func (a *Authority) IssueOfflineCRL(ctx context.Context, actor, id string, signer crypto.Signer, days int) (CRL, error) {
	is, err := a.authority(id)
	if err != nil {
		return CRL{}, err
	}
	return a.issueOfflineCRL(ctx, is, actor, signer, days)
}

func (a *Authority) issueOfflineCRL(ctx context.Context, is *issuer, actor string, signer crypto.Signer, days int) (CRL, error) {
	if actor == "" {
		return CRL{}, &RequestError{"actor", "is missing"}
	}
	life := rootCRLLife
	if days != 0 {
		if err := checkEmergency(days); err != nil {
			return CRL{}, err
		}
		life = time.Duration(days) * day
	}
	return a.issueAndTell(ctx, is, order{actor: actor, signer: signer, life: life, after: -1, short: true})
}

// order is for a new list.
type order struct {
	shard  int
	actor  string
	signer crypto.Signer
	life   time.Duration
	short  bool  // may end before the list that it follows
	after  int64 // the list that is to be followed; a newer one will do. -1: whatever is newest
}

func (a *Authority) issueAndTell(ctx context.Context, is *issuer, o order) (CRL, error) {
	c, err := a.issueList(ctx, is, o)
	if err == nil {
		a.told(ctx, is.id)
	}
	return c, err
}

// issueList reads, signs and records a list, and its delta where there are
// deltas. When another process took the number meanwhile it starts over, so the
// newest list always holds everything that was recorded before it.
func (a *Authority) issueList(ctx context.Context, is *issuer, o order) (CRL, error) {
	is.crlMu.Lock()
	defer is.crlMu.Unlock()
	defer a.evidence.forget()
	if err := is.checkKey(o.signer); err != nil {
		return CRL{}, err
	}
	for range attempts {
		last, err := a.latest(ctx, is, ListID{CA: is.id, Shard: o.shard})
		if err != nil && !errors.Is(err, ErrNotFound) {
			return CRL{}, err
		}
		if o.after >= 0 && last.Number > o.after {
			return last, nil // somebody was faster
		}
		lists, entries, err := a.makeLists(ctx, is, o, last)
		if err != nil {
			return CRL{}, err
		}
		err = a.store.RecordCRL(ctx, lists, listed(o.actor, lists, entries, a.now()))
		if err == nil {
			for _, c := range lists {
				is.newest.Store(c.ID(), c)
			}
			return lists[0], nil
		}
		if !errors.Is(err, ErrStaleCRL) {
			return CRL{}, fmt.Errorf("ca: record the CRL: %w", err)
		}
	}
	return CRL{}, fmt.Errorf("ca: issue a CRL: lost %d races: %w", attempts, ErrStaleCRL)
}
