// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/registry"
)

// departmentView is a department in JSON output.
type departmentView struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	CreditCode string         `json:"creditCode"`
	AreaCode   string         `json:"areaCode"`
	Parent     string         `json:"parent,omitempty"`
	State      registry.State `json:"state"`
	Created    time.Time      `json:"created"`
}

func viewDepartment(d registry.Department) departmentView {
	return departmentView{d.ID, d.Name, d.CreditCode, d.AreaCode, d.Parent, d.State, d.Created.UTC()}
}

func (p *program) deptCommand() *cobra.Command {
	return group("dept", "Departments (单位): add, list, show",
		`Departments are organisations or their inner units, known by official name, unified social credit
code (统一社会信用代码) and area code (GB/T 2260). Seals and officers belong to departments.`,
		p.deptAdd(), p.deptList(), p.deptShow())
}

func (p *program) deptAdd() *cobra.Command {
	var d registry.Department
	c := &cobra.Command{
		Use:     "add NAME",
		Short:   "Add a department",
		Example: `  govseal dept add 示例市行政审批局 --credit-code 11990100MB1000010Y --area 990100`,
		Args:    exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) (err error) {
			d.Name = args[0]
			if d.Parent, err = c.departmentID(ctx, d.Parent); err != nil {
				return err
			}
			added, err := c.registry.AddDepartment(ctx, actor, d)
			if err != nil {
				return err
			}
			return p.showDepartment(added)
		}),
	}
	f := c.Flags()
	f.StringVar(&d.CreditCode, "credit-code", "", "unified social credit code, 18 characters")
	f.StringVar(&d.AreaCode, "area", "", "area code, 6 digits (GB/T 2260)")
	f.StringVar(&d.Parent, "parent", "", "department above: ID, credit code or name")
	must(c, "credit-code", "area")
	return c
}

func (p *program) deptList() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List departments", Args: noArgs,
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, _ []string) error {
			all, err := c.registry.Store().Departments(ctx)
			if err != nil {
				return err
			}
			views, rows := make([]departmentView, len(all)), make([][]string, len(all))
			for i, d := range all {
				views[i], rows[i] = viewDepartment(d), []string{d.ID, d.Name, d.CreditCode, d.AreaCode, string(d.State)}
			}
			return p.print(views, []string{"ID", "NAME", "CREDIT CODE", "AREA", "STATE"}, rows)
		})}
}

func (p *program) deptShow() *cobra.Command {
	return &cobra.Command{Use: "show DEPARTMENT", Short: "Show a department, named by ID, credit code or name", Args: exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, args []string) error {
			d, err := c.registry.ResolveDepartment(ctx, args[0])
			if err != nil {
				return err
			}
			return p.showDepartment(d)
		})}
}

func (p *program) showDepartment(d registry.Department) error {
	return p.printFields(viewDepartment(d), []field{{"id", d.ID}, {"name", d.Name}, {"credit code", d.CreditCode}, {"area", d.AreaCode},
		{"parent", d.Parent}, {"state", string(d.State)}, {"added", when(d.Created)}})
}

// departmentID resolves what a flag names; "" stays "".
func (c *city) departmentID(ctx context.Context, named string) (string, error) {
	if named == "" {
		return "", nil
	}
	d, err := c.registry.ResolveDepartment(ctx, named)
	return d.ID, err
}

// officerView is an officer in JSON output.
type officerView struct {
	ID         string         `json:"id"`
	Department string         `json:"department"`
	Name       string         `json:"name"`
	StaffNo    string         `json:"staffNo"`
	State      registry.State `json:"state"`
	Created    time.Time      `json:"created"`
}

func viewOfficer(o registry.Officer) officerView {
	return officerView{o.ID, o.Department, o.Name, o.StaffNo, o.State, o.Created.UTC()}
}

func (p *program) officerCommand() *cobra.Command {
	return group("officer", "Officers (人员): add, list, show, suspend, resume",
		`Officers act for a department. They are known by name and staff number, never by a resident ID
number, which must not stand in any certificate.`,
		p.officerAdd(), p.officerList(), p.officerShow(),
		p.officerSet("suspend", "Suspend an officer", registry.Suspended), p.officerSet("resume", "Let a suspended officer act again", registry.Active))
}

