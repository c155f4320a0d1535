// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"github.com/govseal/govseal/internal/inspect"
)

func (p *program) inspectCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show what is inside a certificate, list, token, seal, decision, PDF, OFD, key …",
		Long: `inspect shows the content of a file as a tree: certificate, certificate request, CRL, OCSP request and
response, time-stamp request, response and token, CMS, seal and seal signature (GB/T 38540), decision,
evidence, ledger proof and checkpoint, key, PKCS#12, CSR response (GM/T 0092). The kind is found from content, PEM or DER.

Of a PDF it shows revisions, form fields, signatures with what they cover and what came after them,
locks and the security store; of an OFD the documents and pages, every entry with its size and the
signatures that protect it, and each signature with its references, places, seal and lock.

Nothing is verified: what stands there may be forged. "govseal verify" judges. Of a private key and
of a PKCS#12 the kind and the protection are shown, and no octet of a key; no password is asked for.

Exit status: 0 shown; 2 could not be read.`,
		Example: `  govseal inspect issuing.crl
  govseal inspect permit.ofd
  govseal inspect permit.pdf --json`,
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.inspect(cmd.Context(), args[0]) },
	}
}

func (p *program) inspect(ctx context.Context, path string) error {
	file, size, err := openRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		return usagef("there is no file %s", path)
	}
	if err != nil {
		return err
	}
	defer file.Close()
	tree, err := inspect.File(ctx, file, size)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if p.json {
		return p.printJSON(tree)
	}
	return p.printTree(tree)
}

// widest is the longest name, in columns, that moves the values beside it.
const widest = 48

// printTree prints a node and what is in it; the values of neighbours stand
// under each other.
func (p *program) printTree(n *inspect.Node) error {
	if err := p.printNode(n, 0, 0); err != nil {
		return err
	}
	return p.printChildren(n, 1)
}

func (p *program) printChildren(n *inspect.Node, depth int) error {
	width := 0
	for _, child := range n.Children {
		if w := runewidth.StringWidth(printable(child.Name)) + 2; child.Value != "" && w <= widest {
			width = max(width, w)
		}
	}
	for _, child := range n.Children {
		if err := p.printNode(child, depth, width); err != nil {
			return err
		}
		if err := p.printChildren(child, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) printNode(n *inspect.Node, depth, width int) error {
	line := printable(n.Name)
	if n.Value != "" {
		line = runewidth.FillRight(line+": ", width) + printable(n.Value)
	}
	_, err := fmt.Fprintln(p.out, strings.Repeat("  ", depth)+line)
	return err
}
