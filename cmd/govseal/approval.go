// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/govseal/govseal/registry"
)

// approvalView is an approval in JSON output.
type approvalView struct {
	ID      string                 `json:"id"`
	Act     string                 `json:"act"`
	Hash    string                 `json:"hash"`
	Payload json.RawMessage        `json:"payload"`
	Command []string               `json:"command"`
	Maker   string                 `json:"maker"`
	Checker string                 `json:"checker,omitempty"`
	Reason  string                 `json:"reason,omitempty"`
	Note    string                 `json:"note,omitempty"`
	State   registry.ApprovalState `json:"state"`
	Asked   time.Time              `json:"asked"`
	Expires time.Time              `json:"expires"`
	Decided *time.Time             `json:"decided,omitempty"`
	Ended   *time.Time             `json:"ended,omitempty"`
}

// viewApproval shows names in place of IDs.
func viewApproval(a registry.Approval, names map[string]string) approvalView {
	return approvalView{a.ID, a.Act, hex.EncodeToString(a.Hash[:]), a.Payload, a.Command, names[a.Maker], names[a.Checker], a.Reason, a.Note,
		a.Standing(time.Now()), a.Asked.UTC(), a.Expires.UTC(), jsonTime(a.Decided), jsonTime(a.Ended)}
}

// operatorNames are the names of operators by ID.
func (c *city) operatorNames(ctx context.Context) (map[string]string, error) {
	all, err := c.operators.Store().Operators(ctx)
	names := make(map[string]string, len(all))
	for _, o := range all {
		names[o.ID] = o.Name
	}
	return names, err
}

func (p *program) approvalCommand() *cobra.Command {
	return group("approval", "Four eyes (双人复核): what waits for a second operator",
		`Acts that govseal.yaml names under approvals.acts take two operators. The maker's command records
a request and does nothing else. Another operator of the security role approves or refuses it: the
approval is bound to the hash of everything that decides the act, serves once, and expires. Then
"approval carry-out", or the maker's command again with --approval, does exactly what was approved.`,
		p.approvalList(), p.approvalShow(),
		p.approvalDecide("approve", "Approve what another operator asked for", (*registry.Approvals).Approve),
		p.approvalDecide("refuse", "Refuse a request, or take back your own", (*registry.Approvals).Refuse),
		p.approvalCarryOut())
}

func (p *program) approvalList() *cobra.Command {
	var all bool
	var limit int
	c := &cobra.Command{Use: "list", Short: "List what waits or may be carried out, newest first", Args: noArgs,
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, _ []string) error {
			found, err := c.approvals.Store().Approvals(ctx, limit)
			if err != nil {
				return err
			}
			names, err := c.operatorNames(ctx)
			if err != nil {
				return err
			}
			views, rows := []approvalView{}, [][]string{}
			for _, a := range found {
				v := viewApproval(a, names)
				if open := v.State == registry.Asked || v.State == registry.Approved; !all && !open {
					continue
				}
				views = append(views, v)
				rows = append(rows, []string{v.ID, v.Act, v.Maker, v.Checker, string(v.State), when(a.Expires), strings.Join(v.Command, " ")})
			}
			return p.print(views, []string{"ID", "ACT", "MAKER", "CHECKER", "STATE", "EXPIRES", "COMMAND"}, rows)
		})}
	c.Flags().BoolVar(&all, "all", false, "also what was refused, carried out or has expired")
	c.Flags().IntVar(&limit, "limit", 100, "look at so many of the newest")
	return c
}

func (p *program) approvalShow() *cobra.Command {
	return &cobra.Command{Use: "show APPROVAL", Short: "Show what was asked for, whole", Args: exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, args []string) error {
			a, err := c.approvals.Store().Approval(ctx, args[0])
			if err != nil {
				return err
			}
			return p.showApproval(ctx, c, a)
		})}
}

