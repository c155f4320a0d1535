// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/pem"
	"os"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/bulk"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// listFlags are what "ca list" is told.
type listFlags struct {
	query                                            ca.Query
	status, department, officer, key, before, notYet string
	csv, everything                                  bool
}

func (p *program) caList() *cobra.Command {
	var f listFlags
	c := &cobra.Command{
		Use:   "list",
		Short: "Find certificates, newest first",
		Long: `list finds certificates by CA, profile, department, officer, serial number, key, state and end.
--key takes a file with a certificate or public key (PEM or DER), or the SM3 of a public key in
hexadecimal. --csv prints a table for spreadsheets; --all goes beyond --limit.`,
		Example: `  govseal ca list --profile seal --status hold
  govseal ca list --expires-before 2027-01-01 --json
  govseal ca list --key lost.pem
  govseal ca list --all --csv > certificates.csv`,
		Args: noArgs,
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, _ []string) error {
			all, err := c.list(ctx, &f)
			if err != nil {
				return err
			}
			if f.csv {
				return p.printCertificatesCSV(all)
			}
			return p.printCertificates(all)
		}),
	}
	fl := c.Flags()
	fl.StringVar(&f.query.CA, "ca", "", "only what this CA issued")
	fl.StringVar(&f.query.Profile, "profile", "", "only this profile")
	fl.StringVar(&f.status, "status", "", "only planned, good, hold or revoked")
	fl.StringVar(&f.query.Text, "text", "", "only subjects or serials that hold this text")
	fl.StringVar(&f.department, "department", "", "only this department (ID, credit code or name)")
	fl.StringVar(&f.officer, "officer", "", "only this officer (ID or staff number)")
	fl.StringVar(&f.key, "key", "", "only this public key: a file, or its SM3")
	fl.StringVar(&f.before, "expires-before", "", "only what ends before this day (2006-01-02)")
	fl.StringVar(&f.notYet, "expires-after", "", "only what ends on this day or later")
	fl.IntVar(&f.query.Limit, "limit", 100, "at most so many")
	fl.StringVar(&f.query.After, "after", "", "go on after this serial")
	fl.BoolVar(&f.everything, "all", false, "all of them, without a limit")
	fl.BoolVar(&f.csv, "csv", false, "comma-separated values")
	return c
}

func (c *city) list(ctx context.Context, f *listFlags) ([]ca.Certificate, error) {
	q := f.query
	q.Status = ca.Status(f.status)
	var err error
	if q.ExpiresBefore, err = parseDay(f.before); err != nil {
		return nil, err
	}
	if q.ExpiresAfter, err = parseDay(f.notYet); err != nil {
		return nil, err
	}
	if q.Department, err = c.departmentID(ctx, f.department); err != nil {
		return nil, err
	}
	if f.officer != "" {
		o, err := c.resolveOfficer(ctx, f.department, f.officer)
		if err != nil {
			return nil, err
		}
		q.Officer = o.ID
	}
	if f.key != "" {
		if q.KeyDigest, err = keyDigest(f.key); err != nil {
			return nil, err
		}
	}
	if f.everything {
		q.Limit = 0
	}
	return c.ca.Find(ctx, q)
}

// keyDigest reads the SM3 of a public key, or computes it from a file.
func keyDigest(text string) (d [32]byte, err error) {
	if raw, err := hex.DecodeString(text); err == nil && len(raw) == len(d) {
		return [32]byte(raw), nil
	}
	raw, err := readSmall(text, cert.MaxCertificate)
	if os.IsNotExist(err) {
		return d, usagef("--key %q is neither a file nor 64 hexadecimal digits", text)
	}
	if err != nil {
		return d, err
	}
	if block, _ := pem.Decode(raw); block != nil {
		raw = block.Bytes
	}
	if parsed, err := cert.Parse(raw); err == nil {
		raw = parsed.RawSPKI
	} else if !bytes.HasPrefix(raw, []byte{0x30}) {
		return d, usagef("%s holds neither a certificate nor a public key", text)
	}
	return gm.SM3(raw), nil
}

func (p *program) printCertificatesCSV(all []ca.Certificate) error {
	rows := make([][]string, len(all))
	for i, c := range all {
		reason := ""
		if c.Status == ca.Hold || c.Status == ca.Revoked {
			reason = ca.ReasonName(c.Reason)
		}
		rows[i] = []string{c.SerialHex, c.CA, c.Profile, string(c.Status), c.Subject, c.Department, c.Officer, instantText(c.NotBefore), instantText(c.NotAfter),
			instantText(c.RevokedAt), reason, instantText(c.Invalidity), c.Replaces, hex.EncodeToString(c.KeyDigest[:])}
	}
	return bulk.WriteTable(p.out, []string{"serial", "ca", "profile", "status", "subject", "department", "officer", "not_before", "not_after",
		"revoked_at", "reason", "invalidity", "replaces", "key_sm3"}, rows)
}
