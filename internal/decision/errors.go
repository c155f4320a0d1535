// SPDX-License-Identifier: Apache-2.0

package decision

import "fmt"

// noOffset marks an error that was found in values, not in a text.
const noOffset = -1

// ParseError says where a decision is refused, and why. It never repeats a
// value of the document, so it may be shown to the public and logged.
type ParseError struct {
	Path   string // RFC 6901 pointer, "" for the whole document
	Offset int    // octets from the start of the text; -1 when there is no text
	Reason string
}

func (e *ParseError) Error() string {
	where := e.Path
	if where == "" {
		where = "document"
	}
	if e.Offset < 0 {
		return fmt.Sprintf("decision: %s: %s", where, e.Reason)
	}
	return fmt.Sprintf("decision: %s (octet %d): %s", where, e.Offset, e.Reason)
}

func refuse(path string, offset int, format string, args ...any) *ParseError {
	return &ParseError{Path: path, Offset: offset, Reason: fmt.Sprintf(format, args...)}
}
