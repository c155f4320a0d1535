// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strconv"
)

// progress shows what is being measured, on a terminal only.
func (b *bench) progress(text string) {
	if f := b.p.screen(); f != nil {
		fmt.Fprint(f, wipe+text)
	}
}

// print shows machine and figures.
func (b *bench) print(m machine) error {
	if b.p.json {
		return b.p.printJSON(struct {
			Machine machine  `json:"machine"`
			Quick   bool     `json:"quick"`
			Figures []figure `json:"figures"`
		}{m, b.quick, b.figures})
	}
	for _, line := range m.lines() {
		if _, err := fmt.Fprintln(b.p.out, printable(line)); err != nil {
			return err
		}
	}
	rows := make([][]string, len(b.figures))
	for i, f := range b.figures {
		rows[i] = []string{f.Name, number(f.Value), f.Unit, number(f.CPU), number(f.Ratio), number(f.Work), f.goal(), f.Of}
	}
	fmt.Fprintln(b.p.out)
	if err := table(b.p.out, []string{"FIGURE", "VALUE", "UNIT", "CPU µs", "RATIO", "CPU RATIO", "TARGET", "OF"}, rows); err != nil {
		return err
	}
	return b.printCounts()
}

// printCounts says what the references hold.
func (b *bench) printCounts() error {
	fmt.Fprintln(b.p.out)
	for _, f := range b.figures {
		if f.Counts == "" {
			continue
		}
		if _, err := fmt.Fprintf(b.p.out, "%s: %s\n", f.Name, f.Counts); err != nil {
			return err
		}
	}
	return nil
}

// goal is the target and whether it was reached.
func (f figure) goal() string {
	if f.Target == 0 {
		return ""
	}
	sign, reached := "≥", f.Ratio >= f.Target
	if f.AtMost {
		sign, reached = "≤", f.Ratio <= f.Target
	}
	verdict := "missed"
	if reached {
		verdict = "reached"
	}
	return sign + " " + number(f.Target) + " " + verdict
}

// number has three digits that count.
func number(v float64) string {
	switch {
	case v == 0:
		return ""
	case v >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}
