// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/pdf"
)

func TestObjects(t *testing.T) {
	for in, want := range map[string]pdf.Object{
		"null": nil, "true": true, "false": false, "0": int64(0), "-17": int64(-17), "+3": int64(3),
		"1.5": 1.5, "-.5": -0.5, "4.": 4.0,
		"/Name": pdf.Name("Name"), "/A#20B#2F": pdf.Name("A B/"), "/": pdf.Name(""),
		"(a(b)c)": pdf.String("a(b)c"), `(\n\r\t\b\f\(\)\\\101\7x\q)`: pdf.String("\n\r\t\b\f()\\A\ax" + "q"),
		"(a\\\r\nb\rc\r\nd)": pdf.String("ab\nc\nd"), `(\1234)`: pdf.String("S4"),
		"<48 65\n6C6c6F>": pdf.String("Hello"), "<4>": pdf.String("@"), "<>": pdf.String(""),
		"12 0 R": pdf.Ref{Num: 12}, "[1 2 R]": pdf.Array{pdf.Ref{Num: 1, Gen: 2}},
		"[1 2 3 0 R 4]":              pdf.Array{int64(1), int64(2), pdf.Ref{Num: 3}, int64(4)},
		"<</A 1/B<</C[]>>/D 5 0 R>>": pdf.Dict{"A": int64(1), "B": pdf.Dict{"C": pdf.Array(nil)}, "D": pdf.Ref{Num: 5}},
		"%comment\n<<%x\r/A%y\n1>>":  pdf.Dict{"A": int64(1)},
	} {
		got, _, err := pdf.ParseObject([]byte(in))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %#v, %v; want %#v", in, got, err, want)
		}
	}
}

func TestMalformedObjects(t *testing.T) {
	for _, in := range []string{
		"", "[", "<<", "]", ">>", ">", "[>>", "<<]", "(", "(()", "<", "<4g>", "<</A>>", "<<1 2>>", "<</A 1/A 2>>",
		"{", "}", ")", "1.2.3", "--1", "1-2", "+", ".", "1e5", "99999999999999999999", "/A#4", "/A#zz", "/A#00", "/A#0x",
		"R", "[R]", "[1 R]", "[0 0 R]", "[1 -1 R]", "[1 65536 R]", "[9999999 0 R]", "[(a) 0 R]", "[1 0 R R]", "obj", "nul",
		strings.Repeat("[", 65) + strings.Repeat("]", 65), "/" + strings.Repeat("x", 2000),
	} {
		if got, _, err := pdf.ParseObject([]byte(in)); err == nil {
			t.Errorf("%.40q gave %#v", in, got)
		}
	}
	if _, _, err := pdf.ParseObject([]byte(strings.Repeat("[", 64) + strings.Repeat("]", 64))); err != nil {
		t.Errorf("64 deep: %v", err)
	}
}

// TestLongNames: the longest name survives a writer that must escape each of
// its octets, and one octet more is refused in either spelling.
func TestLongNames(t *testing.T) {
	for _, c := range []string{"\x1c", "#1C", "x"} {
		o, _, err := pdf.ParseObject([]byte("/" + strings.Repeat(c, 1024)))
		if err != nil {
			t.Fatalf("1024 times %q: %v", c, err)
		}
		written, err := pdf.Serialise(o)
		if err != nil {
			t.Fatal(err)
		}
		if back, _, err := pdf.ParseObject(written); err != nil || !pdf.Same(o, back) {
			t.Errorf("1024 times %q came back as %.20v: %v", c, back, err)
		}
		if _, _, err := pdf.ParseObject([]byte("/" + strings.Repeat(c, 1025))); err == nil {
			t.Errorf("1025 times %q was read", c)
		}
	}
}

// FuzzObject holds what was read to its serialisation, and a respelled
// dictionary to the one that was cut.
func FuzzObject(f *testing.F) {
	for _, s := range []string{"<</A[1 2 0 R(x)<00>]/B 1.5/C#20/D null>>", "[[[]]]", "(\\101\\\n)", "<</K 1 0 R%c\n/L(>>)>>"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		o, n, err := pdf.ParseObject(b)
		if err != nil {
			return
		}
		again, err := pdf.Serialise(o)
		if err != nil {
			return // a number that no writer should write
		}
		back, _, err := pdf.ParseObject(again)
		third, err2 := pdf.Serialise(back)
		if err != nil || err2 != nil || string(again) != string(third) {
			t.Fatalf("%q became %q, then %q: %v %v", b, again, third, err, err2)
		}
		if d, ok := o.(pdf.Dict); ok {
			respelled, err := pdf.Respell(b[:n])
			if err != nil {
				t.Fatalf("%q: %v", b, err)
			}
			same, _, err := pdf.ParseObject(respelled)
			if err != nil || !pdf.Same(d, same) {
				t.Fatalf("%q respelled as %q: %v", b, respelled, err)
			}
		}
	})
}

func TestDates(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	for in, want := range map[string]time.Time{
		"D:20261122080910+08'00'": time.Date(2026, 11, 22, 8, 9, 10, 0, zone),
		"D:20261122080910+08'00":  time.Date(2026, 11, 22, 8, 9, 10, 0, zone),
		"D:20261122080910-05'30'": time.Date(2026, 11, 22, 8, 9, 10, 0, time.FixedZone("", -(5*3600+1800))),
		"D:20261122080910Z":       time.Date(2026, 11, 22, 8, 9, 10, 0, time.UTC),
		"20261122":                time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
		"D:2026":                  time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		"D:20261322":              {}, "": {}, "D:": {}, "D:202": {}, "D:20261122080910+99'00'": {}, "D:20261122080910x": {},
		"D:20261122080910+8": {}, "yesterday": {},
	} {
		if got := pdf.ParseDate(in); !got.Equal(want) {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
	now := time.Date(2000, 1, 2, 3, 4, 5, 0, zone)
	if got := pdf.FormatDate(now); got != "D:20000102030405+08'00'" || !pdf.ParseDate(got).Equal(now) {
		t.Errorf("%q", got)
	}
}

func TestTextStrings(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "(plain)", "用(印)": "<FEFF752800285370" + "0029>", "𠮷": "<FEFFD842DFB7>", "a\nb": "<FEFF0061000A0062>", `(\`: `<285C>`,
	} {
		got, err := pdf.Serialise(pdf.Text(in))
		if err != nil || string(got) != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
