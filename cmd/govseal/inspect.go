// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/internal/inspect"
)

func (p *program) inspectCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show what is inside a certificate, list, token, seal, decision, PDF, key …",
		Long: `inspect shows the content of a file as a tree: certificate, certificate request, CRL, OCSP request and
response, time-stamp request, response and token, CMS, seal and seal signature (GB/T 38540), decision,
evidence, ledger proof and checkpoint, PDF. The kind is found from content, PEM or DER.

Nothing is verified: what stands there may be forged. "govseal verify" judges. Of a private key the
kind is shown, and nothing else.

Exit status: 0 shown; 2 could not be read.`,
		Example: `  govseal inspect issuing.crl
  govseal inspect permit.pdf --json`,
		Args: exactly(1),
		RunE: func(_ *cobra.Command, args []string) error { return p.inspect(args[0]) },
	}
}

func (p *program) inspect(path string) error {
	file, size, err := openRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		return usagef("there is no file %s", path)
	}
	if err != nil {
		return err
	}
	defer file.Close()
	tree, err := inspect.File(file, size)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if p.json {
		return p.printJSON(tree)
	}
	return p.printTree(tree, 0)
}

func (p *program) printTree(n *inspect.Node, depth int) error {
	line := strings.Repeat("  ", depth) + printable(n.Name)
	if n.Value != "" {
		line += ": " + printable(n.Value)
	}
	if _, err := fmt.Fprintln(p.out, line); err != nil {
		return err
	}
	for _, child := range n.Children {
		if err := p.printTree(child, depth+1); err != nil {
			return err
		}
	}
	return nil
}
