// SPDX-License-Identifier: Apache-2.0

package render

import "strings"

// What must not begin a line (避头) and what must not end one (避尾).
const (
	notFirst = "，。、；：？！）〕】》〉」』〗﹞｝］”’…—～·℃％‰′″°,.;:?!)]}%〞ー々"
	notLast  = "（〔【《〈「『〖﹝｛［“‘([{￥¥＄$№#＃〝"
	// Full-width marks whose right half is empty: at the end of a line they may
	// stand over the edge by that half.
	hanging = "，。、；：！？）〕】》〉」』〗”’"
)

// lines cuts text into lines of at most width; first is the width of the first
// one. Nothing is dropped or added: the lines joined are the text.
func lines(text string, first, width float64, advance func(rune) float64) []string {
	runes := []rune(text)
	var out []string
	for room := first; len(runes) > 0; room = width {
		n := lineLength(runes, room, advance)
		out = append(out, string(runes[:n]))
		runes = runes[n:]
	}
	return out
}

// lineLength is how many characters go on the next line: at least one, and as
// many as fit and may be parted from what follows.
func lineLength(runes []rune, room float64, advance func(rune) float64) int {
	const rounding = 1e-6
	used, fit := 0.0, 0
	for fit < len(runes) {
		r := runes[fit]
		a := advance(r)
		over := used + a - room
		if over > rounding && !isSpace(r) && !(over <= a/2+rounding && strings.ContainsRune(hanging, r)) {
			break
		}
		used += a
		fit++
	}
	if fit == len(runes) {
		return fit
	}
	for n := fit; n > 0; n-- {
		if mayPart(runes[n-1], runes[n]) {
			return n
		}
	}
	return max(fit, 1) // one unit longer than the line
}

// mayPart reports whether a line may end between a and b.
func mayPart(a, b rune) bool {
	switch {
	case isSpace(b):
		return false
	case strings.ContainsRune(notFirst, b):
		return false
	case isSpace(a):
		return true
	case strings.ContainsRune(notLast, a):
		return false
	case isWord(a) && isWord(b):
		return a == '-' || a == '/' || a == '_'
	}
	return true
}

func isSpace(r rune) bool { return r == ' ' || r == '\u3000' }

// isWord reports characters of Latin words and numbers.
func isWord(r rune) bool { return r > ' ' && r < 0x250 }

// balanced cuts text into as few lines as width allows and makes them about
// equally long, as titles are set.
func balanced(text string, width float64, advance func(rune) float64) []string {
	best := lines(text, width, width, advance)
	low, high := 0.0, width
	for len(best) > 1 && high-low > 0.1 {
		middle := (low + high) / 2
		if try := lines(text, middle, middle, advance); len(try) == len(best) && widest(try, advance) <= width {
			best, high = try, middle
		} else {
			low = middle
		}
	}
	return best
}

func widest(all []string, advance func(rune) float64) float64 {
	longest := 0.0
	for _, line := range all {
		total := 0.0
		for _, r := range line {
			total += advance(r)
		}
		longest = max(longest, total)
	}
	return longest
}
