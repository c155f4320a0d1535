// SPDX-License-Identifier: Apache-2.0

// Command govseal is the trust service of a city's approval system in one
// binary: certificate authority, seals, verifier, ledger. Its commands are thin
// covers over the packages; every one that administers opens the same city
// (see openCity) and records the operator.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
