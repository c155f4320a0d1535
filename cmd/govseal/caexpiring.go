// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
)

// ending is a certificate that ends soon, in JSON output.
type ending struct {
	Serial   string    `json:"serial"`
	Profile  string    `json:"profile"`
	Subject  string    `json:"subject"`
	NotAfter time.Time `json:"notAfter"`
	Days     int       `json:"days"` // left; negative when it has ended
	Critical bool      `json:"critical"`
	Next     string    `json:"next"` // what to do
}

func (p *program) caExpiring() *cobra.Command {
	within, critical, past := 90, 14, 0
	c := &cobra.Command{
		Use:   "expiring",
		Short: "Report the certificates that end soon; for cron",
		Long: `expiring lists good and held certificates, those of CAs and offices too, that end within --within
days and are not followed by a good one. It exits 1 when one of them ends within --critical days or
has ended in the last --past days, else 0, so that cron or a monitor can act on it.`,
		Example: `  govseal ca expiring --within 60 --critical 7
  govseal ca expiring --json --past 30`,
		Args: noArgs,
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, _ []string) error {
			if critical < 0 || past < 0 || within < critical || within > 36500 || past > 36500 {
				return usagef("--critical and --past must not be negative, nor --within smaller than --critical")
			}
			all, err := c.endings(ctx, time.Now(), within, critical, past)
			if err != nil {
				return err
			}
			return p.printEndings(all)
		}),
	}
	c.Flags().IntVar(&within, "within", within, "days ahead")
	c.Flags().IntVar(&critical, "critical", critical, "days ahead at which the exit status is 1")
	c.Flags().IntVar(&past, "past", past, "also what ended in so many days past")
	return c
}

// endings lists what ends, the soonest first.
func (c *city) endings(ctx context.Context, now time.Time, within, critical, past int) ([]ending, error) {
	const day = 24 * time.Hour
	all := []ending{}
	for _, status := range []ca.Status{ca.Good, ca.Hold} {
		found, err := c.ca.Find(ctx, ca.Query{Status: status, NotFollowed: true,
			ExpiresAfter: now.Add(-time.Duration(past) * day), ExpiresBefore: now.Add(time.Duration(within) * day)})
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			left := f.NotAfter.Sub(now)
			days := int(left.Hours() / 24)
			all = append(all, ending{f.SerialHex, f.Profile, f.Subject, f.NotAfter.UTC(), days, left < time.Duration(critical)*day, c.nextStep(f)})
		}
	}
	slices.SortStableFunc(all, func(a, b ending) int { return a.NotAfter.Compare(b.NotAfter) })
	return all, nil
}

// nextStep says how a certificate of a profile gets its successor.
func (c *city) nextStep(f ca.Certificate) string {
	profile, err := c.ca.Profiles().Lookup(f.Profile)
	switch {
	case f.Profile == ca.ProfileSeal:
		return "govseal seal remake"
	case f.Profile == ca.ProfileOCSP:
		return "none: the service makes its own"
	case err == nil && profile.Authority():
		return "govseal ca ceremony"
	case err == nil && profile.KeyFrom(ca.FromCSR) && f.KeyRef == "":
		return "ask the holder for a request"
	}
	return "govseal ca renew " + f.SerialHex
}

func (p *program) printEndings(all []ending) error {
	rows := make([][]string, len(all))
	critical := 0
	for i, e := range all {
		mark := ""
		if e.Critical {
			mark = "critical"
			critical++
		}
		rows[i] = []string{date(e.NotAfter), fmt.Sprint(e.Days), mark, e.Profile, e.Subject, e.Next}
	}
	if err := p.print(all, []string{"UNTIL", "DAYS", "", "PROFILE", "SUBJECT", "NEXT"}, rows); err != nil {
		return err
	}
	if critical > 0 {
		return &exitError{exitRefused, fmt.Sprintf("%d certificates end very soon", critical)}
	}
	return nil
}
