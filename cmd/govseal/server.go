// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/verify"
)

// server wires the HTTP face over the opened city.
func (c *city) server() (*api.Server, error) {
	proxies, err := c.config.Serve.proxies()
	if err != nil {
		return nil, err
	}
	spool := filepath.Join(c.dir, "spool")
	if err := os.MkdirAll(spool, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of large uploads: %w", err)
	}
	return api.New(api.Config{
		Registry: c.registry, Seals: c.seals, CA: c.ca, Ledger: c.ledger, TSA: c.tsa, Policy: c.policy, Checks: c.checks,
		Version: version, Log: c.log, MaxDocument: c.config.Serve.MaxDocument, Spool: spool, Proxies: proxies, Now: time.Now,
	})
}

// policy is what the service's own verifier trusts: its roots, the complete
// CRLs of all authorities as they are now, and its ledger's key.
func (c *city) policy(ctx context.Context) (verify.Policy, error) {
	p := verify.Policy{Time: time.Now(), Arc: c.arc, Limits: verify.Limits{Size: c.config.Serve.MaxDocument}}
	cas, err := c.ca.CAs(ctx)
	if err != nil {
		return p, fmt.Errorf("read the authorities: %w", err)
	}
	for _, authority := range cas {
		if authority.Parent == "" {
			p.Anchors = append(p.Anchors, authority.Certificate)
		} else {
			p.Untrusted = append(p.Untrusted, authority.Certificate)
		}
		list, err := c.ca.CRL(ctx, authority.ID)
		if errors.Is(err, ca.ErrNotFound) {
			continue // made by a ceremony that has not brought its list yet
		}
		if err != nil {
			return p, fmt.Errorf("CRL of the %s CA: %w", authority.ID, err)
		}
		p.CRLs = append(p.CRLs, list.DER)
	}
	keys, err := c.ledgerKeys(ctx)
	p.LedgerKeys = keys
	return p, err
}

// ledgerKeys are the public keys of all ledger certificates of this city that
// are good.
func (c *city) ledgerKeys(ctx context.Context) ([][]byte, error) {
	all, err := c.ca.Find(ctx, ca.Query{Profile: ca.ProfileLedger, Status: ca.Good})
	if err != nil {
		return nil, err
	}
	var spkis [][]byte
	for _, l := range all {
		parsed, err := cert.Parse(l.DER)
		if err != nil {
			return nil, fmt.Errorf("certificate of the ledger: %w", err)
		}
		spkis = append(spkis, parsed.RawSPKI)
	}
	return spkis, nil
}
