// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/hex"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/seal"
)

// stamping holds the flags that the stamp commands share.
type stamping struct {
	server, tokenFile, key, out, pdf, ofd, decision string

	request api.StampRequest
	place   seal.Place
	json    string // the whole placement
	beside  bool   // the file that comes back has no room for its evidence
	offset  float64
	forOFD  seal.OFD
	caption seal.Caption
}

func (p *program) stampCommand() *cobra.Command {
	return group("stamp", "Stamp a PDF, an OFD, a decision or a digest through the sign API",
		`stamp is a client of the sign API: the same checks, the same record, no way round the grants. It
needs the service's address and a file with an application's token, not the key store.

A repetition after a broken connection carries the same Idempotency-Key and cannot stamp twice;
name one with --idempotency-key to be able to repeat it later.`,
		p.stampPDFCommand(), p.stampOFDCommand(), p.stampDecisionCommand(), p.stampDigestCommand(), p.stampWithdrawCommand())
}

func (s *stamping) register(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&s.server, "server", os.Getenv("GOVSEAL_SERVER"), "address of the service (or GOVSEAL_SERVER)")
	f.StringVar(&s.tokenFile, "token-file", os.Getenv("GOVSEAL_TOKEN_FILE"), "file with the application's token (or GOVSEAL_TOKEN_FILE)")
	f.StringVar(&s.request.Seal, "seal", "", "number of the seal")
	f.StringVar(&s.request.Officer, "officer", "", "staff number of the officer who decided")
	f.StringVar(&s.request.Matter, "matter", "", "code of the approval matter")
	f.StringVar(&s.request.CaseRef, "case", "", "case number")
	f.StringVar(&s.key, "idempotency-key", "", "of this stamp; drawn when not given")
	f.StringVarP(&s.out, "output", "o", "", "file to write")
	must(c, "seal")
}

func (s *stamping) client() (*client, error) {
	if s.server == "" || s.tokenFile == "" {
		return nil, usagef("name the service with --server and the application's token with --token-file")
	}
	f, err := os.Open(s.tokenFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	token, err := readSecret(f)
	if err != nil {
		return nil, usagef("%s: %v", s.tokenFile, err)
	}
	if s.key == "" {
		s.key = newIdempotencyKey()
	}
	return newClient(s.server, string(token))
}

func (p *program) stampDecisionCommand() *cobra.Command {
	s := &stamping{}
	c := &cobra.Command{
		Use: "decision [IN] -o OUT", Short: "Stamp a decision, or add a further department's stamp",
		Long:    "decision sends a decision (govseal.decision/v1) and gets it back stamped, as JSON and (--pdf, --ofd) as the\nrendered paper, an OFD with its evidence beside it. With --decision ID instead of IN a further department stamps the same decision.",
		Example: "  govseal stamp decision decision.json -o stamped.json --pdf stamped.pdf --seal 99010000000001 …\n  govseal stamp decision --decision d_… -o stamped.json --seal 99010000000002 …",
		Args: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == (s.decision != "") || len(args) > 1 {
				return usagef("name either a file or --decision ID")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.stampWith(cmd.Context(), s, func(ctx context.Context, c *client) (seal.Answer, error) {
				if s.decision != "" {
					return c.addDecisionStamp(ctx, s.key, s.decision, s.request)
				}
				document, err := os.ReadFile(args[0])
				if err != nil {
					return seal.Answer{}, err
				}
				return c.stampDecision(ctx, s.key, s.request, document)
			})
		},
	}
	s.register(c)
	c.Flags().StringVar(&s.decision, "decision", "", "id of a decision that has a stamp already")
	c.Flags().StringVar(&s.pdf, "pdf", "", "file for the rendered paper")
	c.Flags().StringVar(&s.ofd, "ofd", "", "file for the same paper as OFD")
	return c
}

func (p *program) stampDigestCommand() *cobra.Command {
	s := &stamping{beside: true}
	c := &cobra.Command{
		Use: "digest IN -o OUT", Short: "Stamp the SM3 digest of a file that stays here",
		Long:    "digest hashes IN here, sends the digest alone, and writes the GB/T 38540 SES_Signature (DER) to OUT.\nThe record says that the service did not see the content. IN may also be 64 hex digits. Certificates and CRLs\nfor an offline check come in OUT.evidence.json, which \"govseal verify\" finds there.",
		Example: "  govseal stamp digest big.zip -o big.zip.seal --seal 99010000000001 …",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.stampWith(cmd.Context(), s, func(ctx context.Context, c *client) (seal.Answer, error) {
				digest, err := digestOf(args[0])
				if err != nil {
					return seal.Answer{}, err
				}
				return c.stampDigest(ctx, s.key, api.DigestRequest{StampRequest: s.request, Digest: digest})
			})
		},
	}
	s.register(c)
	return c
}

