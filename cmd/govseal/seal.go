// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/seal"
)

// sealView is a seal in JSON output.
type sealView struct {
	ESID        string      `json:"esID"`
	Name        string      `json:"name"`
	Horizontal  string      `json:"horizontal,omitempty"`
	Department  string      `json:"department"`
	State       seal.State  `json:"state"`
	ValidFrom   time.Time   `json:"validFrom"`
	ValidTo     time.Time   `json:"validTo"`
	Certificate string      `json:"certificate"` // serial
	SM3         fingerprint `json:"sm3"`         // of the SESeal
	Created     time.Time   `json:"created"`
	Changed     *time.Time  `json:"changed,omitempty"`
	Reason      string      `json:"reason,omitempty"`
}

func viewSeal(s seal.Seal) sealView {
	return sealView{ESID: s.ESID, Name: s.Name, Horizontal: s.Horizontal, Department: s.Department, State: s.State,
		ValidFrom: s.ValidFrom.UTC(), ValidTo: s.ValidTo.UTC(), Certificate: s.CertSerial, SM3: fingerprintOf(s.DER),
		Created: s.Created.UTC(), Changed: jsonTime(s.Changed), Reason: s.Reason}
}

func (p *program) sealCommand() *cobra.Command {
	return group("seal", "Electronic seals (电子印章): make, list, show, suspend, resume, cancel, picture, export",
		`A seal belongs to a department. It has a number, a picture drawn by us, and a signing certificate of
its own, so that suspending or cancelling it shows in the CRL to everybody who checks offline. The
seal maker (制章者) signs it (GB/T 38540). Who may use it is said by grants.`,
		p.sealMake(), p.sealList(), p.sealShow(), p.sealSuspend(), p.sealResume(), p.sealCancel(), p.sealPicture(), p.sealExport())
}

func (p *program) sealMake() *cobra.Command {
	var r seal.MakeRequest
	var days int
	c := &cobra.Command{
		Use:   "make",
		Short: "Make a seal for a department",
		Long: `make draws the number and the picture, makes the seal's key and certificate, and has the seal maker
sign. The name on the arc is the department's official name unless --name says otherwise. A
character that our font lacks refuses the seal and is named.`,
		Example: `  govseal seal make --department 示例市行政审批局 --horizontal 行政审批专用章`,
		Args:    noArgs,
		RunE: p.on(func(ctx context.Context, c *city, actor string, _ []string) (err error) {
			if days < 0 || days > 36500 {
				return usagef("--days %d: give a number of days", days)
			}
			r.Actor, r.Validity = actor, time.Duration(days)*24*time.Hour
			if r.Department, err = c.departmentID(ctx, r.Department); err != nil {
				return err
			}
			made, err := c.seals.Make(ctx, r)
			if err != nil {
				return err
			}
			return p.showSeal(made)
		}),
	}
	f := c.Flags()
	f.StringVar(&r.Department, "department", "", "department: ID, credit code or name")
	f.StringVar(&r.Name, "name", "", "name on the arc (default the department's)")
	f.StringVar(&r.Horizontal, "horizontal", "", "horizontal line, e.g. 行政审批专用章")
	f.IntVar(&days, "days", 0, "validity in days (default 3 years)")
	must(c, "department")
	return c
}

func (p *program) sealList() *cobra.Command {
	var department string
	c := &cobra.Command{Use: "list", Short: "List seals", Args: noArgs,
		RunE: p.on(func(ctx context.Context, c *city, _ string, _ []string) error {
			id, err := c.departmentID(ctx, department)
			if err != nil {
				return err
			}
			all, err := c.seals.Store().Seals(ctx, id)
			if err != nil {
				return err
			}
			views, rows := make([]sealView, len(all)), make([][]string, len(all))
			for i, s := range all {
				views[i], rows[i] = viewSeal(s), []string{s.ESID, s.Name, s.Horizontal, string(s.State), date(s.ValidTo), s.CertSerial}
			}
			return p.print(views, []string{"NUMBER", "NAME", "LINE", "STATE", "UNTIL", "CERTIFICATE"}, rows)
		})}
	c.Flags().StringVar(&department, "department", "", "only of this department")
	return c
}

func (p *program) sealShow() *cobra.Command {
	return &cobra.Command{Use: "show NUMBER", Short: "Show a seal", Args: exactly(1),
		RunE: p.on(func(ctx context.Context, c *city, _ string, args []string) error {
			return p.showSealByID(ctx, c, args[0])
		})}
}

func (p *program) showSealByID(ctx context.Context, c *city, esID string) error {
	s, err := c.seals.Store().Seal(ctx, esID)
	if err != nil {
		return err
	}
	return p.showSeal(s)
}

func (p *program) showSeal(s seal.Seal) error {
	v := viewSeal(s)
	return p.printFields(v, []field{{"number", v.ESID}, {"name", v.Name}, {"line", v.Horizontal}, {"department", v.Department},
		{"state", string(v.State)}, {"since", when(s.Changed)}, {"reason", v.Reason}, {"valid", when(s.ValidFrom) + " to " + when(s.ValidTo)},
		{"certificate", v.Certificate}, {"SM3", string(v.SM3)}, {"made", when(s.Created)}})
}

// sealFile is picture or export: octets of a seal into a file.
func (p *program) sealFile(use, short, long string, content func(seal.Seal) []byte) *cobra.Command {
	var out string
	c := &cobra.Command{Use: use + " NUMBER", Short: short, Long: long, Args: exactly(1),
		Example: "  govseal seal " + use + " 99010000000001 -o " + map[string]string{"picture": "seal.png", "export": "seal.esl"}[use],
		RunE: p.on(func(ctx context.Context, c *city, _ string, args []string) error {
			s, err := c.seals.Store().Seal(ctx, args[0])
			if err != nil {
				return err
			}
			return p.write(out, content(s), true)
		})}
	c.Flags().StringVarP(&out, "out", "o", "", "new file to write")
	return c
}

func (p *program) sealPicture() *cobra.Command {
	return p.sealFile("picture", "Write a seal's picture (PNG)", "picture writes the seal's picture as it stands in the signed seal: PNG with transparency.",
		func(s seal.Seal) []byte { return s.Picture })
}

func (p *program) sealExport() *cobra.Command {
	return p.sealFile("export", "Write the signed seal (SESeal, DER)", "export writes the seal as its maker signed it: SESeal of GB/T 38540, DER. It holds no key.",
		func(s seal.Seal) []byte { return s.DER })
}
