// SPDX-License-Identifier: Apache-2.0

package registry_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/govseal/govseal/registry"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func standing(esID, department string) registry.Standing {
	return registry.Standing{
		ESID: esID, Department: department, State: "active", CertificateStatus: "good",
		NotBefore: noon.Add(-time.Hour), NotAfter: noon.Add(time.Hour),
	}
}

func application(id string) registry.Application {
	return registry.Application{ID: id, Name: "示例审批系统", State: registry.Active}
}

func officer(id, department string) *registry.Officer {
	return &registry.Officer{ID: id, Department: department, State: registry.Active}
}

func grant(id, app, off, seal string, matters, kinds []string) registry.Grant {
	return registry.Grant{
		ID: id, Application: app, Officer: off, Seal: seal, Matters: matters, Kinds: kinds,
		NotBefore: noon.Add(-time.Minute), NotAfter: noon.Add(time.Minute), State: registry.Active,
	}
}

// Every combination of role, seal, department, matter, kind and time is asked;
// it is allowed exactly when it stands in the list.
func TestAllowMatrix(t *testing.T) {
	grants := []registry.Grant{
		grant("any", "app1", "", "sealA", []string{"m1"}, nil),
		grant("one", "app1", "off1", "sealB", []string{"*"}, []string{"digest"}),
		grant("two", "app2", "", "sealA", []string{"m1", "m2"}, []string{"pdf"}),
	}
	departments := map[string]string{"sealA": "depA", "sealB": "depB"}
	officers := map[string]*registry.Officer{"none": nil, "off1@B": officer("off1", "depB"), "off2@A": officer("off2", "depA"), "off3@B": officer("off3", "depB")}
	allowed := map[string]string{}
	for _, off := range []string{"none", "off2@A"} {
		for _, kind := range []string{"pdf", "decision"} {
			allowed["app1 "+off+" sealA m1 "+kind] = "any"
		}
		allowed["app2 "+off+" sealA m1 pdf"] = "two"
		allowed["app2 "+off+" sealA m2 pdf"] = "two"
	}
	for _, m := range []string{"m1", "m2", ""} {
		allowed["app1 off1@B sealB "+m+" digest"] = "one"
	}
	asked := 0
	for _, app := range []string{"app1", "app2", "app3"} {
		for off, o := range officers {
			for seal, dep := range departments {
				for _, matter := range []string{"m1", "m2", "", "*"} {
					for _, kind := range []string{"pdf", "decision", "digest", "exe", ""} {
						for shift, inTime := range map[time.Duration]bool{0: true, -time.Minute: true, time.Minute: true, -61 * time.Second: false, 61 * time.Second: false} {
							asked++
							key := fmt.Sprintf("%s %s %s %s %s", app, off, seal, matter, kind)
							want := allowed[key]
							if app == "app1" && off == "off1@B" && seal == "sealB" && matter == "*" && kind == "digest" {
								want = "one"
							}
							if !inTime {
								want = ""
							}
							got, err := registry.Allow(registry.Use{
								Application: application(app), Officer: o, Seal: standing(seal, dep),
								Matter: matter, Kind: kind, Time: noon.Add(shift),
							}, grants)
							var denied *registry.Denied
							if got != want || (want == "") != errors.As(err, &denied) {
								t.Errorf("%s %v: got %q, %v; want %q", key, shift, got, err, want)
							}
						}
					}
				}
			}
		}
	}
	if asked != 3*4*2*4*5*5 {
		t.Errorf("asked %d questions", asked)
	}
}

