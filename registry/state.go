// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/govseal/govseal/ledger"
)

// RevokeGrant ends a grant for good.
func (r *Registry) RevokeGrant(ctx context.Context, actor, id, reason string) error {
	g, err := r.store.Grant(ctx, id)
	if err != nil {
		return err
	}
	e, err := r.changed(actor, "grant", id, reason, g.State, Ended)
	if err != nil {
		return err
	}
	return r.store.SetGrantState(ctx, id, Ended, e)
}

// SuspendApplication refuses an application's token until ResumeApplication.
func (r *Registry) SuspendApplication(ctx context.Context, actor, id, reason string) error {
	return r.setApplication(ctx, actor, id, reason, Suspended)
}

// ResumeApplication takes a suspension back.
func (r *Registry) ResumeApplication(ctx context.Context, actor, id, reason string) error {
	return r.setApplication(ctx, actor, id, reason, Active)
}

// EndApplication refuses an application's token for good.
func (r *Registry) EndApplication(ctx context.Context, actor, id, reason string) error {
	return r.setApplication(ctx, actor, id, reason, Ended)
}

func (r *Registry) setApplication(ctx context.Context, actor, id, reason string, to State) error {
	a, err := r.store.Application(ctx, id)
	if err != nil {
		return err
	}
	e, err := r.changed(actor, "application", id, reason, a.State, to)
	if err != nil {
		return err
	}
	return r.store.SetApplicationState(ctx, id, to, e)
}

// SetOfficer suspends, resumes or ends an officer: one who is not active can
// use no seal.
func (r *Registry) SetOfficer(ctx context.Context, actor, id, reason string, to State) error {
	o, err := r.store.Officer(ctx, id)
	if err != nil {
		return err
	}
	e, err := r.changed(actor, "officer", id, reason, o.State, to)
	if err != nil {
		return err
	}
	return r.store.SetOfficerState(ctx, id, to, e)
}

// ErrState means that a record cannot go from its state to the one asked for.
var ErrState = errors.New("registry: the record cannot change to this state")

// changed checks a change of state and returns its event. Ended is final.
func (r *Registry) changed(actor, kind, id, reason string, from, to State) (ledger.Event, error) {
	known := to == Active || to == Suspended || to == Ended
	if from == to || from == Ended || !known {
		return ledger.Event{}, fmt.Errorf("%s is %s: %w", kind, from, ErrState)
	}
	if reason != "" {
		if err := checkText("reason", reason, 500); err != nil {
			return ledger.Event{}, err
		}
	}
	before, err := json.Marshal(stateView{from})
	if err != nil {
		return ledger.Event{}, err
	}
	after, err := json.Marshal(stateView{to})
	if err != nil {
		return ledger.Event{}, err
	}
	return ledger.Event{
		Kind: kind, Time: r.time(), Actor: actor, Act: kind + ".state", Object: id, Reason: reason,
		Before: before, After: after,
		Facts: []ledger.Fact{{Name: "object", Value: []byte(id)}, {Name: "state", Value: []byte(to)}},
	}, nil
}
