// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/registry"
)

// holder says whom a certificate is for, as flags or a row of a file name it.
type holder struct {
	department, officer string // as people name them
	commonName, unit    string
	hosts               []string
	days                int
	ca                  string // that issues
}

// parties finds who is named: the registry itself, or a copy of it for
// thousands of questions.
type parties interface {
	findDepartment(ctx context.Context, named string) (registry.Department, error)
	findOfficer(ctx context.Context, department, named string) (registry.Officer, error)
}

func (c *city) findDepartment(ctx context.Context, named string) (registry.Department, error) {
	return c.registry.ResolveDepartment(ctx, named)
}

func (c *city) findOfficer(ctx context.Context, department, named string) (registry.Officer, error) {
	return c.resolveOfficer(ctx, department, named)
}

// ask makes the request for a certificate of a holder: names come from the
// registry, and what a flag says beside it must belong to the profile.
func (c *city) ask(ctx context.Context, in parties, actor, profile string, h holder) (ca.Request, error) {
	p, err := c.ca.Profiles().Lookup(profile)
	if err != nil {
		return ca.Request{}, err
	}
	if err := h.check(p); err != nil {
		return ca.Request{}, err
	}
	s := ca.Subject{Organization: c.config.Name, Province: c.config.Province, Locality: c.config.Locality}
	r := ca.Request{Actor: actor, CA: c.config.issuerFor(h.ca, ""), Profile: profile, DNSNames: h.hosts, Validity: time.Duration(h.days) * 24 * time.Hour}
	if h.officer != "" {
		o, err := in.findOfficer(ctx, h.department, h.officer)
		if err != nil {
			return r, err
		}
		if err := activeOfficer(o); err != nil {
			return r, err
		}
		r.Officer, h.department = o.ID, o.Department
		s.CommonName, s.SerialNumber = o.Name, o.StaffNo
	}
	if h.department != "" {
		d, err := in.findDepartment(ctx, h.department)
		if err != nil {
			return r, err
		}
		if err := activeDepartment(d); err != nil {
			return r, err
		}
		r.Department, s.Organization, s.CreditCode = d.ID, d.Name, d.CreditCode
		r.CA = c.config.issuerFor(h.ca, d.AreaCode)
	}
	r.Subject = p.Fit(s)
	if h.commonName != "" {
		r.Subject.CommonName = h.commonName
	}
	r.Subject.Unit = h.unit
	return r, nil
}

func activeOfficer(o registry.Officer) error {
	if o.State != registry.Active {
		return usagef("officer %s is %s", o.Name, o.State)
	}
	return nil
}

func activeDepartment(d registry.Department) error {
	if d.State != registry.Active {
		return usagef("department %s is %s", d.Name, d.State)
	}
	return nil
}

// stillActive refuses another certificate for the holder of an earlier one who
// is suspended or gone.
func (c *city) stillActive(ctx context.Context, old ca.Certificate) error {
	if old.Officer != "" {
		o, err := c.registry.Store().Officer(ctx, old.Officer)
		if err != nil {
			return err
		}
		if err := activeOfficer(o); err != nil {
			return err
		}
	}
	if old.Department == "" {
		return nil
	}
	d, err := c.registry.Store().Department(ctx, old.Department)
	if err != nil {
		return err
	}
	return activeDepartment(d)
}

// check refuses what contradicts itself before the registry is asked.
func (h holder) check(p ca.Profile) error {
	switch {
	case p.Authority():
		return usagef("profile %s makes an authority: that takes a ceremony", p.Name())
	case p.Name() == ca.ProfileSeal:
		return usagef("a seal's certificate is made with the seal: \"govseal seal make\"")
	case p.Office():
		return usagef("profile %s gives an office of the service: \"govseal ca issue %s --cn NAME\"", p.Name(), p.Name())
	case p.KeyFrom(ca.FromCentre):
		return usagef("the keys of profile %s are made by the key centre", p.Name())
	case h.officer != "" && h.commonName != "":
		return usagef("an officer's name stands in the registry: give no common name beside it")
	case h.days < 0 || h.days > 36500:
		return usagef("%d days: give a number of days, at most what the profile allows", h.days)
	}
	switch p.Name() {
	case ca.ProfileDepartment:
		if h.department == "" || h.officer != "" || h.commonName != "" {
			return usagef("the department profile takes a department, and neither an officer nor a common name")
		}
	case ca.ProfileOfficer:
		if h.officer == "" {
			return usagef("the officer profile takes an officer")
		}
	}
	return nil
}
