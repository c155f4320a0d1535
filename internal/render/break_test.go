// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/govseal/govseal/internal/render"
)

// byRule gives every ideograph and mark 1 and every Latin character a half.
func byRule(r rune) float64 {
	if r < 0x250 {
		return 0.5
	}
	return 1
}

func TestLines(t *testing.T) {
	tests := []struct {
		name, text string
		width      float64
		want       []string
	}{
		{"plain", "一二三四五六七", 3, []string{"一二三", "四五六", "七"}},
		{"exact", "一二三四五六", 3, []string{"一二三", "四五六"}},
		{"mark hangs by half", "一二三，四五六", 3.5, []string{"一二三，", "四五六"}},
		{"mark takes its neighbour along", "一二三，四五六", 3.4, []string{"一二", "三，四", "五六"}},
		{"bracket does not end a line", "一二（三）四", 3, []string{"一二", "（三）", "四"}},
		{"two marks", "一二三。”四", 3, []string{"一二", "三。”", "四"}},
		{"dash stays whole", "一二——三四", 3, []string{"一", "二——", "三四"}},
		{"word stays whole", "一二 2026年", 3, []string{"一二 ", "2026年"}},
		{"word without space", "一二2026年", 3, []string{"一二", "2026年"}},
		{"address parts at a slash", "见a.cn/abcd", 3, []string{"见", "a.cn/", "abcd"}},
		{"long word is cut", "abcdefgh", 2, []string{"abcd", "efgh"}},
		{"space at the end stays", "ab cd ef", 1, []string{"ab ", "cd ", "ef"}},
		{"only marks", "，，，，，", 2, []string{"，，", "，，", "，"}},
		{"only openers", "（（（（（", 2, []string{"（（", "（（", "（"}},
		{"narrower than a character", "一二", 0.1, []string{"一", "二"}},
		{"empty", "", 3, nil},
	}
	for _, tt := range tests {
		if got := render.Lines(tt.text, tt.width, tt.width, byRule); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := render.Lines("一二三四五六", 2, 3, byRule); !slices.Equal(got, []string{"一二", "三四五", "六"}) {
		t.Errorf("first line: got %q", got)
	}
}

func TestBalanced(t *testing.T) {
	got := render.Balanced("关于准予核发建设工程规划许可证的决定", 14, byRule)
	if !slices.Equal(got, []string{"关于准予核发建设工", "程规划许可证的决定"}) {
		t.Errorf("got %q", got)
	}
	if got := render.Balanced("短", 14, byRule); !slices.Equal(got, []string{"短"}) {
		t.Errorf("got %q", got)
	}
}

// No character is lost or doubled, no line is empty or too wide, and a line
// breaks the rules only where a unit is longer than the line.
func FuzzLines(f *testing.F) {
	f.Add("你单位“三号地块”（2024—2035年）——收悉。", 28.0, 26.0)
	f.Add("a b　c，，，，（（（（", 2.0, 1.0)
	f.Fuzz(func(t *testing.T, text string, width, first float64) {
		if !utf8.ValidString(text) || !(width > 0 && width < 1e6) || !(first > 0 && first < 1e6) || len(text) > 1<<14 {
			return
		}
		all := render.Lines(text, first, width, byRule)
		if got := strings.Join(all, ""); got != text {
			t.Fatalf("got %q, want %q", got, text)
		}
		balanced := render.Balanced(text, width, byRule)
		if got := strings.Join(balanced, ""); got != text {
			t.Fatalf("balanced: got %q, want %q", got, text)
		}
		room := first
		for i, line := range all {
			checkLine(t, line, room)
			if i > 0 && strings.ContainsRune(render.NotFirst, []rune(line)[0]) {
				checkForced(t, all[i-1])
			}
			room = width
		}
	})
}

func checkLine(t *testing.T, line string, room float64) {
	t.Helper()
	runes := []rune(line)
	if len(runes) == 0 {
		t.Fatal("an empty line")
	}
	used, last := 0.0, 0
	for i, r := range runes {
		if r != ' ' && r != '\u3000' {
			last = i
		}
	}
	hang := 0.0
	for _, r := range runes[:last+1] {
		used += byRule(r)
		if strings.ContainsRune(render.Hanging, r) {
			hang = 0.5
		}
	}
	if last > 0 && used > room+hang+1e-3 {
		t.Errorf("line %q is %g wide of %g", line, used, room)
	}
}

// checkForced makes sure that the line before could not have ended earlier.
func checkForced(t *testing.T, line string) {
	t.Helper()
	runes := []rune(line)
	for i := 1; i < len(runes); i++ {
		if render.MayPart(runes[i-1], runes[i]) {
			t.Errorf("line %q ends before a mark although it can be parted at %d", line, i)
		}
	}
}
