// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/seal"
)

// sealFlags are what make and draft are told about a seal.
type sealFlags struct {
	request         seal.MakeRequest
	days            int
	picture, centre string // files
	list            string
}

func (f *sealFlags) register(c *cobra.Command) {
	fl, r, d := c.Flags(), &f.request, &f.request.Design
	fl.StringVar(&r.Department, "department", "", "department: ID, credit code or name")
	fl.StringVar(&r.Name, "name", "", "name on the seal (default the department's)")
	fl.StringVar(&r.Horizontal, "horizontal", "", "horizontal line, e.g. 行政审批专用章")
	fl.IntVar(&f.days, "days", 0, "validity in days (default 3 years)")
	fl.StringVar(&r.Reason, "reason", "", "why, for the history")
	fl.StringVar(&d.Shape, "shape", "", "round, oval, square, rectangle or personal (default round)")
	fl.StringVar(&d.Level, "level", "", "level of the issuing body, which says the size: see \"seal levels\"")
	fl.IntVar(&d.Width, "width", 0, "width or diameter in mm (default the shape's usual one)")
	fl.IntVar(&d.Height, "height", 0, "height in mm, of ovals and rectangles")
	fl.StringVar(&d.Middle, "middle", "", "line through the middle of an oval, e.g. a credit code")
	fl.StringVar(&d.Serial, "serial", "", "number on the lower arc; \"number\" is the seal's own")
	fl.StringVar(&d.Centre, "centre", "", "star or none (default star)")
	fl.StringVar(&f.centre, "centre-picture", "", "PNG with transparency to stand in the centre, e.g. the emblem")
	fl.StringVar(&d.Carving, "carving", "", "relief (阳文) or intaglio (阴文); square and personal")
	fl.StringVar(&f.picture, "picture", "", "the whole picture: PNG, 300 dpi or more, transparent, of --width and --height")
	fl.IntVar(&d.Type, "type", 0, "1 statutory name, 2 finance, 3 invoices, 4 contracts, 5 personal name (default 1, or 5)")
	fl.IntVar(&d.Version, "ses", 0, "4 (GB/T 38540-2020) or 5 (GM/T 0031-2025, time-stamped) (default 4)")
	fl.StringVar(&f.list, "list", "certificate", "what the seal lists: certificate, or digest (its SM3)")
}

// given names the flags about the seal that were set.
func (f *sealFlags) given(c *cobra.Command) []string {
	var names []string
	for _, name := range []string{"department", "name", "horizontal", "days", "shape", "level", "width", "height", "middle", "serial",
		"centre", "centre-picture", "carving", "picture", "type", "ses", "list"} {
		if c.Flags().Changed(name) {
			names = append(names, "--"+name)
		}
	}
	return names
}

// build reads the files and resolves the department.
func (f *sealFlags) build(ctx context.Context, c *city, actor string) (r seal.MakeRequest, err error) {
	r = f.request
	if err := checkDays(f.days); err != nil {
		return r, err
	}
	r.Actor, r.Validity = actor, time.Duration(f.days)*24*time.Hour
	switch f.list {
	case "certificate":
	case "digest":
		r.Design.ListDigests = true
	default:
		return r, usagef("--list %s: it is certificate or digest", f.list)
	}
	if r.Design.Picture, err = readPicture(f.picture); err != nil {
		return r, err
	}
	if r.Design.CentrePicture, err = readPicture(f.centre); err != nil {
		return r, err
	}
	r.Department, err = c.departmentID(ctx, r.Department)
	return r, err
}

const mostPicture = 4 << 20 // octets; the seal service bounds it more tightly, and says so

func readPicture(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, mostPicture))
	if err == nil && len(raw) == 0 {
		err = fmt.Errorf("%s is empty", path)
	}
	return raw, err
}

func (p *program) sealMake() *cobra.Command {
	var f sealFlags
	c := &cobra.Command{
		Use:   "make [NUMBER]",
		Short: "Make a seal for a department, or the one that a draft plans",
		Long: `make --department draws the number and the picture, makes the seal's key and certificate, has the seal
maker sign, and puts the seal into force: all steps in one act, which the history says. The name is
the department's official name unless --name says otherwise. A character that our font lacks
refuses the seal and is named; so do texts that do not fit.

make NUMBER makes the seal that a draft plans, exactly as it was approved. It is then filed
("seal file") and activated ("seal activate").

Shapes: round; oval; square (columns from the upper right); rectangle (rows); personal (a name of two
characters with 之印, of three with 印). Sizes by level of the issuing body: "seal levels". We ship
no national emblem: supply yours with --centre-picture.`,
		Example: `  govseal seal make --department 示例市行政审批局 --horizontal 行政审批专用章
  govseal seal make --department 示例市人民政府 --level city --centre-picture emblem.png
  govseal seal make --department 示例市行政审批局 --shape personal --name 章示例 --carving intaglio
  govseal seal make --department 示例市行政审批局 --picture filed.png --width 42
  govseal seal make 99010000000007`,
		Args: atMostOne,
	}
	c.RunE = p.on(func(ctx context.Context, city *city, actor string, args []string) error {
		if len(args) == 1 {
			if given := f.given(c); len(given) > 0 {
				return usagef("the draft %s says everything: leave out %s, or edit it with \"govseal seal draft %s …\"", args[0], strings.Join(given, ", "), args[0])
			}
			made, err := city.seals.MakeDraft(ctx, actor, args[0], f.request.Reason)
			if err != nil {
				return err
			}
			return p.showSeal(made)
		}
		if f.request.Department == "" {
			return usagef("name the department with --department, or the number of a draft; usage: %s", c.UseLine())
		}
		r, err := f.build(ctx, city, actor)
		if err != nil {
			return err
		}
		made, err := city.seals.Make(ctx, r)
		if err != nil {
			return err
		}
		return p.showSeal(made)
	})
	f.register(c)
	return c
}

func (p *program) sealLevels() *cobra.Command {
	return &cobra.Command{Use: "levels", Short: "List sizes of round seals by level of the issuing body",
		Long: `levels lists the sizes of 国发〔1999〕25号 as it is reposted: a secondary source. Check the original
before you rely on it.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			type view struct {
				Level    string `json:"level"`
				Diameter int    `json:"diameterMM"`
				AtMost   bool   `json:"atMost,omitempty"`
				Usual    int    `json:"usualMM,omitempty"`
				Emblem   bool   `json:"emblem"`
				Name     string `json:"name"`
			}
			var views []view
			var rows [][]string
			for _, l := range seal.Levels() {
				views = append(views, view{l.Code, l.Diameter, l.AtMost, l.Usual, l.Emblem, l.Name})
				size, centre := itoa(l.Diameter), "star"
				switch {
				case l.AtMost:
					size = "up to " + size
				case l.Emblem:
					centre = "emblem"
				}
				if l.EitherOK {
					centre = "not recorded"
				}
				rows = append(rows, []string{l.Code, size, centre, l.Name})
			}
			return p.print(views, []string{"LEVEL", "MM", "CENTRE", "BODY"}, rows)
		}}
}

// atMostOne allows one argument or none.
func atMostOne(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usagef("usage: %s", cmd.UseLine())
	}
	return nil
}
