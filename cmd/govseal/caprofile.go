// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
)

func (p *program) caProfile() *cobra.Command {
	return group("profile", "Profiles: the shapes of certificates",
		`A profile decides what a certificate may be: its key, usages, names and longest validity. The
program ships the profiles that it needs. A YAML file DIR/profiles/NAME.yaml replaces the shipped
profile of that name, or adds one; docs/operations.md explains the fields. A city with a file that
is not sound does not open, and the error names file and field.`,
		p.caProfileList(), p.caProfileCheck())
}

// profileView is a profile in JSON output.
type profileView struct {
	Name      string         `json:"name"`
	Meaning   string         `json:"meaning"`
	Authority bool           `json:"authority"`
	Office    bool           `json:"office"`
	Key       string         `json:"key"`
	From      []ca.KeySource `json:"from"`
	Days      int            `json:"days"`
	Longest   int            `json:"longestDays"`
	Deliver   bool           `json:"deliverable"`
}

func viewProfile(p ca.Profile) profileView {
	const day = 24 * time.Hour
	return profileView{p.Name(), p.Meaning(), p.Authority(), p.Office(), string(p.Key()), p.Sources(), int(p.Validity() / day), int(p.Longest() / day), p.Deliverable()}
}

func (p *program) printProfiles(all []ca.Profile) error {
	views, rows := make([]profileView, len(all)), make([][]string, len(all))
	for i, profile := range all {
		v := viewProfile(profile)
		from := make([]string, len(v.From))
		for j, s := range v.From {
			from[j] = string(s)
		}
		views[i] = v
		rows[i] = []string{v.Name, v.Key, strings.Join(from, " "), fmt.Sprint(v.Days), fmt.Sprint(v.Longest), v.Meaning}
	}
	return p.print(views, []string{"PROFILE", "KEY", "FROM", "DAYS", "LONGEST", "FOR"}, rows)
}

func (p *program) caProfileList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the profiles of this city, or those that are shipped",
		Long: `list shows the profiles of the city in --dir, its own files included; without --dir those that the
program ships. FROM says where keys come from: store (made and kept here), csr (the holder's own),
centre (made and escrowed by the key centre), ceremony (an authority's).`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			if p.dir == "" {
				return p.printProfiles(ca.DefaultProfiles().All())
			}
			all, err := loadProfiles(p.dir)
			if err != nil {
				return err
			}
			return p.printProfiles(all.All())
		},
	}
}

func (p *program) caProfileCheck() *cobra.Command {
	return &cobra.Command{
		Use:     "check FILE",
		Short:   "Check a profile before it is put into DIR/profiles",
		Example: `  govseal ca profile check department.yaml`,
		Args:    exactly(1),
		RunE: func(_ *cobra.Command, args []string) error {
			profile, err := readProfile(args[0])
			if err != nil {
				return err
			}
			return p.printProfiles([]ca.Profile{profile})
		},
	}
}

func readProfile(path string) (ca.Profile, error) {
	text, err := readSmall(path, maxProfile)
	if err != nil {
		return ca.Profile{}, err
	}
	profile, err := ca.ParseProfile(text)
	if err != nil {
		return ca.Profile{}, &exitError{exitRefused, fmt.Sprintf("%s: %v", path, err)}
	}
	return profile, nil
}
