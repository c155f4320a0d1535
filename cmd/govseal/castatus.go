// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
)

func (p *program) caSuspend() *cobra.Command {
	return p.caMove("suspend", "Put a certificate on hold",
		`suspend puts an end entity's certificate on hold (certificateHold) and issues a CRL at once. It
can come back with "govseal ca resume". To suspend a seal, use "govseal seal suspend".`, (*ca.Authority).Suspend)
}

func (p *program) caResume() *cobra.Command {
	return p.caMove("resume", "Take a certificate off hold",
		`resume takes a certificate off hold and issues a CRL at once. For a seal, use "govseal seal resume".`, (*ca.Authority).Resume)
}

// caMove is suspend or resume.
func (p *program) caMove(verb, short, long string, act func(*ca.Authority, context.Context, string, string, string) error) *cobra.Command {
	var note string
	c := &cobra.Command{
		Use: verb + " SERIAL", Short: short, Long: long,
		Example: "  govseal ca " + verb + " 3f2a… --note 年检",
		Args:    exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) error {
			return p.withApproval(ctx, c, verb, map[string]string{"serial": args[0], "note": note}, func() error {
				if err := act(c.ca, ctx, actor, args[0], note); err != nil {
					return err
				}
				return p.showBySerial(ctx, c, args[0])
			})
		}),
	}
	c.Flags().StringVar(&note, "note", "", "why, for the audit log")
	return p.approvable(c)
}

func (p *program) showBySerial(ctx context.Context, c *city, serial string) error {
	now, err := c.ca.Show(ctx, serial)
	if err != nil {
		return err
	}
	return p.showCertificate(now)
}

// revokeFlags are what "ca revoke" is told.
type revokeFlags struct {
	reason, invalidity, note, rootKey string
	issuing                           bool
	root                              passphraseFlags
}

func (p *program) caRevoke() *cobra.Command {
	var f revokeFlags
	c := &cobra.Command{
		Use:   "revoke SERIAL | --issuing-ca",
		Short: "End a certificate for ever",
		Long: `revoke ends a certificate and issues a CRL at once. Reasons: unspecified, keyCompromise,
affiliationChanged, superseded, cessationOfOperation, privilegeWithdrawn.

For a stolen key say since when with --invalidity: stamps that a time stamp proves older stay good.
For a seal, use "govseal seal cancel".

--issuing-ca ends the CA "issuing" itself, the first of the city; it needs the root key. Every other CA
ends in a list ceremony ("govseal ca ceremony").`,
		Example: `  govseal ca revoke 3f2a… --reason keyCompromise --invalidity 2026-11-02T08:00:00+08:00 --note UKey遗失
  govseal ca revoke --issuing-ca --reason superseded --root-key /media/safe/root.key`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == f.issuing || len(args) > 1 {
				return usagef("name one certificate by its serial, or say --issuing-ca")
			}
			return p.withCore(cmd.Context(), func(ctx context.Context, c *city, actor string) error {
				return p.revoke(ctx, c, actor, args, &f)
			})
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.reason, "reason", "unspecified", "reason of RFC 5280 5.3.1")
	fl.StringVar(&f.invalidity, "invalidity", "", "since when the key is known or suspected to be lost")
	fl.StringVar(&f.note, "note", "", "why, for the audit log")
	fl.BoolVar(&f.issuing, "issuing-ca", false, "revoke the CA \"issuing\", with the root key")
	fl.StringVar(&f.rootKey, "root-key", "", "file of the root key (default root.key in DIR/root)")
	f.root.register(fl, "root-", "root key", "GOVSEAL_ROOT_PASSPHRASE_FILE")
	return p.approvable(c)
}

func (p *program) revoke(ctx context.Context, c *city, actor string, args []string, f *revokeFlags) error {
	reason, err := ca.ParseReason(f.reason)
	if err != nil {
		return err
	}
	invalidity, err := parseDay(f.invalidity)
	if err != nil {
		return err
	}
	what := "the issuing CA"
	if !f.issuing {
		what = args[0]
	}
	asked := map[string]string{"certificate": what, "reason": f.reason, "invalidity": instantText(invalidity), "note": f.note}
	act := actRevoke
	if f.issuing && !c.config.Approvals.needs(act) { // its list is made elsewhere in a ceremony
		act = actCeremony
	}
	return p.withApproval(ctx, c, act, asked, func() error {
		if f.issuing {
			return p.revokeIssuing(ctx, c, actor, reason, invalidity, f)
		}
		if err := c.ca.Revoke(ctx, actor, args[0], reason, invalidity, f.note); err != nil {
			return err
		}
		return p.showRevoked(ctx, c, args[0])
	})
}

func (p *program) revokeIssuing(ctx context.Context, c *city, actor string, reason int, invalidity time.Time, f *revokeFlags) error {
	signer, err := p.rootSigner(c, f.rootKey, &f.root)
	if err != nil {
		return err
	}
	list, err := c.ca.RevokeCA(ctx, actor, ca.IssuingID, reason, invalidity, f.note, signer)
	if err != nil {
		return err
	}
	p.say("the issuing CA is revoked in root CRL %d; it issues nothing any more. Publish the list: \"govseal ca export\"", list.Number)
	return p.printJSONOr(viewCRL(list), nil)
}

// printJSONOr prints data under --json and otherwise nothing more than was said.
func (p *program) printJSONOr(data any, err error) error {
	if err != nil || !p.json {
		return err
	}
	return errors.Join(err, p.printJSON(data))
}
