// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"crypto"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ca/ceremony"
	"github.com/govseal/govseal/internal/keys"
)

// ceremonyFlags are what "ca ceremony" is told.
type ceremonyFlags struct {
	reviewed, out, issuerKey string
	check                    bool
	dryRun                   bool
	trust                    []string
	issuer, fresh            passphraseFlags
}

func (p *program) caCeremony() *cobra.Command {
	var f ceremonyFlags
	c := &cobra.Command{
		Use:   "ceremony FILE",
		Short: "Make a root, a CA, a cross-certificate, an offline list or a new root key from one reviewed file",
		Long: `ceremony carries out one reviewed file. The file says everything: the act (root, subordinate, cross,
crl, rollover), names, validity, path length, permitted names, usages, whose key, who is present
and when it may be held. The command shows what it will do, asks for a confirmation that names the
file's SM3, and writes beside the file (or to --out) the certificates, the list, and a transcript
signed with the key that acted. Nothing is served before the last of these files is on disk.

Where nobody can type, --reviewed carries the SM3 that the reviewers noted: it confirms that file
and no other. --dry-run shows the plan and stops.

Keys: a root's key has a file and a passphrase of its own, as has that of a CA which shall not work
here; bring the acting one with --issuer-key (default root.key in DIR/root for the first root). Keys of
CAs that this service works with are made in its key store.

--check verifies a transcript: FILE is the .transcript.json, its signature lies beside it. Name the
certificate of the CA that acted with --trust, or compare its SM3 by eye (status 3). Stock OpenSSL
checks the same signature:
  openssl dgst -sm3 -sigopt distid:1234567812345678 -verify <(openssl x509 -in root.pem -pubkey -noout) \
      -signature east.transcript.sig east.transcript.json`,
		Example: `  govseal ca ceremony east.yaml --dry-run
  govseal ca ceremony east.yaml --issuer-key /media/safe/root.key
  govseal ca ceremony east.yaml --reviewed 9c3e…   # 64 hexadecimal digits
  govseal ca ceremony east.transcript.json --check --trust root.pem`,
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.check {
				return p.checkTranscript(args[0], &f)
			}
			if len(f.trust) > 0 {
				return usagef("--trust goes with --check")
			}
			r, err := readRite(args[0], f.out)
			if err != nil {
				return err
			}
			return p.withCore(cmd.Context(), func(ctx context.Context, c *city, actor string) error { return p.ceremony(ctx, c, actor, r, &f) })
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.reviewed, "reviewed", "", "confirm without a terminal: the SM3 of the file, as its reviewers noted it")
	fl.BoolVar(&f.dryRun, "dry-run", false, "show what would be done, and stop")
	fl.StringVar(&f.out, "out", "", "folder for what is written (default the file's own)")
	fl.StringVar(&f.issuerKey, "issuer-key", "", "file of the key of the CA that acts (default root.key in DIR/root)")
	fl.BoolVar(&f.check, "check", false, "verify a transcript instead")
	fl.StringArrayVar(&f.trust, "trust", nil, "with --check: certificate of the CA that acted (PEM)")
	f.issuer.register(fl, "issuer-", "acting CA's key", "GOVSEAL_ROOT_PASSPHRASE_FILE")
	f.fresh.register(fl, "new-key-", "new CA's key", "GOVSEAL_NEW_KEY_PASSPHRASE_FILE")
	return p.approvable(c)
}

func (p *program) ceremony(ctx context.Context, c *city, actor string, r *rite, f *ceremonyFlags) error {
	if err := r.prepare(ctx, c, actor); err != nil {
		return err
	}
	if f.dryRun {
		return p.printFields(r.view(), r.fields())
	}
	if err := writeFields(p.err, r.fields()); err != nil {
		return err
	}
	if err := p.noteLeftovers(ctx, r); err != nil {
		return err
	}
	what := map[string]string{"kind": string(r.script.Kind), "sm3": hex.EncodeToString(r.digest[:])}
	return p.withApproval(ctx, c, r.waitsAs(c.config.Approvals), what, func() error { return p.holdCeremony(ctx, r, f) })
}

// waitsAs is the act that a ceremony waits for a second operator as: where
// ceremonies do not, what this one does may, and would else have a way round.
func (r *rite) waitsAs(a ApprovalsConfig) string {
	issue, list := actIssue+string(r.script.Kind), r.script.CRL
	switch {
	case a.needs(actCeremony):
	case list != nil && len(list.Revoke) > 0 && a.needs(actRevoke):
		return actRevoke
	case list != nil && a.needs(actCRL):
		return actCRL
	case list == nil && a.needs(issue):
		return issue
	}
	return actCeremony
}

