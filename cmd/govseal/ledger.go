// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/ledger/proof"
)

func (p *program) ledgerCommand() *cobra.Command {
	return group("ledger", "The ledger (存证日志): checkpoint, proof, verify",
		`Every certificate, seal, stamp and administrative act is committed to in an append-only SM3 Merkle
tree. A checkpoint is the signed size and root of the tree: keep some outside, with the supervision
body for instance; "ledger verify --since" then finds any row that was changed, removed, moved or
rebuilt since.`,
		p.ledgerCheckpoint(), p.ledgerProof(), p.ledgerVerify())
}

func (p *program) ledgerCheckpoint() *cobra.Command {
	var stampFile string
	c := &cobra.Command{
		Use:   "checkpoint",
		Short: "Print the signed checkpoint of the ledger as it is now",
		Long: `checkpoint prints a signed note with the size and root of the tree. Keep it outside this system.
--time-stamp writes the RFC 3161 token over the note beside it.`,
		Example: `  govseal ledger checkpoint > /mnt/witness/$(date +%F).note`,
		Args:    noArgs,
		RunE: p.on(func(ctx context.Context, c *city, _ string, _ []string) error {
			note, token, err := c.ledger.Checkpoint(ctx)
			if err != nil {
				return err
			}
			if stampFile != "" {
				if token == nil {
					return errors.New("the checkpoint could not be time-stamped; try again in a minute")
				}
				if err := p.write(stampFile, token, true); err != nil {
					return err
				}
			}
			if p.json {
				return p.printJSON(struct {
					Checkpoint string `json:"checkpoint"`
					TimeStamp  []byte `json:"timeStamp,omitempty"`
				}{note, token})
			}
			_, err = io.WriteString(p.out, note)
			return err
		}),
	}
	c.Flags().StringVar(&stampFile, "time-stamp", "", "write the time-stamp token (DER) to this new file")
	return c
}

// provable are the kinds of entries that "ledger proof" looks for, in order.
var provable = []string{"stamp", "certificate", "seal", "withdrawal", "revocation", "seal-state", "crl", "grant", "department", "officer", "application", "admin"}

func (p *program) ledgerProof() *cobra.Command {
	var kind, out string
	var open []string
	c := &cobra.Command{
		Use:   "proof ID",
		Short: "Prove that something stands in the ledger",
		Long: `proof prints the inclusion proof of the newest entry about a stamp, a certificate (serial), a seal
(number), a CRL ("issuing/12") or another record, against a fresh checkpoint. Nothing private is
opened unless --open names it (for a stamp: document, output, seal, certificate, department, code, time).`,
		Example: `  govseal ledger proof stm-… --open document --open time -o stamp.proof.json
  govseal verify decision.json --proof stamp.proof.json`,
		Args: exactly(1),
		RunE: p.on(func(ctx context.Context, c *city, _ string, args []string) error {
			found, err := c.prove(ctx, kind, args[0], open)
			if err != nil {
				return err
			}
			raw, err := found.Marshal()
			if err != nil {
				return err
			}
			return p.write(out, append(raw, '\n'), false)
		}),
	}
	c.Flags().StringVar(&kind, "kind", "", "kind of entry, when an ID could be of several")
	c.Flags().StringSliceVar(&open, "open", nil, "open this fact in the proof; may be given again")
	c.Flags().StringVarP(&out, "out", "o", "", "write to a new file")
	return c
}

func (c *city) prove(ctx context.Context, kind, id string, open []string) (*proof.Proof, error) {
	kinds := provable
	if kind != "" {
		kinds = []string{kind}
	}
	for _, k := range kinds {
		found, err := c.ledger.Proof(ctx, k, id, open...)
		if errors.Is(err, ledger.ErrNotFound) {
			continue
		}
		return found, err
	}
	return nil, fmt.Errorf("%s: %w", id, ledger.ErrNotFound)
}

// findingView is one thing wrong, in JSON output.
type findingView struct {
	Index   uint64 `json:"index"`
	Problem string `json:"problem"`
}

func (p *program) ledgerVerify() *cobra.Command {
	var since string
	c := &cobra.Command{
		Use:   "verify",
		Short: "Replay the whole ledger and compare everything",
		Long: `verify reads every page of an SQLite file, then replays every row and compares leaves, audit entries,
kept hashes and the head. It finds what was changed around govseal. With --since, a checkpoint that
was kept outside, it is the auditor's form: whoever rebuilds the whole tree cannot pass it. Exit
status 1 when something is wrong.`,
		Example: `  govseal ledger verify --since /mnt/witness/2026-11-01.note`,
		Args:    noArgs,
		RunE: p.on(func(ctx context.Context, c *city, _ string, _ []string) error {
			held, err := readNote(since)
			if err != nil {
				return err
			}
			if err := c.db.Check(ctx); err != nil {
				return &exitError{exitRefused, err.Error()}
			}
			findings, err := c.ledger.Verify(ctx, held, nil)
			if err != nil {
				return err
			}
			return p.printFindings(findings)
		}),
	}
	c.Flags().StringVar(&since, "since", "", "file with a checkpoint that was kept outside")
	return c
}

// readNote reads a signed checkpoint from a file; "" is none.
func readNote(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	raw, err := readSmall(path, 64<<10)
	return string(raw), err
}

func (p *program) printFindings(findings []ledger.Finding) error {
	views, rows := make([]findingView, len(findings)), make([][]string, len(findings))
	for i, f := range findings {
		views[i], rows[i] = findingView(f), []string{itoa(f.Index), f.Problem}
	}
	if len(findings) == 0 && !p.json {
		p.say("the ledger is sound")
		return nil
	}
	if err := p.print(views, []string{"ENTRY", "PROBLEM"}, rows); err != nil || len(findings) == 0 {
		return err
	}
	return &exitError{exitRefused, fmt.Sprintf("the ledger is not sound: %d findings", len(findings))}
}
