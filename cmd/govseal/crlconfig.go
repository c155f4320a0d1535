// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"time"

	"github.com/govseal/govseal/ca"
)

// CRLConfig says how revocation lists are made and where they are put.
type CRLConfig struct {
	// Publish is a folder into which certificates and lists of all authorities
	// are written after each issue, beside their addresses under /pki; empty
	// writes none.
	Publish string `yaml:"publish,omitempty"`
	// Life is how long a list of a CA whose key is here is good; 0 means 168h.
	// It is issued anew at each change, when a quarter of its life has passed,
	// and daily.
	Life time.Duration `yaml:"life,omitempty"`
	// Shards spreads new certificates of a CA over so many partial lists beside
	// the complete one. More can be added later; a certificate stays where it is.
	Shards map[string]int `yaml:"shards,omitempty"`
	// Deltas names the CAs that publish delta lists.
	Deltas []string `yaml:"deltas,omitempty"`
}

// OCSPConfig is about answers on the status of certificates.
type OCSPConfig struct {
	// ByKey names responders by their key; by their name otherwise.
	ByKey bool `yaml:"by_key,omitempty"`
}

func (c CRLConfig) validate(url string) error {
	if c.Life != 0 && (c.Life < ca.MinListLife || c.Life > ca.MaxListLife) {
		return fmt.Errorf("crl.life: %v is not between %v and %v", c.Life, ca.MinListLife, ca.MaxListLife)
	}
	for id, n := range c.Shards {
		if n < 1 || n > ca.MaxShards {
			return fmt.Errorf("crl.shards: %q has %d, not 1 to %d", id, n, ca.MaxShards)
		}
	}
	if url == "" && len(c.Shards)+len(c.Deltas) > 0 {
		return fmt.Errorf("crl: shards and deltas need url: certificates name the lists' addresses")
	}
	return nil
}

// life of a list.
func (c CRLConfig) life() time.Duration {
	if c.Life == 0 {
		return 7 * 24 * time.Hour
	}
	return c.Life
}

// policies are what the authority is told; "" is for CAs that are not named.
func (c CRLConfig) policies() map[string]ca.ListPolicy {
	all := map[string]ca.ListPolicy{"": {Life: c.Life}}
	for id, n := range c.Shards {
		all[id] = ca.ListPolicy{Life: c.Life, Shards: n}
	}
	for _, id := range c.Deltas {
		p := all[id] // of a CA with shards, or new
		p.Life, p.Delta = c.Life, true
		all[id] = p
	}
	return all
}
