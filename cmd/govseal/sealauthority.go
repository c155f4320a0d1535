// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

// sealAuthority shows the CA to the seal service as it needs it: seal
// certificates by department, and changes of status that can be repeated.
type sealAuthority struct {
	ca     *ca.Authority
	config Config
}

var (
	_ seal.Authority     = sealAuthority{}
	_ seal.OCSPResponder = sealAuthority{}
)

// IssueSealCertificate certifies a seal's key for a department, by the CA of its area.
func (a sealAuthority) IssueSealCertificate(ctx context.Context, actor string, d registry.Department, esID, keyRef string, _ []byte, validity time.Duration) ([]byte, string, error) {
	c, err := a.ca.Issue(ctx, ca.Request{
		Actor: actor, CA: a.config.issuerFor("", d.AreaCode), Profile: ca.ProfileSeal, KeyRef: keyRef, Department: d.ID, Validity: validity,
		Subject: ca.Subject{Organization: d.Name, CreditCode: d.CreditCode, SerialNumber: esID, Province: a.config.Province, Locality: a.config.Locality},
	})
	return c.DER, c.SerialHex, err
}

func (a sealAuthority) Suspend(ctx context.Context, actor, serialHex, note string) error {
	return a.reach(ctx, serialHex, ca.Hold, func() error { return a.ca.Suspend(ctx, actor, serialHex, note) })
}

func (a sealAuthority) Resume(ctx context.Context, actor, serialHex, note string) error {
	return a.reach(ctx, serialHex, ca.Good, func() error { return a.ca.Resume(ctx, actor, serialHex, note) })
}

func (a sealAuthority) Revoke(ctx context.Context, actor, serialHex string, reason int, invalidity time.Time, note string) error {
	act := func() error { return a.ca.Revoke(ctx, actor, serialHex, reason, invalidity, note) }
	if c, err := a.ca.Show(ctx, serialHex); err == nil && c.Aggravates(reason, invalidity) {
		return inState(act())
	}
	return a.reach(ctx, serialHex, ca.Revoked, act)
}

func (a sealAuthority) Evidence(ctx context.Context, certDER []byte) (chain, crls [][]byte, err error) {
	return a.ca.Evidence(ctx, certDER)
}

func (a sealAuthority) OCSPFor(ctx context.Context, certDER []byte) ([]byte, error) {
	return a.ca.OCSPFor(ctx, certDER)
}

// reach moves a certificate to a status in which it may be already, and makes
// sure that the published list says so.
func (a sealAuthority) reach(ctx context.Context, serialHex string, want ca.Status, act func() error) error {
	c, err := a.ca.Show(ctx, serialHex)
	if err != nil {
		return err
	}
	if c.Status == want {
		_, err := a.ca.CRL(ctx, c.CA)
		return err
	}
	return inState(act())
}

func inState(err error) error {
	if errors.Is(err, ca.ErrState) {
		return fmt.Errorf("%w: %w", seal.ErrState, err)
	}
	return err
}
