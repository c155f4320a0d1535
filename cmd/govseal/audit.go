// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
)

// auditView is an audit entry in JSON output.
type auditView struct {
	Index  uint64          `json:"index"`
	Time   time.Time       `json:"time"`
	Actor  string          `json:"actor"`
	Act    string          `json:"act"`
	Kind   string          `json:"kind"`
	Object string          `json:"object"`
	Reason string          `json:"reason,omitempty"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

func viewAudit(e ledger.Entry) auditView {
	return auditView{e.Index, e.Time.UTC(), e.Actor, e.Act, e.Kind, e.Object, e.Reason, e.Before, e.After}
}

func (p *program) auditCommand() *cobra.Command {
	return group("audit", "The audit log (审计日志): who did what, when, why",
		`The audit log is private; every entry is committed to in the ledger, so "govseal ledger verify"
finds one that was changed or removed.`,
		p.auditList(), p.auditExport())
}

func (p *program) auditList() *cobra.Command {
	var q ledger.Query
	var since, until string
	c := &cobra.Command{
		Use:   "list",
		Short: "List audit entries, newest first",
		Example: `  govseal audit list --actor operator:zhang --since 2026-11-01
  govseal audit list --act seal.make --json`,
		Args: noArgs,
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, _ []string) (err error) {
			if q.Since, err = parseDay(since); err != nil {
				return err
			}
			if q.Until, err = parseDay(until); err != nil {
				return err
			}
			if q.Actors, err = c.provenActors(ctx, q.Actor); err != nil {
				return err
			}
			found, err := c.db.Ledger().Search(ctx, q)
			if err != nil {
				return err
			}
			views, rows := make([]auditView, len(found)), make([][]string, len(found))
			for i, e := range found {
				views[i], rows[i] = viewAudit(e), []string{itoa(e.Index), when(e.Time), e.Actor, e.Act, e.Object, e.Reason}
			}
			return p.print(views, []string{"ENTRY", "TIME", "ACTOR", "ACT", "OBJECT", "REASON"}, rows)
		}),
	}
	f := c.Flags()
	f.StringVar(&q.Actor, "actor", "", "only this actor (operator:NAME, app:ID, system)")
	f.StringVar(&q.Act, "act", "", "only this act, e.g. ca.revoke")
	f.StringVar(&q.Object, "object", "", "only about this ID")
	f.StringVar(&since, "since", "", "from this day or time")
	f.StringVar(&until, "until", "", "before this day or time")
	f.IntVar(&q.Limit, "limit", 50, "at most so many")
	f.Uint64Var(&q.Before, "before", 0, "go on before this entry")
	return c
}

// provenActors are what stands in the log for "operator:NAME" beside itself:
// the operator of that name once it proved itself.
func (c *city) provenActors(ctx context.Context, actor string) ([]string, error) {
	name, ok := strings.CutPrefix(actor, "operator:")
	if !ok {
		return nil, nil
	}
	o, err := c.operators.Store().OperatorNamed(ctx, name)
	if errors.Is(err, registry.ErrNotFound) {
		return nil, nil
	}
	return o.Actors(), err
}

// exportBatch is how many entries are read at a time.
const exportBatch = 512

func (p *program) auditExport() *cobra.Command {
	return &cobra.Command{
		Use:     "export",
		Short:   "Print the whole audit log, oldest first, one JSON object a line",
		Example: `  govseal audit export | gzip > audit.jsonl.gz`,
		Args:    noArgs,
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, _ []string) error {
			enc := json.NewEncoder(p.out)
			enc.SetEscapeHTML(false)
			for from := uint64(0); ; {
				entries, err := c.db.Ledger().Entries(ctx, from, exportBatch)
				if err != nil {
					return err
				}
				for _, e := range entries {
					if err := enc.Encode(viewAudit(e)); err != nil {
						return err
					}
					from = e.Index + 1
				}
				if len(entries) < exportBatch {
					return nil
				}
			}
		}),
	}
}
