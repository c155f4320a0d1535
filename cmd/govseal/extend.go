// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
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
	c := &cobra.Command{
		Use: "extend FILE -o OUT", Short: "Raise the level of a sealed PDF, so that it can be judged years later",
		Long: `extend appends to a sealed PDF what it takes to judge it later: T adds a document time-stamp where
no time is proven, LT a store with chains and revocation lists, LTA a document time-stamp over that.
Extend a file of level LTA again, before the time-stamp authority's certificate expires, to renew it.
Every octet of FILE is preserved; the seal's key is not needed, and no grant.

Exit status 1 when the level could not be reached; OUT is written all the same.`,
		Example: "  govseal extend permit.sealed.pdf -o permit.lta.pdf --server https://seal.example --token-file token",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.extend(cmd.Context(), s, args[0], level)
		},
	}
	f := c.Flags()
	f.StringVar(&s.server, "server", os.Getenv("GOVSEAL_SERVER"), "address of the service (or GOVSEAL_SERVER)")
	f.StringVar(&s.tokenFile, "token-file", os.Getenv("GOVSEAL_TOKEN_FILE"), "file with the application's token (or GOVSEAL_TOKEN_FILE)")
	f.StringVarP(&s.out, "output", "o", "", "file to write")
	f.StringVar(&level, "level", "LTA", "level to reach: T, LT or LTA")
	must(c, "output")
	return c
}

func (p *program) extend(ctx context.Context, s *stamping, in, level string) error {
	if level != "T" && level != "LT" && level != "LTA" {
		return usagef("--level is T, LT or LTA")
	}
	c, err := s.client()
	if err != nil {
		return err
	}
	document, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	out, result, err := c.extend(ctx, level, document)
	if err != nil {
		return err
	}
	if err := p.write(s.out, out, true); err != nil {
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

// extend posts a sealed PDF. It changes nothing at the service, so that a
// caller may simply ask again.
func (c *client) extend(ctx context.Context, level string, document []byte) ([]byte, extensionResult, error) {
	var result extensionResult
	body, contentType, err := documentForm(api.ExtensionRequest{Level: level}, document, "application/pdf")
	if err != nil {
		return nil, result, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/v1/extensions", bytes.NewReader(body))
	if err != nil {
		return nil, result, err
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Authorization", "Bearer "+c.token)
	res, err := c.http.Do(req)
	if err != nil {
		return nil, result, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, result, fmt.Errorf("read the answer: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, result, problemFrom(res, answer)
	}
	h := res.Header
	result = extensionResult{h.Get("Govseal-Level"), h.Get("Govseal-Level-Reason"), h.Get("Govseal-Time-Stamps")}
	return answer, result, nil
}
