// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/govseal/govseal/registry"
)

// ApprovalsConfig is the part of the configuration about four eyes.
type ApprovalsConfig struct {
	// Acts that take two operators: issue:PROFILE (issue:* for every profile),
	// revoke, suspend, resume, crl, ceremony, recover, deliver, grant, operator. As soon
	// as one is named, operator is meant too.
	Acts []string `yaml:"acts,omitempty"`
	// Life is how long a request may wait and an approval be used, e.g. 24h; at
	// most 720h.
	Life time.Duration `yaml:"life,omitempty"`
}

// Acts that can be made to wait, as they stand in govseal.yaml. What is about
// seals waits by seal.second_person.
const (
	actIssue    = "issue:" // and the profile
	actRevoke   = "revoke"
	actSuspend  = "suspend"
	actResume   = "resume"
	actCRL      = "crl"
	actCeremony = "ceremony"
	actRecover  = "recover"
	actDeliver  = "deliver"
	actGrant    = "grant"
	actOperator = "operator"
)

var plainActs = []string{actRevoke, actSuspend, actResume, actCRL, actCeremony, actRecover, actDeliver, actGrant, actOperator}

func (a ApprovalsConfig) validate() error {
	for _, act := range a.Acts {
		profile, issue := strings.CutPrefix(act, actIssue)
		switch {
		case issue && profile == "seal":
			return errors.New("approvals.acts: a seal's certificate is made with the seal; use seal.second_person")
		case issue && profile != "*" && registry.CheckAct(act) != nil, !issue && !slices.Contains(plainActs, act):
			return fmt.Errorf("approvals.acts: %q is neither issue:PROFILE, issue:* nor one of %s", act, strings.Join(plainActs, ", "))
		}
	}
	if a.Life < 0 || a.Life > registry.MaxApprovalLife {
		return fmt.Errorf("approvals.life: %v is not between 0 and %v", a.Life, registry.MaxApprovalLife)
	}
	return nil
}

// needs reports whether an act waits for a second operator.
func (a ApprovalsConfig) needs(act string) bool {
	if act == actOperator {
		return len(a.Acts) > 0
	}
	return slices.Contains(a.Acts, act) || strings.HasPrefix(act, actIssue) && slices.Contains(a.Acts, actIssue+"*")
}

// approvalFlags go with every command whose act can be made to wait.
type approvalFlags struct{ id, because string }

// approvable gives a command the flags of four eyes; its act then runs in
// withApproval.
func (p *program) approvable(c *cobra.Command) *cobra.Command {
	c.Flags().StringVar(&p.approval.id, "approval", "", "carry out what this approval allows (\"govseal approval list\")")
	c.Flags().StringVar(&p.approval.because, "because", "", "when the act takes two operators: why, for whoever approves")
	return c
}

// withApproval does an act at once, or, when govseal.yaml names it, only with
// another operator's approval; without one it records the request and ends
// with status 1. payload is everything that decides what the act does: an
// approval is bound to its hash, so what is not in it can be changed
// afterwards. It is read as JSON: integers only, ASCII member names.
func (p *program) withApproval(ctx context.Context, c *city, act string, payload any, do func() error) error {
	if p.approval.id != "" {
		a, err := c.approvals.Spend(ctx, c.who, p.approval.id, act, payload)
		if err != nil {
			return err
		}
		p.say("approval %s is spent; carrying out what it allowed", a.ID)
		return do()
	}
	needed, err := c.takesTwo(ctx, act)
	if err != nil {
		return err
	}
	if !needed {
		return do()
	}
	a, err := c.approvals.Ask(ctx, c.who, registry.Request{Act: act, Payload: payload, Command: commandLine(p.running, p.arguments),
		Reason: p.approval.because, Life: c.config.Approvals.Life})
	if err != nil {
		return err
	}
	return &exitError{exitRefused, fmt.Sprintf("%s takes two operators; nothing was done. Request %s (hash %s) waits until %s:\n"+
		"  another operator of the security role: govseal approval approve %s\n  then: govseal approval carry-out %s",
		act, a.ID, hex.EncodeToString(a.Hash[:8]), when(a.Expires), a.ID, a.ID)}
}

// takesTwo is the configuration's word. Operators are made by one alone only
// while there is no second one of the security role who could approve.
func (c *city) takesTwo(ctx context.Context, act string) (bool, error) {
	if !c.config.Approvals.needs(act) || act != actOperator {
		return c.config.Approvals.needs(act), nil
	}
	all, err := c.operators.Store().Operators(ctx)
	pair := 0
	for _, o := range all {
		if o.Role == registry.Security && o.State != registry.Ended {
			pair++
		}
	}
	return pair >= 2, err
}

// commandLine is how somebody else would type the command: without the flags
// that say where the city is, who acts and with which approval.
func commandLine(cmd *cobra.Command, args []string) []string {
	words := strings.Fields(cmd.CommandPath())[1:]
	global := cmd.Root().PersistentFlags()
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if global.Lookup(f.Name) != nil || f.Name == "approval" || f.Name == "because" || strings.HasSuffix(f.Name, "-fd") {
			return
		}
		if s, ok := f.Value.(pflag.SliceValue); ok {
			for _, one := range s.GetSlice() {
				words = append(words, "--"+f.Name+"="+one)
			}
			return
		}
		words = append(words, "--"+f.Name+"="+f.Value.String())
	})
	if slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "-") }) {
		words = append(words, "--")
	}
	return append(words, args...)
}
