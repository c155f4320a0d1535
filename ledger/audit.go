// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Bounds on one audit entry, in octets.
const (
	maxText  = 4 << 10   // actor, act, object, reason: each
	maxState = 128 << 10 // before, after: each
)

// Audit returns the canonical octets of the audit entry: the value of the
// leaf's "audit" commitment. They are one JSON object with its members in
// fixed order and no white space outside strings; the time is Unix
// milliseconds; before and after keep their own member order.
func (e Event) Audit() ([]byte, error) {
	for _, s := range []string{e.Kind, e.Actor, e.Act, e.Object, e.Reason} {
		if len(s) > maxText || !utf8.ValidString(s) {
			return nil, fmt.Errorf("ledger: a text of the audit entry is over %d octets or not UTF-8", maxText)
		}
	}
	if e.Time.IsZero() {
		return nil, errors.New("ledger: an event has no time")
	}
	before, err := canonicalState(e.Before)
	if err != nil {
		return nil, fmt.Errorf("ledger: state before: %w", err)
	}
	after, err := canonicalState(e.After)
	if err != nil {
		return nil, fmt.Errorf("ledger: state after: %w", err)
	}
	b := []byte(`{"v":1,"kind":`)
	b = AppendString(b, e.Kind)
	b = append(b, `,"time":`...)
	b = strconv.AppendInt(b, e.Time.UnixMilli(), 10)
	b = AppendString(append(b, `,"actor":`...), e.Actor)
	b = AppendString(append(b, `,"act":`...), e.Act)
	b = AppendString(append(b, `,"object":`...), e.Object)
	b = AppendString(append(b, `,"reason":`...), e.Reason)
	b = append(append(b, `,"before":`...), before...)
	b = append(append(b, `,"after":`...), after...)
	return append(b, '}'), nil
}

// canonicalState removes white space; no state and null are the same.
func canonicalState(state json.RawMessage) ([]byte, error) {
	if len(state) == 0 {
		return []byte("null"), nil
	}
	if len(state) > maxState {
		return nil, fmt.Errorf("over %d octets", maxState)
	}
	if !utf8.Valid(state) {
		return nil, errors.New("not UTF-8")
	}
	var b bytes.Buffer
	if err := json.Compact(&b, state); err != nil {
		return nil, errors.New("not JSON")
	}
	return b.Bytes(), nil
}

// AppendString writes a JSON string the way RFC 8785 3.2.2.2 does. It is
// written out here because encoding/json has changed its escapes over time,
// and a commitment must outlive that.
func AppendString(b []byte, s string) []byte {
	const short = "btn\x00fr" // \b \t \n - \f \r are U+0008 to U+000D
	b = append(b, '"')
	for _, c := range []byte(s) {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= 0x20:
			b = append(b, c)
		case c >= 0x08 && c <= 0x0d && c != 0x0b:
			b = append(b, '\\', short[c-0x08])
		default:
			b = fmt.Appendf(b, `\u%04x`, c)
		}
	}
	return append(b, '"')
}
