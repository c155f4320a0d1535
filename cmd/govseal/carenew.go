// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
)

// renewFlags are what "ca renew" is told.
type renewFlags struct {
	newKey, endOld bool
	days           int
	out, note      string
}

// renewed is the answer of "ca renew" in JSON.
type renewed struct {
	certificateView
	Affected affected `json:"affected"` // what names the old certificate
	OldEnded bool     `json:"oldEnded"`
}

func (p *program) caRenew() *cobra.Command {
	var f renewFlags
	c := &cobra.Command{
		Use:   "renew SERIAL",
		Short: "Make the successor of a certificate, with the same key or a new one",
		Long: `renew issues a certificate that follows another one: the same holder, profile and CA, a new serial
number and validity. The old certificate stays good until it ends, so that both overlap; --end-old
revokes it at once as superseded. --new-key rekeys with a key made in the key store; a holder with a
key of its own sends a new request ("govseal ca import-csr --replaces").

The report says what must follow: a seal whose certificate list names the old certificate must be
made anew ("govseal seal remake"); an office's new key serves after the next start.`,
		Example: `  govseal ca renew 3f2a… -o bureau-2029.pem
  govseal ca renew 3f2a… --new-key --end-old --note 到期换发`,
		Args: exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) error {
			return p.renew(ctx, c, actor, args[0], f)
		}),
	}
	fl := c.Flags()
	fl.BoolVar(&f.newKey, "new-key", false, "rekey: make a new key in the key store")
	fl.BoolVar(&f.endOld, "end-old", false, "revoke the old certificate as superseded")
	fl.IntVar(&f.days, "days", 0, "validity in days (default the profile's)")
	fl.StringVar(&f.note, "note", "", "why, for the audit log (with --end-old)")
	fl.StringVarP(&f.out, "out", "o", "", "also write the certificate as PEM to a new file")
	return p.approvable(c)
}

func (p *program) renew(ctx context.Context, c *city, actor, serial string, f renewFlags) error {
	if err := checkDays(f.days); err != nil {
		return err
	}
	old, err := c.ca.Show(ctx, serial)
	if err != nil {
		return err
	}
	if old.Profile == ca.ProfileSeal {
		return usagef("a seal lists its certificate, so both are made anew together: \"govseal seal remake\"")
	}
	if err := c.stillActive(ctx, old); err != nil {
		return err
	}
	shape, err := profileShape(c.dir, old.Profile)
	if err != nil {
		return err
	}
	asked := map[string]string{"shape": shape, "renews": old.SerialHex, "days": itoa(f.days), "newKey": fmt.Sprint(f.newKey), "endOld": fmt.Sprint(f.endOld)}
	act := actIssue + old.Profile
	if f.endOld && !c.config.Approvals.needs(act) { // else --end-old would be a way round
		act = actRevoke
	}
	return p.withApproval(ctx, c, act, asked, func() error { return p.carryOutRenewal(ctx, c, actor, old, f) })
}

func (p *program) carryOutRenewal(ctx context.Context, c *city, actor string, old ca.Certificate, f renewFlags) error {
	made, err := c.ca.Renew(ctx, ca.Renewal{Actor: actor, Serial: old.SerialHex, NewKey: f.newKey, Validity: time.Duration(f.days) * 24 * time.Hour})
	if err != nil {
		return err
	}
	follows, err := c.affectedBy(ctx, old, time.Now())
	if err != nil {
		return err
	}
	if f.endOld {
		if err := c.ca.Revoke(ctx, actor, old.SerialHex, ca.ReasonSuperseded, time.Time{}, f.note); err != nil {
			return err
		}
	}
	if f.out != "" {
		if err := p.write(f.out, certificatePEM(made.DER), false); err != nil {
			return err
		}
	}
	return p.showRenewed(made, old, follows, f.endOld)
}

func (p *program) showRenewed(made, old ca.Certificate, follows affected, ended bool) error {
	if p.json {
		return p.printJSON(renewed{viewCertificate(made), follows, ended})
	}
	if err := p.showCertificate(made); err != nil {
		return err
	}
	if ended {
		p.say("certificate %s is revoked as superseded", old.SerialHex)
	} else {
		p.say("certificate %s stays good until %s", old.SerialHex, date(old.NotAfter))
	}
	for _, s := range follows.Seals {
		p.say("seal %s (%s): %s", s.ESID, s.Name, s.What)
	}
	switch made.Profile {
	case ca.ProfileSealMaker, ca.ProfileTSA, ca.ProfileOCSP, ca.ProfileLedger:
		p.say("the service uses the new certificate after its next start")
	}
	return nil
}
