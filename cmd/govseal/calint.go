// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
)

// Bounds of what "ca lint" reads.
const (
	maxLintFile = 4 << 20
	maxLinted   = 1000
)

// lintView is one certificate's findings in JSON output.
type lintView struct {
	File     string       `json:"file"`
	Number   int          `json:"number"` // of the certificate within the file, from 1
	Subject  string       `json:"subject,omitempty"`
	Errors   int          `json:"errors"`
	Findings []ca.Finding `json:"findings"`
}

func (p *program) caLint() *cobra.Command {
	var issuer string
	c := &cobra.Command{
		Use:   "lint FILE…",
		Short: "Compare certificates with the rules of RFC 5280 and GM/T 0015",
		Long: `lint judges the form of certificates, PEM (any number in a file) or DER, of any authority: names and
their encodings, serial number, dates, key, extensions and how they belong together. It is the linter
that the authority itself runs on the octets that it is about to sign. In a PEM file the issuer is
looked for in the same file; --issuer names another one.

It says nothing about trust: no signature is verified ("govseal verify cert" does). No city is needed.

Exit status: 0 no rule is broken (warnings may be there); 1 an error was found; 2 could not read.`,
		Example: `  govseal ca lint bureau.pem
  govseal ca lint chain.pem --json
  govseal ca lint leaf.der --issuer issuing.pem`,
		Args: atLeast(1),
		RunE: func(_ *cobra.Command, args []string) error { return p.lint(args, issuer) },
	}
	c.Flags().StringVar(&issuer, "issuer", "", "certificate of the issuer, PEM or DER")
	return c
}

// atLeast wants n arguments or more.
func atLeast(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return usagef("usage: %s", cmd.UseLine())
		}
		return nil
	}
}

func (p *program) lint(files []string, issuerFile string) error {
	var above issuers
	if issuerFile != "" {
		all, err := readCertificates(issuerFile)
		if err != nil {
			return err
		}
		above = above.with(all)
	}
	views, broken := []lintView{}, 0
	for _, file := range files {
		all, err := readCertificates(file)
		if err != nil {
			return err
		}
		known := above.with(all)
		for i, der := range all {
			v, err := lintOne(der, known)
			if err != nil {
				return err
			}
			v.File, v.Number = file, i+1
			views, broken = append(views, v), broken+v.Errors
		}
	}
	if err := p.printLint(views); err != nil {
		return err
	}
	if broken > 0 {
		return &exitError{code: exitRefused}
	}
	return nil
}

func lintOne(der []byte, known issuers) (lintView, error) {
	v := lintView{}
	var issuer []byte
	if c, err := cert.Parse(der); err == nil {
		v.Subject, issuer = c.Subject.String(), known.of(c)
	}
	found, err := ca.Lint(der, issuer)
	if err != nil {
		return v, err
	}
	v.Findings = found
	for _, f := range found {
		if f.Severity == "error" {
			v.Errors++
		}
	}
	return v, nil
}

// issuers are certificates that are at hand, by subject.
type issuers map[string][]*cert.Certificate

// with adds those that can be read to a copy.
func (known issuers) with(all [][]byte) issuers {
	out := issuers{}
	for name, list := range known {
		out[name] = slices.Clone(list)
	}
	for _, der := range all {
		if c, err := cert.Parse(der); err == nil {
			name := c.Subject.Canonical()
			out[name] = append(out[name], c)
		}
	}
	return out
}

// maxIssuers bounds the signatures tried for one certificate.
const maxIssuers = 8

// of returns the certificate whose key signed c, DER, nil when it is not at
// hand. The signature is looked at, since of two issuers of one name the wrong
// one would make nonsense of the findings.
func (known issuers) of(c *cert.Certificate) []byte {
	list := known[c.Issuer.Canonical()]
	for _, o := range list[:min(len(list), maxIssuers)] {
		if !bytes.Equal(o.Raw, c.Raw) && c.CheckSignature(o.PublicKey) == nil {
			return o.Raw
		}
	}
	return nil
}

func (p *program) printLint(views []lintView) error {
	if p.json {
		return p.printJSON(views)
	}
	var rows [][]string
	for _, v := range views {
		name := fmt.Sprintf("%s #%d", v.File, v.Number)
		if len(v.Findings) == 0 {
			rows = append(rows, []string{name, "ok", "", v.Subject, ""})
		}
		for _, f := range v.Findings {
			rows = append(rows, []string{name, f.Severity, f.Rule, f.Problem, f.Source})
		}
	}
	return p.print(nil, []string{"CERTIFICATE", "RESULT", "RULE", "FINDING", "SOURCE"}, rows)
}

// readCertificates reads the certificates of a PEM file, or one in DER.
func readCertificates(path string) ([][]byte, error) {
	raw, err := readSmall(path, maxLintFile)
	if err != nil {
		return nil, err
	}
	if !bytes.Contains(raw, []byte("-----BEGIN ")) {
		return [][]byte{raw}, nil
	}
	var all [][]byte
	for block, rest := pem.Decode(raw); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		if all = append(all, block.Bytes); len(all) > maxLinted {
			return nil, usagef("%s holds more than %d certificates", path, maxLinted)
		}
	}
	if len(all) == 0 {
		return nil, usagef("%s holds no certificate", path)
	}
	return all, nil
}