func (p *program) officerAdd() *cobra.Command {
	var o registry.Officer
	var department string
	c := &cobra.Command{
		Use:     "add NAME",
		Short:   "Add an officer of a department",
		Example: `  govseal officer add 张示例 --department 示例市行政审批局 --staff-no A-0017`,
		Args:    exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) (err error) {
			o.Name = args[0]
			if o.Department, err = c.departmentID(ctx, department); err != nil {
				return err
			}
			added, err := c.registry.AddOfficer(ctx, actor, o)
			if err != nil {
				return err
			}
			return p.showOfficer(added)
		}),
	}
	c.Flags().StringVar(&department, "department", "", "department: ID, credit code or name")
	c.Flags().StringVar(&o.StaffNo, "staff-no", "", "staff number (工号)")
	must(c, "department", "staff-no")
	return c
}

func (p *program) officerList() *cobra.Command {
	var department string
	c := &cobra.Command{Use: "list", Short: "List officers", Args: noArgs,
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, _ []string) error {
			id, err := c.departmentID(ctx, department)
			if err != nil {
				return err
			}
			all, err := c.registry.Store().Officers(ctx, id)
			if err != nil {
				return err
			}
			views, rows := make([]officerView, len(all)), make([][]string, len(all))
			for i, o := range all {
				views[i], rows[i] = viewOfficer(o), []string{o.ID, o.Name, o.StaffNo, o.Department, string(o.State)}
			}
			return p.print(views, []string{"ID", "NAME", "STAFF NO", "DEPARTMENT", "STATE"}, rows)
		})}
	c.Flags().StringVar(&department, "department", "", "only of this department")
	return c
}

func (p *program) officerShow() *cobra.Command {
	return &cobra.Command{Use: "show OFFICER", Short: "Show an officer, named by ID or staff number", Args: exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, args []string) error {
			o, err := c.resolveOfficer(ctx, "", args[0])
			if err != nil {
				return err
			}
			return p.showOfficer(o)
		})}
}

func (p *program) officerSet(verb, short string, to registry.State) *cobra.Command {
	var reason string
	c := &cobra.Command{Use: verb + " OFFICER", Short: short, Args: exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) error {
			o, err := c.resolveOfficer(ctx, "", args[0])
			if err != nil {
				return err
			}
			if err := c.registry.SetOfficer(ctx, actor, o.ID, reason, to); err != nil {
				return err
			}
			o.State = to
			return p.showOfficer(o)
		})}
	c.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	return c
}

func (p *program) showOfficer(o registry.Officer) error {
	return p.printFields(viewOfficer(o), []field{{"id", o.ID}, {"name", o.Name}, {"staff no", o.StaffNo}, {"department", o.Department},
		{"state", string(o.State)}, {"added", when(o.Created)}})
}

// resolveOfficer finds an officer by ID, or by a staff number that only one
// officer (of the department, when one is named) has.
func (c *city) resolveOfficer(ctx context.Context, department, named string) (registry.Officer, error) {
	id, err := c.departmentID(ctx, department)
	if err != nil {
		return registry.Officer{}, err
	}
	all, err := c.registry.Store().Officers(ctx, id)
	if err != nil {
		return registry.Officer{}, err
	}
	return oneOfficer(all, id, named)
}

// oneOfficer is the one of all with this ID, or with this staff number, which
// is unique within a department only; "" is any department.
func oneOfficer(all []registry.Officer, department, named string) (registry.Officer, error) {
	var found []registry.Officer
	for _, o := range all {
		if department != "" && o.Department != department {
			continue
		}
		if o.ID == named {
			return o, nil
		}
		if o.StaffNo == named {
			found = append(found, o)
		}
	}
	switch len(found) {
	case 0:
		return registry.Officer{}, fmt.Errorf("officer: %w", registry.ErrNotFound)
	case 1:
		return found[0], nil
	}
	return registry.Officer{}, usagef("%d officers have that staff number; name one by ID", len(found))
}
