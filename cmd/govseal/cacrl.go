// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto"
	"encoding/pem"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
)

// crlFlags are what "ca crl" is told.
type crlFlags struct {
	renew, pem   bool
	out, rootKey string
	root         passphraseFlags
}

func (p *program) caCRL() *cobra.Command {
	var f crlFlags
	c := &cobra.Command{
		Use:   "crl [issuing|root]",
		Short: "Show or write the newest revocation list",
		Long: `crl shows the newest list of the issuing CA (default) or the root, or writes it with -o. The
issuing CA's list lives 7 days; it is issued anew at once on every change and daily otherwise. The
root's lives 12 months and is renewed with the root key at hand: --renew.`,
		Example: `  govseal ca crl -o issuing.crl
  govseal ca crl root --renew --root-key /media/safe/root.key -o root.crl`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id := ca.IssuingID
			if len(args) == 1 {
				id = args[0]
			}
			if id != ca.RootID && id != ca.IssuingID {
				return usagef("there is no CA %q; say issuing or root", id)
			}
			if f.renew && id != ca.RootID {
				return usagef("the issuing CA's list renews itself; --renew is for the root's")
			}
			return p.withCore(cmd.Context(), func(ctx context.Context, c *city, actor string) error {
				if !f.renew {
					return p.crl(ctx, c, actor, id, &f)
				}
				return p.withApproval(ctx, c, actCRL, map[string]string{"ca": id}, func() error { return p.crl(ctx, c, actor, id, &f) })
			})
		},
	}
	fl := c.Flags()
	fl.BoolVar(&f.renew, "renew", false, "issue a new root CRL")
	fl.BoolVar(&f.pem, "pem", false, "PEM instead of DER")
	fl.StringVarP(&f.out, "out", "o", "", "write the list to a new file")
	fl.StringVar(&f.rootKey, "root-key", "", "file of the root key (default DIR/root/root.key)")
	f.root.register(fl, "root-", "root key", "GOVSEAL_ROOT_PASSPHRASE_FILE")
	return p.approvable(c)
}

func (p *program) crl(ctx context.Context, c *city, actor, id string, f *crlFlags) error {
	list, err := p.newestCRL(ctx, c, actor, id, f)
	if err != nil {
		return err
	}
	if f.out != "" || f.pem {
		data := list.DER
		if f.pem {
			data = pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: list.DER})
		}
		return p.write(f.out, data, !f.pem)
	}
	return p.printFields(struct {
		CA string `json:"ca"`
		crlView
	}{id, viewCRL(list)}, []field{
		{"CA", id}, {"number", itoa(list.Number)}, {"this update", when(list.ThisUpdate)}, {"next update", when(list.NextUpdate)},
	})
}

func (p *program) newestCRL(ctx context.Context, c *city, actor, id string, f *crlFlags) (ca.CRL, error) {
	if !f.renew {
		return c.ca.CRL(ctx, id)
	}
	signer, err := p.rootSigner(c, f.rootKey, &f.root)
	if err != nil {
		return ca.CRL{}, err
	}
	return c.ca.IssueRootCRL(ctx, actor, signer)
}

// rootSigner brings the root key in, for this one act.
func (p *program) rootSigner(c *city, path string, flags *passphraseFlags) (crypto.Signer, error) {
	passphrase, err := flags.read(p, false)
	if err != nil {
		return nil, err
	}
	defer clear(passphrase)
	return c.openRoot(path, passphrase)
}

func (p *program) caExport() *cobra.Command {
	return &cobra.Command{
		Use:   "export FOLDER",
		Short: "Write root.pem, issuing.pem, root.crl and issuing.crl for publication",
		Long: `export writes the certificates of root and issuing CA (PEM) and their newest lists (DER) into a
folder, each file whole or not at all, replacing older ones: what verifiers and publication points
need. "govseal verify --trust root.pem" is the other end.`,
		Example: `  govseal ca export /srv/www/pki`,
		Args:    exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, args []string) error {
			return p.export(ctx, c, args[0])
		}),
	}
}

func (p *program) export(ctx context.Context, c *city, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	files := map[string][]byte{"root.pem": certificatePEM(c.ca.Root()), "issuing.pem": certificatePEM(c.ca.Issuing())}
	for _, id := range []string{ca.RootID, ca.IssuingID} {
		list, err := c.ca.CRL(ctx, id)
		if err != nil {
			return err
		}
		files[id+".crl"] = list.DER
	}
	var written []string
	for _, name := range []string{"root.pem", "issuing.pem", "root.crl", "issuing.crl"} {
		path := filepath.Join(dir, name)
		if err := writeDurably(path, files[name], 0o644); err != nil {
			return err
		}
		written = append(written, path)
	}
	return p.printList(written)
}
