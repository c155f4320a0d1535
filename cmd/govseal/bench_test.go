// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// Everything that bench measures runs, has a reference in the same run, and
// leaves nothing behind. What the figures say is not looked at: no test here
// depends on time.
func TestBenchShape(t *testing.T) {
	dir := t.TempDir()
	var out, talk bytes.Buffer
	if code := run(context.Background(), []string{"bench", "--quick", "--million", "--json", "--database", "", "--dir", dir}, strings.NewReader(""), &out, &talk); code != exitOK {
		t.Fatalf("status %d: %s", code, talk.String())
	}
	var got struct {
		Machine machine
		Quick   bool
		Figures []figure
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	if got.Machine.Cores < 1 || got.Machine.Go == "" || len(got.Machine.Engines) != 1 || !got.Quick {
		t.Errorf("machine %+v, quick %v", got.Machine, got.Quick)
	}
	known := map[string]bool{"size of the file": true, "1 second": true}
	for _, f := range got.Figures {
		if f.Value <= 0 || f.Unit == "" || known[f.Name] {
			t.Errorf("figure %+v", f)
		}
		known[f.Name] = true
	}
	for _, f := range got.Figures {
		if f.Of != "" && (!known[f.Of] || f.Ratio <= 0) {
			t.Errorf("figure %q is %v of %q", f.Name, f.Ratio, f.Of)
		}
	}
	for _, name := range []string{"SM2 sign", "SM3, 1 core", "own crypto of a stamp", "stamp, over HTTP, 64 callers, SQLite",
		"certificate, 64 callers, SQLite", "verify a decision", "certificate, 1 caller, SQLite, 1000 in the store", "seal OFD of 20 MB", "verify OFD of 0.2 MB, peak memory", "make a seal, 1 caller, SQLite", "OCSP answer, over HTTP, 64 callers, SQLite", "CRL of 1000 entries, peak memory", "issue the CRL of 1 of 16 shards",
		"seal PDF of 20 MB", "verify PDF of 20 MB, peak memory"} {
		if !known[name] {
			t.Errorf("there is no figure %q", name)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestBenchTable(t *testing.T) {
	var out bytes.Buffer
	b := &bench{p: &program{out: &out, err: &out}, figures: []figure{
		{Name: "own", Value: 1234.5, Unit: "/s", Counts: "two signatures"},
		{Name: "fast", Value: 700, Unit: "/s", Ratio: 0.567, Of: "own", Target: 0.5},
		{Name: "large", Value: 12.34, Unit: "MB", Ratio: 2.5, Of: "own", Target: 2, AtMost: true},
	}}
	if err := b.print(machine{CPU: "示例", Cores: 2}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"示例, 2 cores", "own     1234", "≥ 0.50 reached", "≤ 2.00 missed", "12.3", "own: two signatures"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := median(c.values); got != c.want {
			t.Errorf("median of %v: got %v, want %v", c.values, got, c.want)
		}
	}
}
