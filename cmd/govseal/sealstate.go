// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	"github.com/spf13/cobra"
)

func (p *program) sealSuspend() *cobra.Command {
	return p.sealMove("suspend", "Suspend a seal: it stamps nothing until it is resumed",
		`suspend puts the seal's certificate on hold and issues a CRL at once: checkers see it offline.`,
		func(ctx context.Context, c *city, actor, esID, reason string) error {
			return c.seals.Suspend(ctx, actor, esID, reason)
		})
}

func (p *program) sealResume() *cobra.Command {
	return p.sealMove("resume", "Resume a suspended seal", `resume takes the seal's certificate off hold and lets it stamp again.`,
		func(ctx context.Context, c *city, actor, esID, reason string) error {
			return c.seals.Resume(ctx, actor, esID, reason)
		})
}

func (p *program) sealMove(verb, short, long string, act func(ctx context.Context, c *city, actor, esID, reason string) error) *cobra.Command {
	var reason string
	c := &cobra.Command{Use: verb + " NUMBER", Short: short, Long: long, Args: exactly(1),
		Example: "  govseal seal " + verb + " 99010000000001 --reason 年检",
		RunE: p.on(func(ctx context.Context, c *city, actor string, args []string) error {
			if err := act(ctx, c, actor, args[0], reason); err != nil {
				return err
			}
			return p.showSealByID(ctx, c, args[0])
		})}
	c.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	must(c, "reason")
	return c
}

func (p *program) sealCancel() *cobra.Command {
	var reason, compromised string
	c := &cobra.Command{
		Use:   "cancel NUMBER",
		Short: "Cancel a seal for ever",
		Long: `cancel revokes the seal's certificate and issues a CRL at once. For a stolen key say since when with
--compromised: stamps that no time stamp proves older lose their force.`,
		Example: `  govseal seal cancel 99010000000001 --reason 机构撤销
  govseal seal cancel 99010000000001 --reason 密钥泄露 --compromised 2026-11-02T08:00:00+08:00`,
		Args: exactly(1),
		RunE: p.on(func(ctx context.Context, c *city, actor string, args []string) error {
			since, err := parseDay(compromised)
			if err != nil {
				return err
			}
			if err := c.seals.Cancel(ctx, actor, args[0], reason, since); err != nil {
				return err
			}
			return p.showSealByID(ctx, c, args[0])
		}),
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	c.Flags().StringVar(&compromised, "compromised", "", "since when the key may be in wrong hands")
	must(c, "reason")
	return c
}
