// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/govseal/govseal/internal/fetch"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/tsa"
)

// TSAConfig names time-stamp authorities of others, to be asked in order.
// Whoever verifies must trust their roots: without that a stamp's time is
// only claimed.
type TSAConfig struct {
	// URLs are addresses that take RFC 3161 requests by POST.
	URLs []string `yaml:"urls,omitempty"`
	// First: own (default; the others are asked when ours cannot answer) or
	// outside (ours is asked when none of them does).
	First string `yaml:"first,omitempty"`
	// Wait is how long each may take, e.g. 2s.
	Wait time.Duration `yaml:"wait,omitempty"`
	// Digest: sm3 (default) or sha256, for authorities that know no SM3.
	Digest string `yaml:"digest,omitempty"`
}

// validate checks every field; its errors name the field.
func (t TSAConfig) validate() error {
	switch {
	case t.First != "" && t.First != "own" && t.First != "outside":
		return fmt.Errorf("tsa.first: %q is neither own nor outside", t.First)
	case t.Digest != "" && t.Digest != "sm3" && t.Digest != "sha256":
		return fmt.Errorf("tsa.digest: %q is neither sm3 nor sha256", t.Digest)
	case t.Wait < 0 || t.Wait > time.Minute:
		return fmt.Errorf("tsa.wait: %v is not between 0 and a minute", t.Wait)
	case len(t.URLs) > 8:
		return fmt.Errorf("tsa.urls: more than 8 addresses")
	}
	if _, err := fetch.New(fetch.Config{URLs: t.URLs}); err != nil {
		return fmt.Errorf("tsa.urls: %w", err)
	}
	return nil
}

// stamper is who time-stamps seals: our own authority, and others as configured.
func (c *city) stamper() (seal.TimeStamper, error) {
	config := c.config.TSA
	if len(config.URLs) == 0 {
		return c.tsa, nil
	}
	client, err := fetch.New(fetch.Config{URLs: config.URLs, Timeout: config.Wait})
	if err != nil {
		return nil, err
	}
	var all []tsa.Stamper
	for _, address := range config.URLs {
		all = append(all, &tsa.Remote{Name: hostOf(address), SHA256: config.Digest == "sha256", Exchange: func(ctx context.Context, request []byte) ([]byte, error) {
			return client.Post(ctx, address, "application/timestamp-query", "application/timestamp-reply", request)
		}})
	}
	if config.First == "outside" {
		all = append(all, c.tsa)
	} else {
		all = append([]tsa.Stamper{c.tsa}, all...)
	}
	return tsa.NewSeveral(config.Wait, time.Now, all...), nil
}

// hostOf keeps paths and queries, which may hold an account, out of logs.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "outside"
	}
	return u.Host
}
