// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/registry"
)

// applicationView is an application in JSON output; the token is there once,
// when the application is added.
type applicationView struct {
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	State   registry.State `json:"state"`
	Created time.Time      `json:"created"`
	Token   string         `json:"token,omitempty"`
}

func viewApplication(a registry.Application) applicationView {
	return applicationView{ID: a.ID, Name: a.Name, State: a.State, Created: a.Created.UTC()}
}

func (p *program) appCommand() *cobra.Command {
	return group("app", "Applications (接入系统): add, list, show, suspend, resume, end",
		`Applications are the approval systems that call the API. Each has a bearer token, shown once when
it is added and stored only as a digest. What an application may stamp is said by grants.`,
		p.appAdd(), p.appList(), p.appShow(),
		p.appMove("suspend", "Suspend an application: its token no longer works", (*registry.Registry).SuspendApplication),
		p.appMove("resume", "Let a suspended application in again", (*registry.Registry).ResumeApplication),
		p.appMove("end", "End an application for ever", (*registry.Registry).EndApplication))
}

func (p *program) appAdd() *cobra.Command {
	var tokenFile string
	c := &cobra.Command{
		Use:   "add NAME",
		Short: "Add an application and show its token, once",
		Long: `add makes an application and its bearer token. The token goes to stdout, or with --token-file into
a new file that only you can read. It is never shown again: only its digest is stored.`,
		Example: `  govseal app add 示例市审批平台 --token-file platform.token`,
		Args:    exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) error {
			if tokenFile != "" && exists(tokenFile) {
				return usagef("%s exists already; name another file", tokenFile)
			}
			a, token, err := c.registry.AddApplication(ctx, actor, args[0])
			if err != nil {
				return err
			}
			v := viewApplication(a)
			if tokenFile != "" {
				if err := writeDurably(tokenFile, []byte(token+"\n"), 0o600); err != nil {
					return fmt.Errorf("application %s was added, but its token could not be kept (end it and add another): %w", a.ID, err)
				}
				return p.showApplication(v)
			}
			v.Token = token
			p.say("this token is shown once; keep it where only the application can read it")
			return p.showApplication(v)
		}),
	}
	c.Flags().StringVar(&tokenFile, "token-file", "", "write the token to this new file (mode 0600) instead of stdout")
	return c
}

func (p *program) appList() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List applications", Args: noArgs,
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, _ []string) error {
			all, err := c.registry.Store().Applications(ctx)
			if err != nil {
				return err
			}
			views, rows := make([]applicationView, len(all)), make([][]string, len(all))
			for i, a := range all {
				views[i], rows[i] = viewApplication(a), []string{a.ID, a.Name, string(a.State), date(a.Created)}
			}
			return p.print(views, []string{"ID", "NAME", "STATE", "ADDED"}, rows)
		})}
}

func (p *program) appShow() *cobra.Command {
	return &cobra.Command{Use: "show APPLICATION", Short: "Show an application, named by ID or name", Args: exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, args []string) error {
			a, err := c.resolveApplication(ctx, args[0])
			if err != nil {
				return err
			}
			return p.showApplication(viewApplication(a))
		})}
}

func (p *program) appMove(verb, short string, act func(*registry.Registry, context.Context, string, string, string) error) *cobra.Command {
	var reason string
	c := &cobra.Command{Use: verb + " APPLICATION", Short: short, Args: exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) error {
			a, err := c.resolveApplication(ctx, args[0])
			if err != nil {
				return err
			}
			if err := act(c.registry, ctx, actor, a.ID, reason); err != nil {
				return err
			}
			if a, err = c.registry.Store().Application(ctx, a.ID); err != nil {
				return err
			}
			return p.showApplication(viewApplication(a))
		})}
	c.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	return c
}

func (p *program) showApplication(v applicationView) error {
	return p.printFields(v, []field{{"id", v.ID}, {"name", v.Name}, {"state", string(v.State)}, {"added", when(v.Created)}, {"token", v.Token}})
}

// resolveApplication finds an application by ID, or by a name that is its alone.
func (c *city) resolveApplication(ctx context.Context, named string) (registry.Application, error) {
	all, err := c.registry.Store().Applications(ctx)
	if err != nil {
		return registry.Application{}, err
	}
	var found []registry.Application
	for _, a := range all {
		if a.ID == named {
			return a, nil
		}
		if a.Name == named {
			found = append(found, a)
		}
	}
	switch len(found) {
	case 0:
		return registry.Application{}, fmt.Errorf("application: %w", registry.ErrNotFound)
	case 1:
		return found[0], nil
	}
	return registry.Application{}, usagef("%d applications have that name; name one by ID", len(found))
}
