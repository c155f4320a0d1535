// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/seal"
)

func TestPlacementJSON(t *testing.T) {
	good := []string{
		`{"page":1,"x":0,"y":20.5}`, `{"page":-1,"x":1,"y":2}`, `{"pages":"1-3,last","x":1,"y":2}`, `{"pages":"all","x":1,"y":2}`,
		`{"keyword":"盖章处"}`, `{"pages":"2","keyword":"x","occurrence":3,"dx":-4,"dy":5}`,
		`{"field":"甲方.签章"}`, `{"field":"f","fit":true}`,
		`{"edge":"right"}`, `{"pages":"2-9","edge":"top","skip":"3","odd":true,"offset":0,"slices":7}`,
		`[{"page":1,"x":1,"y":1},{"edge":"left"}]`,
	}
	for _, raw := range good {
		var p seal.Placement
		if err := json.Unmarshal([]byte(raw), &p); err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		again, err := json.Marshal(p)
		if err != nil || string(again) != raw {
			t.Errorf("%s came back as %s, %v", raw, again, err)
		}
	}
	for _, raw := range []string{
		`{}`, `[]`, `{"page":1}`, `{"page":1,"x":1}`, `{"page":0,"x":1,"y":1}`, `{"page":-2,"x":1,"y":1}`, `{"page":1,"pages":"2","x":1,"y":1}`,
		`{"page":1,"x":1,"y":1,"edge":"right"}`, `{"page":1,"x":1,"y":1,"dx":1}`, `{"keyword":"a","field":"b"}`, `{"keyword":""}`,
		`{"keyword":"a","x":1}`, `{"keyword":"a","occurrence":0}`, `{"keyword":"a","occurrence":-1}`, `{"field":"a","dx":1}`, `{"edge":"middle"}`,
		`{"edge":"right","slices":1}`, `{"edge":"right","slices":0}`, `{"edge":"right","slices":101}`, `{"edge":"right","fit":true}`,
		`{"pages":"0","x":1,"y":1}`, `{"pages":"3-2","x":1,"y":1}`, `{"pages":"a","x":1,"y":1}`, `{"pages":"","x":1,"y":1}`, `{"page":1,"x":1e9,"y":1}`,
		`{"page":1,"x":1,"y":1,"z":1}`, `{"page":1,"x":1,"y":1,"Page":2}`, `{"page":1,"x":1,"y":1,"page":2}`, `{"page":1,"x":null,"y":1}`,
		`{"page":"1","x":1,"y":1}`, `[{"field":"a"},{"page":1,"x":1,"y":1}]`, `[[{"page":1,"x":1,"y":1}]]`, `"right"`, `7`,
		"[" + strings.Repeat(`{"page":1,"x":1,"y":1},`, 100) + `{"page":1,"x":1,"y":1}]`,
	} {
		var p seal.Placement
		var no *seal.Refused
		if err := json.Unmarshal([]byte(raw), &p); err == nil {
			t.Errorf("%.80s passed", raw)
		} else if !errors.As(err, &no) || no.Reason != seal.ReasonPlace {
			t.Errorf("%.80s: %v", raw, err)
		}
	}
}

