// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/csv"
	"strings"
)

// printCSV prints rows as RFC 4180 CSV. A cell that a spreadsheet would take
// for a formula gets an apostrophe in front: names come from requests.
func (p *program) printCSV(header []string, rows [][]string) error {
	w := csv.NewWriter(p.out)
	w.UseCRLF = true
	if err := w.Write(header); err != nil {
		return err
	}
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				cell = "'" + cell
			}
			safe[i] = cell
		}
		if err := w.Write(safe); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
