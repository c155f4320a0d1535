// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	"github.com/govseal/govseal/registry"
)

// directory is a copy of the registry's parties, read once, for a run that
// asks for thousands of them.
type directory struct {
	departments map[string][]registry.Department // by ID, credit code and name
	officers    map[string][]registry.Officer    // by ID and staff number
}

func (c *city) directory(ctx context.Context) (*directory, error) {
	d := &directory{map[string][]registry.Department{}, map[string][]registry.Officer{}}
	departments, err := c.registry.Store().Departments(ctx)
	if err != nil {
		return nil, err
	}
	for _, one := range departments {
		for _, key := range distinct(one.ID, one.CreditCode, one.Name) {
			d.departments[key] = append(d.departments[key], one)
		}
	}
	officers, err := c.registry.Store().Officers(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, one := range officers {
		for _, key := range distinct(one.ID, one.StaffNo) {
			d.officers[key] = append(d.officers[key], one)
		}
	}
	return d, nil
}

func distinct(keys ...string) (out []string) {
	seen := map[string]bool{}
	for _, k := range keys {
		if !seen[k] {
			seen[k], out = true, append(out, k)
		}
	}
	return out
}

func (d *directory) findDepartment(_ context.Context, named string) (registry.Department, error) {
	return registry.OneDepartment(d.departments[named], named)
}

func (d *directory) findOfficer(ctx context.Context, department, named string) (registry.Officer, error) {
	within := ""
	if department != "" {
		of, err := d.findDepartment(ctx, department)
		if err != nil {
			return registry.Officer{}, err
		}
		within = of.ID
	}
	return oneOfficer(d.officers[named], within, named)
}
