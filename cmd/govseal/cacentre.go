// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
)

// centreView is a key centre in JSON output.
type centreView struct {
	ID        string    `json:"id"`
	City      string    `json:"city"`
	Threshold int       `json:"threshold"`
	Officers  []string  `json:"officers"`
	Created   time.Time `json:"created"`
}

func viewCentre(c ca.Centre) centreView {
	return centreView{c.ID, c.City, c.Threshold, c.Officers, c.Created.UTC()}
}

func (p *program) caCentre() *cobra.Command {
	return group("centre", "Key centre (密钥管理中心): escrow of encryption keys",
		`A key centre makes the encryption keys of dual certificates and keeps them in escrow, so that old
papers can be read when a holder has lost the key. Escrow needs no secret. Recovery needs M of N
recovery officers, each with a share file and a passphrase of their own ("govseal ca recover").
Signing keys are never in escrow.`,
		p.caCentreCreate(), p.caCentreList(), p.caCentreShare())
}

// centreFlags are what "ca centre create" is told.
type centreFlags struct {
	officers  []string
	threshold int
	secrets   officerPassphrases
}

func (p *program) caCentreCreate() *cobra.Command {
	var f centreFlags
	c := &cobra.Command{
		Use:   "create",
		Short: "Make a key centre and its officers' share files",
		Long: `create makes the centre's key, splits it so that M of the N officers can put it together again, and
forgets it. Each officer chooses a passphrase and takes the share file away (mode 0600): put the
files on N media, keep none of them here, and write down who was there.

M officers who lose their files or passphrases lose every key of the centre: let N be larger than
M. When officers change, create another centre: it escrows from then on, and the shares of the old
one go on recovering what it escrowed.`,
		Example: `  govseal ca centre create --threshold 2 --officer 张示例=/media/a/zhang.share \
      --officer 李示例=/media/b/li.share --officer 王示例=/media/c/wang.share`,
		Args: noArgs,
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, _ []string) error {
			asked := map[string]any{"threshold": f.threshold, "officers": f.officers}
			return p.withApproval(ctx, c, actCeremony, asked, func() error { return p.createCentre(ctx, c, actor, f) })
		}),
	}
	fl := c.Flags()
	fl.StringArrayVar(&f.officers, "officer", nil, "a recovery officer and the new file for the share, NAME=FILE; once for each")
	fl.IntVarP(&f.threshold, "threshold", "m", 0, "how many officers a recovery needs, 2 at least")
	f.secrets.register(fl)
	must(c, "officer", "threshold")
	return p.approvable(c)
}

func (p *program) createCentre(ctx context.Context, c *city, actor string, f centreFlags) (err error) {
	names, files, err := f.reserve()
	defer func() {
		for _, file := range files {
			err = errors.Join(err, file.close())
		}
	}()
	if err != nil {
		return err
	}
	secrets, err := f.secrets.readAll(p, names, true)
	if err != nil {
		return err
	}
	defer clearAll(secrets)
	people := make([]ca.RecoveryOfficer, len(names))
	for i, name := range names {
		people[i] = ca.RecoveryOfficer{Name: name, Passphrase: secrets[i]}
	}
	made, err := c.ca.CreateCentre(ctx, actor, people, f.threshold, func(shares [][]byte) error {
		for i, file := range files {
			if err := file.write(shares[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		for _, file := range files { // shares of a centre that is not recorded serve nobody
			file.kept = false
		}
		return err
	}
	p.say("each officer takes their share file away now; %d of %d recover a key", made.Threshold, len(made.Officers))
	return p.showCentre(made)
}

// reserve takes the places of the share files, before anybody is asked for a
// passphrase. What was taken is returned with an error too.
func (f centreFlags) reserve() (names []string, files []*secretFile, err error) {
	for _, one := range f.officers {
		i := strings.LastIndexByte(one, '=')
		if i < 1 {
			return names, files, usagef("--officer %s: write NAME=FILE", printable(one))
		}
		file, err := reserve(one[i+1:])
		if err != nil {
			return names, files, err
		}
		names, files = append(names, one[:i]), append(files, file)
	}
	return names, files, nil
}

func (p *program) showCentre(c ca.Centre) error {
	v := viewCentre(c)
	return p.printFields(v, []field{{"centre", v.ID}, {"city", v.City}, {"recovery", fmt.Sprintf("%d of %d officers", v.Threshold, len(v.Officers))},
		{"officers", strings.Join(v.Officers, "、")}, {"created", when(c.Created)}})
}

func (p *program) caCentreList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List key centres, newest first", Args: noArgs,
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, _ []string) error {
			all, err := c.ca.Centres(ctx)
			if err != nil {
				return err
			}
			views, rows := []centreView{}, [][]string{}
			for _, one := range all {
				v := viewCentre(one)
				views = append(views, v)
				rows = append(rows, []string{v.ID, fmt.Sprintf("%d of %d", v.Threshold, len(v.Officers)), strings.Join(v.Officers, "、"), when(one.Created)})
			}
			return p.print(views, []string{"CENTRE", "RECOVERY", "OFFICERS", "CREATED"}, rows)
		}),
	}
}

// shareView is what a share file tells without its passphrase.
type shareView struct {
	City      string `json:"city"`
	Centre    string `json:"centre"`
	Officer   string `json:"officer"`
	Index     int    `json:"index"`
	Threshold int    `json:"threshold"`
	Total     int    `json:"total"`
}

func (p *program) caCentreShare() *cobra.Command {
	return &cobra.Command{
		Use:   "show-share FILE",
		Short: "Say whose share file this is; needs no city and no passphrase",
		Args:  exactly(1),
		RunE: func(_ *cobra.Command, args []string) error {
			all, err := readShares(args)
			if err != nil {
				return err
			}
			s := all[0].label
			return p.printFields(shareView{s.City, s.Centre, s.Officer, s.Index, s.Threshold, s.Total}, []field{
				{"city", s.City}, {"centre", s.Centre}, {"officer", s.Officer},
				{"share", fmt.Sprintf("%d of %d; %d recover a key", s.Index, s.Total, s.Threshold)}})
		},
	}
}
