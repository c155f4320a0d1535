// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// bar shows on a terminal how far long work has come; elsewhere it is silent.
// It is safe for concurrent use.
type bar struct {
	out   *os.File // nil when nobody looks
	what  string
	total int

	mu    sync.Mutex
	done  int
	begun time.Time
	shown time.Time
}

func (p *program) bar(what string, total int) *bar {
	return &bar{out: p.screen(), what: what, total: total, begun: time.Now()}
}

// screen is the terminal on which talk appears; nil when nobody looks.
func (p *program) screen() *os.File {
	if f, ok := p.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}

// wipe begins a line that is overwritten, and alone leaves none.
const wipe = "\r\x1b[K"

// step counts one more piece, and draws at most ten times a second.
func (b *bar) step() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done++
	if now := time.Now(); b.out != nil && now.Sub(b.shown) > 100*time.Millisecond {
		b.shown = now
		fmt.Fprint(b.out, wipe+b.line(now))
	}
}

const barWidth = 30

// line is "issuing [#####     ] 512/10000  340/s, 28s left".
func (b *bar) line(now time.Time) string {
	full := 0
	if b.total > 0 {
		full = min(barWidth, b.done*barWidth/b.total)
	}
	text := fmt.Sprintf("%s [%s%s] %d/%d", b.what, strings.Repeat("#", full), strings.Repeat(" ", barWidth-full), b.done, b.total)
	spent := now.Sub(b.begun).Seconds()
	if spent < 1 || b.done == 0 {
		return text
	}
	rate := float64(b.done) / spent
	left := time.Duration(float64(b.total-b.done)/rate) * time.Second
	return fmt.Sprintf("%s  %.0f/s, %s left", text, rate, left)
}

// end wipes the line.
func (b *bar) end() {
	if b.out != nil {
		fmt.Fprint(b.out, wipe)
	}
}
