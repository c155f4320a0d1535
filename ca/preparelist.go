// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"fmt"
	"time"
)

// PrepareCRL plans a new list of a CA whose key is brought for it, and the
// revocations of CAs that it announces.
func (a *Authority) PrepareCRL(ctx context.Context, actor, id string, life time.Duration, revoke []Revocation) (*Act, error) {
	if actor == "" {
		return nil, &RequestError{"actor", "is missing"}
	}
	is, err := a.authority(id)
	if err != nil {
		return nil, err
	}
	if life < day || life > 2*year {
		return nil, &RequestError{"crl", "lives between a day and two years"}
	}
	act := &Act{a: a, actor: actor, acting: is, life: life}
	for _, r := range revoke {
		c, err := a.revocation(ctx, is, r)
		if err != nil {
			return nil, err
		}
		act.revoke = append(act.revoke, c)
	}
	return act, nil
}

// Revocation of a CA's certificate in the list of the CA above it.
type Revocation struct {
	Serial     string
	Reason     string    // as RFC 5280 5.3.1 writes it
	Invalidity time.Time // zero when none
}

func (a *Authority) revocation(ctx context.Context, is *issuer, r Revocation) (change, error) {
	before, err := a.Show(ctx, r.Serial)
	if err != nil {
		return change{}, err
	}
	reason := -1
	for n, name := range reasonNames {
		if name == r.Reason && (revocable(n) || n == ReasonCACompromise) {
			reason = n
		}
	}
	switch {
	case reason < 0:
		return change{}, &RequestError{"reason", fmt.Sprintf("%.40q cannot be given to a CA", r.Reason)}
	case before.CA != is.id:
		return change{}, &RequestError{"serial", before.SerialHex + " was issued by the " + before.CA + " CA, not by " + is.id}
	case !isAuthority(before):
		return change{}, &RequestError{"serial", before.SerialHex + ` is no CA's certificate: "govseal ca revoke" ends it`}
	case before.Status != Good:
		return change{}, fmt.Errorf("%w: certificate %s is %s", ErrState, before.SerialHex, before.Status)
	case before.Profile == ProfileRoot:
		return change{}, fmt.Errorf("%w: nobody can revoke a root but whoever trusts it", ErrState)
	}
	after, err := a.revoked(before, reason, r.Invalidity)
	return change{before, after}, err
}
