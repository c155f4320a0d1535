// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"

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
	found := d.departments[named]
	for _, one := range found {
		if one.ID == named || one.CreditCode == named {
			return one, nil
		}
	}
	switch len(found) {
	case 0:
		return registry.Department{}, fmt.Errorf("department: %w", registry.ErrNotFound)
	case 1:
		return found[0], nil
	}
	return registry.Department{}, registry.ErrAmbiguous
}

// findOfficer finds an officer by ID, or by a staff number that only one
// officer (of the department, when one is named) has.
func (d *directory) findOfficer(ctx context.Context, department, named string) (registry.Officer, error) {
	within := ""
	if department != "" {
		of, err := d.findDepartment(ctx, department)
		if err != nil {
			return registry.Officer{}, err
		}
		within = of.ID
	}
	var found []registry.Officer
	for _, o := range d.officers[named] {
		if within != "" && o.Department != within {
			continue
		}
		if o.ID == named {
			return o, nil
		}
		found = append(found, o)
	}
	return onlyOfficer(found)
}
