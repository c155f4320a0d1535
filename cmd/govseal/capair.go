// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
)

func (p *program) caPair() *cobra.Command {
	var out string
	var days int
	c := &cobra.Command{
		Use:   "pair SIGNING-SERIAL",
		Short: "Issue the encryption certificate beside a signing certificate (双证书)",
		Long: `pair makes a dual certificate whole: the key centre makes an encryption key, escrows it, and
certifies it for the holder of the signing certificate. Both certificates and the key, under the
holder's signing key, go into a CSRResponse (GM/T 0092) that only the holder opens; it may travel
in the open. "govseal ca deliver SERIAL --as csrresponse" writes it again.`,
		Example: `  govseal ca pair 3f2a… -o bureau.csrresponse
  govseal ca list --profile department-encryption`,
		Args: exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) error {
			if err := checkDays(days); err != nil {
				return err
			}
			signing, err := c.ca.Show(ctx, args[0])
			if err != nil {
				return err
			}
			if err := c.stillActive(ctx, signing); err != nil {
				return err
			}
			profile := signing.Profile + "-encryption"
			shape, err := profileShape(c.dir, profile)
			if err != nil {
				return err
			}
			asked := map[string]any{"shape": shape, "beside": signing.SerialHex, "days": days}
			return p.withApproval(ctx, c, actIssue+profile, asked, func() error {
				return p.pair(ctx, c, actor, ca.EncryptionRequest{Actor: actor, Signing: signing.SerialHex, Validity: time.Duration(days) * 24 * time.Hour}, out)
			})
		}),
	}
	c.Flags().IntVar(&days, "days", 0, "validity in days (default: as long as the signing certificate)")
	c.Flags().StringVarP(&out, "out", "o", "", "new file for the CSRResponse")
	must(c, "out")
	return p.approvable(c)
}

func (p *program) pair(ctx context.Context, c *city, actor string, r ca.EncryptionRequest, out string) (err error) {
	file, err := reserve(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.close()) }()
	made, err := c.ca.IssueEncryption(ctx, r)
	if err != nil {
		return err
	}
	response, err := c.ca.Deliver(ctx, ca.DeliveryRequest{Actor: actor, Serial: made.SerialHex, As: ca.AsCSRResponse})
	if err == nil {
		err = file.write(response)
	}
	if err != nil {
		p.say("certificate %s is issued and its key in escrow; \"govseal ca deliver %s --as csrresponse\" tries the delivery again", made.SerialHex, made.SerialHex)
		return err
	}
	return p.showCertificate(made)
}
