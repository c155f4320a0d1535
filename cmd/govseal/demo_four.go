// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/store"
)

// fourEyes plays on a copy of the database, so that one can go on by hand in
// a city that asks for no operator.
func (s *story) fourEyes(ctx context.Context) (err error) {
	s.chapter("Four eyes", "what takes two operators is bound to a hash: no self-approval, no edit, not twice (on a copy of the city)")
	path := filepath.Join(s.dir, "four-eyes.db")
	if err := s.city.db.Backup(ctx, path); err != nil {
		return err
	}
	defer os.Remove(path)
	db, err := store.Open(ctx, store.Config{DSN: path})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMACKey(s.city.keyring.Derive(recordsLabel))
	config, err := s.city.caConfig()
	if err != nil {
		return err
	}
	config.Store = db.CA()
	authority, err := ca.Load(ctx, config)
	if err != nil {
		return err
	}
	wang, chen, err := twoOperators(ctx, registry.NewOperators(db.Operators(), time.Now))
	if err != nil {
		return err
	}
	approvals := registry.NewApprovals(db.Approvals(), db.Operators(), time.Now)
	return s.revokeByTwo(ctx, authority, approvals, wang, chen)
}

// twoOperators adds two of the security role and lets both prove themselves.
func twoOperators(ctx context.Context, all *registry.Operators) (wang, chen registry.Identity, err error) {
	who := make([]registry.Identity, 2)
	for i, name := range []string{"wang", "chen"} {
		_, secret, err := all.Add(ctx, demoActor, registry.NewOperator{Name: name, Role: registry.Security})
		if err != nil {
			return wang, chen, err
		}
		if who[i], err = all.EnterWithSecret(ctx, name, secret); err != nil {
			return wang, chen, err
		}
	}
	return who[0], who[1], nil
}

// revokeByTwo is one act that takes two: the officer's certificate ends.
func (s *story) revokeByTwo(ctx context.Context, authority *ca.Authority, approvals *registry.Approvals, wang, chen registry.Identity) error {
	asked := map[string]string{"certificate": s.officerCert, "reason": "superseded"}
	edited := map[string]string{"certificate": s.officerCert, "reason": "keyCompromise"}
	request, err := approvals.Ask(ctx, wang, registry.Request{Act: actRevoke, Payload: asked})
	if err != nil {
		return err
	}
	s.done("wang asks to revoke certificate %s…, hash %x", s.officerCert[:12], request.Hash[:8])
	_, err = approvals.Approve(ctx, wang, request.ID, "")
	if err := s.expectDenial(err, "self-approval"); err != nil {
		return err
	}
	if _, err := approvals.Approve(ctx, chen, request.ID, "已核对"); err != nil {
		return err
	}
	s.done("chen looks, and approves")
	_, err = approvals.Spend(ctx, wang, request.ID, actRevoke, edited)
	if err := s.expectDenial(err, "approval-edited"); err != nil {
		return err
	}
	if _, err := approvals.Spend(ctx, wang, request.ID, actRevoke, asked); err != nil {
		return err
	}
	if err := authority.Revoke(ctx, wang.Actor(), s.officerCert, ca.ReasonSuperseded, time.Time{}, ""); err != nil {
		return err
	}
	s.done("revoked, by %s", wang.Actor())
	_, err = approvals.Spend(ctx, wang, request.ID, actRevoke, asked)
	return s.expectDenial(err, "approval-state")
}

func (s *story) expectDenial(err error, reason string) error {
	if !denied(err, reason) {
		return fmt.Errorf("got %w, want a denial for %s", err, reason)
	}
	s.done("refused: %v", err)
	return nil
}
