// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/bulk"
	"github.com/govseal/govseal/internal/gm"
)

func (p *program) caBulk() *cobra.Command {
	var out, by string
	var dry bool
	c := &cobra.Command{
		Use:   "bulk FILE.csv",
		Short: "Issue certificates for every row of a CSV file",
		Long: `bulk issues one certificate for each row of FILE, UTF-8 with a header. Columns: profile (模板), and as
the profile needs them department (单位), officer (人员), common_name (名称), unit (科室), dns (域名),
days (天数), csr (申请文件). With csr, the path of a PKCS#10 request within the folder of FILE, the
holder's own key is certified; without it a key is made in the key store.

The file is checked whole, the linter's judgement included, before the first certificate is made: one
bad row, and nothing is issued; every bad row is named. A run that was interrupted, even by a power
cut, is taken up by running the same file again: rows that have their certificate are skipped, and
no row gets two. A changed file is another file.

--out takes the certificates (LINE-SERIAL.pem) and one report of all rows, report.csv and report.json.

Exit status: 0 every row has its certificate; 1 rows were refused; 2 usage, or could not go on.`,
		Example: `  govseal ca bulk people.csv --dry-run
  govseal ca bulk people.csv --out issued/`,
		Args: exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) error {
			if !dry && out == "" {
				return usagef("say with --out where certificates and report go, or check only with --dry-run")
			}
			r := &bulkRun{p: p, c: c, actor: actor, path: args[0], out: out, by: by}
			if err := r.prepare(ctx); err != nil {
				return err
			}
			if dry {
				p.say("%d rows, all of which could be issued for; %d have their certificate already. Nothing was done.", len(r.jobs), r.earlier())
				return nil
			}
			asked, err := r.payload()
			if err != nil {
				return err
			}
			return p.withApproval(ctx, c, r.act(), asked, func() error { return r.carryOut(ctx) })
		}),
	}
	c.Flags().StringVar(&by, "ca", "", "the CA that issues (default that of the department's area, else issuing)")
	c.Flags().StringVarP(&out, "out", "o", "", "folder for certificates and report")
	c.Flags().BoolVar(&dry, "dry-run", false, "check the file and issue nothing")
	return p.approvable(c)
}

// bulkRun is one run of one file.
type bulkRun struct {
	p         *program
	c         *city
	actor     string
	path, out string
	by        string // the CA that issues

	file *bulk.File
	jobs []*job
}

// job is one row on its way.
type job struct {
	row     bulk.Row
	request ca.Request
	csr     []byte
	outcome bulk.Outcome
	made    ca.Certificate
}

// prepare reads the file and rehearses every row that has no certificate yet.
func (r *bulkRun) prepare(ctx context.Context) error {
	raw, err := readSmall(r.path, bulk.MaxOctets)
	if errors.Is(err, fs.ErrNotExist) {
		return usagef("there is no file %s", r.path)
	}
	if err != nil {
		return err
	}
	if r.file, err = bulk.Parse(raw); err != nil {
		return r.refuse(err)
	}
	who, err := r.c.directory(ctx)
	if err != nil {
		return err
	}
	folder, err := os.OpenRoot(filepath.Dir(r.path))
	if err != nil {
		return err
	}
	defer folder.Close()
	var problems bulk.Problems
	keys := map[[32]byte]int{}
	b := r.p.bar("checking", len(r.file.Rows))
	defer b.end()
	for _, row := range r.file.Rows {
		j := &job{row: row, outcome: bulk.Outcome{Line: row.Line, State: bulk.Open, Profile: row.Profile, Department: row.Department, Officer: row.Officer}}
		r.jobs = append(r.jobs, j)
		if err := r.check(ctx, j, who, folder, keys); err != nil {
			if !blames(err) {
				return err
			}
			problems.Add(row.Line, "", "%s", strings.TrimPrefix(err.Error(), "ca: "))
		}
		b.step()
	}
	return r.refuse(problems.Err())
}

func (r *bulkRun) earlier() (n int) {
	for _, j := range r.jobs {
		if j.outcome.State == bulk.Earlier {
			n++
		}
	}
	return n
}

// act is the act that an approval of the run is for: that of the first profile
// that takes two operators, or of the first one.
func (r *bulkRun) act() string {
	act := ""
	for _, j := range r.jobs {
		one := actIssue + j.row.Profile
		if r.c.config.Approvals.needs(one) {
			return one
		}
		if act == "" {
			act = one
		}
	}
	return act
}

// payload is what an approval is bound to: the file's octets, the shape of
// each profile, and every name and request as they stand now.
func (r *bulkRun) payload() (map[string]any, error) {
	all, shapes := gm.NewHash(), map[string]string{}
	for _, j := range r.jobs {
		if j.outcome.State != bulk.Open {
			continue
		}
		if _, known := shapes[j.row.Profile]; !known {
			shape, err := profileShape(r.c.dir, j.row.Profile)
			if err != nil {
				return nil, err
			}
			shapes[j.row.Profile] = shape
		}
		text, err := json.Marshal([]any{asking(j.request, j.csr), shapes[j.row.Profile]})
		if err != nil {
			return nil, err
		}
		all.Write(append(text, '\n'))
	}
	return map[string]any{"bulk": hex.EncodeToString(r.file.Digest[:]), "requests": hex.EncodeToString(all.Sum(nil)), "rows": len(r.jobs) - r.earlier()}, nil
}

// report is the one report of all rows.
func (r *bulkRun) report(now time.Time) bulk.Report {
	all := bulk.Report{File: filepath.Base(r.path), Digest: hex.EncodeToString(r.file.Digest[:]), Time: now.UTC()}
	for _, j := range r.jobs {
		all.Rows = append(all.Rows, j.outcome)
	}
	all.Count()
	return all
}
