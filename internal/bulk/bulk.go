// SPDX-License-Identifier: Apache-2.0

// Package bulk reads the CSV files by which certificates are issued in bulk,
// whole or not at all, and writes the report of a run, and tables like it. It knows the form of
// rows and nothing of authorities: whether a department exists is for others.
package bulk

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/govseal/govseal/internal/gm"
)

// Bounds of a file.
const (
	MaxOctets   = 16 << 20
	MaxRows     = 100_000
	maxField    = 512 // characters
	maxHosts    = 50
	maxProblems = 100 // that are listed one by one
)

// File is a CSV file that was read whole and found sound in form.
type File struct {
	Digest [32]byte // SM3 of its octets
	Rows   []Row
}

// Row asks for one certificate. Fields that a row leaves empty are empty.
type Row struct {
	Line       int // in the file, from 1; the header's line counts
	Profile    string
	Department string
	Officer    string
	CommonName string
	Unit       string
	CSR        string // path of a PKCS#10 request, relative to the file
	Hosts      []string
	Days       int // 0 means the profile's
}

// Key names a row for ever: the same row of the same octets has the same one.
func (f *File) Key(r Row) string {
	return hex.EncodeToString(f.Digest[:]) + ":" + strconv.Itoa(r.Line)
}

// Problem is one thing that is wrong with a file.
type Problem struct {
	Line   int    `json:"line"` // 0 when it is about the whole file
	Column string `json:"column,omitempty"`
	Text   string `json:"problem"`
}

func (p Problem) String() string {
	where := "the file"
	if p.Line > 0 {
		where = fmt.Sprintf("line %d", p.Line)
	}
	if p.Column != "" {
		where += ", " + p.Column
	}
	return where + ": " + p.Text
}

// Problems is everything that is wrong with a file, up to a bound; as an error
// it means that no row of the file may be used.
type Problems struct {
	List []Problem
	More int // further ones, not listed
}

func (p *Problems) Error() string {
	var b strings.Builder
	n := len(p.List) + p.More
	if fmt.Fprintf(&b, "%d problem", n); n != 1 {
		b.WriteByte('s')
	}
	b.WriteString(", so nothing was issued")
	for _, one := range p.List {
		b.WriteString("\n  " + one.String())
	}
	if p.More > 0 {
		fmt.Fprintf(&b, "\n  and %d more", p.More)
	}
	return b.String()
}

// Add notes a problem.
func (p *Problems) Add(line int, column, format string, args ...any) {
	if len(p.List) >= maxProblems {
		p.More++
		return
	}
	p.List = append(p.List, Problem{line, column, fmt.Sprintf(format, args...)})
}

// Err is nil when nothing is wrong.
func (p *Problems) Err() error {
	if len(p.List) == 0 {
		return nil
	}
	return p
}

// Parse reads a whole file. The error is a *Problems that names every row that
// is wrong, not only the first.
func Parse(raw []byte) (*File, error) {
	var p Problems
	if len(raw) > MaxOctets {
		p.Add(0, "", "has more than %d octets", MaxOctets)
		return nil, &p
	}
	f := &File{Digest: gm.SM3(raw)}
	r := reader{problems: &p, seen: map[string]int{}}
	f.Rows = r.read(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")))
	if len(f.Rows) == 0 && len(p.List) == 0 {
		p.Add(0, "", "holds no row below the header")
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	return f, nil
}
