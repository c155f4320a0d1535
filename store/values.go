// SPDX-License-Identifier: Apache-2.0

package store

import (
	"encoding/json"
	"errors"
	"time"
)

// milli and instant convert to and from Unix milliseconds; the zero time is 0.
func milli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// whole returns t as it will be read back.
func whole(t time.Time) time.Time { return instant(milli(t)) }

// maybe is NULL for the zero digest, so that no index holds it.
func maybe(digest [32]byte) []byte {
	if digest == ([32]byte{}) {
		return nil
	}
	return digest[:]
}

var errDigest = errors.New("a stored digest has the wrong length")

// digest32 returns a stored digest; NULL is the zero digest.
func digest32(raw []byte) (d [32]byte, err error) {
	if len(raw) != 0 && copy(d[:], raw) != len(d) || len(raw) > len(d) {
		return d, errDigest
	}
	return d, nil
}

// list and unlist keep short lists of codes as JSON text.
func list(words []string) string {
	raw, err := json.Marshal(words)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(raw)
}

func unlist(raw string) (words []string, err error) {
	err = json.Unmarshal([]byte(raw), &words)
	return words, err
}

// some is an empty value where nil would be NULL.
func some(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
