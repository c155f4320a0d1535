// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
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
	only     string // part of the names of the contests to run
	profile  string // file for a CPU profile of them

	rounds  int           // turns of each contest
	slice   time.Duration // length of a turn
	callers int           // of the crowd
	listed  int           // entries of the CRL
	filled  int           // certificates and stamps of a full store
	full    bool          // measure that, too
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

Turns of figure and reference alternate and the median counts. On a machine with other work the
ratio of rates says little; the ratio of processor times says more. With --database, or GOVSEAL_TEST_PG, stamps and
certificates are measured on PostgreSQL too, in a database made for it and dropped afterwards.

It takes one to two minutes; --quick takes seconds, shows that everything runs, and measures
nothing worth quoting. --profile with --only says where the time of one operation goes.`,
		Example: "  govseal bench\n  govseal bench --json --dir /srv/disk\n  govseal bench --only \"over HTTP, 64\" --profile http.pprof",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			// GOVSEAL_DIR names a real city, which a benchmark must not touch.
			if cmd.Flags().Changed("dir") {
				b.folder = p.dir
			}
			if b.profile != "" && b.only == "" {
				return usagef("--profile needs --only: a profile of everything says nothing")
			}
			return b.run(cmd.Context())
		},
	}
	f := c.Flags()
	f.BoolVar(&b.quick, "quick", false, "a few seconds: does everything run?")
	f.BoolVar(&b.full, "million", false, "also measure with a million certificates and stamps in the store: some minutes, 10 GB of disk")
	f.StringVar(&b.only, "only", "", "run only rates whose name contains this, and no documents")
	f.StringVar(&b.profile, "profile", "", "write a CPU profile of what --only names, without references, to this new file")
	f.StringVar(&b.database, "database", os.Getenv("GOVSEAL_TEST_PG"), "PostgreSQL to measure beside SQLite, postgres://user@host/name (or GOVSEAL_TEST_PG)")
	return c
}

// run goes from the raw machine to whole documents.
func (b *bench) run(ctx context.Context) (err error) {
	b.rounds, b.slice, b.callers, b.listed, b.filled = 7, 400*time.Millisecond, 64, 100_000, fullStore
	if b.quick {
		b.rounds, b.slice, b.listed, b.filled = 1, 40*time.Millisecond, 1000, 1000
	}
	if b.profile != "" {
		b.slice = 5 * time.Second // a hundred samples a second are few
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
	if b.full {
		more, full, err := b.million(ctx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, full.close()) }()
		contests = append(contests, more...)
	}
	if err := b.profiled(func() error { return b.measure(ctx, b.chosen(contests)) }); err != nil {
		return err
	}
	if b.only == "" {
		if err := b.papers(ctx, s); err != nil {
			return err
		}
	}
	if b.profile == "" && strings.Contains(crlName, b.only) {
		if err := b.list(ctx, s); err != nil {
			return err
		}
	}
	b.progress("")
	m.LoadAfter = load()
	return b.print(m)
}

// chosen are the contests that --only names, with their references unless a
// profile is taken.
func (b *bench) chosen(all []contest) []contest {
	want := map[string]bool{}
	for _, c := range all {
		if strings.Contains(c.name, b.only) {
			want[c.name] = true
		}
	}
	for i := len(all) - 1; i >= 0; i-- { // references come first
		if want[all[i].name] && b.profile == "" {
			want[all[i].of] = true
		}
	}
	var chosen []contest
	for _, c := range all {
		if want[c.name] {
			if b.profile != "" {
				c.of, c.target = "", 0
			}
			chosen = append(chosen, c)
		}
	}
	return chosen
}

// profiled runs work under the CPU profiler if that was asked for.
func (b *bench) profiled(work func() error) (err error) {
	if b.profile == "" {
		return work()
	}
	f, err := os.OpenFile(b.profile, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return work()
}

// contests are what is measured as a rate.
func (b *bench) contests(ctx context.Context, s *site) ([]contest, error) {
	all, err := s.crypto()
	if err != nil {
		return nil, err
	}
	all = append(all, s.disk())
	all = append(all, b.work(s)...)
	for _, callers := range []int{1, b.callers} {
		answers, err := s.ocsp(ctx, callers)
		if err != nil {
			return nil, err
		}
		all = append(all, answers...)
	}
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
		s.rate("make a seal", s.makeSeal, 1, "own crypto of a certificate, 1 core", 0),
		s.rate("make a seal", s.makeSeal, b.callers, "own crypto of a certificate", 0),
		s.rate("certificate", s.issue, 1, "own crypto of a certificate, 1 core", 0),
		s.rate("certificate", s.issue, b.callers, "own crypto of a certificate", 0.4),
	}
}

func cores() int { return runtime.GOMAXPROCS(0) }
