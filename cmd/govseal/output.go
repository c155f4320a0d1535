// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"
)

// say is talk: one line on stderr.
func (p *program) say(format string, args ...any) {
	fmt.Fprintf(p.err, "govseal: "+format+"\n", args...)
}

// print shows rows as a table, or data as JSON under --json.
func (p *program) print(data any, header []string, rows [][]string) error {
	if p.json {
		return p.printJSON(data)
	}
	return table(p.out, header, rows)
}

// printJSON writes one indented value; Chinese stays readable.
func (p *program) printJSON(data any) error {
	enc := json.NewEncoder(p.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(data)
}

// field is one line of a show command.
type field struct{ name, value string }

// printFields shows one thing, a line a field; empty ones are left out.
func (p *program) printFields(data any, fields []field) error {
	if p.json {
		return p.printJSON(data)
	}
	return writeFields(p.out, fields)
}

func writeFields(w io.Writer, fields []field) error {
	width := 0
	for _, f := range fields {
		width = max(width, runewidth.StringWidth(f.name))
	}
	for _, f := range fields {
		if f.value == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "%s  %s\n", runewidth.FillRight(f.name, width), printable(f.value)); err != nil {
			return err
		}
	}
	return nil
}

// table aligns columns by the width at which terminals show Chinese.
func table(w io.Writer, header []string, rows [][]string) error {
	widths := make([]int, len(header))
	all := append([][]string{header}, rows...)
	for _, row := range all {
		for i, cell := range row {
			row[i] = printable(cell)
			widths[i] = max(widths[i], runewidth.StringWidth(row[i]))
		}
	}
	for _, row := range all {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(runewidth.FillRight(cell, widths[i]))
			line.WriteString("  ")
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

// printable makes a value safe for a terminal: what came out of a certificate
// or a database must not move the cursor or turn the line around.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// write puts data where -o says: a new file, or stdout for "-" and for none.
// Octets are kept from a terminal unless "-" asks for them.
func (p *program) write(path string, data []byte, binary bool) error {
	return p.writeWith(path, binary, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// writeWith is write for what fill writes; a file that could not be filled is
// taken away again.
func (p *program) writeWith(path string, binary bool, fill func(io.Writer) error) error {
	if path == "" || path == "-" {
		if f, ok := p.out.(*os.File); ok && binary && path == "" && term.IsTerminal(int(f.Fd())) {
			return usagef("this is binary: name a file with -o, or say -o - to print it all the same")
		}
		return fill(p.out)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if os.IsExist(err) {
		return usagef("%s exists already; name another file with -o", path)
	}
	if err != nil {
		return err
	}
	if err := fill(f); err != nil {
		return errors.Join(err, f.Close(), os.Remove(path))
	}
	return f.Close()
}

// printList prints one thing a line, or a JSON array.
func (p *program) printList(items []string) error {
	if p.json {
		return p.printJSON(items)
	}
	for _, item := range items {
		if _, err := fmt.Fprintln(p.out, printable(item)); err != nil {
			return err
		}
	}
	return nil
}

func itoa[T ~int | ~int64 | ~uint64](n T) string { return fmt.Sprint(n) }
