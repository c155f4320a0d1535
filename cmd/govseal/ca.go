// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
)

func (p *program) caCommand() *cobra.Command {
	return group("ca", "Certificate authority: issue, suspend, revoke, publish",
		`The certificate authority has a root, whose key stays in a safe, and an issuing CA that works from
day to day. Certificates follow profiles; a profile alone decides usages and longest validity.
Every act is recorded in the audit log and committed to the ledger before it takes effect.`,
		p.caShow(), p.caIssue(), p.caList(), p.caShowCert(), p.caExpiring(), p.caRenew(), p.caSuspend(), p.caResume(), p.caRevoke(), p.caAffected(), p.caCRL(), p.caExport(), p.caProfile(),
		p.caLint(), p.caImportCSR(), p.caBulk(),
		p.caCeremony(), p.caCeremonies(),
		p.caCentre(), p.caPair(), p.caRecover(), p.caDeliver(), p.caImportKey(), p.caOpenResponse())
}

func (p *program) caShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Show the authorities, their lists, and what needs attention",
		Long: `show prints all authorities, the newest CRL of each, and what needs attention: a list or a
certificate that ends soon, a root key that still lies on this machine, certificates that were
planned and never completed.`,
		Args: noArgs,
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, _ []string) error { return p.showAuthority(ctx, c) }),
	}
}

// authorityView is one authority in JSON output.
type authorityView struct {
	ID        string      `json:"id"`
	Subject   string      `json:"subject"`
	Serial    string      `json:"serial"`
	NotBefore time.Time   `json:"notBefore"`
	NotAfter  time.Time   `json:"notAfter"`
	SM3       fingerprint `json:"sm3"`
	CRL       crlView     `json:"crl"`
	raw       *cert.Certificate
}

func (c *city) authority(ctx context.Context, id string, der []byte) (authorityView, error) {
	parsed, err := cert.Parse(der)
	if err != nil {
		return authorityView{}, err
	}
	list, err := c.ca.CRL(ctx, id)
	if err != nil && !errors.Is(err, ca.ErrNotFound) { // a ceremony's list may be still to come
		return authorityView{}, fmt.Errorf("CRL of the %s CA: %w", id, err)
	}
	return authorityView{ID: id, Subject: parsed.Subject.String(), Serial: parsed.Serial.Text(16), NotBefore: parsed.NotBefore.UTC(),
		NotAfter: parsed.NotAfter.UTC(), SM3: fingerprintOf(der), CRL: viewCRL(list), raw: parsed}, nil
}

func (p *program) showAuthority(ctx context.Context, c *city) error {
	var all []authorityView
	cas, err := c.ca.CAs(ctx)
	if err != nil {
		return err
	}
	for _, a := range cas {
		v, err := c.authority(ctx, a.ID, a.Certificate)
		if err != nil {
			return err
		}
		all = append(all, v)
	}
	if err := c.warn(ctx, p, all); err != nil {
		return err
	}
	rows := make([][]string, len(all))
	for i, v := range all {
		rows[i] = []string{v.ID, v.Subject, v.Serial, date(v.NotAfter), strconv.FormatInt(v.CRL.Number, 10), when(v.CRL.NextUpdate)}
	}
	return p.print(all, []string{"CA", "SUBJECT", "SERIAL", "UNTIL", "CRL", "NEXT CRL"}, rows)
}

// warn says what needs attention before it becomes an outage.
func (c *city) warn(ctx context.Context, p *program, all []authorityView) error {
	now := time.Now()
	for _, v := range all {
		if left := v.CRL.NextUpdate.Sub(now); v.ID == ca.RootID && left < 30*24*time.Hour {
			p.say("warning: the root's CRL ends %s: bring the root key and run \"govseal ca crl root --renew\"", when(v.CRL.NextUpdate))
		}
		if v.NotAfter.Sub(now) < 3*365*24*time.Hour {
			p.say("warning: the %s CA ends %s; certificates of three years no longer fit below it", v.ID, date(v.NotAfter))
		}
	}
	if _, proven := c.who.Proven(); !proven {
		p.say("note: the city is open: whoever has the passphrase acts under any name; \"govseal operator add NAME --role security\" ends that")
	}
	if exists(c.rootKeyPath()) {
		p.say("warning: the root key still lies in %s; move it to a safe", filepath.Dir(c.rootKeyPath()))
	}
	unfinished, err := c.ca.Unfinished(ctx)
	if err != nil {
		return err
	}
	if len(unfinished) > 0 {
		p.say("note: %d certificates were planned and never completed (\"govseal ca list --status planned\"); nothing of them was released: ask anew, and revoke them if in doubt", len(unfinished))
	}
	return nil
}

func (p *program) caShowCert() *cobra.Command {
	var pem bool
	var out string
	c := &cobra.Command{
		Use:     "show-cert SERIAL",
		Short:   "Show one certificate, or write it as PEM",
		Example: `  govseal ca show-cert 3f2a… --pem | openssl x509 -noout -text`,
		Args:    exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, args []string) error {
			found, err := c.ca.Show(ctx, args[0])
			if err != nil {
				return err
			}
			if !pem && out == "" {
				return p.showCertificate(found)
			}
			if found.DER == nil {
				return usagef("certificate %s was planned and never signed; there is nothing to write", found.SerialHex)
			}
			return p.write(out, certificatePEM(found.DER), false)
		}),
	}
	c.Flags().BoolVar(&pem, "pem", false, "print PEM")
	c.Flags().StringVarP(&out, "out", "o", "", "write PEM to a new file")
	return c
}
