// SPDX-License-Identifier: Apache-2.0

package bulk

import (
	"encoding/csv"
	"io"
	"strings"
)

// WriteTable writes header and rows as CSV (RFC 4180), UTF-8, with no field in
// a row that a spreadsheet would take for a formula.
func WriteTable(w io.Writer, header []string, rows [][]string) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(header); err != nil {
		return err
	}
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = plain(cell)
		}
		if err := out.Write(safe); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// plain keeps a spreadsheet from computing what somebody wrote into a name:
// OWASP's advice on CSV injection. A long number, a serial of digits alone or
// with an E, would be shown rounded; those are text too.
func plain(s string) string {
	if s == "" {
		return s
	}
	number := len(s) > 11 && strings.Trim(strings.ToLower(s), "0123456789.e+") == ""
	if strings.ContainsRune("=+-@\t\r\n", rune(s[0])) || number || strings.HasPrefix(s, "＝") || strings.HasPrefix(s, "＋") || strings.HasPrefix(s, "－") || strings.HasPrefix(s, "＠") {
		return "'" + s
	}
	return s
}
