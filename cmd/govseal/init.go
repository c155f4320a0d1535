// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	"github.com/spf13/cobra"
)

func (p *program) initCommand() *cobra.Command {
	var config Config
	root := new(passphraseFlags)
	c := &cobra.Command{
		Use:   "init --dir DIR",
		Short: "Make a new city: database, keys, root and issuing CA, seal maker, time stamps, ledger",
		Long: `init holds the first ceremony. It makes the folder DIR with the database, a key store under
one passphrase, the root key in a file under another (root.key in DIR/root), the root and issuing
CA with their CRLs, and the keys and certificates of the offices: seal maker (制章者),
time-stamp authority, ledger, OCSP responder.

Move DIR/root to a safe afterwards, with its passphrase kept elsewhere: from day to day only the
issuing CA works. The root key is needed once a year for its CRL ("govseal ca crl root --renew").

The name, the OID arc and the ledger's origin cannot be changed later. The default arc 2.999.1 is
the example arc; a real service sets its own.`,
		Example: `  govseal init --dir /srv/govseal --name 示例市 --url https://seal.example \
      --passphrase-file /run/keys/store --root-passphrase-file /run/keys/root`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.init(cmd.Context(), config, root) },
	}
	f := c.Flags()
	f.StringVar(&config.Name, "name", "示例市", "name of the city or body; stands in the CA certificates")
	f.StringVar(&config.Province, "province", "", "province in subject names")
	f.StringVar(&config.Locality, "locality", "", "city in subject names")
	f.StringVar(&config.URL, "url", "", "address under which the service is reached, e.g. https://seal.example")
	f.StringVar(&config.OIDArc, "oid-arc", "2.999.1", "the operator's object identifier arc")
	f.StringVar(&config.Database, "database", databaseFile, "file within DIR, or postgres://user@host/name")
	root.register(f, "root-", "root key", "GOVSEAL_ROOT_PASSPHRASE_FILE")
	return c
}

func (p *program) init(ctx context.Context, config Config, root *passphraseFlags) error {
	actor, err := p.actor()
	if err != nil {
		return err
	}
	if p.dir == "" {
		return usagef("where? Name the new folder with --dir or GOVSEAL_DIR")
	}
	f := founding{dir: p.dir, config: config, actor: actor, progress: p.say}
	if f.passphrase, err = p.passphrase.read(p, true); err != nil {
		return err
	}
	if f.rootPassphrase, err = root.read(p, true); err != nil {
		return err
	}
	c, err := createCity(ctx, f)
	if err != nil {
		return err
	}
	defer c.Close()
	if config.URL == "" {
		p.say("warning: without --url the certificates name no publication points and QR codes lead nowhere")
	}
	p.say("move %s to a safe; it is not needed from day to day", c.rootKeyPath())
	p.say("next: \"govseal dept add\", \"govseal seal make\", \"govseal app add\", \"govseal grant add\"")
	return p.showAuthority(ctx, c)
}
