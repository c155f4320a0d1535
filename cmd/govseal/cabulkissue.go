// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/bulk"
)

// bulkWorkers issue at the same time: what is recorded together is synced to
// disk together.
const bulkWorkers = 8

// carryOut issues for every row that is open, and writes the report whatever
// happens: what was recorded is the truth, the report only shows it.
func (r *bulkRun) carryOut(ctx context.Context) error {
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	stopped := r.issueAll(ctx)
	report := r.report(time.Now())
	if err := r.write(report); err != nil {
		return errors.Join(stopped, err)
	}
	report.Rows = nil
	if err := r.show(report); err != nil {
		return errors.Join(stopped, err)
	}
	switch {
	case stopped != nil:
		return fmt.Errorf("stopped with %d rows open; run the same file again: %w", report.Open, stopped)
	case report.Refused > 0:
		return &exitError{exitRefused, fmt.Sprintf("%d rows were refused; %s says why", report.Refused, filepath.Join(r.out, "report.csv"))}
	}
	return nil
}

// issueAll has workers go through the rows. The first error that is not a
// row's own stops them all.
func (r *bulkRun) issueAll(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	b := r.p.bar("issuing", len(r.jobs))
	defer b.end()
	work := make(chan *job)
	var workers sync.WaitGroup
	for range bulkWorkers {
		workers.Go(func() {
			for j := range work {
				if err := r.finish(ctx, j); err != nil {
					stop(err)
				}
				b.step()
			}
		})
	}
	for _, j := range r.jobs {
		if ctx.Err() != nil {
			break
		}
		work <- j
	}
	close(work)
	workers.Wait()
	return context.Cause(ctx)
}

// finish brings one row to its end: certificate recorded, then written.
func (r *bulkRun) finish(ctx context.Context, j *job) error {
	if ctx.Err() != nil {
		return nil
	}
	if j.outcome.State == bulk.Open {
		made, err := r.issue(ctx, j)
		switch {
		case err == nil:
			j.made, j.outcome.State = made, bulk.Issued
		case errors.Is(err, ca.ErrState):
			// Another run of the same file was faster, or the CA itself ended.
			if done, again := r.find(ctx, j); again != nil || !done {
				return errors.Join(err, again)
			}
		case blames(err):
			j.outcome.State, j.outcome.Problem = bulk.Refused, printable(err.Error())
			return nil
		default:
			return err
		}
	}
	c := j.made
	j.outcome.Subject, j.outcome.Serial, j.outcome.NotAfter = c.Subject, c.SerialHex, c.NotAfter.UTC()
	name := fmt.Sprintf("%06d-%s.pem", j.row.Line, c.SerialHex)
	if err := place(filepath.Join(r.out, name), certificatePEM(c.DER)); err != nil {
		return err
	}
	j.outcome.File = name
	return nil
}

// issue certifies the row's own key, or one that is made for it now.
func (r *bulkRun) issue(ctx context.Context, j *job) (ca.Certificate, error) {
	if j.csr != nil {
		return r.c.ca.ImportCSR(ctx, j.request, j.csr)
	}
	ref, _, err := r.c.keyring.Generate(ctx, j.row.Profile)
	if err != nil {
		return ca.Certificate{}, fmt.Errorf("make the key of line %d: %w", j.row.Line, err)
	}
	request := j.request
	request.KeyRef = ref
	return r.c.ca.Issue(ctx, request)
}

// place writes a certificate unless it is there already. It is not synced:
// the database has it, and the next run of the file writes what is missing.
func place(path string, data []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	temporary := path + ".new"
	if err := os.WriteFile(temporary, data, 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

// write replaces the two forms of the report.
func (r *bulkRun) write(report bulk.Report) error {
	var text, object bytes.Buffer
	if err := errors.Join(report.WriteCSV(&text), report.WriteJSON(&object)); err != nil {
		return err
	}
	return errors.Join(writeDurably(filepath.Join(r.out, "report.csv"), text.Bytes(), 0o644),
		writeDurably(filepath.Join(r.out, "report.json"), object.Bytes(), 0o644))
}

func (r *bulkRun) show(report bulk.Report) error {
	return r.p.printFields(report, []field{
		{"file", report.File}, {"SM3", report.Digest},
		{"issued", itoa(report.Issued)}, {"by earlier runs", itoa(report.Earlier)},
		{"refused", itoa(report.Refused)}, {"open", itoa(report.Open)},
		{"report", filepath.Join(r.out, "report.csv")},
	})
}
