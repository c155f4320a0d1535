// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/govseal/govseal/seal"
)

// testStamp stamps as the sign API does, for scripts that are about what comes
// after: teststamp decision|pdf APP SEAL MATTER IN OUT.
func testStamp() {
	if err := stampFile(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func stampFile(ctx context.Context, args []string) error {
	kind, app, esID, matter, in, out := args[0], args[1], args[2], args[3], args[4], args[5]
	passphrase, err := (&passphraseFlags{fd: -1, variable: "GOVSEAL_PASSPHRASE_FILE"}).read(&program{err: os.Stderr}, false)
	if err != nil {
		return err
	}
	c, err := openCity(ctx, os.Getenv("GOVSEAL_DIR"), passphrase)
	if err != nil {
		return err
	}
	defer c.Close()
	document, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	r := seal.Request{Seal: esID, Matter: matter, CaseRef: "SL-1", IdempotencyKey: out}
	if r.Application, err = c.resolveApplication(ctx, app); err != nil {
		return err
	}
	var made *seal.Stamp
	if kind == "pdf" {
		made, err = c.seals.StampPDF(ctx, r, document)
	} else {
		made, err = c.seals.StampDecision(ctx, r, document)
	}
	if err != nil {
		return err
	}
	file, err := c.seals.File(ctx, made.Output)
	if err != nil {
		return err
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	return os.WriteFile(out, content, 0o600)
}
