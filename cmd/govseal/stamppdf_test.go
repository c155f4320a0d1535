// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"testing"

	"github.com/spf13/cobra"
)

func TestPlacementFlags(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string // "" is a usage error
	}{
		{nil, `null`},
		{[]string{"--page", "1", "--x", "0", "--y", "20"}, `{"page":1,"x":0,"y":20}`},
		{[]string{"--page", "-1", "--x", "1", "--y", "2"}, `{"page":-1,"x":1,"y":2}`},
		{[]string{"--pages", "2-3", "--x", "1", "--y", "2"}, `{"pages":"2-3","x":1,"y":2}`},
		{[]string{"--keyword", "盖章处", "--occurrence", "2", "--dy", "-3"}, `{"keyword":"盖章处","occurrence":2,"dy":-3}`},
		{[]string{"--field", "office", "--fit"}, `{"field":"office","fit":true}`},
		{[]string{"--edge", "right"}, `{"edge":"right"}`},
		{[]string{"--edge", "left", "--offset", "0", "--odd", "--pages", "2-", "--skip", "9", "--slices", "5"}, `{"pages":"2-","edge":"left","skip":"9","odd":true,"offset":0,"slices":5}`},
		{[]string{"--placement", `[{"page":1,"x":1,"y":1},{"edge":"top"}]`}, `[{"page":1,"x":1,"y":1},{"edge":"top"}]`},
		{[]string{"--placement", `{"page":1}`}, ""},
		{[]string{"--placement", `{"edge":"top"}`, "--x", "1"}, ""},
		{[]string{"--page", "1"}, ""},
		{[]string{"--page", "1", "--x", "1"}, ""},
		{[]string{"--x", "1", "--y", "1"}, ""},
		{[]string{"--page", "0", "--x", "1", "--y", "1"}, ""},
		{[]string{"--page", "1", "--x", "1", "--y", "1", "--edge", "right"}, ""},
		{[]string{"--keyword", "a", "--field", "b"}, ""},
		{[]string{"--edge", "right", "--fit"}, ""},
		{[]string{"--edge", "right", "--dx", "3"}, ""},
		{[]string{"--edge", "middle"}, ""},
		{[]string{"--offset", "3"}, ""},
	} {
		s, cmd := &stamping{}, &cobra.Command{}
		s.registerPDF(cmd)
		if err := cmd.ParseFlags(c.args); err != nil {
			t.Fatal(err)
		}
		err := s.placement(cmd.Flags().Changed)
		got, _ := json.Marshal(s.request.Place)
		if (err == nil) != (c.want != "") || err == nil && string(got) != c.want {
			t.Errorf("%q: %s, %v; want %s", c.args, got, err, c.want)
		}
	}
}
