// SPDX-License-Identifier: Apache-2.0

package bulk

import (
	"encoding/json"
	"io"
	"strconv"
	"time"
)

// State of a row after a run.
type State string

// The states of a row.
const (
	Issued  State = "issued"  // by this run
	Earlier State = "earlier" // by an earlier run of the same file
	Refused State = "refused" // by a rule; Problem says which
	Open    State = "open"    // not reached: run the same file again
)

// Outcome is what became of one row.
type Outcome struct {
	Line       int       `json:"line"`
	State      State     `json:"state"`
	Profile    string    `json:"profile"`
	Department string    `json:"department,omitempty"`
	Officer    string    `json:"officer,omitempty"`
	Subject    string    `json:"subject,omitempty"`
	Serial     string    `json:"serial,omitempty"`
	NotAfter   time.Time `json:"notAfter,omitzero"`
	File       string    `json:"file,omitempty"` // of the certificate, within the report's folder
	Problem    string    `json:"problem,omitempty"`
}

// Report is the one report of a run.
type Report struct {
	File    string    `json:"file"`   // as it was named
	Digest  string    `json:"digest"` // SM3 of it, hexadecimal
	Time    time.Time `json:"time"`
	Issued  int       `json:"issued"`
	Earlier int       `json:"earlier"`
	Refused int       `json:"refused"`
	Open    int       `json:"open"`
	Rows    []Outcome `json:"rows,omitempty"`
}

// Count fills the numbers from the rows.
func (r *Report) Count() {
	r.Issued, r.Earlier, r.Refused, r.Open = 0, 0, 0, 0
	for _, o := range r.Rows {
		switch o.State {
		case Issued:
			r.Issued++
		case Earlier:
			r.Earlier++
		case Refused:
			r.Refused++
		case Open:
			r.Open++
		}
	}
}

// WriteJSON writes the report as one JSON object; Chinese stays readable.
func (r *Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(r)
}

// WriteCSV writes the rows as a table for spreadsheets, after the mark by which
// they know UTF-8.
func (r *Report) WriteCSV(w io.Writer) error {
	if _, err := io.WriteString(w, "\xef\xbb\xbf"); err != nil {
		return err
	}
	rows := make([][]string, 0, len(r.Rows))
	for _, o := range r.Rows {
		until := ""
		if !o.NotAfter.IsZero() {
			until = o.NotAfter.UTC().Format(time.RFC3339)
		}
		rows = append(rows, []string{strconv.Itoa(o.Line), string(o.State), o.Profile, o.Department, o.Officer, o.Subject, o.Serial, until, o.File, o.Problem})
	}
	return WriteTable(w, []string{"line", "state", "profile", "department", "officer", "subject", "serial", "not_after", "file", "problem"}, rows)
}
