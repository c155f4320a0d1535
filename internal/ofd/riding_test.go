// SPDX-License-Identifier: Apache-2.0

package ofd_test

import (
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/ofd"
)

// The five pages of sample 03: our layout gives exactly its boxes.
func TestRidingLikeTheSample(t *testing.T) {
	want := signatures(t, mustOpen(t, sample(t, "03_ofdrw_v4_riding_seal.ofd")))[0].Stamps
	spec := sealSpec()
	spec.Places, spec.Riding = nil, []ofd.Riding{{Side: ofd.SideRight, Offset: 40, Width: 40, Height: 40}}
	p := mustOpen(t, sign(t, sample(t, "unsigned_7pages.ofd"), spec))
	got := signatures(t, p)[0].Stamps
	if len(got) != len(want) {
		t.Fatalf("%d stamps, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i].Boundary != want[i].Boundary || *got[i].Clip != *want[i].Clip || got[i].PageRef != want[i].PageRef {
			t.Errorf("stamp %d: %+v %+v, want %+v %+v", i, got[i], *got[i].Clip, want[i], *want[i].Clip)
		}
	}
}

func TestRidingOnEverySide(t *testing.T) {
	for _, c := range []struct {
		name   string
		riding ofd.Riding
		stamps int
		first  string // Boundary / Clip of the first page
	}{
		{"right", ofd.Riding{Width: 42, Height: 42, Offset: 100}, 7, "204 100 42 42 / 0 0 6 42"},
		{"left", ofd.Riding{Side: ofd.SideLeft, Width: 42, Height: 42, Offset: 100}, 7, "-36 100 42 42 / 36 0 6 42"},
		{"top", ofd.Riding{Side: ofd.SideTop, Width: 42, Height: 42, Offset: 80}, 7, "80 -36 42 42 / 0 36 42 6"},
		{"bottom", ofd.Riding{Side: ofd.SideBottom, Width: 42, Height: 42, Offset: 80}, 7, "80 291 42 42 / 0 0 42 6"},
		{"subset", ofd.Riding{Width: 42, Height: 30, Offset: 0, Pages: []int{2, 4, 7}}, 3, "196 0 42 30 / 0 0 14 30"},
		{"groups", ofd.Riding{Width: 40, Height: 40, Slices: 3}, 7, "190 0 40 40 / 0 0 20 40"},
		{"odd slices", ofd.Riding{Width: 40, Height: 40, Pages: []int{1, 2, 3}}, 3, "196.6667 0 40 40 / 0 0 13.3333 40"},
		{"moved onto the page", ofd.Riding{Width: 40, Height: 40, Offset: 400}, 7, "204.2857 257 40 40 / 0 0 5.7143 40"},
		{"thin slices", ofd.Riding{Width: 3, Height: 3}, 7, "208.5 0 3 3 / 0 0 1.5 3"},
	} {
		spec := sealSpec()
		spec.Places, spec.Riding = nil, []ofd.Riding{c.riding}
		p := mustOpen(t, sign(t, simple(7).bytes(t), spec))
		s := signatures(t, p)[0]
		if len(s.Stamps) != c.stamps {
			t.Errorf("%s: %d stamps", c.name, len(s.Stamps))
			continue
		}
		if got := s.Stamps[0].Boundary.String() + " / " + s.Stamps[0].Clip.String(); got != c.first {
			t.Errorf("%s: first %s, want %s", c.name, got, c.first)
		}
		if faults, err := p.CheckStamps(&s); err != nil || len(faults) > 0 {
			t.Errorf("%s: %v %v", c.name, faults, err)
		}
	}
}

func TestStampFaults(t *testing.T) {
	riding := `<ofd:StampAnnot ID="s002" PageRef="10" Boundary="190 40 40 40" Clip="0 0 20 40"/><ofd:StampAnnot ID="s003" PageRef="20" Boundary="170 40 40 40" Clip="20 0 20 40"/>`
	for _, c := range []struct{ name, stamps, want string }{
		{"sound", `<ofd:StampAnnot ID="s002" PageRef="10" Boundary="10 10 40 40"/>`, ""},
		{"riding", riding, ""},
		{"no such page", `<ofd:StampAnnot ID="s002" PageRef="11" Boundary="10 10 40 40"/>`, "page"},
		{"template is no page", `<ofd:StampAnnot ID="s002" PageRef="90" Boundary="10 10 40 40"/>`, "page"},
		{"beside the page", `<ofd:StampAnnot ID="s002" PageRef="10" Boundary="300 10 40 40"/>`, "outside"},
		{"touching", `<ofd:StampAnnot ID="s002" PageRef="10" Boundary="210 10 40 40"/>`, "outside"},
		{"over the edge", `<ofd:StampAnnot ID="s002" PageRef="10" Boundary="190 10 40 40"/>`, "over-edge"},
		{"clip too large", `<ofd:StampAnnot ID="s002" PageRef="10" Boundary="10 10 40 40" Clip="0 0 41 40"/>`, "clip incomplete"},
		{"slice beside the page", strings.ReplaceAll(riding, `"170 40`, `"175 40`), "slice"},
		{"a slice is missing", strings.ReplaceAll(riding, `Clip="0 0 20 40"`, `Clip="0 0 10 40"`), "incomplete"},
		{"one slice only", riding[:strings.Index(riding, "/>")+2], "incomplete"},
		{"uneven", strings.Replace(riding, `170 40 40 40" Clip="20 0 20 40"`, `150 40 60 60" Clip="0 0 30 60"`, 1), "uneven"},
		{"invisible", `<ofd:StampAnnot ID="s002" PageRef="10" Boundary="10 10 0.1 0.1"/>`, "small"},
		{"no boundary", `<ofd:StampAnnot ID="s002" PageRef="10"/>`, "outside"},
		{"not a number", `<ofd:StampAnnot ID="s002" PageRef="10" Boundary="NaN Inf 40 40"/>`, "outside"},
	} {
		b := sign(t, simple(2).bytes(t), sealSpec())
		content := unpack(t, b)
		entry := "Doc_0/Signs/Sign_0/Signature.xml"
		x := content.data[entry]
		from, to := strings.Index(x, "<ofd:StampAnnot"), strings.Index(x, "<ofd:Seal>")
		p := mustOpen(t, content.set(entry, x[:from]+c.stamps+x[to:]).bytes(t))
		faults, err := p.CheckStamps(&signatures(t, p)[0])
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range faults {
			got = append(got, f.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, want %s", c.name, faults, c.want)
		}
	}
}
