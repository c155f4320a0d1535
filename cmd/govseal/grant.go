// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/registry"
)

// grantView is a grant in JSON output.
type grantView struct {
	ID          string         `json:"id"`
	Application string         `json:"application"`
	Officer     string         `json:"officer,omitempty"`
	Seal        string         `json:"seal"`
	Matters     []string       `json:"matters"`
	Kinds       []string       `json:"kinds,omitempty"`
	NotBefore   time.Time      `json:"notBefore"`
	NotAfter    time.Time      `json:"notAfter"`
	State       registry.State `json:"state"`
	Created     time.Time      `json:"created"`
}

func viewGrant(g registry.Grant) grantView {
	return grantView{g.ID, g.Application, g.Officer, g.Seal, g.Matters, g.Kinds, g.NotBefore.UTC(), g.NotAfter.UTC(), g.State, g.Created.UTC()}
}

func (p *program) grantCommand() *cobra.Command {
	return group("grant", "Grants (用印授权): who may use which seal, for what, until when",
		`A grant lets an application, and with --officer only one officer, use one seal for the named
matters until a day. Without a grant nothing is stamped. Grants are authenticated: one that was
written into the database by hand is refused.`,
		p.grantAdd(), p.grantList(), p.grantRevoke())
}

// grantFlags are what "grant add" is told.
type grantFlags struct {
	app, officer, seal, from, until string
	matters, kinds                  []string
}

func (p *program) grantAdd() *cobra.Command {
	var f grantFlags
	c := &cobra.Command{
		Use:   "add",
		Short: "Let an application use a seal",
		Long: `add lets an application use a seal. Kinds are pdf, decision and digest; without --kind all but
digest, because whoever stamps a bare digest does not see what he stamps. "*" as the only matter
means all matters.`,
		Example: `  govseal grant add --app 示例市审批平台 --seal 99010000000001 --matter 000104001 --until 2027-12-31
  govseal grant add --app app-… --seal 99010000000001 --matter '*' --kind decision --officer A-0017 --until 2027-12-31`,
		Args: noArgs,
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, _ []string) error {
			g, err := c.grant(ctx, f)
			if err != nil {
				return err
			}
			asked := map[string]any{"application": g.Application, "officer": g.Officer, "seal": g.Seal, "matters": g.Matters, "kinds": g.Kinds,
				"from": instantText(g.NotBefore), "until": instantText(g.NotAfter)}
			return p.withApproval(ctx, c, actGrant, asked, func() error {
				added, err := c.registry.AddGrant(ctx, actor, g)
				if err != nil {
					return err
				}
				return p.printGrants([]registry.Grant{added})
			})
		}),
	}
	fl := c.Flags()
	fl.StringVar(&f.app, "app", "", "application: ID or name")
	fl.StringVar(&f.seal, "seal", "", "seal number")
	fl.StringVar(&f.officer, "officer", "", "only this officer: ID or staff number")
	fl.StringSliceVar(&f.matters, "matter", nil, "matter code; may be given again")
	fl.StringSliceVar(&f.kinds, "kind", nil, "pdf, decision or digest; may be given again")
	fl.StringVar(&f.from, "from", "", "first day or time (default now)")
	fl.StringVar(&f.until, "until", "", "last day, or time")
	must(c, "app", "seal", "matter", "until")
	return p.approvable(c)
}

// grant builds the grant that the flags describe.
func (c *city) grant(ctx context.Context, f grantFlags) (registry.Grant, error) {
	g := registry.Grant{Seal: f.seal, Matters: f.matters, Kinds: f.kinds}
	s, err := c.db.Seals().Seal(ctx, f.seal)
	if err != nil {
		return g, err
	}
	a, err := c.resolveApplication(ctx, f.app)
	if err != nil {
		return g, err
	}
	g.Application = a.ID
	if f.officer != "" {
		o, err := c.resolveOfficer(ctx, s.Department, f.officer)
		if err != nil {
			return g, err
		}
		g.Officer = o.ID
	}
	if g.NotBefore, err = parseDay(f.from); err != nil {
		return g, err
	}
	if g.NotAfter, err = parseDay(f.until); err != nil {
		return g, err
	}
	if len(f.until) == len(time.DateOnly) { // a last day counts to its end
		g.NotAfter = g.NotAfter.AddDate(0, 0, 1).Add(-time.Millisecond)
	}
	return g, nil
}

func (p *program) grantList() *cobra.Command {
	var esID string
	c := &cobra.Command{Use: "list", Short: "List grants", Args: noArgs,
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, _ []string) error {
			all, err := c.registry.Store().Grants(ctx, esID)
			if err != nil {
				return err
			}
			return p.printGrants(all)
		})}
	c.Flags().StringVar(&esID, "seal", "", "only of this seal")
	return c
}

func (p *program) grantRevoke() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:     "revoke GRANT",
		Short:   "End a grant at once",
		Example: `  govseal grant revoke grt-… --reason 岗位调整`,
		Args:    exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) error {
			if err := c.registry.RevokeGrant(ctx, actor, args[0], reason); err != nil {
				return err
			}
			g, err := c.registry.Store().Grant(ctx, args[0])
			if err != nil {
				return err
			}
			return p.printGrants([]registry.Grant{g})
		}),
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	return c
}

func (p *program) printGrants(all []registry.Grant) error {
	views, rows := make([]grantView, len(all)), make([][]string, len(all))
	for i, g := range all {
		kinds := strings.Join(g.Kinds, ",")
		if kinds == "" {
			kinds = "pdf,decision"
		}
		views[i] = viewGrant(g)
		rows[i] = []string{g.ID, g.Seal, g.Application, g.Officer, strings.Join(g.Matters, ","), kinds, date(g.NotAfter), string(g.State)}
	}
	return p.print(views, []string{"ID", "SEAL", "APPLICATION", "OFFICER", "MATTERS", "KINDS", "UNTIL", "STATE"}, rows)
}
