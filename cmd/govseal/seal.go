// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/seal"
)

func (p *program) sealCommand() *cobra.Command {
	return group("seal", "Electronic seals (电子印章): make them, look after them, end them",
		`A seal belongs to a department. It has a number (area code and sequence), a picture, and a signing
certificate of its own, so that suspending or cancelling it shows in the CRL to everybody who checks
offline. The seal maker (制章者) signs it (GB/T 38540). Who may use it is said by grants.

The short way:   make --department …           from nothing to active in one act
The long way:    draft, submit, approve, make NUMBER, file, activate
Day by day:      list, show, history, suspend, resume, picture, export
The end:         cancel, lost, or remake (a new seal takes the old one's place)
After the end:   lost, or cancel --compromised: it turns out that it was in wrong hands before

With "seal: second_person: true" in govseal.yaml, making, activating, resuming and cancelling take two
operators: the act is recorded and waits, and another operator completes it with approve, quoting the
digest of what he looked at. Any edit changes the digest and voids an approval. Operators are who
they say they are (--operator): that two names are two people, the house must see to.`,
		p.sealDraft(), p.sealSubmit(), p.sealApprove(), p.sealMake(), p.sealFiling(), p.sealActivate(),
		p.sealSuspend(), p.sealResume(), p.sealCancel(), p.sealLost(), p.sealRemake(), p.sealSettle(),
		p.sealList(), p.sealShow(), p.sealHistory(), p.sealPicture(), p.sealExport(), p.sealLevels())
}

func (p *program) sealList() *cobra.Command {
	var department string
	c := &cobra.Command{Use: "list", Short: "List seals and open drafts", Args: noArgs,
		RunE: p.on(func(ctx context.Context, c *city, _ string, _ []string) error {
			id, err := c.departmentID(ctx, department)
			if err != nil {
				return err
			}
			views, err := c.sealViews(ctx, id)
			if err != nil {
				return err
			}
			rows := make([][]string, len(views))
			for i, v := range views {
				until := ""
				if v.ValidTo != nil {
					until = date(*v.ValidTo)
				}
				rows[i] = []string{v.ESID, v.Name, v.Horizontal, string(v.State), until, v.Certificate}
			}
			return p.print(views, []string{"NUMBER", "NAME", "LINE", "STATE", "UNTIL", "CERTIFICATE"}, rows)
		})}
	c.Flags().StringVar(&department, "department", "", "only of this department")
	return c
}

func (c *city) sealViews(ctx context.Context, department string) ([]sealView, error) {
	seals, err := c.seals.Store().Seals(ctx, department)
	if err != nil {
		return nil, err
	}
	drafts, err := c.seals.Store().Drafts(ctx, department)
	if err != nil {
		return nil, err
	}
	views := make([]sealView, 0, len(seals)+len(drafts))
	for _, s := range seals {
		views = append(views, viewSeal(s))
	}
	for _, d := range drafts {
		v, err := viewDraft(d)
		if err != nil {
			return nil, err
		}
		views = append(views, v)
	}
	return views, nil
}

func (p *program) sealShow() *cobra.Command {
	return &cobra.Command{Use: "show NUMBER", Short: "Show a seal or a draft, and what waits for approval", Args: exactly(1),
		RunE: p.on(func(ctx context.Context, c *city, _ string, args []string) error {
			return p.showSealByID(ctx, c, args[0])
		})}
}

// showSealByID shows the seal with a number, or the draft of one.
func (p *program) showSealByID(ctx context.Context, c *city, esID string) error {
	s, err := c.seals.Store().Seal(ctx, esID)
	if errors.Is(err, seal.ErrNotFound) {
		d, draftErr := c.seals.Store().Draft(ctx, esID)
		if errors.Is(draftErr, seal.ErrNotFound) {
			return err
		}
		return p.showDraft(d, draftErr)
	}
	if err != nil {
		return err
	}
	v := viewSeal(s)
	if waiting, err := c.seals.Store().Proposal(ctx, esID); err == nil {
		v.Awaiting = viewProposal(waiting)
	} else if !errors.Is(err, seal.ErrNotFound) {
		return err
	}
	return p.showSealView(v)
}

