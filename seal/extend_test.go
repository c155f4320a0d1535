// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/verify"
)

// judge verifies a PDF with root.pem as the only anchor and nothing beside it.
func (c *city) judge(octets []byte, at time.Time) *verify.Report {
	c.t.Helper()
	d := verify.Document{ReaderAt: bytes.NewReader(octets), Size: int64(len(octets))}
	return must(verify.Verify(ctx, d, verify.Policy{Time: at, Anchors: [][]byte{c.ca.Root()}}))
}

// file reads what a stamp gave back.
func (c *city) file(st *seal.Stamp) []byte {
	c.t.Helper()
	f := must(c.File(ctx, st.Output))
	defer f.Close()
	var b bytes.Buffer
	must(b.ReadFrom(f))
	return b.Bytes()
}

// without is the city's service with another time-stamp authority, or none.
func (c *city) without(tsa seal.TimeStamper) *seal.Service {
	config := c.config(c.db.Seals())
	config.TSA, config.TSAWait = tsa, 200*time.Millisecond
	return must(seal.New(config))
}

func TestExtend(t *testing.T) {
	c := newCity(t)
	withToken := c.file(must(c.StampPDF(ctx, c.request(0, "k1"), blankPDF(t, 1, nil))))
	bare := c.file(must(c.without(nil).StampPDF(ctx, c.request(0, "k2"), blankPDF(t, 2, nil))))
	two := must(c.StampPDF(ctx, c.request(1, "k3"), withToken))
	for _, test := range []struct {
		name     string
		document []byte
		level    string
		stamps   int // document time-stamps
	}{
		{"T of T", withToken, "T", 0},
		{"LT of T", withToken, "LT", 0},
		{"LTA of T", withToken, "LTA", 1},
		{"T of B", bare, "T", 1},
		{"LT of B", bare, "LT", 1},
		{"LTA of B", bare, "LTA", 2},
		{"LTA of two departments", c.file(two), "LTA", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			c.clock.move(time.Second)
			e, err := c.Extend(ctx, c.app, test.document, test.level)
			if err != nil {
				t.Fatal(err)
			}
			if e.Level != test.level || e.LevelReason != "" || e.TimeStamps != test.stamps || len(e.Missing) > 0 {
				t.Errorf("level %s (%s), %d time-stamps, missing %v", e.Level, e.LevelReason, e.TimeStamps, e.Missing)
			}
			if !bytes.HasPrefix(e.PDF, test.document) {
				t.Error("the original was changed")
			}
			r := c.judge(e.PDF, c.clock.now().Add(time.Minute))
			if r.Verdict != verify.Valid {
				t.Errorf("%s %v", r.Verdict, r.Codes())
			}
			for _, s := range r.Stamps {
				if s.Level != test.level {
					t.Errorf("stamp %d is told to be of level %s, want %s", s.Index, s.Level, test.level)
				}
			}
		})
	}
}

// Years later, with every list of the day out of date and the seal cancelled,
// the file answers for itself.
func TestExtendedFileSurvivesItsAuthority(t *testing.T) {
	c := newCity(t)
	c.clock.move(time.Minute)
	sealed := c.file(must(c.StampPDF(ctx, c.request(0, "k1"), blankPDF(t, 1, nil))))
	c.clock.move(time.Hour)
	lt := must(c.Extend(ctx, c.app, sealed, "LTA")).PDF
	c.clock.move(24 * time.Hour)
	c.done(c.Cancel(ctx, "operator:test", c.seals[0].ESID, "merged", time.Time{}))
	for _, later := range []time.Duration{time.Hour, 400 * 24 * time.Hour} {
		r := c.judge(lt, c.clock.now().Add(later))
		if r.Verdict != verify.Valid || r.Stamps[0].Level != "LTA" {
			t.Errorf("after %v: %s %v, level %s", later, r.Verdict, r.Codes(), r.Stamps[0].Level)
		}
	}
	// Renewed: a second time-stamp, over newer lists and the first.
	c.clock.move(time.Hour)
	again := must(c.Extend(ctx, c.app, lt, "LTA"))
	// What was given back is on record, and leads to the stamp.
	for what, file := range map[string][]byte{"extended": lt, "renewed": again.PDF} {
		if found := must(c.db.Seals().StampsByDigest(ctx, gm.SM3(file))); len(found) != 1 {
			t.Errorf("the %s file leads to %d stamps", what, len(found))
		}
	}
	r := c.judge(again.PDF, c.clock.now().Add(time.Hour))
	if r.Verdict != verify.Valid || r.Stamps[0].Level != "LTA" || len(r.TimeStamps) != 2 {
		t.Errorf("renewed: %s %v, level %s, %d time-stamps", r.Verdict, r.Codes(), r.Stamps[0].Level, len(r.TimeStamps))
	}
}

