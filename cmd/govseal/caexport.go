// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	"github.com/spf13/cobra"
)

func (p *program) caExport() *cobra.Command {
	return &cobra.Command{
		Use:   "export FOLDER",
		Short: "Write certificates and lists of all authorities for publication",
		Long: `export writes the certificates of all authorities (PEM and DER) and their newest lists (DER; complete,
shards, deltas) into a folder, each file whole or not at all, replacing older ones: what verifiers
and publication points need. "govseal verify --trust root.pem" is the other end. A folder that shall
always hold the newest is crl.publish in ` + configFile + `.`,
		Example: `  govseal ca export /srv/www/pki`,
		Args:    exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, args []string) error {
			out := publisher{dir: args[0], ca: c.ca}
			files, err := out.pass(ctx)
			if err != nil {
				return err
			}
			pems, err := out.putPEM(ctx)
			if err != nil {
				return err
			}
			return p.printList(append(pems, files...))
		}),
	}
}
