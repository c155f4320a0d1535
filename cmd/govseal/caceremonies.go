// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
)

// heldView is one ceremony in JSON output.
type heldView struct {
	SM3       string     `json:"sm3"`
	Kind      string     `json:"kind"`
	Authority string     `json:"authority"`
	Actor     string     `json:"actor"`
	Begun     time.Time  `json:"begun"`
	Attempts  int        `json:"attempts"`
	Held      *time.Time `json:"held,omitempty"`
}

func (p *program) caCeremonies() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "ceremonies [SM3]",
		Short: "List the ceremonies that were held or begun, or write a transcript again",
		Long: `ceremonies lists the reviewed files that were carried out, newest first, by their SM3; one that was
begun and not held made nothing that is served. With the SM3 of a file (its first 16 digits will do)
and -o NAME the recorded transcript is written to NAME.transcript.json and NAME.transcript.sig.`,
		Example: `  govseal ca ceremonies
  govseal ca ceremonies 9c3e5d70aa41b2c6 -o east`,
		Args: cobra.MaximumNArgs(1),
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, args []string) error {
			if (len(args) == 1) != (out != "") {
				return usagef("name a ceremony by its SM3 and the files with -o, or neither")
			}
			all, err := c.ca.Ceremonies(ctx)
			if err != nil {
				return err
			}
			if len(args) == 1 {
				return p.writeTranscript(ctx, c, all, args[0], out)
			}
			return p.printCeremonies(all)
		}),
	}
	c.Flags().StringVarP(&out, "out", "o", "", "beginning of the names of the files to write")
	return c
}

func (p *program) printCeremonies(all []ca.Ceremony) error {
	views, rows := make([]heldView, len(all)), make([][]string, len(all))
	for i, h := range all {
		views[i] = heldView{SM3: hex.EncodeToString(h.Digest[:]), Kind: h.Kind, Authority: h.Authority, Actor: h.Actor, Begun: h.Begun.UTC(), Attempts: h.Attempts, Held: jsonTime(h.Finished)}
		held := "not held"
		if !h.Finished.IsZero() {
			held = when(h.Finished)
		}
		rows[i] = []string{views[i].SM3[:16], h.Kind, h.Authority, held, h.Actor}
	}
	return p.print(views, []string{"SM3", "ACT", "CA", "HELD", "BY"}, rows)
}

func (p *program) writeTranscript(ctx context.Context, c *city, all []ca.Ceremony, prefix, out string) error {
	if len(prefix) < 16 {
		return usagef("give at least 16 digits of the file's SM3")
	}
	for _, h := range all {
		if digest := hex.EncodeToString(h.Digest[:]); len(prefix) > len(digest) || digest[:len(prefix)] != prefix {
			continue
		}
		whole, err := c.ca.Held(ctx, h.Digest)
		if err != nil {
			return err
		}
		if whole.Transcript == nil {
			return usagef("this ceremony was begun on %s and not held; there is no transcript", when(h.Begun))
		}
		return errors.Join(p.write(out+transcriptSuffix, whole.Transcript, false), p.write(out+signatureSuffix, whole.Signature, true))
	}
	return usagef("no ceremony's file has an SM3 that begins with %.64s; \"govseal ca ceremonies\" lists them", prefix)
}
