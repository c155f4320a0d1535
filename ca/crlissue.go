// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"time"
)

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

// maxEmergencyDays bounds an emergency list.
const maxEmergencyDays = 731

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

// attempts bounds the races with other processes that one issue may lose.
const attempts = 5

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
