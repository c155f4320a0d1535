// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/verify"
)

// verifyCertFlags are what "verify cert" is told.
type verifyCertFlags struct {
	verifyFlags
	purpose, host            string
	maxDepth                 int
	policyOIDs               []string
	explicit, noAny, noRemap bool
}

var purposes = []string{"any", "seal", "seal-maker", "ledger", "tsa", "ocsp", "tls-server", "tls-client"}

func (p *program) verifyCertCommand() *cobra.Command {
	var f verifyCertFlags
	c := &cobra.Command{
		Use:   "cert LEAF",
		Short: "Check a certificate's path to a trusted root, its revocation and its purpose",
		Long: `cert validates the path of a certificate (PEM or DER) by RFC 5280: names, validity, constraints, policies,
revocation by lists and OCSP answers, and whether it may be used for a purpose. SM2, RSA and ECDSA
certificates are judged. It needs no city, no network and no passphrase.

Purposes: any (a sound path, nothing asked of the usage), seal, seal-maker, ledger, tsa, ocsp, tls-server,
tls-client. All but any refuse CA certificates.

A file named cert is checked as a document with "govseal verify ./cert".

Exit status: 0 valid; 1 invalid; 2 could not be read; 3 indeterminate: no path to a trusted root, no
revocation answer, or an algorithm that is not supported.`,
		Example: `  govseal verify cert seal.pem --trust root.pem --untrusted issuing.pem --crl root.crl --crl issuing.crl --purpose seal
  govseal verify cert www.pem --trust root.pem --purpose tls-server --host www.example.cn --revocation optional --json`,
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.verifyCert(cmd.Context(), args[0], f) },
	}
	fl := c.Flags()
	f.registerTrust(fl)
	fl.StringVar(&f.purpose, "purpose", "any", strings.Join(purposes, ", "))
	fl.StringVar(&f.host, "host", "", "with --purpose tls-server: the DNS name or address that it must be for")
	fl.IntVar(&f.maxDepth, "max-depth", 0, "most certificates in a path, root not counted (default 8)")
	fl.StringArrayVar(&f.policyOIDs, "policy-oid", nil, "acceptable certificate policy, e.g. 2.16.840.1.101.3.2.1.48.1; may be given again")
	fl.BoolVar(&f.explicit, "explicit-policy", false, "demand an acceptable policy along the whole path")
	fl.BoolVar(&f.noAny, "inhibit-any", false, "anyPolicy matches nothing")
	fl.BoolVar(&f.noRemap, "inhibit-mapping", false, "policies are not mapped")
	return c
}

// question checks the flags that only certificates have.
func (f verifyCertFlags) question() (verify.CertificateQuestion, error) {
	q := verify.CertificateQuestion{Purpose: verify.Purpose(f.purpose), Host: f.host, MaxDepth: f.maxDepth,
		ExplicitPolicy: f.explicit, InhibitAny: f.noAny, InhibitMapping: f.noRemap}
	switch {
	case !slices.Contains(purposes, f.purpose):
		return q, usagef("--purpose takes one of %s", strings.Join(purposes, ", "))
	case f.host != "" && q.Purpose != verify.PurposeTLSServer:
		return q, usagef("--host goes with --purpose tls-server")
	case f.maxDepth < 0 || f.maxDepth > 64:
		return q, usagef("--max-depth takes 1 to 64")
	}
	for _, text := range f.policyOIDs {
		id, err := parseArc(text)
		if err != nil {
			return q, usagef("--policy-oid %q is no object identifier", text)
		}
		q.PolicyOIDs = append(q.PolicyOIDs, id)
	}
	return q, nil
}

func (p *program) verifyCert(ctx context.Context, path string, f verifyCertFlags) error {
	q, err := f.question()
	if err != nil {
		return err
	}
	policy, err := f.readPolicy()
	if err != nil {
		return err
	}
	leaf, err := readDER(path, "CERTIFICATE")
	if errors.Is(err, fs.ErrNotExist) {
		return usagef("there is no file %s", path)
	}
	if err != nil {
		return err
	}
	// A file with a chain: the first is the leaf, the rest is material.
	q.Leaf, policy.Untrusted = leaf[0], append(policy.Untrusted, leaf[1:]...)
	report, err := verify.VerifyCertificate(ctx, q, policy)
	if err != nil {
		return err
	}
	if err := p.printFields(report, certificateFields(report)); err != nil {
		return err
	}
	if len(policy.Anchors) == 0 && report.Verdict != verify.Valid {
		p.say("no root is trusted: name one with --trust")
	}
	return verdictStatus(report.Verdict)
}

func certificateFields(r *verify.CertificateReport) []field {
	fields := []field{{"verdict", strings.TrimSpace(string(r.Verdict) + "  " + r.Code)}, {"detail", r.Detail}, {"purpose", string(r.Purpose)}, {"checked at", when(r.CheckedAt)}}
	for i, c := range r.Path {
		name := "path"
		if i > 0 {
			name = "  issued by"
		}
		fields = append(fields, field{name, c.Subject + "  " + c.Serial + "  " + date(c.NotBefore) + " to " + date(c.NotAfter)})
	}
	for _, a := range r.Revocation {
		value := strings.Join(strings.Fields(a.Result+" "+a.By+" "+a.Number), " ") + "  " + a.Subject
		if a.RevokedAt != nil {
			value += "  since " + when(*a.RevokedAt)
		}
		fields = append(fields, field{"revocation", value})
	}
	for _, t := range r.Tolerated {
		fields = append(fields, field{"remark", t})
	}
	return fields
}