func (p *program) showDraft(d seal.Draft, err error) error {
	if err != nil {
		return err
	}
	v, err := viewDraft(d)
	if err != nil {
		return err
	}
	return p.showSealView(v)
}

// after shows a seal once an act is done, or says who must complete it.
func (p *program) after(ctx context.Context, c *city, esID string, err error) error {
	var waits *seal.AwaitingApproval
	switch {
	case errors.As(err, &waits):
		p.say("recorded, not done: %s takes two. Another operator looks with \"govseal seal show %s\" and completes it with\n"+
			"govseal seal approve %s --digest %x", waits.Act, waits.ESID, waits.ESID, waits.Digest[:8])
	case err != nil:
		return err
	}
	return p.showSealByID(ctx, c, esID)
}

func (p *program) sealHistory() *cobra.Command {
	return &cobra.Command{Use: "history NUMBER", Short: "Show every step in a seal's life",
		Long: `history shows each step of a seal or draft with who did it, who approved it, and why. The steps are
authenticated, and none can be taken out; each one is also in the audit log and in the ledger.`,
		Example: "  govseal seal history 99010000000001",
		Args:    exactly(1),
		RunE: p.on(func(ctx context.Context, c *city, _ string, args []string) error {
			steps, err := c.seals.Store().SealHistory(ctx, args[0])
			if err != nil {
				return err
			}
			views, rows := make([]stepView, len(steps)), make([][]string, len(steps))
			for i, s := range steps {
				views[i] = viewStep(s)
				rows[i] = []string{itoa(s.Number), when(s.At), string(s.Act), string(s.To), s.Actor, s.Second, s.Reference, s.Reason}
			}
			return p.print(views, []string{"STEP", "WHEN", "ACT", "STATE", "BY", "APPROVED BY", "REFERENCE", "REASON"}, rows)
		})}
}

// sealFile is picture or export: octets of a seal into a file.
func (p *program) sealFile(use, short, long string, content func(context.Context, *city, string) ([]byte, error)) *cobra.Command {
	var out string
	c := &cobra.Command{Use: use + " NUMBER", Short: short, Long: long, Args: exactly(1),
		Example: "  govseal seal " + use + " 99010000000001 -o " + map[string]string{"picture": "seal.png", "export": "seal.esl"}[use],
		RunE: p.on(func(ctx context.Context, c *city, _ string, args []string) error {
			octets, err := content(ctx, c, args[0])
			if err != nil {
				return err
			}
			return p.write(out, octets, true)
		})}
	c.Flags().StringVarP(&out, "out", "o", "", "new file to write")
	return c
}

func (p *program) sealPicture() *cobra.Command {
	return p.sealFile("picture", "Write a seal's picture (PNG)",
		`picture writes the seal's picture as it stands in the signed seal, or as it is planned in a draft: PNG
with transparency. Who approves a draft looks at it first.`,
		func(ctx context.Context, c *city, esID string) ([]byte, error) {
			s, err := c.seals.Store().Seal(ctx, esID)
			if !errors.Is(err, seal.ErrNotFound) {
				return s.Picture, err
			}
			if d, draftErr := c.seals.Store().Draft(ctx, esID); !errors.Is(draftErr, seal.ErrNotFound) {
				return d.Picture, draftErr
			}
			return nil, err
		})
}

func (p *program) sealExport() *cobra.Command {
	return p.sealFile("export", "Write the signed seal (SESeal, DER)", "export writes the seal as its maker signed it: SESeal of GB/T 38540, DER. It holds no key.",
		func(ctx context.Context, c *city, esID string) ([]byte, error) {
			s, err := c.seals.Store().Seal(ctx, esID)
			return s.DER, err
		})
}
