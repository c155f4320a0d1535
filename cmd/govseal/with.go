// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
)

// work is what a command does on an opened city; actor is who does it.
type work func(ctx context.Context, c *city, actor string) error

// opener is openCity or openCore.
type opener func(ctx context.Context, dir string, passphrase []byte) (*city, error)

// withCore does work that needs no office, and must go on when one is missing:
// otherwise nobody could issue the certificate that is missing.
func (p *program) withCore(ctx context.Context, do work) error { return p.with(ctx, openCore, do) }

func (p *program) with(ctx context.Context, open opener, do work) (err error) {
	if _, err := p.actor(); err != nil {
		return err
	}
	if _, err := loadConfig(p.dir); err != nil { // before anybody types a passphrase
		return err
	}
	passphrase, err := p.passphrase.read(p, false)
	if err != nil {
		return err
	}
	c, err := open(ctx, p.dir, passphrase)
	clear(passphrase)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := p.authorize(ctx, c); err != nil {
		return err
	}
	err = do(ctx, c, c.who.Actor())
	if c.published != nil && c.published.state() != nil {
		p.say("warning: not everything could be put into the folder of publication; a server does it later: %v", c.published.state())
	}
	return err
}

// argsWork is work with the command's arguments.
type argsWork func(ctx context.Context, c *city, actor string, args []string) error

// on makes the RunE of a command that works on the whole city, onCore of one
// that needs no office.
func (p *program) on(do argsWork) func(*cobra.Command, []string) error { return p.run(openCity, do) }

func (p *program) onCore(do argsWork) func(*cobra.Command, []string) error {
	return p.run(openCore, do)
}

func (p *program) run(open opener, do argsWork) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		return p.with(cmd.Context(), open, func(ctx context.Context, c *city, actor string) error { return do(ctx, c, actor, args) })
	}
}

// noArgs and exactly turn cobra's argument errors into usage errors that name
// the command's own line.
func noArgs(cmd *cobra.Command, args []string) error { return exactly(0)(cmd, args) }

func exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usagef("usage: %s", cmd.UseLine())
		}
		return nil
	}
}

// group is a command that only holds others.
func group(use, short, long string, children ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Long: long, Args: func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usagef("there is no \"%s %s\"; \"%s --help\" lists what there is", cmd.CommandPath(), args[0], cmd.CommandPath())
		}
		return nil
	}, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(children...)
	return c
}

// must marks flags without which a command makes no sense.
func must(c *cobra.Command, flags ...string) {
	for _, f := range flags {
		if err := c.MarkFlagRequired(f); err != nil {
			panic(err) // a flag that does not exist is a mistake in this program
		}
	}
}
