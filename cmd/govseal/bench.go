// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"os"
	"runtime"
	"time"

	"github.com/spf13/cobra"
)

// bench is one run of the benchmark. What it measures it measures against a
// reference of the same run, in turns, so that a busy or a slow machine
// disturbs both alike.
type bench struct {
	p        *program
	quick    bool
	folder   string // where the temporary city is made; "" is the system's
	database string // further engine: postgres://…

	rounds  int           // turns of each contest
	slice   time.Duration // length of a turn
	callers int           // of the crowd
	listed  int           // entries of the CRL
	figures []figure
}

func (p *program) benchCommand() *cobra.Command {
	b := &bench{p: p}
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure this machine: signatures, stamps, certificates, documents",
		Long: `bench makes a city in a temporary folder, measures it, and removes it. Each figure stands beside a
reference of the same run: "own crypto" is the rate at which the same cores do just that
operation's signatures, checks and digests, and nothing else.

Turns of figure and reference alternate and the median counts, but on a machine with other work
only the ratios say something, and not much. With --database, or GOVSEAL_TEST_PG, stamps and
certificates are measured on PostgreSQL too, in a database made for it and dropped afterwards.

It takes one to two minutes; --quick takes seconds, shows that everything runs, and measures
nothing worth quoting.`,
		Example: "  govseal bench\n  govseal bench --json --dir /srv/disk",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			// GOVSEAL_DIR names a real city, which a benchmark must not touch.
			if cmd.Flags().Changed("dir") {
				b.folder = p.dir
			}
			return b.run(cmd.Context())
		},
	}
	f := c.Flags()
	f.BoolVar(&b.quick, "quick", false, "a few seconds: does everything run?")
	f.StringVar(&b.database, "database", os.Getenv("GOVSEAL_TEST_PG"), "PostgreSQL to measure beside SQLite, postgres://user@host/name (or GOVSEAL_TEST_PG)")
	return c
}

// run goes from the raw machine to whole documents.
func (b *bench) run(ctx context.Context) (err error) {
	b.rounds, b.slice, b.callers, b.listed = 3, time.Second, 64, 100_000
	if b.quick {
		b.rounds, b.slice, b.listed = 1, 40*time.Millisecond, 1000
	}
	m := describeMachine()
	defer b.progress("")
	b.progress("making a city")
	s, err := b.openSite(ctx, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	m.Engines = append(m.Engines, s.engine)
	contests, err := b.contests(ctx, s)
	if err != nil {
		return err
	}
	if b.database != "" {
		further, err := b.openSite(ctx, b.database)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, further.close()) }()
		m.Engines = append(m.Engines, further.engine)
		contests = append(contests, b.work(further)...)
	}
	if err := b.measure(ctx, contests); err != nil {
		return err
	}
	if err := errors.Join(b.papers(ctx, s), b.list(ctx, s)); err != nil {
		return err
	}
	b.progress("")
	m.LoadAfter = load()
	return b.print(m)
}

// contests are what is measured as a rate.
func (b *bench) contests(ctx context.Context, s *site) ([]contest, error) {
	all, err := s.crypto()
	if err != nil {
		return nil, err
	}
	all = append(all, s.disk())
	all = append(all, b.work(s)...)
	decision, err := s.decision(ctx)
	return append(all, decision), err
}

// work is what a city does all day, alone and in a crowd.
func (b *bench) work(s *site) []contest {
	return []contest{
		s.rate("stamp, in process", s.stamp, 1, "own crypto of a stamp, 1 core", 0),
		s.rate("stamp, in process", s.stamp, b.callers, "own crypto of a stamp", 0),
		s.rate("stamp, over HTTP", s.stampHTTP, 1, "own crypto of a stamp, 1 core", 0),
		s.rate("stamp, over HTTP", s.stampHTTP, b.callers, "own crypto of a stamp", 0.5),
		s.rate("certificate", s.issue, 1, "own crypto of a certificate, 1 core", 0),
		s.rate("certificate", s.issue, b.callers, "own crypto of a certificate", 0.4),
	}
}

func cores() int { return runtime.GOMAXPROCS(0) }
