// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/bulk"
	"github.com/govseal/govseal/registry"
)

// refuse is the end of a file that has bad rows.
func (r *bulkRun) refuse(err error) error {
	var bad *bulk.Problems
	if !errors.As(err, &bad) {
		return err
	}
	if r.p.json {
		if err := r.p.printJSON(struct {
			Problems []bulk.Problem `json:"problems"`
			More     int            `json:"more"`
		}{bad.List, bad.More}); err != nil {
			return err
		}
	}
	return &exitError{exitRefused, r.path + ": " + printableLines(bad.Error())}
}

func printableLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = printable(lines[i])
	}
	return strings.Join(lines, "\n")
}

// blames reports whether an error is the row's fault and not the house's.
func blames(err error) bool {
	var request *ca.RequestError
	var csr *ca.CSRError
	var linted *ca.LintError
	var usage *exitError
	return errors.As(err, &request) || errors.As(err, &csr) || errors.As(err, &linted) || errors.As(err, &usage) ||
		errors.Is(err, registry.ErrNotFound) || errors.Is(err, registry.ErrAmbiguous)
}

// check finds what an earlier run made of the row, or rehearses it.
func (r *bulkRun) check(ctx context.Context, j *job, who parties, folder *os.Root, keys map[[32]byte]int) (err error) {
	done, err := r.find(ctx, j)
	if done || err != nil {
		return err
	}
	row := j.row
	if j.request, err = r.c.ask(ctx, who, r.actor, row.Profile, holder{department: row.Department, officer: row.Officer,
		commonName: row.CommonName, unit: row.Unit, hosts: row.Hosts, days: row.Days, ca: r.by}); err != nil {
		return err
	}
	j.request.Batch = r.file.Key(row)
	if row.CSR != "" {
		if j.csr, err = readRequest(folder, row.CSR); err != nil {
			return err
		}
		key, err := r.c.requestKey(j.csr)
		if err != nil {
			return err
		}
		if first, twice := keys[key]; twice {
			return usagef("the request is for the key of line %d", first)
		}
		keys[key] = row.Line
	}
	return r.c.ca.Rehearse(ctx, j.request, j.csr)
}

// readRequest reads a request within the file's folder; links that lead out of
// it are not followed.
func readRequest(folder *os.Root, name string) ([]byte, error) {
	info, err := folder.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil, usagef("csr %s is not a file in the folder of the list", name)
	}
	if info.Size() > 2*ca.MaxCSR {
		return nil, &ca.CSRError{Reason: ca.CSRTooLong, Detail: fmt.Sprintf("%s has %d octets", name, info.Size())}
	}
	raw, err := folder.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return ca.DecodeCSR(raw)
}

// find looks for the certificate that an earlier run made for the row.
func (r *bulkRun) find(ctx context.Context, j *job) (bool, error) {
	all, err := r.c.ca.Find(ctx, ca.Query{Batch: r.file.Key(j.row)})
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(all, func(c ca.Certificate) bool { return c.Status != ca.Planned })
	if i < 0 {
		return false, nil
	}
	j.made, j.outcome.State = all[i], bulk.Earlier
	return true, nil
}
