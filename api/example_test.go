// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"context"
	"log"
	"net"
	"os/signal"
	"syscall"
	"time"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/verify"
)

// The parts are opened elsewhere (cmd/govseal does); the server is their face.
// It serves until it is told to stop, and drains what is under way.
func Example() {
	var people *registry.Registry
	var seals *seal.Service
	var authority *ca.Authority
	var book *ledger.Log
	s, err := api.New(api.Config{
		Registry: people, Seals: seals, CA: authority, Ledger: book, Version: "1.0", Now: time.Now,
		Policy: func(context.Context) (verify.Policy, error) {
			return verify.Policy{Time: time.Now(), Anchors: [][]byte{authority.Root()}}, nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:8440")
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := api.Serve(ctx, ln, s.Handler()); err != nil {
		log.Fatal(err)
	}
}
