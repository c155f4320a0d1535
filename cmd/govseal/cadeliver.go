// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/keys"
)

// registerDelivery adds the flags of the passphrase under which a key leaves.
func registerDelivery(set *pflag.FlagSet, f *passphraseFlags) {
	f.register(set, "delivery-", "delivered file", "GOVSEAL_DELIVERY_PASSPHRASE_FILE")
}

func listNames(names []string) string {
	safe := make([]string, len(names))
	for i, n := range names {
		safe[i] = printable(n)
	}
	return strings.Join(safe, "、")
}

func (p *program) caDeliver() *cobra.Command {
	var as, out string
	var secret passphraseFlags
	c := &cobra.Command{
		Use:   "deliver SERIAL",
		Short: "Write a certificate with its key for the holder: PKCS#12, PKCS#8, CSRResponse",
		Long: `deliver hands a key to its holder.

  pkcs12       key, certificate and chain under a passphrase (SM4 and SM3; stock OpenSSL reads it)
  pkcs8        the same as PEM: encrypted PKCS#8 key, certificate, chain
  csrresponse  an encryption key of the key centre under the holder's signing key (GM/T 0092); no passphrase

Only keys that were made for it leave the key store ("govseal ca issue department --for-delivery");
those of seals, CAs and offices never do. Give the file and the passphrase to the holder by two
different ways.`,
		Example: `  govseal ca deliver 3f2a… --as pkcs12 --delivery-passphrase-file /run/keys/bureau -o bureau.p12
  openssl pkcs12 -in bureau.p12 -info -noout
  govseal ca deliver 5c01… --as csrresponse -o bureau.csrresponse`,
		Args: exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) error {
			r := ca.DeliveryRequest{Actor: actor, Serial: args[0], As: ca.Form(as)}
			switch r.As {
			case ca.AsPKCS12, ca.AsPKCS8, ca.AsCSRResponse:
			default:
				return usagef("--as %s: give pkcs12, pkcs8 or csrresponse", printable(as))
			}
			asked := map[string]string{"serial": r.Serial, "as": as}
			return p.withApproval(ctx, c, actDeliver, asked, func() error { return p.deliver(ctx, c, r, &secret, out) })
		}),
	}
	fl := c.Flags()
	fl.StringVar(&as, "as", "", "pkcs12, pkcs8 or csrresponse")
	fl.StringVarP(&out, "out", "o", "", "new file (mode 0600)")
	registerDelivery(fl, &secret)
	must(c, "as", "out")
	return p.approvable(c)
}

func (p *program) deliver(ctx context.Context, c *city, r ca.DeliveryRequest, secret *passphraseFlags, out string) (err error) {
	found, err := c.ca.Show(ctx, r.Serial)
	if err != nil {
		return err
	}
	file, err := reserve(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.close()) }()
	if r.As != ca.AsCSRResponse {
		if r.Passphrase, err = secret.read(p, true); err != nil {
			return err
		}
		defer clear(r.Passphrase)
	}
	data, err := c.ca.Deliver(ctx, r)
	if errors.Is(err, keys.ErrUse) {
		return &exitError{exitRefused, fmt.Sprintf("the key of %s was not made for delivery and does not leave: issue one with --for-delivery, or let the holder make a key and send a request", found.SerialHex)}
	}
	if err != nil {
		return err
	}
	if err := file.write(data); err != nil {
		return err
	}
	return p.showCertificate(found)
}
