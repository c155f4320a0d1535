// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/seal"
)

func (p *program) sealDraft() *cobra.Command {
	var f sealFlags
	var submit bool
	c := &cobra.Command{
		Use:   "draft [NUMBER]",
		Short: "Plan a seal, or edit a plan",
		Long: `draft draws the seal's number and picture and makes neither key nor certificate: look at it with
"seal picture NUMBER". With NUMBER it replaces what that draft says: give everything again, what is
left out returns to its default. An edit voids any approval.

Then: submit (or --submit) hands it to another operator, who approves it; make NUMBER makes it. A
draft that will not be made is dropped with "seal cancel NUMBER".`,
		Example: `  govseal seal draft --department 示例市行政审批局 --horizontal 行政审批专用章 --submit
  govseal seal draft 99010000000007 --horizontal 审批专用章`,
		Args: atMostOne,
		RunE: p.on(func(ctx context.Context, c *city, actor string, args []string) error {
			if len(args) == 0 && f.request.Department == "" {
				return usagef("name the department with --department")
			}
			r, err := f.build(ctx, c, actor)
			if err != nil {
				return err
			}
			d, err := c.draft(ctx, args, r)
			if err == nil && submit {
				d, err = c.seals.SubmitDraft(ctx, actor, d.ESID, r.Reason)
			}
			return p.showDraft(d, err)
		}),
	}
	f.register(c)
	c.Flags().BoolVar(&submit, "submit", false, "hand it to a second person at once")
	return c
}

// draft makes a new draft, or edits the one named.
func (c *city) draft(ctx context.Context, args []string, r seal.MakeRequest) (seal.Draft, error) {
	if len(args) == 1 {
		return c.seals.EditDraft(ctx, args[0], r)
	}
	return c.seals.DraftSeal(ctx, r)
}

func (p *program) sealSubmit() *cobra.Command {
	var reason string
	c := &cobra.Command{Use: "submit NUMBER", Short: "Hand a draft to a second person for approval", Args: exactly(1),
		RunE: p.on(func(ctx context.Context, c *city, actor string, args []string) error {
			d, err := c.seals.SubmitDraft(ctx, actor, args[0], reason)
			return p.showDraft(d, err)
		})}
	c.Flags().StringVar(&reason, "reason", "", "why, for the history")
	return c
}

func (p *program) sealApprove() *cobra.Command {
	var reason, digest string
	c := &cobra.Command{
		Use:   "approve NUMBER",
		Short: "Approve, as the second person, what waits under a number",
		Long: `approve is the second person's word. What waits is a draft, which may then be made, or an act that
another operator proposed (activate, resume, cancel …), which is done at once.

Look first: "seal show NUMBER" and, for a draft, "seal picture NUMBER -o seal.png". Then quote the
digest that show printed, at least its first 16 digits. If anything was edited since, the digest is
another one and the approval is refused. Who wrote, submitted or proposed it cannot approve it.`,
		Example: `  govseal seal show 99010000000007
  govseal --operator li seal approve 99010000000007 --digest 3f9a6c1be0d24477`,
		Args: exactly(1),
		RunE: p.on(func(ctx context.Context, c *city, actor string, args []string) error {
			full, err := c.waitingDigest(ctx, args[0], digest)
			if err != nil {
				return err
			}
			if err := c.seals.Approve(ctx, actor, args[0], full, reason); err != nil {
				return err
			}
			return p.showSealByID(ctx, c, args[0])
		}),
	}
	c.Flags().StringVar(&digest, "digest", "", "digest of what you approve, at least 16 hex digits")
	c.Flags().StringVar(&reason, "reason", "", "why, for the history")
	must(c, "digest")
	return c
}

// waitingDigest completes the digest that was quoted if it is the beginning of
// what waits; if not, it is returned so that the approval is refused.
func (c *city) waitingDigest(ctx context.Context, esID, quoted string) (full [32]byte, err error) {
	quoted = strings.ToLower(quoted)
	raw, err := hex.DecodeString(quoted)
	if err != nil || len(raw) < 8 || len(raw) > len(full) {
		return full, usagef("--digest %q: quote 16 to 64 hex digits of what \"govseal seal show %s\" prints", quoted, esID)
	}
	d, err := c.seals.Store().Draft(ctx, esID)
	switch {
	case err == nil && d.Open():
		full = d.Digest()
	case err != nil && !errors.Is(err, seal.ErrNotFound):
		return full, err
	default:
		waiting, err := c.seals.Store().Proposal(ctx, esID)
		if err != nil && !errors.Is(err, seal.ErrNotFound) {
			return full, err
		}
		full = waiting.Digest()
	}
	if !strings.HasPrefix(hex.EncodeToString(full[:]), quoted) {
		full = [32]byte{}
		copy(full[:], raw)
	}
	return full, nil
}
