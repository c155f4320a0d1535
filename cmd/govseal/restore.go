// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/ledger/proof"
)

// restoreFlags are what "restore" is told.
type restoreFlags struct {
	since      string
	acceptLoss bool
}

func (p *program) restoreCommand() *cobra.Command {
	var f restoreFlags
	c := &cobra.Command{
		Use:   "restore FILE --dir NEWDIR",
		Short: "Make a city from a backup, if it is not behind what was witnessed",
		Long: `restore unpacks a backup into a new folder, checks every digest, opens the key store and replays the
whole ledger against the checkpoint inside the backup.

Give the newest checkpoint that was kept outside with --since. A backup that is behind it has lost
entries: stamps that were given out would be unknown. restore then refuses, unless --accept-loss
says that this is known; the loss is recorded in the audit log.`,
		Example: `  govseal restore /mnt/backup/govseal-2026-11-02.tar --dir /srv/govseal --since /mnt/witness/2026-11-02.note`,
		Args:    exactly(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return p.restore(cmd.Context(), args[0], f) },
	}
	c.Flags().StringVar(&f.since, "since", "", "file with the newest checkpoint that was kept outside")
	c.Flags().BoolVar(&f.acceptLoss, "accept-loss", false, "restore although entries are lost, and record it")
	return c
}

func (p *program) restore(ctx context.Context, path string, f restoreFlags) (err error) {
	if _, err := p.actor(); err != nil {
		return err
	}
	held, err := readNote(f.since)
	if err != nil {
		return err
	}
	passphrase, err := p.passphrase.read(p, false)
	if err != nil {
		return err
	}
	defer clear(passphrase)
	if err := emptyFolder(p.dir); err != nil {
		return err
	}
	defer func() {
		if err != nil { // what is half restored must not be taken for a city
			err = errors.Join(err, clearFolder(p.dir))
		}
	}()
	r := restoration{program: p, flags: f, held: held}
	if r.backup, err = unpack(ctx, path, p.dir); err != nil {
		return fmt.Errorf("read backup %s: %w", path, err)
	}
	return r.finish(ctx, passphrase)
}

// restoration is a backup unpacked and not yet a city.
type restoration struct {
	program *program
	flags   restoreFlags
	held    string // checkpoint kept outside, "" when none was given
	backup  unpacked
	lost    uint64 // entries that the held checkpoint counts and the backup lacks
}

func (r *restoration) finish(ctx context.Context, passphrase []byte) (err error) {
	c := &city{dir: r.program.dir, config: r.backup.config, log: slog.New(slog.DiscardHandler)}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := c.open(ctx, passphrase); err != nil {
		return err
	}
	if err := r.program.authorize(ctx, c); err != nil {
		return err
	}
	if err := c.assemble(ctx); err != nil {
		return err
	}
	if err := r.compare(ctx, c); err != nil {
		return err
	}
	if err := c.db.Ledger().Append(ctx, r.event(c)); err != nil {
		return fmt.Errorf("record the restoration: %w", err)
	}
	if err := c.config.save(c.dir); err != nil {
		return err
	}
	if r.held == "" {
		r.program.say("warning: without --since nobody knows what happened after this backup was made")
	}
	r.program.say("restored; root key and passphrases are not in a backup")
	return r.program.printList([]string{c.dir})
}

// compare replays the ledger and finds out whether the backup is behind the
// checkpoint that was kept outside.
func (r *restoration) compare(ctx context.Context, c *city) error {
	findings, err := c.ledger.Verify(ctx, r.backup.checkpoint, nil)
	if err != nil {
		return err
	}
	if len(findings) == 0 && r.held != "" {
		if r.lost, err = c.behind(ctx, r.held); err != nil {
			return err
		}
		if r.lost == 0 {
			findings, err = c.ledger.Verify(ctx, r.held, nil)
		}
	}
	if err != nil {
		return err
	}
	if len(findings) > 0 {
		return &exitError{exitRefused, fmt.Sprintf("the backup's ledger is not sound (entry %d: %s, and %d more): use another backup",
			findings[0].Index, findings[0].Problem, len(findings)-1)}
	}
	if r.lost > 0 && !r.flags.acceptLoss {
		return &exitError{exitRefused, fmt.Sprintf("this backup is behind the checkpoint: at least %d entries would be lost; use a newer backup, or say --accept-loss", r.lost)}
	}
	return nil
}

// behind returns how many entries a held checkpoint counts beyond the head.
func (c *city) behind(ctx context.Context, held string) (uint64, error) {
	key, err := c.ledgerKey(ctx)
	if err != nil {
		return 0, err
	}
	cp, err := proof.OpenCheckpoint(held, key)
	if err != nil {
		return 0, fmt.Errorf("the checkpoint given with --since: %w", err)
	}
	head, err := c.db.Ledger().Head(ctx)
	if err != nil || cp.Size <= head.Size {
		return 0, err
	}
	return cp.Size - head.Size, nil
}

func (c *city) ledgerKey(ctx context.Context) (*ecdsa.PublicKey, error) {
	o, err := c.office(ctx, ca.ProfileLedger)
	if err != nil {
		return nil, err
	}
	parsed, err := cert.Parse(o.DER)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return nil, errors.New("the ledger's certificate holds no SM2 key")
	}
	return key, nil
}

func (r *restoration) event(c *city) ledger.Event {
	reason := "restored from the backup of " + r.backup.made.UTC().Format(time.RFC3339)
	if r.lost > 0 {
		reason += fmt.Sprintf("; at least %d entries lost, accepted", r.lost)
	}
	return ledger.Event{Kind: "admin", Time: time.Now(), Actor: c.who.Actor(), Act: "city.restore", Object: c.config.Origin, Reason: reason,
		Facts: []ledger.Fact{{Name: "lost", Value: []byte(itoa(r.lost))}, {Name: "checkpoint", Value: []byte(r.held)}}}
}

// emptyFolder makes sure that dir is there and empty.
func emptyFolder(dir string) error {
	if dir == "" {
		return usagef("where to? Name the new folder with --dir or GOVSEAL_DIR")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		return usagef("%s is not empty; restore makes a new city and overwrites none", dir)
	}
	return nil
}

// clearFolder removes what was unpacked into a folder that was empty before.
func clearFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
	}
	return err
}
