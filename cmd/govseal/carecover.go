// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
)

// recoverFlags are what "ca recover" is told.
type recoverFlags struct {
	shares           []string
	reason, out, For string
	secrets          officerPassphrases
	delivery         passphraseFlags
}

func (p *program) caRecover() *cobra.Command {
	var f recoverFlags
	c := &cobra.Command{
		Use:   "recover SERIAL",
		Short: "Recover an escrowed encryption key, with M recovery officers",
		Long: `recover brings the key of an encryption certificate back, for a holder who lost it or for somebody who
is entitled to read what was encrypted. M officers bring their share files and enter their
passphrases. The intent is in the ledger before a share is opened, the result before the key leaves.

The key leaves in a PKCS#12 file under a passphrase, or, with --for, as a CSRResponse that only the
holder's new signing key opens. It never leaves in the clear, and signing keys are never recovered:
they are not in escrow.`,
		Example: `  govseal ca recover 5c01… --share /media/a/zhang.share --share /media/c/wang.share \
      --reason 'UKey 遗失，申请单 2026-118' -o bureau-encryption.p12
  govseal ca recover 5c01… --share a.share --share c.share --for 7b20… --reason 换发 -o bureau.csrresponse`,
		Args: exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) error {
			found, err := c.ca.Show(ctx, args[0])
			if err != nil {
				return err
			}
			shares, err := readShares(f.shares)
			if err != nil {
				return err
			}
			asked := map[string]any{"serial": found.SerialHex, "reason": f.reason, "for": f.For, "shares": digests(shares)}
			return p.withApproval(ctx, c, actRecover, asked, func() error { return p.recover(ctx, c, actor, found, shares, f) })
		}),
	}
	fl := c.Flags()
	fl.StringArrayVar(&f.shares, "share", nil, "a recovery officer's share file; once for each officer")
	f.secrets.register(fl)
	fl.StringVar(&f.reason, "reason", "", "why, for the audit log")
	fl.StringVar(&f.For, "for", "", "serial of the holder's new signing certificate")
	fl.StringVarP(&f.out, "out", "o", "", "new file for the PKCS#12 or CSRResponse")
	registerDelivery(fl, &f.delivery)
	must(c, "share", "reason", "out")
	return p.approvable(c)
}

// share is a share file as read, and whose it says it is.
type share struct {
	text  []byte
	label ca.ShareLabel
}

func readShares(paths []string) ([]share, error) {
	var all []share
	for _, path := range paths {
		text, err := readSmall(path, 8<<10)
		if err != nil {
			return nil, err
		}
		label, err := ca.ReadShare(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, share{text, label})
	}
	return all, nil
}

// digests binds an approval to the files without keeping them.
func digests(shares []share) []string {
	all := make([]string, len(shares))
	for i, s := range shares {
		all[i] = string(fingerprintOf(s.text))
	}
	return all
}

func (p *program) recover(ctx context.Context, c *city, actor string, found ca.Certificate, shares []share, f recoverFlags) (err error) {
	file, err := reserve(f.out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.close()) }()
	r := ca.RecoveryRequest{Actor: actor, Reason: f.reason, Serial: found.SerialHex, For: f.For}
	names := make([]string, len(shares))
	for i, s := range shares {
		names[i] = s.label.Officer
	}
	secrets, err := f.secrets.readAll(p, names, false)
	if err != nil {
		return err
	}
	defer clearAll(secrets)
	for i, s := range shares {
		r.Shares = append(r.Shares, ca.RecoveryShare{File: s.text, Passphrase: secrets[i]})
	}
	if f.For == "" {
		if r.Passphrase, err = f.delivery.read(p, true); err != nil {
			return err
		}
		defer clear(r.Passphrase)
	}
	data, err := c.ca.Recover(ctx, r)
	if err != nil {
		return err
	}
	if err := file.write(data); err != nil {
		return fmt.Errorf("the key was recovered and could not be written; the officers must do it again: %w", err)
	}
	p.say("the key of %s is recovered, by %s; the ledger says so", found.Subject, listNames(names))
	return p.showCertificate(found)
}
