// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/hex"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/govseal/govseal/verify"
)

// verifyFlags are what "verify" is told.
type verifyFlags struct {
	trust, trustMaker, untrusted, crl, ocsp []string
	evidence, proof, content, digest        string
	at, policy, revocation, language        string
}

func (p *program) verifyCommand() *cobra.Command {
	var f verifyFlags
	c := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check who sealed a file, when, and whether it has changed",
		Long: `verify reads a stamped decision, a sealed PDF, a bare seal, or a bare seal signature or CMS with its
content beside it, and reports what it finds: intact, seal, signer, revocation, time, each on its
own, and the verdict that follows. It needs no city, no network and no passphrase.

Nothing is trusted but what --trust names (root certificates, PEM or DER) or the policy file does.
The chain and the lists that a stamp brings along are believed only when they verify.

The time of verification is now, or --at. A stamp is judged at the time that a trusted time stamp
proves, else at the time of verification: what a signer claims never helps him.

Exit status: 0 valid; 1 invalid or unsealed; 2 could not be read; 3 indeterminate.`,
		Example: `  govseal verify decision.json --trust root.pem
  govseal verify permit.pdf --trust root.pem --crl issuing.crl --json
  govseal verify signature.der --content permit.docx --evidence permit.evidence.json --trust root.pem`,
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.verify(cmd.Context(), args[0], f) },
	}
	fl := c.Flags()
	f.registerTrust(fl)
	fl.StringVar(&f.evidence, "evidence", "", "side file with chain and lists (default FILE.evidence.json when it is there)")
	fl.StringVar(&f.proof, "proof", "", "ledger proof (GET /v1/stamps/{id}/proof, or \"govseal ledger proof\")")
	fl.StringVar(&f.content, "content", "", "what a bare signature signs")
	fl.StringVar(&f.digest, "digest", "", "its SM3 digest instead, 64 hexadecimal digits")
	fl.StringVar(&f.language, "lang", "", "zh or en (default by LANG)")
	c.AddCommand(p.verifyCertCommand())
	return c
}

func (p *program) verify(ctx context.Context, path string, f verifyFlags) error {
	zh, err := chinese(f.language)
	if err != nil {
		return err
	}
	policy, err := f.readPolicy()
	if err != nil {
		return err
	}
	file, size, err := openRegular(path)
	if err != nil {
		return err
	}
	defer file.Close()
	d := verify.Document{ReaderAt: file, Size: size}
	closeContent, err := f.beside(&d, path)
	if err != nil {
		return err
	}
	defer closeContent()
	report, err := verify.Verify(ctx, d, policy)
	if err != nil {
		return err
	}
	if p.json {
		err = p.printJSON(report)
	} else {
		err = p.printReport(report, zh)
	}
	if err != nil {
		return err
	}
	if len(policy.Anchors) == 0 && report.Verdict != verify.Valid && report.Verdict != verify.Unsealed {
		p.say("no root is trusted: name one with --trust")
	}
	return verdictStatus(report.Verdict)
}

// verdictStatus turns the verdict into the exit status; stdout has said why.
func verdictStatus(v verify.Verdict) error {
	switch v {
	case verify.Valid:
		return nil
	case verify.Indeterminate:
		return &exitError{code: exitIndeterminate}
	}
	return &exitError{code: exitRefused}
}

// beside reads what lies beside the document.
func (f verifyFlags) beside(d *verify.Document, path string) (closeContent func(), err error) {
	closeContent = func() {}
	if f.content != "" && f.digest != "" {
		return nil, usagef("give --content or --digest, not both")
	}
	if f.digest != "" {
		if d.Digest, err = hex.DecodeString(f.digest); err != nil || len(d.Digest) != 32 {
			return nil, usagef("--digest takes the SM3 digest as 64 hexadecimal digits")
		}
	}
	if f.evidence == "" {
		f.evidence = sideFile(path)
	}
	if f.evidence != "" {
		if d.Evidence, err = readSmall(f.evidence, maxBeside); err != nil {
			return nil, err
		}
	}
	if f.proof != "" {
		if d.Proof, err = readSmall(f.proof, maxBeside); err != nil {
			return nil, err
		}
	}
	if f.content != "" {
		content, _, err := openRegular(f.content)
		if err != nil {
			return nil, err
		}
		d.Content, closeContent = content, func() { content.Close() }
	}
	return closeContent, nil
}

// sideFile is FILE.evidence.json when it lies beside FILE, else "". Nothing in
// it is believed before it verifies, so it may be taken without being named.
func sideFile(path string) string {
	beside := path + ".evidence.json"
	if info, err := os.Stat(beside); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return beside
}

// maxBeside bounds evidence and proof files, in octets.
const maxBeside = 64 << 20

// openRegular opens a file that has a size; a device or a pipe has none.
func openRegular(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = usagef("%s is not a regular file", path)
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// checkTime is when the verification is judged to take place.
func (f verifyFlags) checkTime() (time.Time, error) {
	if f.at == "" {
		return time.Now(), nil
	}
	t, err := time.Parse(time.RFC3339, f.at)
	if err != nil {
		return t, usagef("--at takes a time like 2026-11-02T08:00:00+08:00")
	}
	return t, nil
}

// registerTrust adds what documents and certificates are judged by alike.
func (f *verifyFlags) registerTrust(fl *pflag.FlagSet) {
	fl.StringArrayVar(&f.trust, "trust", nil, "trusted root certificate; may be given again")
	fl.StringArrayVar(&f.trustMaker, "trust-maker", nil, "root trusted for seal makers whose certificates lack the maker's usage")
	fl.StringArrayVar(&f.untrusted, "untrusted", nil, "further issuing certificate, believed only when it verifies")
	fl.StringArrayVar(&f.crl, "crl", nil, "revocation list; may be given again")
	fl.StringArrayVar(&f.ocsp, "ocsp", nil, "OCSP response (DER); may be given again")
	fl.StringVar(&f.at, "at", "", "judge at this time (RFC 3339) instead of now")
	fl.StringVar(&f.policy, "policy", "", "policy file (YAML)")
	fl.StringVar(&f.revocation, "revocation", "", "required (default) or optional: what a missing revocation answer means")
}
