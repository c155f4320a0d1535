// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/seal"
)

func (p *program) stampOFDCommand() *cobra.Command {
	s := &stamping{beside: true}
	c := &cobra.Command{
		Use: "ofd IN -o OUT", Short: "Seal an OFD",
		Long: `ofd adds an electronic seal (GB/T 38540) to an OFD package. Every entry but the lists of signatures
keeps its stored octets.

The seal stands at a position (--page or --pages with --x and --y, millimetres from the top left),
on a keyword (--keyword), or across the pages' edge (--edge); at the lower right of the last page
when nothing is said. With --lock no further signature may follow.

An OFD has no room for certificates and CRLs: they come in OUT.evidence.json, which "govseal verify"
finds there.`,
		Example: "  govseal stamp ofd permit.ofd -o permit.sealed.ofd --server https://seal.example --token-file token --seal 99010000000001 --page 1 --x 130 --y 220 --lock",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.placement(cmd.Flags().Changed); err != nil {
				return err
			}
			if s.forOFD != (seal.OFD{}) {
				s.request.OFD = &s.forOFD
			}
			return p.stampWith(cmd.Context(), s, func(ctx context.Context, c *client) (seal.Answer, error) {
				document, err := os.ReadFile(args[0])
				if err != nil {
					return seal.Answer{}, err
				}
				return c.stampOFD(ctx, s.key, s.request, document)
			})
		},
	}
	s.register(c)
	s.registerPlace(c)
	f := c.Flags()
	f.IntVar(&s.forOFD.Document, "document", 0, "which document of the package, 0 is the first")
	f.BoolVar(&s.forOFD.Plain, "plain", false, "a digital signature without a seal (GB/T 35275); it stands nowhere")
	f.BoolVar(&s.forOFD.Whole, "whole", false, "also list and sign the whole package (GM/T 0099)")
	return c
}
