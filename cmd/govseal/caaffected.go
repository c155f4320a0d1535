// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/seal"
)

// maxUses bounds the stamps that one report lists; it says when there are more.
const maxUses = 10000

// affected is what hangs on one certificate's key.
type affected struct {
	Certificate string     `json:"certificate"`
	Profile     string     `json:"profile"`
	Since       *time.Time `json:"since,omitempty"`
	Seals       []sealRef  `json:"seals"`  // name the certificate, or were made under it
	Stamps      []stampUse `json:"stamps"` // of those seals, or time-stamped with the key
	More        bool       `json:"more"`   // there are further stamps
}

type sealRef struct {
	ESID  string `json:"esid"`
	Name  string `json:"name"`
	State string `json:"state"`
	What  string `json:"what"` // what must follow
}

type stampUse struct {
	Stamp       string    `json:"stamp"`
	Seal        string    `json:"seal"`
	Time        time.Time `json:"time"`
	Kind        string    `json:"kind"`
	Application string    `json:"application"`
	CaseRef     string    `json:"caseRef,omitempty"`
	Level       string    `json:"level"`
	Withdrawn   bool      `json:"withdrawn"`
}

func (p *program) caAffected() *cobra.Command {
	var since string
	c := &cobra.Command{
		Use:   "affected SERIAL",
		Short: "List the seals and stamps that hang on a certificate's key",
		Long: `affected answers what a lost key puts in doubt: the seals whose certificate list names the
certificate, or that were made under it (seal maker), and the stamps made since --since; by
default since the certificate's invalidity date, or its beginning. A stamp that a time stamp
proves older than the revocation's effective date stays valid; LEVEL B has no such proof.`,
		Example: `  govseal ca affected 3f2a… --since 2026-11-02T08:00:00+08:00`,
		Args:    exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, args []string) error {
			found, err := c.ca.Show(ctx, args[0])
			if err != nil {
				return err
			}
			from, err := parseDay(since)
			if err != nil {
				return err
			}
			a, err := c.affectedBy(ctx, found, from)
			if err != nil {
				return err
			}
			return p.printAffected(a)
		}),
	}
	c.Flags().StringVar(&since, "since", "", "day or time from which the key is in doubt")
	return c
}

// affectedBy gathers what hangs on a certificate since an instant; a zero one
// is the invalidity date, or the certificate's beginning.
func (c *city) affectedBy(ctx context.Context, of ca.Certificate, since time.Time) (affected, error) {
	if since.IsZero() {
		since = of.Invalidity
	}
	if since.IsZero() {
		since = of.NotBefore
	}
	a := affected{Certificate: of.SerialHex, Profile: of.Profile, Since: jsonTime(since), Seals: []sealRef{}, Stamps: []stampUse{}}
	var err error
	switch of.Profile {
	case ca.ProfileSealMaker:
		made, err := seal.SealsMadeUnder(ctx, c.db.Seals(), of.DER, since)
		return a.add(made, "made under the key since then: make anew under another maker"), err
	case ca.ProfileTSA:
		return a, c.addUses(ctx, &a, "", since)
	}
	naming, err := seal.SealsNaming(ctx, c.db.Seals(), of.DER)
	if err != nil {
		return a, err
	}
	a = a.add(naming, `names the certificate: "govseal seal remake"`)
	for _, s := range naming {
		if err := c.addUses(ctx, &a, s.ESID, since); err != nil {
			return a, err
		}
	}
	if len(naming) == 0 && of.Profile == ca.ProfileSeal { // its seal has ended
		all, err := c.db.Seals().Seals(ctx, of.Department)
		if err != nil {
			return a, err
		}
		for _, s := range all {
			if s.CertSerial == of.SerialHex {
				a = a.add([]seal.Seal{s}, "has ended")
				return a, c.addUses(ctx, &a, s.ESID, since)
			}
		}
	}
	return a, err
}

func (a affected) add(seals []seal.Seal, what string) affected {
	for _, s := range seals {
		a.Seals = append(a.Seals, sealRef{s.ESID, s.Name, string(s.State), what})
	}
	return a
}

func (c *city) addUses(ctx context.Context, a *affected, esID string, since time.Time) error {
	uses, err := c.db.Seals().UsesSince(ctx, esID, since, maxUses+1-len(a.Stamps))
	for _, u := range uses {
		if len(a.Stamps) == maxUses {
			a.More = true
			break
		}
		a.Stamps = append(a.Stamps, stampUse{u.Stamp, u.Seal, u.Time.UTC(), string(u.Kind), u.Application, u.CaseRef, u.Level, u.Withdrawn})
	}
	return err
}

func (p *program) printAffected(a affected) error {
	if p.json {
		return p.printJSON(a)
	}
	seals := make([][]string, len(a.Seals))
	for i, s := range a.Seals {
		seals[i] = []string{s.ESID, s.State, s.Name, s.What}
	}
	if len(seals) > 0 {
		if err := table(p.out, []string{"SEAL", "STATE", "NAME", "WHAT FOLLOWS"}, seals); err != nil {
			return err
		}
	}
	stamps := make([][]string, len(a.Stamps))
	for i, s := range a.Stamps {
		stamps[i] = []string{s.Stamp, s.Seal, when(s.Time), s.Level, s.Kind, s.CaseRef}
	}
	if len(stamps) > 0 {
		if err := table(p.out, []string{"STAMP", "SEAL", "TIME", "LEVEL", "KIND", "CASE"}, stamps); err != nil {
			return err
		}
	}
	more := ""
	if a.More {
		more = fmt.Sprintf(", and more: only the first %d are listed", maxUses)
	}
	p.say("%d seals and %d stamps since %s hang on certificate %s%s", len(a.Seals), len(a.Stamps), when(*a.Since), a.Certificate, more)
	return nil
}
