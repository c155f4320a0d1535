// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
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
	return api.New(api.Config{
		Registry: c.registry, Seals: c.seals, CA: c.ca, Ledger: c.ledger, TSA: c.tsa, Policy: c.policy, Checks: c.checks(),
		Version: version, Log: c.log, MaxDocument: c.config.Serve.MaxDocument, Proxies: proxies, Now: time.Now,
	})
}

// policy is what the service's own verifier trusts: its root, the CRLs as
// they are now, and its ledger's key.
func (c *city) policy(ctx context.Context) (verify.Policy, error) {
	p := verify.Policy{
		Time: time.Now(), Anchors: [][]byte{c.ca.Root()}, Untrusted: [][]byte{c.ca.Issuing()}, Arc: c.arc,
		Limits: verify.Limits{Size: c.config.Serve.MaxDocument},
	}
	for _, name := range []string{"root", "issuing"} {
		list, err := c.ca.CRL(ctx, name)
		if err != nil {
			return p, fmt.Errorf("CRL of the %s CA: %w", name, err)
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

// checks are what /readyz asks.
func (c *city) checks() map[string]func(context.Context) error {
	fresh := func(name string, reserve time.Duration) func(context.Context) error {
		return func(ctx context.Context) error {
			list, err := c.ca.CRL(ctx, name)
			if err == nil && time.Until(list.NextUpdate) < reserve {
				err = fmt.Errorf("it ends at %s", list.NextUpdate.UTC().Format(time.RFC3339))
			}
			return err
		}
	}
	return map[string]func(context.Context) error{
		"database":    c.db.Ping,
		"issuing-crl": fresh("issuing", 24*time.Hour),
		// The root's CRL needs a ceremony: a month's notice.
		"root-crl": fresh("root", 30*24*time.Hour),
	}
}