// A further department may stamp an extended file; the first stamp's material
// is still covered. The same authority's lists serve the second one, too.
func TestStampAfterExtension(t *testing.T) {
	c := newCity(t)
	first := c.file(must(c.StampPDF(ctx, c.request(0, "k1"), blankPDF(t, 1, nil))))
	extended := must(c.Extend(ctx, c.app, first, "LTA")).PDF
	both := c.file(must(c.StampPDF(ctx, c.request(1, "k2"), extended)))
	r := c.judge(both, c.clock.now().Add(time.Minute))
	if r.Verdict != verify.Valid || len(r.Stamps) != 2 || r.Stamps[0].Level != "LTA" || r.Stamps[1].Level != "LT" {
		t.Fatalf("%s %v, levels %s and %s", r.Verdict, r.Codes(), r.Stamps[0].Level, r.Stamps[1].Level)
	}
	var names []string
	for _, change := range r.Stamps[0].Changes.List {
		names = append(names, change.Name)
	}
	if want := []string{"dss", "timestamp", "signature"}; !slices.Equal(names, want) {
		t.Errorf("changes after the first stamp: %v, want %v", names, want)
	}
}

type silent struct{}

func (silent) Stamp(ctx context.Context, _ []byte) ([]byte, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (silent) StampDigest(context.Context, [32]byte) ([]byte, error) { select {} }

func TestExtendWithoutTimeStampAuthority(t *testing.T) {
	c := newCity(t)
	sealed := c.file(must(c.StampPDF(ctx, c.request(0, "k1"), blankPDF(t, 1, nil))))
	bare := c.file(must(c.without(nil).StampPDF(ctx, c.request(0, "k2"), blankPDF(t, 1, nil))))
	for _, test := range []struct {
		name          string
		tsa           seal.TimeStamper
		document      []byte
		level, reason string
	}{
		{"silent, with token", silent{}, sealed, "LT", seal.LevelTSAOut},
		{"none, with token", nil, sealed, "LT", seal.LevelNoTSA},
		{"silent, without", silent{}, bare, "B", seal.LevelTSAOut},
		{"none, without", nil, bare, "B", seal.LevelNoTSA},
	} {
		e := must(c.without(test.tsa).Extend(ctx, c.app, test.document, "LTA"))
		if e.Level != test.level || e.LevelReason != test.reason || !bytes.HasPrefix(e.PDF, test.document) {
			t.Errorf("%s: level %s (%s)", test.name, e.Level, e.LevelReason)
		}
		if r := c.judge(e.PDF, c.clock.now().Add(time.Minute)); r.Verdict != verify.Valid || r.Stamps[0].Level != test.level {
			t.Errorf("%s: %s, level %s", test.name, r.Verdict, r.Stamps[0].Level)
		}
	}
}

func TestExtendRefuses(t *testing.T) {
	c := newCity(t)
	sealed := c.file(must(c.StampPDF(ctx, c.request(0, "k1"), blankPDF(t, 1, nil))))
	turned := bytes.Clone(sealed)
	turned[bytes.Index(turned, []byte("595.276"))]++
	for name, test := range map[string]struct {
		document []byte
		level    string
		reason   string
	}{
		"unsealed":        {blankPDF(t, 1, nil), "LT", seal.ReasonUnsealed},
		"octet turned":    {turned, "LT", seal.ReasonBroken},
		"garbage":         {[]byte("garbage"), "LT", seal.ReasonBroken},
		"unknown level":   {sealed, "X", seal.ReasonRequest},
		"catalog changed": {recatalogued(t, sealed), "LT", seal.ReasonChanged},
	} {
		_, err := c.Extend(ctx, c.app, test.document, test.level)
		var no *seal.Refused
		if !errors.As(err, &no) || no.Reason != test.reason {
			t.Errorf("%s: %v, want %s", name, err, test.reason)
		}
	}
}

// recatalogued appends an update that gives the catalog an entry of its own.
func recatalogued(t *testing.T, sealed []byte) []byte {
	t.Helper()
	doc := must(pdf.Open(bytes.NewReader(sealed), int64(len(sealed)), pdf.Limits{}))
	update := must(doc.AppendDSS(ctx, pdf.DSS{Certs: [][]byte{{0x30, 0}}}))
	return append(bytes.Clone(sealed), bytes.ReplaceAll(update, []byte("/DSS"), []byte("/URI"))...)
}

// A stamp that asks for a level has it in the file that is given back, with
// every form, lock and certification; what cannot be had lowers it and is said.
func TestStampAtALevel(t *testing.T) {
	c := newCity(t)
	ask := func(s *seal.Service, key, level string, change func(*seal.Request)) *seal.Stamp {
		r := c.request(0, key)
		r.Level = level
		change(&r)
		return must(s.StampPDF(ctx, r, blankPDF(t, 1, nil)))
	}
	nothing := func(*seal.Request) {}
	for name, tt := range map[string]struct {
		service       *seal.Service
		level         string
		change        func(*seal.Request)
		want, because string
	}{
		"T":                {c.Service, "T", nothing, "T", ""},
		"LT":               {c.Service, "LT", nothing, "LT", ""},
		"LTA":              {c.Service, "LTA", nothing, "LTA", ""},
		"LTA, ses":         {c.Service, "LTA", func(r *seal.Request) { r.Profile = seal.ProfileSES }, "LTA", ""},
		"LTA, locked":      {c.Service, "LTA", func(r *seal.Request) { r.Lock = true }, "LTA", ""},
		"LTA, certified":   {c.Service, "LTA", func(r *seal.Request) { r.Certify = 1 }, "LTA", ""},
		"LTA without TSA":  {c.without(nil), "LTA", nothing, "B", seal.LevelNoTSA},
		"none without TSA": {c.without(nil), "", nothing, "B", seal.LevelNoTSA},
	} {
		t.Run(name, func(t *testing.T) {
			st := ask(tt.service, name, tt.level, tt.change)
			var answer seal.Answer
			if err := json.Unmarshal(st.Answer, &answer); err != nil {
				t.Fatal(err)
			}
			if st.Level != tt.want || answer.Level != tt.want || answer.LevelReason != tt.because {
				t.Errorf("level %s, answered %s (%s), want %s (%s)", st.Level, answer.Level, answer.LevelReason, tt.want, tt.because)
			}
			file := c.file(st)
			if gm.SM3(file) != st.Output {
				t.Error("the record names another file")
			}
			r := c.judge(file, c.clock.now().Add(time.Minute))
			if r.Verdict != verify.Valid || len(r.Stamps) == 0 || r.Stamps[0].Level != tt.want {
				t.Errorf("verdict %s %v", r.Verdict, r.Stamps)
			}
		})
	}
	for name, level := range map[string]string{"B": "B", "nonsense": "XL"} {
		r := c.request(0, "bad "+name)
		r.Level = level
		var refused *seal.Refused
		if _, err := c.StampPDF(ctx, r, blankPDF(t, 1, nil)); !errors.As(err, &refused) {
			t.Errorf("level %s: %v", name, err)
		}
	}
	r := c.request(0, "digest")
	r.Level = "LT"
	if _, err := c.StampDigest(ctx, r, [32]byte{1}); err == nil {
		t.Error("a digest was raised to LT")
	}
}
