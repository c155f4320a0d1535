// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

func (p *program) sealRemake() *cobra.Command {
	var r struct {
		reason        string
		days          int
		draft, grants bool
	}
	c := &cobra.Command{
		Use:   "remake NUMBER",
		Short: "Make a seal anew with a new certificate; the old one ends",
		Long: `remake makes the successor of a seal before its certificate ends: the same name and picture, a new
number, key, certificate and validity. A seal lists its certificate, so a new certificate needs a
new seal. The old seal ends as superseded; what it stamped stays what it was.

Grants name the old number: --copy-grants gives the new seal those that are in force. With --draft
the successor goes the long way (submit, approve, make, file, activate), and the old seal stays in
force until the new one is activated.

When it fails, the old seal is what it was; only if its certificate alone could not be revoked is the
new one made, and "govseal seal settle" finishes the rest.`,
		Example: `  govseal seal remake 99010000000001 --reason 证书到期换发 --copy-grants
  govseal seal remake 99010000000001 --reason 证书到期换发 --draft`,
		Args: exactly(1),
		RunE: p.on(func(ctx context.Context, c *city, actor string, args []string) error {
			if r.draft && r.grants {
				return usagef("with --draft, copy the grants later: \"govseal seal activate … --copy-grants\"")
			}
			request, err := remakeRequest(actor, args[0], r.reason, r.days)
			if err != nil {
				return err
			}
			if r.draft {
				d, err := c.seals.DraftRemake(ctx, request)
				return p.showDraft(d, err)
			}
			made, err := c.seals.Remake(ctx, request)
			if err != nil && !errors.Is(err, seal.ErrUnsettled) { // then it is made all the same
				return err
			}
			if r.grants {
				err = errors.Join(err, p.copyGrants(ctx, c, actor, made.ESID))
			}
			return errors.Join(p.showSeal(made), err)
		}),
	}
	c.Flags().StringVar(&r.reason, "reason", "", "why, for the audit log")
	c.Flags().IntVar(&r.days, "days", 0, "validity in days (default 3 years)")
	c.Flags().BoolVar(&r.draft, "draft", false, "only plan it")
	c.Flags().BoolVar(&r.grants, "copy-grants", false, "give it the old seal's grants that are in force")
	must(c, "reason")
	return c
}

func remakeRequest(actor, esID, reason string, days int) (seal.RemakeRequest, error) {
	if err := checkDays(days); err != nil {
		return seal.RemakeRequest{}, err
	}
	return seal.RemakeRequest{Actor: actor, ESID: esID, Reason: reason, Validity: time.Duration(days) * 24 * time.Hour}, nil
}

// copyGrants gives a seal the grants in force of the seal that it replaces.
func (p *program) copyGrants(ctx context.Context, c *city, actor, esID string) error {
	s, err := c.seals.Store().Seal(ctx, esID)
	if err != nil {
		return err
	}
	if s.Predecessor == "" {
		p.say("note: the seal replaces none; there are no grants to copy")
		return nil
	}
	old, err := c.registry.Store().Grants(ctx, s.Predecessor)
	if err != nil {
		return err
	}
	for _, g := range old {
		if g.State != registry.Active {
			continue
		}
		g.Seal = s.ESID
		added, err := c.registry.AddGrant(ctx, actor, g)
		if err != nil {
			p.say("note: grant %s is not copied: %v", g.ID, err)
			continue
		}
		p.say("grant %s copied as %s", g.ID, added.ID)
	}
	return nil
}

func (p *program) sealSettle() *cobra.Command {
	return &cobra.Command{Use: "settle", Short: "Revoke the certificates of superseded seals where a failure kept it from being done",
		Long: `settle finishes what a failure or a crash left of "seal remake" or "seal activate": the new seal is in
force, the old one stamps no more, and its certificate is not yet revoked. "govseal serve" does the same
when it starts.`,
		Example: "  govseal seal settle", Args: noArgs,
		RunE: p.on(func(ctx context.Context, c *city, actor string, _ []string) error {
			settled, err := c.seals.Settle(ctx, actor)
			rows := make([][]string, len(settled))
			for i, id := range settled {
				rows[i] = []string{id}
			}
			if err == nil && len(settled) == 0 {
				p.say("nothing was outstanding")
			}
			return errors.Join(p.print(settled, []string{"SETTLED"}, rows), err)
		})}
}
