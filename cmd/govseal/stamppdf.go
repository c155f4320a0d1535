// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/seal"
)

func (p *program) stampPDFCommand() *cobra.Command {
	s := &stamping{}
	c := &cobra.Command{
		Use: "pdf IN -o OUT", Short: "Seal a PDF",
		Long: `pdf puts a visible seal on a PDF and signs it; every octet of IN is preserved in OUT.

The seal stands at a position (--page or --pages with --x and --y, millimetres from the top left of
the page as displayed), on a keyword (--keyword), in an existing empty signature field (--field), or
across the pages' edge (--edge); at the lower right of the last page when nothing is said. Several
places of one signature are a JSON list: --placement '[{"page":1,"x":20,"y":20},{"edge":"right"}]'.`,
		Example: "  govseal stamp pdf permit.pdf -o permit.sealed.pdf --server https://seal.example --token-file token --seal 99010000000001 --page 1 --x 130 --y 220\n" +
			"  govseal stamp pdf contract.pdf -o contract.sealed.pdf … --edge right --offset 120",
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.stampPDF(cmd, s, args[0]) },
	}
	s.register(c)
	s.registerPDF(c)
	return c
}

func (s *stamping) registerPDF(c *cobra.Command) {
	s.registerPlace(c)
	f := c.Flags()
	f.StringVar(&s.place.Field, "field", "", "name of an existing empty signature field")
	f.BoolVar(&s.place.Fit, "fit", false, "shrink the seal to a field that is too small for it")
	f.BoolVar(&s.caption.Date, "date", false, "write the date below the seal")
	f.BoolVar(&s.caption.QR, "qr", false, "draw a QR code below the seal that leads to its verification")
	f.IntVar(&s.request.Certify, "certify", 0, "certify with the first signature: 1 no change, 2 further signatures, 3 annotations too")
	f.StringVar(&s.request.Level, "level", "", "T (default), or LT or LTA: with what it takes to judge the file years later")
	f.BoolVar(&s.request.DryRun, "dry-run", false, "say where the seal would stand, and sign nothing")
	f.StringVar(&s.request.Reason, "reason", "", "reason, shown by PDF readers")
	f.StringVar(&s.request.Profile, "profile", "", "form of the signature: cms (default) or ses")
}

// registerPlace adds the flags about the place that PDF and OFD share.
func (s *stamping) registerPlace(c *cobra.Command) {
	f := c.Flags()
	f.IntVar(&s.place.Page, "page", 0, "page, 1 is the first, -1 the last")
	f.StringVar(&s.place.Pages, "pages", "", "pages like 2-4,7,last; with --x and --y, --keyword or --edge")
	f.Float64Var(&s.place.X, "x", 0, "left edge of the seal, mm from the left")
	f.Float64Var(&s.place.Y, "y", 0, "upper edge of the seal, mm from the top")
	f.StringVar(&s.place.Keyword, "keyword", "", "put the seal on this text")
	f.IntVar(&s.place.Occurrence, "occurrence", 0, "of the keyword, 1 is the first (default 1)")
	f.Float64Var(&s.place.DX, "dx", 0, "from the keyword to the right, mm")
	f.Float64Var(&s.place.DY, "dy", 0, "from the keyword down, mm")
	f.StringVar(&s.place.Edge, "edge", "", "across the pages' edge: right, left, top or bottom")
	f.StringVar(&s.place.Skip, "skip", "", "pages without a strip")
	f.BoolVar(&s.place.Odd, "odd", false, "strips on odd pages only, for paper printed on both sides")
	f.Float64Var(&s.offset, "offset", 0, "of the strips from the top, or the left, mm (default the middle)")
	f.IntVar(&s.place.Slices, "slices", 0, "strips of one picture at most (default 20)")
	f.StringVar(&s.json, "placement", "", "the whole placement as JSON, in place of the flags")
	f.BoolVar(&s.request.Lock, "lock", false, "the last signature: nobody may sign afterwards")
}

// placeFlags are those that say where the seal stands.
var placeFlags = []string{"page", "pages", "x", "y", "keyword", "occurrence", "dx", "dy", "field", "fit", "edge", "skip", "odd", "offset", "slices"}

// placement reads the flags; contradictions are the service's own refusals,
// said before anything is sent.
func (s *stamping) placement(set func(string) bool) error {
	flags := slices.ContainsFunc(placeFlags, set)
	switch {
	case s.json != "" && flags:
		return usagef("--placement stands in place of the other flags about the place")
	case s.json != "":
		if err := json.Unmarshal([]byte(s.json), &s.request.Place); err != nil {
			return usagef("--placement: %v", err)
		}
		return nil
	case !flags:
		return nil
	case set("x") != set("y") || set("page") && !set("x") || set("x") && !set("page") && !set("pages"):
		return usagef("--page or --pages, --x and --y go together")
	}
	if set("offset") {
		s.place.Offset = &s.offset
	}
	raw, err := s.place.MarshalJSON()
	if err != nil {
		return err
	}
	var again seal.Placement
	if err := again.UnmarshalJSON(raw); err != nil {
		return usagef("%v", err)
	}
	if got := again[0]; !samePlace(got, s.place) {
		return usagef("these flags about the place do not go together; see govseal stamp pdf --help")
	}
	s.request.Place = api.Placement(again)
	return nil
}

func samePlace(a, b seal.Place) bool {
	a.Offset, b.Offset = nil, nil
	return a == b
}

func (p *program) stampPDF(cmd *cobra.Command, s *stamping, in string) error {
	if err := s.placement(cmd.Flags().Changed); err != nil {
		return err
	}
	if s.caption != (seal.Caption{}) {
		s.request.Caption = &s.caption
	}
	if s.request.DryRun {
		return p.dryRun(cmd.Context(), s, in)
	}
	return p.stampWith(cmd.Context(), s, func(ctx context.Context, c *client) (seal.Answer, error) {
		document, f, err := openSource(in)
		if err != nil {
			return seal.Answer{}, err
		}
		defer f.Close()
		return c.stampPDFFrom(ctx, s.key, s.request, document)
	})
}

// dryRun shows the boxes: left, bottom, right, top in points of the page's
// default user space.
func (p *program) dryRun(ctx context.Context, s *stamping, in string) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	document, f, err := openSource(in)
	if err != nil {
		return err
	}
	defer f.Close()
	a, err := c.dryRunPDF(ctx, s.request, document)
	if err != nil {
		return err
	}
	rows := make([][]string, len(a.Places))
	for i, at := range a.Places {
		rows[i] = []string{strconv.Itoa(at.Page)}
		for _, side := range at.Box {
			rows[i] = append(rows[i], strconv.FormatFloat(side, 'f', 2, 64))
		}
	}
	return p.print(a, []string{"PAGE", "LEFT", "BOTTOM", "RIGHT", "TOP"}, rows)
}
