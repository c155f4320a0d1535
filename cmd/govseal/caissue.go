// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
)

// issueFlags are what "ca issue" is told.
type issueFlags struct {
	ca, department, officer, commonName, unit, out string
	days                                           int
	forDelivery                                    bool
}

func (p *program) caIssue() *cobra.Command {
	var f issueFlags
	c := &cobra.Command{
		Use:   "issue PROFILE",
		Short: "Make a key in the key store and issue its certificate",
		Long: `issue makes a key in the key store and certifies it. Names come from the registry: a department's
certificate carries its official name and credit code, an officer's the name and staff number.

Profiles: department, officer, and those of your own whose keys come from store ("govseal ca
profile list"); seal-maker, tsa, ocsp, ledger for the offices of the service itself (the newest
good one is used after the next start). A seal's certificate is made with the seal: see "govseal
seal make".`,
		Example: `  govseal ca issue department --department 示例市行政审批局 -o bureau.pem
  govseal ca issue officer --officer off-…
  govseal ca issue officer --officer off-… --for-delivery      # then: govseal ca deliver
  govseal ca issue department --department 示例市东区教育局 --ca east
  govseal ca issue tsa --cn 示例市时间戳服务`,
		Args: exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) error {
			asked, err := c.issuance(ctx, args[0], f)
			if err != nil {
				return err
			}
			return p.withApproval(ctx, c, actIssue+args[0], asked, func() error {
				made, err := c.issue(ctx, actor, args[0], f)
				if err != nil {
					return err
				}
				return p.handCertificate(made, f.out)
			})
		}),
	}
	fl := c.Flags()
	fl.StringVar(&f.ca, "ca", "", "the CA that issues (default that of the department's area, else issuing)")
	fl.StringVar(&f.department, "department", "", "department: ID, credit code or name")
	fl.StringVar(&f.officer, "officer", "", "officer: ID or staff number")
	fl.StringVar(&f.commonName, "cn", "", "common name, where the registry has none: of an office, by a profile of your own")
	fl.StringVar(&f.unit, "unit", "", "unit within the department")
	fl.BoolVar(&f.forDelivery, "for-delivery", false, "the key is made for its holder: \"govseal ca deliver\" may hand it out")
	fl.IntVar(&f.days, "days", 0, "validity in days (default the profile's)")
	fl.StringVarP(&f.out, "out", "o", "", "also write the certificate as PEM to a new file")
	return p.approvable(c)
}

// issuance is what an approval of "ca issue" is bound to: the names as the
// registry has them now, so that a change there asks for another approval.
func (c *city) issuance(ctx context.Context, profile string, f issueFlags) (map[string]any, error) {
	shape, err := profileShape(c.dir, profile)
	if err != nil {
		return nil, err
	}
	asked := map[string]any{"ca": c.config.issuerFor(f.ca, ""), "profile": profile, "shape": shape, "cn": f.commonName, "unit": f.unit, "days": f.days, "forDelivery": f.forDelivery}
	if f.officer != "" {
		o, err := c.resolveOfficer(ctx, f.department, f.officer)
		if err != nil {
			return nil, err
		}
		asked["officer"] = map[string]string{"id": o.ID, "name": o.Name, "staffNo": o.StaffNo}
		f.department = o.Department
	}
	if f.department != "" {
		d, err := c.registry.ResolveDepartment(ctx, f.department)
		if err != nil {
			return nil, err
		}
		asked["department"] = map[string]string{"id": d.ID, "name": d.Name, "creditCode": d.CreditCode}
		asked["ca"] = c.config.issuerFor(f.ca, d.AreaCode)
	}
	return asked, nil
}

// issue checks that flags and profile belong together, then makes the key and
// issues.
func (c *city) issue(ctx context.Context, actor, profile string, f issueFlags) (ca.Certificate, error) {
	if err := checkDays(f.days); err != nil {
		return ca.Certificate{}, err
	}
	p, err := c.ca.Profiles().Lookup(profile)
	if err != nil {
		return ca.Certificate{}, err
	}
	if p.Office() {
		return c.issueOfficeAsked(ctx, actor, profile, f)
	}
	r, err := c.ask(ctx, c, actor, profile, holder{department: f.department, officer: f.officer, commonName: f.commonName, unit: f.unit, days: f.days, ca: f.ca})
	if err != nil {
		return ca.Certificate{}, err
	}
	if !p.KeyFrom(ca.FromStore) {
		return ca.Certificate{}, usagef("no key of profile %s is made here: its holder sends a request (\"govseal ca import-csr\")", profile)
	}
	use := profile
	if f.forDelivery {
		use, r.ForDelivery = ca.DeliveryUse(profile), true
	}
	if r.KeyRef, _, err = c.keyring.Generate(ctx, use); err != nil {
		return ca.Certificate{}, fmt.Errorf("make the holder's key: %w", err)
	}
	return c.ca.Issue(ctx, r)
}

// issueOfficeAsked is issue for an office of the service itself, which has a
// name of its own.
func (c *city) issueOfficeAsked(ctx context.Context, actor, profile string, f issueFlags) (ca.Certificate, error) {
	if f.forDelivery {
		return ca.Certificate{}, usagef("--for-delivery is for departments and officers: the keys of the service's own offices never leave")
	}
	if f.commonName == "" || f.department != "" || f.officer != "" || f.unit != "" {
		return ca.Certificate{}, usagef("the %s profile takes --cn, and neither --department, --unit nor --officer", profile)
	}
	return c.issueOffice(ctx, actor, f.ca, profile, f.commonName, time.Duration(f.days)*24*time.Hour)
}