func (p *program) showApproval(ctx context.Context, c *city, a registry.Approval) error {
	names, err := c.operatorNames(ctx)
	if err != nil {
		return err
	}
	v := viewApproval(a, names)
	return p.printFields(v, []field{{"id", v.ID}, {"act", v.Act}, {"what", string(v.Payload)}, {"hash", v.Hash}, {"command", strings.Join(v.Command, " ")},
		{"asked by", v.Maker}, {"why", v.Reason}, {"asked", when(a.Asked)}, {"expires", when(a.Expires)}, {"state", string(v.State)},
		{"decided by", v.Checker}, {"decided", when(a.Decided)}, {"note", v.Note}, {"ended", when(a.Ended)}})
}

// deciding is Approve or Refuse.
type deciding func(s *registry.Approvals, ctx context.Context, who registry.Identity, id, note string) (registry.Approval, error)

func (p *program) approvalDecide(verb, short string, decide deciding) *cobra.Command {
	var note, hash string
	c := &cobra.Command{Use: verb + " APPROVAL", Short: short, Args: exactly(1),
		Example: "  govseal approval show apv-…\n  govseal approval " + verb + " apv-… --hash 3f9a6c1be0d24477 --note 已核对",
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, args []string) error {
			if err := c.looked(ctx, args[0], hash); err != nil {
				return err
			}
			a, err := decide(c.approvals, ctx, c.who, args[0], note)
			if err != nil {
				return err
			}
			return p.showApproval(ctx, c, a)
		})}
	c.Flags().StringVar(&note, "note", "", "why, for the audit log")
	c.Flags().StringVar(&hash, "hash", "", "the hash you looked at, its first 16 digits or more; refused when it is another")
	return c
}

// looked holds the checker to what he saw, if he says what that was.
func (c *city) looked(ctx context.Context, id, hash string) error {
	if hash == "" {
		return nil
	}
	a, err := c.approvals.Store().Approval(ctx, id)
	if err != nil {
		return err
	}
	if len(hash) < 16 || !strings.HasPrefix(hex.EncodeToString(a.Hash[:]), strings.ToLower(hash)) {
		return &registry.Denied{Reason: "approval-edited", Detail: "this request does not have the hash that you looked at"}
	}
	return nil
}

func (p *program) approvalCarryOut() *cobra.Command {
	return &cobra.Command{
		Use:   "carry-out APPROVAL",
		Short: "Do what was approved, once",
		Long: `carry-out runs the recorded command again with --approval. The command asks for its own role, and
does nothing unless everything that decides the act is as it was approved. Files that the command
names are read from where they were, so run it in the same folder.`,
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p.passphrase.keep, p.who.secret.keep = true, true
			var a registry.Approval
			err := p.withCore(cmd.Context(), func(ctx context.Context, c *city, _ string) (err error) {
				a, err = c.approvals.Store().Approval(ctx, args[0])
				return err
			})
			if err != nil {
				return err
			}
			return p.again(cmd.Context(), a)
		},
	}
}

// again runs the command of an approval as this program was called: the same
// city, the same operator, what was read from descriptors kept.
func (p *program) again(ctx context.Context, a registry.Approval) error {
	path, args := p.recorded(a)
	if path == nil || path.Flags().Lookup("approval") == nil {
		return usagef("the recorded command is not one of this program: run it yourself with --approval %s", a.ID)
	}
	q := &program{in: p.in, out: p.out, err: p.err}
	root := q.command()
	global := root.PersistentFlags()
	p.running.Flags().Visit(func(f *pflag.Flag) {
		if global.Lookup(f.Name) != nil {
			args = append([]string{"--" + f.Name + "=" + f.Value.String()}, args...)
		}
	})
	root.SetArgs(args)
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	q.passphrase.kept, q.who.secret.kept = p.passphrase.kept, p.who.secret.kept
	defer func() { clear(p.passphrase.kept); clear(p.who.secret.kept) }()
	return root.ExecuteContext(ctx)
}

// recorded finds the command of an approval, and its arguments with the
// approval's own ID put before the positional ones.
func (p *program) recorded(a registry.Approval) (*cobra.Command, []string) {
	found, rest, err := p.running.Root().Find(a.Command)
	if err != nil {
		return nil, nil
	}
	words := a.Command[:len(a.Command)-len(rest)]
	args := append([]string{}, words...)
	return found, append(append(args, "--approval="+a.ID), rest...)
}
