// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"testing"
	"time"
)

func TestBarLine(t *testing.T) {
	begun := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		done, total int
		after       time.Duration
		want        string
	}{
		{0, 10, 0, "issuing [                              ] 0/10"},
		{5, 10, time.Millisecond, "issuing [###############               ] 5/10"},
		{100, 400, 10 * time.Second, "issuing [#######                       ] 100/400  10/s, 30s left"},
		{10, 10, 2 * time.Second, "issuing [##############################] 10/10  5/s, 0s left"},
		{0, 0, time.Second, "issuing [                              ] 0/0"},
	} {
		b := bar{what: "issuing", total: tt.total, done: tt.done, begun: begun}
		if got := b.line(begun.Add(tt.after)); got != tt.want {
			t.Errorf("got  %q\nwant %q", got, tt.want)
		}
	}
}

// TestBarIsSilentInPipes: a log file is no terminal.
func TestBarIsSilentInPipes(t *testing.T) {
	var talk bytes.Buffer
	b := (&program{err: &talk}).bar("issuing", 2)
	b.step()
	b.step()
	b.end()
	if talk.Len() > 0 || b.done != 2 {
		t.Errorf("said %q after %d steps", talk.String(), b.done)
	}
}
