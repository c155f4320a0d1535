// SPDX-License-Identifier: Apache-2.0

package bulk

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// columns are the headings, each with the one that a Chinese office writes.
var columns = []struct {
	name, chinese string
	set           func(*Row, string) string // returns what is wrong
}{
	{"profile", "模板", func(r *Row, v string) string { r.Profile = v; return "" }},
	{"department", "单位", func(r *Row, v string) string { r.Department = v; return "" }},
	{"officer", "人员", func(r *Row, v string) string { r.Officer = v; return "" }},
	{"common_name", "名称", func(r *Row, v string) string { r.CommonName = v; return "" }},
	{"unit", "科室", func(r *Row, v string) string { r.Unit = v; return "" }},
	{"csr", "申请文件", setCSR},
	{"dns", "域名", setHosts},
	{"days", "天数", setDays},
}

// Columns lists the headings that a file may have.
func Columns() []string {
	var names []string
	for _, c := range columns {
		names = append(names, c.name)
	}
	return names
}

func setCSR(r *Row, v string) string {
	if r.CSR = v; v != "" && !filepath.IsLocal(v) {
		return "is not a path within the file's own folder"
	}
	return ""
}

func setHosts(r *Row, v string) string {
	if r.Hosts = strings.Fields(strings.NewReplacer(",", " ", ";", " ").Replace(v)); len(r.Hosts) > maxHosts {
		return "names more than " + strconv.Itoa(maxHosts) + " hosts"
	}
	return ""
}

func setDays(r *Row, v string) string {
	if v == "" {
		return ""
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > 36500 || strconv.Itoa(n) != v {
		return "is not a number of days from 1 to 36500"
	}
	r.Days = n
	return ""
}

// reader goes through one file and collects what is wrong.
type reader struct {
	problems *Problems
	order    []int          // of columns, as the header has them
	seen     map[string]int // first line of what may stand once
}

func (r *reader) read(text []byte) (rows []Row) {
	if !utf8.Valid(text) {
		r.problems.Add(0, "", "is not UTF-8; save it as \"CSV UTF-8\"")
		return nil
	}
	in := csv.NewReader(bytes.NewReader(text))
	in.FieldsPerRecord, in.ReuseRecord = -1, true
	for count := 0; ; count++ {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			r.syntax(err)
			return rows
		}
		line, _ := in.FieldPos(0)
		switch {
		case count == 0:
			if !r.header(line, fields) {
				return nil
			}
			continue
		case len(rows) == MaxRows:
			r.problems.Add(line, "", "the file has more than %d rows", MaxRows)
			return rows
		case strings.Join(fields, "") == "": // spreadsheets leave such rows behind
			continue
		}
		rows = append(rows, r.row(line, fields))
	}
}

// syntax: behind a broken quotation nobody knows where a row begins.
func (r *reader) syntax(err error) {
	var e *csv.ParseError
	if errors.As(err, &e) {
		r.problems.Add(e.Line, "", "broken quotation (%v); what follows was not read", e.Err)
		return
	}
	r.problems.Add(0, "", "%v", err)
}

func (r *reader) header(line int, fields []string) bool {
	for i, name := range fields {
		at := slices.IndexFunc(columns, func(c struct {
			name, chinese string
			set           func(*Row, string) string
		}) bool {
			return c.name == name || c.chinese == name
		})
		switch {
		case at < 0:
			r.problems.Add(line, "", "column %d, %.40q, is not one of %s", i+1, name, strings.Join(Columns(), ", "))
		case slices.Contains(r.order, at):
			r.problems.Add(line, "", "column %s stands twice", columns[at].name)
		}
		if r.order = append(r.order, at); len(r.order) > 2*len(columns) {
			break
		}
	}
	if !slices.Contains(r.order, 0) {
		r.problems.Add(line, "", "there is no column profile")
	}
	return len(r.problems.List) == 0
}

func (r *reader) row(line int, fields []string) Row {
	row := Row{Line: line}
	if len(fields) != len(r.order) {
		r.problems.Add(line, "", "has %d fields, the header %d", len(fields), len(r.order))
		return row
	}
	for i, value := range fields {
		c := columns[r.order[i]]
		if why := textProblem(value); why != "" {
			r.problems.Add(line, c.name, "%s", why)
		} else if why := c.set(&row, value); why != "" {
			r.problems.Add(line, c.name, "%s", why)
		}
	}
	if row.Profile == "" {
		r.problems.Add(line, "profile", "is empty")
	}
	r.once(line, row)
	return row
}

// textProblem keeps out what people would not see in a report.
func textProblem(s string) string {
	if utf8.RuneCountInString(s) > maxField {
		return "has more than " + strconv.Itoa(maxField) + " characters"
	}
	if strings.TrimSpace(s) != s {
		return "begins or ends with white space"
	}
	for _, c := range s {
		if c == unicode.ReplacementChar || unicode.In(c, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) {
			return "holds an invisible character"
		}
	}
	return ""
}

// once refuses the same holder, or the same request, in two rows: an office
// that pastes a block twice wants one certificate each.
func (r *reader) once(line int, row Row) {
	keys := []string{strings.Join([]string{"holder", row.Profile, row.Department, row.Officer, row.CommonName, row.Unit, strings.Join(row.Hosts, " ")}, "\x00")}
	if row.CSR != "" {
		keys = append(keys, "csr\x00"+filepath.Clean(row.CSR))
	}
	for _, k := range keys {
		if first, twice := r.seen[k]; twice {
			r.problems.Add(line, "", "asks for the same as line %d", first)
			return
		}
		r.seen[k] = line
	}
}
