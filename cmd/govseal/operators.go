// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/registry"
)

// operatorView is an operator in JSON output; the secret is there once.
type operatorView struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	Role        registry.Role  `json:"role"`
	State       registry.State `json:"state"`
	Method      string         `json:"method"`
	Certificate string         `json:"certificate,omitempty"`
	Failures    int            `json:"failures,omitempty"`
	LastFailure *time.Time     `json:"lastFailure,omitempty"`
	Created     time.Time      `json:"created"`
	Secret      string         `json:"secret,omitempty"`
}

func viewOperator(o registry.Operator) operatorView {
	return operatorView{ID: o.ID, Name: o.Name, Role: o.Role, State: o.State, Method: o.Method(), Certificate: o.CertSerial,
		Failures: o.Failures, LastFailure: jsonTime(o.LastFailure), Created: o.Created.UTC()}
}

func (p *program) operatorCommand() *cobra.Command {
	return group("operator", "Operators (管理员): add, list, show, suspend, resume, end, renew their proofs",
		`Operators administer the city, each in one of three roles (三员分立): system (系统管理员) runs the
service and registers departments and applications; security (安全管理员) works with certificates,
seals, grants and operators; audit (安全审计员) reads and proves what the others did. None of them
can stamp: the sign API knows applications only.

Before the first operator the city is open: whoever has the passphrase of the key store acts under
the name he states. The first operator must have the security role; from then on every
administrative command wants a proven operator of a fitting role, with a secret
(--operator-secret-file, GOVSEAL_OPERATOR_SECRET_FILE) or with the key of a certificate of this CA
(--operator-key). This cannot be taken back.`,
		p.operatorAdd(), p.operatorList(), p.operatorShow(),
		p.operatorMove("suspend", "Suspend an operator at once", registry.Suspended),
		p.operatorMove("resume", "Let a suspended operator act again", registry.Active),
		p.operatorMove("end", "End an operator for ever", registry.Ended),
		p.operatorRenew(), p.operatorCertificate(), p.operatorRescue())
}

func (p *program) operatorAdd() *cobra.Command {
	var role, certificate, out string
	c := &cobra.Command{
		Use:   "add NAME",
		Short: "Add an operator and show its secret, once",
		Long: `add makes an operator. Its secret goes to stdout, or with --secret-out into a new file that only you
can read; it is never shown again. Hand it over, and have the operator renew it at once
("govseal operator renew-secret"), so that nobody else knows it.

With --certificate the operator proves itself by the key of that certificate instead.`,
		Example: `  govseal operator add wang --role security --secret-out wang.secret
  govseal --operator wang --operator-secret-file wang.secret operator add li --role system --secret-out li.secret
  govseal operator add zhao --role audit --certificate 3f2a…`,
		Args: exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) error {
			n := registry.NewOperator{Name: args[0], Role: registry.Role(role), CertSerial: certificate}
			if out != "" && exists(out) {
				return usagef("%s exists already; name another file", out)
			}
			return p.addOperator(ctx, c, actor, n, out)
		}),
	}
	f := c.Flags()
	f.StringVar(&role, "role", "", "system, security or audit")
	f.StringVar(&certificate, "certificate", "", "serial of a certificate of this CA; no secret is made")
	f.StringVar(&out, "secret-out", "", "write the secret to this new file (mode 0600) instead of stdout")
	must(c, "role")
	return p.approvable(c)
}

// addOperator makes the operator, after approval, and hands its secret over.
func (p *program) addOperator(ctx context.Context, c *city, actor string, n registry.NewOperator, out string) error {
	asked := map[string]string{"do": "add", "name": n.Name, "role": string(n.Role), "certificate": n.CertSerial}
	return p.withApproval(ctx, c, actOperator, asked, func() (err error) {
		if n.CertSerial != "" {
			if n.PublicKey, err = c.operatorKey(ctx, n.CertSerial); err != nil {
				return err
			}
		}
		o, secret, err := c.operators.Add(ctx, actor, n)
		if err != nil {
			return err
		}
		if _, proven := c.who.Proven(); !proven {
			p.say("from now on every administrative command wants a proven operator; %s adds the others", o.Name)
		}
		return p.handOver(viewOperator(o), secret, out)
	})
}

// handOver shows an operator with its new secret, or keeps that in a file.
func (p *program) handOver(v operatorView, secret, out string) error {
	switch {
	case secret == "":
	case out == "":
		v.Secret = secret
		p.say("this secret is shown once; hand it to the operator, who should renew it")
	default:
		if err := writeDurably(out, []byte(secret+"\n"), 0o600); err != nil {
			return fmt.Errorf("operator %s has a new secret, but it could not be kept (renew it): %w", v.Name, err)
		}
	}
	return p.showOperator(v)
}

func (p *program) showOperator(v operatorView) error {
	failures := ""
	if v.Failures > 0 {
		failures = itoa(v.Failures) + ", last " + when(*v.LastFailure)
	}
	return p.printFields(v, []field{{"id", v.ID}, {"name", v.Name}, {"role", string(v.Role)}, {"state", string(v.State)}, {"proves by", v.Method},
		{"certificate", v.Certificate}, {"wrong proofs", failures}, {"added", when(v.Created)}, {"secret", v.Secret}})
}

func (p *program) operatorList() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List operators", Args: noArgs,
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, _ []string) error {
			all, err := c.operators.Store().Operators(ctx)
			if err != nil {
				return err
			}
			views, rows := make([]operatorView, len(all)), make([][]string, len(all))
			for i, o := range all {
				views[i], rows[i] = viewOperator(o), []string{o.ID, o.Name, string(o.Role), o.Method(), string(o.State), date(o.Created)}
			}
			return p.print(views, []string{"ID", "NAME", "ROLE", "PROVES BY", "STATE", "ADDED"}, rows)
		})}
}

func (p *program) operatorShow() *cobra.Command {
	return &cobra.Command{Use: "show OPERATOR", Short: "Show an operator, named by ID or name", Args: exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, args []string) error {
			o, err := c.resolveOperator(ctx, args[0])
			if err != nil {
				return err
			}
			return p.showOperator(viewOperator(o))
		})}
}

// operatorMove changes an operator's state. Suspending waits for nobody: it
// stops somebody in a hurry. It frees nobody from the second pair of eyes.
func (p *program) operatorMove(verb, short string, to registry.State) *cobra.Command {
	var reason string
	c := &cobra.Command{Use: verb + " OPERATOR", Short: short, Args: exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) error {
			o, err := c.resolveOperator(ctx, args[0])
			if err != nil {
				return err
			}
			move := func() error {
				if err := c.operators.Move(ctx, actor, o.ID, reason, to); err != nil {
					return err
				}
				if o, err = c.operators.Store().Operator(ctx, o.ID); err != nil {
					return err
				}
				return p.showOperator(viewOperator(o))
			}
			if to == registry.Suspended {
				return move()
			}
			return p.withApproval(ctx, c, actOperator, map[string]string{"do": verb, "operator": o.ID, "reason": reason}, move)
		})}
	c.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	if to == registry.Suspended {
		return c
	}
	return p.approvable(c)
}

// resolveOperator finds an operator by ID or name.
func (c *city) resolveOperator(ctx context.Context, named string) (registry.Operator, error) {
	all, err := c.operators.Store().Operators(ctx)
	if err != nil {
		return registry.Operator{}, err
	}
	for _, o := range all {
		if o.ID == named || registry.NameKey(o.Name) == registry.NameKey(named) {
			return o, nil
		}
	}
	return registry.Operator{}, fmt.Errorf("operator: %w", registry.ErrNotFound)
}
