// SPDX-License-Identifier: Apache-2.0

package bulk_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/internal/bulk"
)

func TestParse(t *testing.T) {
	text := "\xef\xbb\xbfprofile,单位,officer,dns,days,csr\r\nofficer,示例市行政审批局,A-1,,365,\r\n,,,,,\r\n\r\ntls-server,\"示例市,一\",,a.example b.example,,csr/b.csr\r\n"
	f, err := bulk.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []bulk.Row{
		{Line: 2, Profile: "officer", Department: "示例市行政审批局", Officer: "A-1", Days: 365, Hosts: []string{}},
		{Line: 5, Profile: "tls-server", Department: "示例市,一", Hosts: []string{"a.example", "b.example"}, CSR: "csr/b.csr"},
	}
	if d := cmp.Diff(want, f.Rows); d != "" {
		t.Error(d)
	}
	other, err := bulk.Parse([]byte(strings.Replace(text, "365", "364", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if f.Key(f.Rows[0]) == f.Key(f.Rows[1]) || f.Key(f.Rows[0]) == other.Key(other.Rows[0]) || len(f.Key(f.Rows[0])) != 66 {
		t.Errorf("keys %s, %s", f.Key(f.Rows[0]), other.Key(other.Rows[0]))
	}
}

// TestBadFiles names line and column of what is wrong.
func TestBadFiles(t *testing.T) {
	const head = "profile,department,officer,csr,days\n"
	for name, tt := range map[string]struct {
		text, column string
		line         int
	}{
		"empty":               {"", "", 0},
		"header alone":        {head, "", 0},
		"no profile column":   {"department\nx\n", "", 1},
		"unknown column":      {"profile,password\nofficer,x\n", "", 1},
		"column twice":        {"profile,unit,科室\nofficer,x,y\n", "", 1},
		"another case":        {"Profile\nofficer\n", "", 1},
		"too few fields":      {head + "officer,x\n", "", 2},
		"too many fields":     {head + "officer,x,,,,,\n", "", 2},
		"no profile":          {head + ",x,,,\n", "profile", 2},
		"days in words":       {head + "officer,x,,,many\n", "days", 2},
		"no days":             {head + "officer,x,,,0\n", "days", 2},
		"signed days":         {head + "officer,x,,,+5\n", "days", 2},
		"path outside":        {head + "officer,x,,../a.csr,\n", "csr", 2},
		"absolute path":       {head + "officer,x,,/etc/passwd,\n", "csr", 2},
		"same holder":         {head + "officer,x,1,,\nofficer,x,1,,5\n", "", 3},
		"same request":        {head + "officer,x,1,a.csr,\nofficer,x,2,./a.csr,\n", "", 3},
		"broken quotation":    {head + "officer,\"x,,,\n", "", 2},
		"bare quotation mark": {head + "officer,x\"y,,,\n", "", 2},
		"line within a field": {head + "officer,\"x\ny\",,,\n", "department", 2},
		"turned text":         {head + "officer,x\u202ey,,,\n", "department", 2},
		"blank at the end":    {head + "officer,x ,,,\n", "department", 2},
		"long field":          {head + "officer," + strings.Repeat("x", 513) + ",,,\n", "department", 2},
		"GBK":                 {head + "officer,\xca\xbe\xc0\xfd,,,\n", "", 0},
		"NUL":                 {head + "officer,x\x00y,,,\n", "department", 2},
		"too long":            {strings.Repeat("x", bulk.MaxOctets+1), "", 0},
		"too many rows":       {"profile\n" + manyRows(bulk.MaxRows+1), "", bulk.MaxRows + 2},
	} {
		f, err := bulk.Parse([]byte(tt.text))
		var p *bulk.Problems
		if !errors.As(err, &p) || f != nil {
			t.Errorf("%s: got %v, %v; want *Problems", name, f, err)
			continue
		}
		if got := p.List[0]; got.Line != tt.line || got.Column != tt.column || got.Text == "" {
			t.Errorf("%s: got %v, want line %d, column %q", name, got, tt.line, tt.column)
		}
	}
}

func manyRows(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "p%d\n", i)
	}
	return b.String()
}

// TestOneBadRowOfTenThousand: the row is named, and no other.
func TestOneBadRowOfTenThousand(t *testing.T) {
	var b strings.Builder
	b.WriteString("profile,officer,days\n")
	for i := range 10_000 {
		days := "365"
		if i == 7_776 {
			days = "0365"
		}
		fmt.Fprintf(&b, "officer,A-%d,%s\n", i, days)
	}
	_, err := bulk.Parse([]byte(b.String()))
	var p *bulk.Problems
	if !errors.As(err, &p) || len(p.List) != 1 || p.List[0].Line != 7_778 || p.List[0].Column != "days" {
		t.Errorf("got %v", err)
	}
}

// TestManyBadRows are all counted, and as many listed as people read.
func TestManyBadRows(t *testing.T) {
	_, err := bulk.Parse([]byte("profile,days\n" + strings.Repeat("officer,x\n", 1000)))
	var p *bulk.Problems
	if !errors.As(err, &p) || len(p.List) != 100 || p.More < 900 {
		t.Fatalf("got %v", err)
	}
	if text := p.Error(); !strings.Contains(text, "line 2, days") || !strings.Contains(text, "more") {
		t.Errorf("%s", text)
	}
}

func TestReport(t *testing.T) {
	r := bulk.Report{File: "people.csv", Digest: "00", Time: time.Unix(0, 0).UTC(), Rows: []bulk.Outcome{
		{Line: 2, State: bulk.Issued, Profile: "officer", Officer: "=cmd|' /C calc'!A0", Subject: "CN=张示例", Serial: "123456789012345678901234567890", NotAfter: time.Unix(1e9, 0)},
		{Line: 3, State: bulk.Refused, Department: "@SUM(1)", Problem: "-2+3"}, {Line: 4, State: bulk.Earlier, Officer: "+1"}, {Line: 5, State: bulk.Open, Officer: "＝1"},
	}}
	r.Count()
	if r.Issued != 1 || r.Earlier != 1 || r.Refused != 1 || r.Open != 1 {
		t.Errorf("got %+v", r)
	}
	var text, object bytes.Buffer
	if err := errors.Join(r.WriteCSV(&text), r.WriteJSON(&object)); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(text.Bytes(), []byte("\xef\xbb\xbfline,state,")) || !strings.Contains(text.String(), "\r\n") {
		t.Errorf("got %q", text.String()[:40])
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text.String(), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		for _, field := range row {
			if field != "" && strings.ContainsRune("=+-@＝", []rune(field)[0]) {
				t.Errorf("a spreadsheet computes %q", field)
			}
		}
	}
	if rows[1][6] != "'123456789012345678901234567890" {
		t.Errorf("a spreadsheet rounds %q", rows[1][6])
	}
	var back bulk.Report
	if err := json.Unmarshal(object.Bytes(), &back); err != nil || back.Rows[0].Officer != r.Rows[0].Officer {
		t.Errorf("JSON: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("profile,department\nofficer,x\n"))
	f.Add([]byte("\xef\xbb\xbf模板,csr\r\nofficer,\"a\"\"b.csr\"\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := bulk.Parse(raw)
		var p *bulk.Problems
		if err != nil && (!errors.As(err, &p) || len(p.List) == 0) {
			t.Fatalf("%v names no problem", err)
		}
		if err != nil {
			return
		}
		last := 1
		for _, r := range got.Rows {
			if r.Line <= last || r.Profile == "" {
				t.Errorf("row %+v after line %d", r, last)
			}
			last = r.Line
		}
	})
}