func (p *program) holdCeremony(ctx context.Context, r *rite, f *ceremonyFlags) error {
	if err := p.confirm(r, f.reviewed); err != nil {
		return err
	}
	confirmed := time.Now()
	var k ca.ActKeys
	var err error
	if k.Acting, err = p.actingKey(r, f); err != nil {
		return err
	}
	choose := func() ([]byte, error) { return f.fresh.read(p, true) }
	if k.NewRef, k.New, err = r.makeKey(ctx, choose); err != nil {
		return err
	}
	t, err := r.hold(ctx, k, confirmed)
	if err != nil {
		return err
	}
	for _, path := range r.outputs() {
		p.say("wrote %s", path)
	}
	if r.keyPath() != "" {
		p.say("the new key lies in %s: move it to a safe, its passphrase elsewhere", r.keyPath())
	}
	return p.printResults(t)
}

// confirm wants to see that whoever says yes has the same file before him as
// those who reviewed it.
func (p *program) confirm(r *rite, reviewed string) error {
	digest := hex.EncodeToString(r.digest[:])
	if reviewed != "" {
		if !strings.EqualFold(reviewed, digest) {
			return usagef("--reviewed names another file: the SM3 of %s is %s. Nothing was done", r.path, digest)
		}
		return nil
	}
	in, ok := p.in.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return usagef("there is no terminal to confirm on: have the file reviewed and say --reviewed with its SM3")
	}
	return askFor(p.in, p.err, string(r.script.Kind)+" "+digest[:12])
}

// askFor goes on only when exactly the wanted words are typed.
func askFor(in io.Reader, out io.Writer, want string) error {
	fmt.Fprintf(out, "Compare the SM3 with what the reviewers noted. To go on, type: %s\n> ", want)
	line, err := bufio.NewReader(io.LimitReader(in, 256)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if strings.TrimRight(line, "\r\n") != want {
		return &exitError{exitRefused, "not confirmed; nothing was done"}
	}
	return nil
}

// actingKey brings the key of the CA that acts; nil when it is in our custody,
// or when a new root makes itself.
func (p *program) actingKey(r *rite, f *ceremonyFlags) (crypto.Signer, error) {
	if r.script.Issuer == "" || r.city.holds(r.script.Issuer) {
		if f.issuerKey != "" {
			return nil, usagef("--issuer-key: no key has to be brought for this ceremony")
		}
		return nil, nil
	}
	path := f.issuerKey
	if path == "" && r.script.Issuer != ca.RootID {
		return nil, usagef("bring the key of the %s CA: --issuer-key FILE", r.script.Issuer)
	}
	if path == "" {
		path = r.city.rootKeyPath()
	}
	passphrase, err := f.issuer.read(p, false)
	if err != nil {
		return nil, err
	}
	defer clear(passphrase)
	signer, err := keys.OpenRootFile(path, passphrase, r.city.keyOptions())
	if err != nil {
		return nil, fmt.Errorf("open the key of the %s CA: %w", r.script.Issuer, err)
	}
	return signer, nil
}

// holds reports whether the key of a CA is in our custody.
func (c *city) holds(id string) bool {
	online, err := c.ca.Holds(id)
	return err == nil && online
}

// noteLeftovers says what an earlier attempt of the same ceremony left.
func (p *program) noteLeftovers(ctx context.Context, r *rite) error {
	held, err := r.city.ca.Held(ctx, r.digest)
	if errors.Is(err, ca.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	p.say("note: this ceremony was begun on %s by %s and not finished; nothing of that attempt is served", when(held.Begun), held.Actor)
	left, err := r.city.ca.Unfinished(ctx)
	if err != nil {
		return err
	}
	for _, c := range left {
		if !c.Created.Before(held.Begun) && c.Subject == r.firstSubject() {
			p.say("note: certificate %s was planned then and never completed; its serial is not used again", c.SerialHex)
		}
	}
	return nil
}

func (r *rite) firstSubject() string {
	if all := r.act.Plan().Certificates; len(all) > 0 {
		return all[0].Subject
	}
	return ""
}

func (p *program) printResults(t *ceremony.Transcript) error {
	return p.printFields(t, resultFields(t))
}
