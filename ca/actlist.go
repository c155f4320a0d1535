// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"errors"
	"fmt"
)

// list makes the act's revocation list: of the new authority, or of the one
// that acts.
func (act *Act) list(ctx context.Context, made *Made, fresh *issuer, k ActKeys) error {
	if act.life == 0 {
		return nil
	}
	is, signer := act.acting, k.Acting
	last, bad := CRL{Change: firstChange}, []Entry(nil)
	if fresh != nil {
		is, signer = fresh, k.New
	} else {
		var err error
		if last, bad, err = act.listed(ctx); err != nil {
			return err
		}
	}
	c, err := act.a.actList(is, signer, last, bad, act.life)
	if err != nil {
		return err
	}
	made.CRL = &c
	for _, r := range act.revoke {
		made.Revoked = append(made.Revoked, r.after)
		act.events = append(act.events, moved(act.actor, "ca.revoke", "", r.before, r.after, act.a.now()))
	}
	act.events = append(act.events, listed(act.actor, []CRL{c}, len(bad), act.a.now()))
	return nil
}

// listed is what belongs into the acting CA's next list: what is recorded and
// what this act revokes. The last list comes with the change up to which that
// holds for certain: another process may record one meanwhile.
func (act *Act) listed(ctx context.Context) (last CRL, bad []Entry, err error) {
	id := act.acting.id
	last, err = act.a.latest(ctx, act.acting, ListID{CA: id})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return last, nil, err
	}
	if last.Change, err = act.a.store.LastChange(ctx, id, 0); err != nil {
		return last, nil, fmt.Errorf("ca: read the last change of the %s CA: %w", id, err)
	}
	if bad, err = act.a.store.NotGood(ctx, id, 0); err != nil {
		return last, nil, fmt.Errorf("ca: read revoked certificates: %w", err)
	}
	for _, r := range act.revoke {
		bad = append(bad, r.after.entry())
	}
	return last, bad, nil
}
