// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
)

// maxPayload bounds what is asked for, in octets of its canonical form.
const maxPayload = 64 << 10

// maxExact is the largest integer that RFC 8785 writes without loss.
const maxExact = 1<<53 - 1

// canonical returns v as RFC 8785 (JCS) writes it. Numbers must be integers
// within 53 bits, member names ASCII: for these the order of octets is the
// order of UTF-16 units that 3.2.3 asks for.
func canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("more than one value")
	}
	b, err := appendCanonical(nil, tree)
	if err == nil && len(b) > maxPayload {
		err = fmt.Errorf("is over %d octets", maxPayload)
	}
	return b, err
}

func appendCanonical(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case string:
		if strings.ContainsRune(v, utf8.RuneError) { // what encoding/json makes of octets that are no UTF-8
			return nil, errors.New("holds a text that is not UTF-8")
		}
		return ledger.AppendString(b, v), nil
	case json.Number:
		n, err := strconv.ParseInt(v.String(), 10, 64)
		if err != nil || n > maxExact || n < -maxExact {
			return nil, errors.New("holds a number that is no exact integer")
		}
		return strconv.AppendInt(b, n, 10), nil
	case []any:
		return appendArray(b, v)
	case map[string]any:
		return appendObject(b, v)
	}
	return nil, errors.New("holds what is not JSON")
}

func appendArray(b []byte, items []any) (_ []byte, err error) {
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendCanonical(b, item); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func appendObject(b []byte, members map[string]any) (_ []byte, err error) {
	b = append(b, '{')
	for i, name := range slices.Sorted(maps.Keys(members)) {
		if slices.ContainsFunc([]byte(name), func(c byte) bool { return c >= utf8.RuneSelf }) {
			return nil, errors.New("holds a member name that is not ASCII")
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = append(ledger.AppendString(b, name), ':')
		if b, err = appendCanonical(b, members[name]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// hashOf is what an approval is bound to: SM3 of the canonical
// {"act":…,"payload":…}.
func hashOf(act string, payload []byte) [32]byte {
	b := append([]byte(`{"act":`), ledger.AppendString(nil, act)...)
	b = append(append(b, `,"payload":`...), payload...)
	return gm.SM3(append(b, '}'))
}