func TestAllowReasons(t *testing.T) {
	good := grant("g", "app1", "", "sealA", []string{"m1"}, []string{"pdf"})
	tests := []struct {
		name  string
		spoil func(*registry.Use, *registry.Grant)
		want  string
	}{
		{"allowed", func(*registry.Use, *registry.Grant) {}, ""},
		{"seal suspended", func(u *registry.Use, _ *registry.Grant) { u.Seal.State = "suspended" }, "seal-state"},
		{"seal without state", func(u *registry.Use, _ *registry.Grant) { u.Seal.State = "" }, "seal-state"},
		{"seal without id", func(u *registry.Use, g *registry.Grant) { u.Seal.ESID, g.Seal = "", "" }, "seal-state"},
		{"seal expired", func(u *registry.Use, _ *registry.Grant) { u.Seal.NotAfter = noon.Add(-1) }, "seal-validity"},
		{"seal not yet valid", func(u *registry.Use, _ *registry.Grant) { u.Seal.NotBefore = noon.Add(1) }, "seal-validity"},
		{"no time", func(u *registry.Use, _ *registry.Grant) { u.Time, u.Seal.NotBefore = time.Time{}, time.Time{} }, "seal-validity"},
		{"certificate on hold", func(u *registry.Use, _ *registry.Grant) { u.Seal.CertificateStatus = "hold" }, "certificate"},
		{"certificate revoked", func(u *registry.Use, _ *registry.Grant) { u.Seal.CertificateStatus = "revoked" }, "certificate"},
		{"certificate unknown", func(u *registry.Use, _ *registry.Grant) { u.Seal.CertificateStatus = "" }, "certificate"},
		{"application suspended", func(u *registry.Use, _ *registry.Grant) { u.Application.State = registry.Suspended }, "application"},
		{"application empty", func(u *registry.Use, g *registry.Grant) {
			u.Application, g.Application = registry.Application{State: registry.Active}, ""
		}, "application"},
		{"officer suspended", func(u *registry.Use, _ *registry.Grant) { u.Officer.State = registry.Suspended }, "officer"},
		{"officer ended", func(u *registry.Use, _ *registry.Grant) { u.Officer.State = registry.Ended }, "officer"},
		{"officer of another department", func(u *registry.Use, _ *registry.Grant) { u.Officer.Department = "depB" }, "officer"},
		{"other application", func(_ *registry.Use, g *registry.Grant) { g.Application = "app2" }, "no-grant"},
		{"other officer", func(_ *registry.Use, g *registry.Grant) { g.Officer = "off2" }, "no-grant"},
		{"grant needs an officer, none named", func(u *registry.Use, g *registry.Grant) { g.Officer, u.Officer = "off1", nil }, "no-grant"},
		{"other seal", func(_ *registry.Use, g *registry.Grant) { g.Seal = "sealB" }, "no-grant"},
		{"grant ended", func(_ *registry.Use, g *registry.Grant) { g.State = registry.Ended }, "no-grant"},
		{"grant without state", func(_ *registry.Use, g *registry.Grant) { g.State = "" }, "no-grant"},
		{"grant over", func(_ *registry.Use, g *registry.Grant) { g.NotAfter = noon.Add(-1) }, "grant-time"},
		{"grant to come", func(_ *registry.Use, g *registry.Grant) { g.NotBefore = noon.Add(1) }, "grant-time"},
		{"grant without end", func(_ *registry.Use, g *registry.Grant) { g.NotAfter = time.Time{} }, "grant-time"},
		{"other matter", func(u *registry.Use, _ *registry.Grant) { u.Matter = "m2" }, "grant-matter"},
		{"no matter", func(u *registry.Use, _ *registry.Grant) { u.Matter = "" }, "grant-matter"},
		{"matter is a star", func(u *registry.Use, _ *registry.Grant) { u.Matter = "*" }, "grant-matter"},
		{"star among matters", func(_ *registry.Use, g *registry.Grant) { g.Matters = []string{"*", "m2"} }, "grant-matter"},
		{"grant without matters", func(_ *registry.Use, g *registry.Grant) { g.Matters = nil }, "grant-matter"},
		{"other kind", func(u *registry.Use, _ *registry.Grant) { u.Kind = "decision" }, "grant-kind"},
		{"digest unnamed", func(u *registry.Use, g *registry.Grant) { u.Kind, g.Kinds = "digest", nil }, "grant-kind"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := good
			u := registry.Use{
				Application: application("app1"), Officer: officer("off1", "depA"),
				Seal: standing("sealA", "depA"), Matter: "m1", Kind: "pdf", Time: noon,
			}
			tt.spoil(&u, &g)
			id, err := registry.Allow(u, []registry.Grant{g})
			var denied *registry.Denied
			switch {
			case tt.want == "" && (err != nil || id != "g"):
				t.Errorf("got %q, %v", id, err)
			case tt.want != "" && (!errors.As(err, &denied) || denied.Reason != tt.want || id != ""):
				t.Errorf("got %q, %v; want %s", id, err, tt.want)
			}
		})
	}
}

// Two grants must not add up: one for the matter, another for the time.
func TestGrantsDoNotAddUp(t *testing.T) {
	over := grant("over", "app1", "", "sealA", []string{"m1"}, nil)
	over.NotAfter = noon.Add(-time.Second)
	other := grant("other", "app1", "", "sealA", []string{"m2"}, nil)
	u := registry.Use{Application: application("app1"), Seal: standing("sealA", "depA"), Matter: "m1", Kind: "pdf", Time: noon}
	_, err := registry.Allow(u, []registry.Grant{over, other})
	var denied *registry.Denied
	if !errors.As(err, &denied) || denied.Reason != "grant-matter" {
		t.Errorf("got %v, want the closest grant's reason, grant-matter", err)
	}
	if _, err := registry.Allow(u, nil); !errors.As(err, &denied) || denied.Reason != "no-grant" {
		t.Errorf("no grants: got %v", err)
	}
}