// digestOf returns the SM3 of a file, or the digest itself when one is given.
func digestOf(in string) (string, error) {
	if raw, err := hex.DecodeString(in); err == nil && len(raw) == gm.Size {
		return strings.ToLower(in), nil
	}
	f, err := os.Open(in)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := gm.NewSM3()
	if _, err := f.WriteTo(h); err != nil {
		return "", err
	}
	sum := h.Digest()
	return hex.EncodeToString(sum[:]), nil
}

// stampWith stamps, fetches what it gave back, and shows the record.
func (p *program) stampWith(ctx context.Context, s *stamping, stamp func(context.Context, *client) (seal.Answer, error)) error {
	if s.out == "" {
		return usagef("name the file to write with -o")
	}
	c, err := s.client()
	if err != nil {
		return err
	}
	a, err := stamp(ctx, c)
	if err != nil {
		return err
	}
	if err := p.fetch(ctx, c, a, s.out, ""); err != nil {
		return err
	}
	for form, path := range map[string]string{"pdf": s.pdf, "ofd": s.ofd} {
		if path == "" {
			continue
		}
		if err := p.fetch(ctx, c, a, path, form); err != nil {
			return err
		}
	}
	for path, beside := range map[string]bool{s.out: s.beside, s.ofd: s.ofd != ""} {
		if !beside || path == "-" {
			continue
		}
		if err := p.fetchEvidence(ctx, c, a, path); err != nil {
			return err
		}
	}
	return p.showStamp(a)
}

func (p *program) fetch(ctx context.Context, c *client, a seal.Answer, path, form string) error {
	err := p.writeWith(path, true, func(w io.Writer) error {
		_, err := c.download(ctx, http.MethodGet, documentPath(a.ID, form), payload{}, w)
		return err
	})
	if err != nil {
		p.say("stamp %s is made; fetch its file again with another -o and the same --idempotency-key", a.ID)
		return err
	}
	if path != "-" {
		p.say("wrote %s", filepath.Base(path))
	}
	return nil
}

// fetchEvidence keeps what an offline check needs where "govseal verify" finds it.
func (p *program) fetchEvidence(ctx context.Context, c *client, a seal.Answer, path string) error {
	evidence, err := c.evidence(ctx, a.ID)
	if err == nil {
		err = p.write(path+".evidence.json", evidence, false)
	}
	if err != nil {
		p.say("stamp %s is made; its evidence is at /v1/stamps/%s/evidence", a.ID, a.ID)
		return err
	}
	p.say("wrote %s", filepath.Base(path)+".evidence.json")
	return nil
}

func (p *program) showStamp(a seal.Answer) error {
	fields := []field{
		{"stamp", a.ID}, {"code", a.Code}, {"seal", a.Seal.Name + " (" + a.Seal.ID + ")"}, {"department", a.Department.Name},
		{"time", when(a.Time)}, {"level", a.Level}, {"output SM3", a.Output}, {"page to verify", a.Links["verify"]},
	}
	if a.Decision != nil {
		fields = append(fields, field{"decision", a.Decision.ID + " " + a.Decision.Number}, field{"still to stamp", strings.Join(a.Decision.Missing, ", ")})
	}
	return p.printFields(a, fields)
}

func (p *program) stampWithdrawCommand() *cobra.Command {
	s := &stamping{}
	var reason string
	c := &cobra.Command{
		Use: "withdraw STAMP", Short: "Withdraw what was stamped, for all to see",
		Long: "withdraw marks a stamp as withdrawn. The reason is shown to the public: no personal data in it.",
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := s.client()
			if err != nil {
				return err
			}
			if err := c.withdraw(cmd.Context(), args[0], reason); err != nil {
				return err
			}
			p.say("withdrawn")
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&s.server, "server", os.Getenv("GOVSEAL_SERVER"), "address of the service (or GOVSEAL_SERVER)")
	f.StringVar(&s.tokenFile, "token-file", os.Getenv("GOVSEAL_TOKEN_FILE"), "file with the application's token (or GOVSEAL_TOKEN_FILE)")
	f.StringVar(&reason, "reason", "", "shown to the public")
	must(c, "reason")
	return c
}
