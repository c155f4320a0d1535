// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/api"
)

// extensionResult is what extend prints.
type extensionResult struct {
	Level      string `json:"level"`
	Reason     string `json:"levelReason,omitempty"`
	TimeStamps string `json:"timeStamps"`
}

func (p *program) extendCommand() *cobra.Command {
	s := &stamping{}
	var level string
	var beside suppliedFiles
	c := &cobra.Command{
		Use: "extend FILE -o OUT", Short: "Raise the level of a sealed PDF, so that it can be judged years later",
		Long: `extend appends to a sealed PDF what it takes to judge it later: T adds a document time-stamp where
no time is proven, LT a store with chains and revocation lists, LTA a document time-stamp over that.
Extend a file of level LTA again, before the time-stamp authority's certificate expires, to renew it.
Every octet of FILE is preserved; the seal's key is not needed, and no grant.

For signatures under certificates of other authorities, name what the service cannot know: their
chain, and revocation lists or OCSP responses for each certificate in it but the root.

Exit status 1 when the level could not be reached; OUT is written all the same.`,
		Example: `  govseal extend permit.sealed.pdf -o permit.lta.pdf --server https://seal.example --token-file token
  govseal extend contract.pdf -o contract.lta.pdf --untrusted other-chain.pem --crl other.crl`,
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.extend(cmd.Context(), s, args[0], level, beside)
		},
	}
	f := c.Flags()
	f.StringVar(&s.server, "server", os.Getenv("GOVSEAL_SERVER"), "address of the service (or GOVSEAL_SERVER)")
	f.StringVar(&s.tokenFile, "token-file", os.Getenv("GOVSEAL_TOKEN_FILE"), "file with the application's token (or GOVSEAL_TOKEN_FILE)")
	f.StringVarP(&s.out, "output", "o", "", "file to write")
	f.StringVar(&level, "level", "LTA", "level to reach: T, LT or LTA")
	beside.register(f)
	must(c, "output")
	return c
}

func (p *program) extend(ctx context.Context, s *stamping, in, level string, beside suppliedFiles) error {
	if level != "T" && level != "LT" && level != "LTA" {
		return usagef("--level is T, LT or LTA")
	}
	evidence, err := beside.read()
	if err != nil {
		return err
	}
	c, err := s.client()
	if err != nil {
		return err
	}
	document, f, err := openSource(in)
	if err != nil {
		return err
	}
	defer f.Close()
	var result extensionResult
	err = p.writeWith(s.out, true, func(w io.Writer) error {
		result, err = c.extend(ctx, level, evidence, document, w)
		return err
	})
	if err != nil {
		return err
	}
	if s.out != "-" {
		p.say("wrote %s", filepath.Base(s.out))
		if err := p.printFields(result, []field{{"level", result.Level}, {"why not higher", result.Reason}, {"document time-stamps added", result.TimeStamps}}); err != nil {
			return err
		}
	}
	if result.Level != level {
		return &exitError{exitRefused, fmt.Sprintf("level %s could not be reached: %s", level, result.Reason)}
	}
	return nil
}

// extend posts a sealed PDF and writes the extended one to w. It changes
// nothing at the service, so that a caller may simply ask again.
func (c *client) extend(ctx context.Context, level string, evidence []byte, document source, w io.Writer) (extensionResult, error) {
	body, err := documentFormWith(api.ExtensionRequest{Level: level}, evidence, document, "application/pdf")
	if err != nil {
		return extensionResult{}, err
	}
	h, err := c.download(ctx, http.MethodPost, "/v1/extensions", body, w)
	if err != nil {
		return extensionResult{}, err
	}
	return extensionResult{h.Get("Govseal-Level"), h.Get("Govseal-Level-Reason"), h.Get("Govseal-Time-Stamps")}, nil
}
