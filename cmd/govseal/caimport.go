// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/keys"
)

func (p *program) caImportCSR() *cobra.Command {
	var h holder
	var profile, replaces, out string
	c := &cobra.Command{
		Use:   "import-csr FILE",
		Short: "Issue a certificate for a PKCS#10 request of a key held elsewhere",
		Long: `import-csr certifies a key that its holder made: on a UKey, in a module, with OpenSSL. FILE is the
PKCS#10 request, PEM or DER. Its signature proves that the sender holds the key; everything else in
the certificate comes from the profile and the registry.

Nothing is copied from the request but the key, and nothing is left out in silence: a subject that
differs from the registry's, a CA flag, a usage or a name beyond what is granted are refused by name
(asks-…), and so are keys that nobody should have (key-…): of another curve than the profile's, with
explicit parameters, not on the curve, weak, a CA's own, certified before, or once compromised. The
easiest request has an empty subject and no extensions.

Exit status: 0 issued; 1 refused; 2 usage, or could not read.`,
		Example: `  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out officer.key
  openssl req -new -key officer.key -sm3 -sigopt distid:1234567812345678 -subj / -out officer.csr
  govseal ca import-csr officer.csr --profile officer --officer A-0017 -o officer.pem
  govseal ca import-csr www.csr --profile tls-server --cn seal.example --dns seal.example`,
		Args: exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) error {
			csr, err := readCSR(args[0])
			if err != nil {
				return err
			}
			r, err := c.ask(ctx, c, actor, profile, h)
			if err != nil {
				return err
			}
			r.Replaces = replaces
			return p.importCSR(ctx, c, r, csr, out)
		}),
	}
	f := c.Flags()
	f.StringVar(&h.ca, "ca", "", "the CA that issues (default that of the department's area, else issuing)")
	f.StringVar(&profile, "profile", "", "profile of the certificate (\"govseal ca profile list\", those from csr)")
	f.StringVar(&h.department, "department", "", "department: ID, credit code or name")
	f.StringVar(&h.officer, "officer", "", "officer: ID or staff number")
	f.StringVar(&h.commonName, "cn", "", "common name, where the registry has none")
	f.StringVar(&h.unit, "unit", "", "unit within the department")
	f.StringSliceVar(&h.hosts, "dns", nil, "names of hosts, for TLS")
	f.IntVar(&h.days, "days", 0, "validity in days (default the profile's)")
	f.StringVar(&replaces, "replaces", "", "serial of the holder's certificate that this one follows: rekey by request")
	f.StringVarP(&out, "out", "o", "", "also write the certificate as PEM to a new file")
	must(c, "profile")
	return p.approvable(c)
}

// importCSR issues for a request when it would be granted, and approved where
// the profile takes two.
func (p *program) importCSR(ctx context.Context, c *city, r ca.Request, csr []byte, out string) error {
	if _, err := c.requestKey(csr); err != nil {
		return err
	}
	if err := c.ca.Rehearse(ctx, r, csr); err != nil {
		return err
	}
	asked, err := c.requested(r, csr)
	if err != nil {
		return err
	}
	return p.withApproval(ctx, c, actIssue+r.Profile, asked, func() error {
		made, err := c.ca.ImportCSR(ctx, r, csr)
		if err != nil {
			return err
		}
		return p.handCertificate(made, out)
	})
}

// readCSR reads a request, PEM or DER, within bounds.
func readCSR(path string) ([]byte, error) {
	raw, err := readSmall(path, 2*ca.MaxCSR)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("there is no file %s", path)
	}
	if err != nil {
		return nil, err
	}
	return ca.DecodeCSR(raw)
}

// requestKey returns the digest of a request's key; one whose secret lies in
// keys-example/ is everybody's, and certified in a demo only.
func (c *city) requestKey(csr []byte) ([32]byte, error) {
	key, err := ca.CSRKey(csr)
	if err == nil && keys.IsExample(key) && !c.config.Demo {
		err = &ca.CSRError{Reason: ca.CSRKeyWeak, Detail: "the private key is published in keys-example"}
	}
	return key, err
}

// requested is what an approval of an issue for a request is bound to: the
// names as the registry has them now, and the request's own octets.
func (c *city) requested(r ca.Request, csr []byte) (map[string]any, error) {
	shape, err := profileShape(c.dir, r.Profile)
	asked := asking(r, csr)
	asked["shape"] = shape
	return asked, err
}

// asking is what decides an issue but the shape of its profile.
func asking(r ca.Request, csr []byte) map[string]any {
	digest := gm.SM3(csr)
	return map[string]any{"ca": r.CA, "profile": r.Profile, "csr": hex.EncodeToString(digest[:]), "dns": r.DNSNames, "hours": int64(r.Validity.Hours()),
		"replaces": r.Replaces, "department": r.Department, "officer": r.Officer, "subject": fmt.Sprintf("%+v", r.Subject)}
}
