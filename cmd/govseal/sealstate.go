// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	"github.com/spf13/cobra"
)

func (p *program) sealFiling() *cobra.Command {
	var number, reason string
	c := &cobra.Command{Use: "file NUMBER", Short: "Record that a made seal is filed (备案)",
		Long: `file records the number under which the seal is filed with the authority in charge. A seal that was
made of a draft is filed before it is activated.`,
		Example: "  govseal seal file 99010000000007 --as 备案2026-018 --reason 完成备案",
		Args:    exactly(1),
		RunE: p.on(func(ctx context.Context, c *city, actor string, args []string) error {
			return p.after(ctx, c, args[0], c.seals.RecordFiling(ctx, actor, args[0], number, reason))
		})}
	c.Flags().StringVar(&number, "as", "", "number under which it is filed")
	c.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	must(c, "as", "reason")
	return c
}

func (p *program) sealActivate() *cobra.Command {
	var reason string
	var grants bool
	c := &cobra.Command{Use: "activate NUMBER", Short: "Put a filed seal into force",
		Long: `activate puts a filed seal into force. If it was drafted as the successor of another seal ("seal
remake --draft"), that one ends in the same moment: its certificate is revoked as superseded.`,
		Example: "  govseal seal activate 99010000000007 --reason 启用 --copy-grants",
		Args:    exactly(1),
		RunE: p.on(func(ctx context.Context, c *city, actor string, args []string) error {
			err := c.seals.Activate(ctx, actor, args[0], reason)
			if err == nil && grants {
				err = p.copyGrants(ctx, c, actor, args[0])
			}
			return p.after(ctx, c, args[0], err)
		})}
	c.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	c.Flags().BoolVar(&grants, "copy-grants", false, "let the new seal be used as the one it replaces")
	must(c, "reason")
	return c
}

func (p *program) sealSuspend() *cobra.Command {
	return p.sealMove("suspend", "Suspend a seal: it stamps nothing until it is resumed",
		`suspend puts the seal's certificate on hold and issues a CRL at once: checkers see it offline. It can
be taken back: when you are not sure whether a seal is lost, begin with it.`,
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
			return p.after(ctx, c, args[0], act(ctx, c, actor, args[0], reason))
		})}
	c.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	must(c, "reason")
	return c
}

func (p *program) sealCancel() *cobra.Command {
	var reason, compromised string
	c := &cobra.Command{
		Use:   "cancel NUMBER",
		Short: "Cancel a seal for ever, or drop a draft",
		Long: `cancel revokes the seal's certificate and issues a CRL at once. For a stolen key say since when with
--compromised, which may lie in the past: stamps that no time stamp proves older lose their force. A
seal that has ended already keeps its state; only since when it does not count moves back.`,
		Example: `  govseal seal cancel 99010000000001 --reason 机构撤销
  govseal seal cancel 99010000000001 --reason 密钥泄露 --compromised 2026-11-02T08:00:00+08:00`,
		Args: exactly(1),
		RunE: p.on(func(ctx context.Context, c *city, actor string, args []string) error {
			since, err := parseDay(compromised)
			if err != nil {
				return err
			}
			return p.after(ctx, c, args[0], c.seals.Cancel(ctx, actor, args[0], reason, since))
		}),
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	c.Flags().StringVar(&compromised, "compromised", "", "since when the key may be in wrong hands")
	must(c, "reason")
	return c
}

func (p *program) sealLost() *cobra.Command {
	var reason, since string
	c := &cobra.Command{
		Use:   "lost NUMBER",
		Short: "Report a seal as lost (挂失): it ends, from a day in the past on",
		Long: `lost ends a seal whose key or carrier is lost. Its certificate is revoked as compromised since the
given day, and a CRL goes out at once: stamps that no time stamp proves older lose their force. A seal
that was cancelled, superseded or has expired can turn out to have been lost before. It cannot be taken
back; "seal suspend" can.`,
		Example: "  govseal seal lost 99010000000001 --since 2026-11-02 --reason 介质遗失",
		Args:    exactly(1),
		RunE: p.on(func(ctx context.Context, c *city, actor string, args []string) error {
			from, err := parseDay(since)
			if err != nil {
				return err
			}
			return p.after(ctx, c, args[0], c.seals.ReportLost(ctx, actor, args[0], reason, from))
		}),
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	c.Flags().StringVar(&since, "since", "", "since when: a day, or a time")
	must(c, "reason", "since")
	return c
}
