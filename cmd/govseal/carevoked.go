// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"time"

	"github.com/govseal/govseal/ca"
)

// revokedView is the answer of "ca revoke" in JSON.
type revokedView struct {
	certificateView
	Affected *affected `json:"affected,omitempty"` // after a compromise
}

// showRevoked also says, after a compromise, what the lost key puts in doubt.
func (p *program) showRevoked(ctx context.Context, c *city, serial string) error {
	now, err := c.ca.Show(ctx, serial)
	if err != nil {
		return err
	}
	if now.Reason != ca.ReasonKeyCompromise {
		if p.json {
			return p.printJSON(revokedView{certificateView: viewCertificate(now)})
		}
		return p.showCertificate(now)
	}
	doubt, err := c.affectedBy(ctx, now, time.Time{})
	if err != nil {
		return err
	}
	if p.json {
		return p.printJSON(revokedView{viewCertificate(now), &doubt})
	}
	p.say("the key is blocked: no certificate is issued for it any more, and those it had are revoked")
	if err := p.showCertificate(now); err != nil {
		return err
	}
	return p.printAffected(doubt)
}