func FuzzPlacement(f *testing.F) {
	f.Add([]byte(`[{"page":1,"x":1,"y":1},{"edge":"left","skip":"1-"}]`))
	f.Add([]byte(`{"keyword":"a","pages":"1-999999"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var p seal.Placement
		if json.Unmarshal(raw, &p) != nil || p == nil {
			return
		}
		once, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var again seal.Placement
		if err := json.Unmarshal(once, &again); err != nil {
			t.Fatalf("%s: %v", once, err)
		}
		if twice, _ := json.Marshal(again); !bytes.Equal(once, twice) {
			t.Errorf("%s and then %s", once, twice)
		}
	})
}

func placement(t testing.TB, raw string) seal.Placement {
	t.Helper()
	var p seal.Placement
	if err := json.Unmarshal([]byte(raw), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// pagesOf lists the pages of the places.
func pagesOf(places []seal.AnswerPlace) string {
	var out []string
	for _, p := range places {
		out = append(out, fmt.Sprint(p.Page))
	}
	return strings.Join(out, " ")
}

func TestPlacesOfOneStamp(t *testing.T) {
	h := newHouse(t)
	for i, c := range []struct{ asked, pages string }{
		{`{"pages":"2-3","x":20,"y":20}`, "2 3"},
		{`[{"page":1,"x":20,"y":20},{"page":1,"x":100,"y":20},{"page":-1,"x":20,"y":20}]`, "1 1 7"},
		{`{"edge":"right"}`, "1 2 3 4 5 6 7"},
		{`{"edge":"left","odd":true,"offset":30}`, "1 3 5 7"},
		{`[{"edge":"top","pages":"2-","skip":"last","slices":2},{"page":-1,"x":130,"y":200}]`, "2 3 4 5 6 7"},
	} {
		r := h.request(h.seals[0], fmt.Sprint("k", i))
		r.Place = placement(t, c.asked)
		st, err := h.StampPDF(ctx, r, blankPDF(t, 7, nil))
		if err != nil {
			t.Fatalf("%s: %v", c.asked, err)
		}
		verifyCMS(t, h.output(st.Output), h.seals[0], true)
		a := readAnswer(t, st)
		if pagesOf(a.Places) != c.pages || a.Place == nil || *a.Place != a.Places[0] {
			t.Errorf("%s stands on %s, want %s", c.asked, pagesOf(a.Places), c.pages)
		}
		r.DryRun, r.IdempotencyKey = true, ""
		dry, err := h.StampPDF(ctx, r, blankPDF(t, 7, nil))
		if err != nil {
			t.Fatal(err)
		}
		var d seal.AnswerDryRun
		if err := json.Unmarshal(dry.Answer, &d); err != nil || pagesOf(d.Places) != c.pages || d.AnswerPlace != a.Places[0] {
			t.Errorf("dry run %s, %v", dry.Answer, err)
		}
	}
	for i, asked := range []string{`{"pages":"8","x":1,"y":1}`, `{"edge":"right","pages":"1"}`, `{"edge":"right","pages":"1-2","odd":true}`, `{"keyword":"x"}`} {
		r := h.request(h.seals[0], fmt.Sprint("no", i))
		r.Place = placement(t, asked)
		_, err := h.StampPDF(ctx, r, blankPDF(t, 7, nil))
		wantRefused(t, err, seal.ReasonPlace)
	}
}

// finder finds what the test says.
type finder func(pages []int, text string, limit int) ([]seal.Hit, error)

func (f finder) Find(_ context.Context, document io.ReaderAt, size int64, pages []int, text string, limit int) ([]seal.Hit, error) {
	head := make([]byte, 5)
	if _, err := document.ReadAt(head, 0); err != nil || string(head) != "%PDF-" {
		return nil, errors.New("not the document")
	}
	return f(pages, text, limit)
}

func TestKeyword(t *testing.T) {
	hit := seal.Hit{Page: 2, Box: [4]float64{200, 400, 260, 420}}
	var asked string
	h := newHouse(t, func(c *seal.Config) {
		c.Finder = finder(func(pages []int, text string, limit int) ([]seal.Hit, error) {
			asked = fmt.Sprint(pages, text, limit)
			return []seal.Hit{{Page: 1}, hit}[:min(2, limit)], nil
		})
	})
	r := h.request(h.seals[0], "k1")
	r.Place = placement(t, `{"keyword":"盖章处","occurrence":2,"dx":10,"dy":-5,"pages":"1-2"}`)
	st, err := h.StampPDF(ctx, r, blankPDF(t, 3, nil))
	if err != nil {
		t.Fatal(err)
	}
	if asked != "[1 2]盖章处2" {
		t.Errorf("asked for %s", asked)
	}
	const point = 72 / 25.4
	a := readAnswer(t, st)
	if b := a.Place.Box; a.Place.Page != 2 || math.Abs((b[0]+b[2])/2-230-10*point) > 0.01 || math.Abs((b[1]+b[3])/2-410-5*point) > 0.01 {
		t.Errorf("stands at %+v", a.Place)
	}
	var recorded ledger.Event
	for _, e := range h.store.events {
		if e.Kind == "stamp" {
			recorded = e
		}
	}
	if !strings.Contains(string(recorded.After), `"keyword":"盖章处"`) || !strings.Contains(string(recorded.After), `"places":[{"page":2,"box":[`) {
		t.Errorf("the audit log holds %s", recorded.After)
	}
	r.IdempotencyKey, r.Place = "k2", placement(t, `{"keyword":"x","occurrence":3}`)
	_, err = h.StampPDF(ctx, r, blankPDF(t, 3, nil))
	wantRefused(t, err, seal.ReasonPlace)
}

func TestCaption(t *testing.T) {
	h := newHouse(t)
	for i, c := range []seal.Caption{{Date: true}, {QR: true}, {Date: true, QR: true}} {
		r := h.request(h.seals[0], fmt.Sprint("k", i))
		r.Caption, r.Place = c, placement(t, `[{"page":1,"x":20,"y":20},{"page":1,"x":130,"y":250},{"edge":"right"}]`)
		st, err := h.StampPDF(ctx, r, blankPDF(t, 2, nil))
		if err != nil {
			t.Fatal(err)
		}
		verifyCMS(t, h.output(st.Output), h.seals[0], true)
		keepFile(t, fmt.Sprintf("caption%d.pdf", i), h.output(st.Output))
	}
	r := h.request(h.seals[0], "crowded")
	r.Caption, r.Place = seal.Caption{QR: true}, placement(t, `[{"page":1,"x":20,"y":20},{"page":1,"x":20,"y":70}]`)
	_, err := h.StampPDF(ctx, r, blankPDF(t, 1, nil))
	wantRefused(t, err, seal.ReasonPlace)
}

// keepFile leaves a file for a human to look at, when asked to.
func keepFile(t testing.TB, name string, octets []byte) {
	if dir := os.Getenv("GOVSEAL_KEEP"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), octets, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCertifyAndLock(t *testing.T) {
	h := newHouse(t)
	r := h.request(h.seals[0], "k1")
	r.Certify = 2
	first, err := h.StampPDF(ctx, r, blankPDF(t, 1, nil))
	if err != nil {
		t.Fatal(err)
	}
	certified := h.output(first.Output)
	if _, sig := newestSignature(t, certified); sig.DocMDP != 2 {
		t.Errorf("DocMDP %d", sig.DocMDP)
	}
	r.IdempotencyKey = "k2"
	_, err = h.StampPDF(ctx, r, certified)
	wantRefused(t, err, pdf.ReasonNotFirst)

	last := h.request(h.seals[1], "k3")
	last.Lock, last.Place = true, placement(t, `{"page":1,"x":20,"y":20}`)
	second, err := h.StampPDF(ctx, last, certified)
	if err != nil {
		t.Fatal(err)
	}
	locked := h.output(second.Output)
	if _, sig := newestSignature(t, locked); len(sig.Locks) == 0 || sig.Locks[0].Action != "All" {
		t.Errorf("locks %+v", sig.Locks)
	}
	_, err = h.StampPDF(ctx, h.request(h.seals[0], "k4"), locked)
	wantRefused(t, err, seal.ReasonLocked)
}

func TestAllowedHazards(t *testing.T) {
	script := pdf.Dict{"S": pdf.Name("JavaScript"), "JS": pdf.Text("app.alert(1)")}
	active := blankPDF(t, 1, pdf.Dict{"OpenAction": script})
	h := newHouse(t, func(c *seal.Config) { c.Allow = []string{"javascript", "open-action"} })
	if _, err := h.StampPDF(ctx, h.request(h.seals[0], "k1"), active); err != nil {
		t.Errorf("allowed, and yet %v", err)
	}
	launch := blankPDF(t, 1, pdf.Dict{"OpenAction": pdf.Dict{"S": pdf.Name("Launch"), "F": pdf.Text("x")}})
	_, err := h.StampPDF(ctx, h.request(h.seals[0], "k2"), launch)
	wantRefused(t, err, seal.ReasonActiveContent)
	if _, err := seal.New(seal.Config{Allow: []string{"everything"}}); err == nil {
		t.Error("an unknown hazard was allowed")
	}
}
