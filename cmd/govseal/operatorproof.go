// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/registry"
)

func (p *program) operatorRenew() *cobra.Command {
	var reason, out string
	c := &cobra.Command{
		Use:   "renew-secret [OPERATOR]",
		Short: "Give an operator another secret, shown once; without a name, yourself",
		Long: `renew-secret makes another secret and voids the one before at once. Everybody renews his own.
Another's (it was lost, or locked after wrong tries) is renewed by the security role, which knows the
new one then: the operator should renew it again.`,
		Example: `  govseal operator renew-secret --secret-out wang.secret`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("usage: %s", cmd.UseLine())
			}
			return p.withCore(cmd.Context(), func(ctx context.Context, c *city, actor string) error {
				if out != "" && exists(out) {
					return usagef("%s exists already; name another file", out)
				}
				return p.renewSecret(ctx, c, actor, args, reason, out)
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	c.Flags().StringVar(&out, "secret-out", "", "write the secret to this new file (mode 0600) instead of stdout")
	return p.approvable(c)
}

func (p *program) operatorCertificate() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:   "set-certificate OPERATOR SERIAL",
		Short: "Let an operator prove himself by a certificate: a renewed one, or in place of a secret",
		Long: `set-certificate binds an operator to a certificate of this CA for a key of his own. What proved him
before, a secret or another certificate, is void at once.`,
		Example: `  govseal operator set-certificate wang 3f2a…`,
		Args:    exactly(2),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) error {
			o, err := c.resolveOperator(ctx, args[0])
			if err != nil {
				return err
			}
			key, err := c.operatorKey(ctx, args[1])
			if err != nil {
				return err
			}
			asked := map[string]string{"do": "set-certificate", "operator": o.ID, "certificate": args[1], "reason": reason}
			return p.withApproval(ctx, c, actOperator, asked, func() error {
				if err := c.operators.SetCertificate(ctx, actor, o.ID, reason, args[1], key); err != nil {
					return err
				}
				if o, err = c.operators.Store().Operator(ctx, o.ID); err != nil {
					return err
				}
				return p.showOperator(viewOperator(o))
			})
		}),
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	return p.approvable(c)
}

func (p *program) renewSecret(ctx context.Context, c *city, actor string, args []string, reason, out string) error {
	self, proven := c.who.Proven()
	if !proven {
		return usagef("there is no operator yet: \"govseal operator add\"")
	}
	o := self
	if len(args) == 1 {
		var err error
		if o, err = c.resolveOperator(ctx, args[0]); err != nil {
			return err
		}
	}
	renew := func() error {
		secret, err := c.operators.RenewSecret(ctx, actor, o.ID, reason)
		if err != nil {
			return err
		}
		return p.handOver(viewOperator(o), secret, out)
	}
	if o.ID == self.ID {
		return renew()
	}
	if err := c.who.May(registry.TaskOperators); err != nil {
		return err
	}
	return p.withApproval(ctx, c, actOperator, map[string]string{"do": "renew-secret", "operator": o.ID, "reason": reason}, renew)
}
