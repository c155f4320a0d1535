// SPDX-License-Identifier: Apache-2.0

package glyph_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/govseal/govseal/internal/glyph"
)

// gb2312 enumerates the character set by its code range: rows A1 to F7.
func gb2312(t *testing.T) []rune {
	t.Helper()
	var all []rune
	decoder := simplifiedchinese.GBK.NewDecoder()
	for row := 0xA1; row <= 0xF7; row++ {
		for cell := 0xA1; cell <= 0xFE; cell++ {
			if !assigned(row, cell) {
				continue
			}
			decoded, err := decoder.Bytes([]byte{byte(row), byte(cell)})
			if r := []rune(string(decoded)); err == nil && len(r) == 1 && r[0] != '\uFFFD' {
				all = append(all, r[0])
			} else {
				t.Errorf("code %02X%02X is not decoded", row, cell)
			}
		}
	}
	return all
}

// assigned leaves out what GBK added to GB 2312's rows or nobody assigned.
func assigned(row, cell int) bool {
	switch row {
	case 0xA2: // enclosed and Roman numbers
		return cell >= 0xB1 && cell <= 0xE2 || cell >= 0xE5 && cell <= 0xEE || cell >= 0xF1 && cell <= 0xFC
	case 0xA4: // hiragana
		return cell <= 0xF3
	case 0xA5: // katakana
		return cell <= 0xF6
	case 0xA6: // Greek
		return cell <= 0xB8 || cell >= 0xC1 && cell <= 0xD8
	case 0xA7: // Cyrillic
		return cell <= 0xC1 || cell >= 0xD1 && cell <= 0xF1
	case 0xA8: // pinyin, bopomofo; GBK added BB to C0
		return cell <= 0xBA || cell >= 0xC5 && cell <= 0xE9
	case 0xA9: // box drawing
		return cell >= 0xA4 && cell <= 0xEF
	case 0xD7: // end of level 1
		return cell <= 0xF9
	}
	return row <= 0xA9 || row >= 0xB0
}

func TestGB2312IsCovered(t *testing.T) {
	all := gb2312(t)
	if len(all) != 7445 {
		t.Errorf("GB 2312 has 7445 characters, enumerated %d", len(all))
	}
	if missing := glyph.Missing(string(all)); missing != nil {
		t.Errorf("%d missing: %c", len(missing), missing)
	}
	for _, r := range all {
		for _, face := range []*glyph.Face{glyph.Regular(), glyph.Bold()} {
			outline, err := face.Outline(r)
			if err != nil || len(outline) == 0 && r != '\u3000' {
				t.Fatalf("%s %c: %d segments, %v", face.Name(), r, len(outline), err)
			}
			if r >= 0x4E00 && r <= 0x9FFF && face.Advance(r) != glyph.UnitsPerEm {
				t.Errorf("%s %c is %d wide", face.Name(), r, face.Advance(r))
			}
		}
	}
}

func TestOfficialPunctuationIsCovered(t *testing.T) {
	for first, last := range map[rune]rune{'!': '~', '！': '～', '①': '⑳', '㈠': '㈩', 'Ⅰ': 'Ⅻ'} {
		for r := first; r <= last; r++ {
			if !glyph.Regular().Has(r) || !glyph.Bold().Has(r) {
				t.Errorf("no glyph for %c", r)
			}
		}
	}
	if err := glyph.Check("〔〕《》〈〉【】「」『』“”‘’——……·•〇○×÷±≤≥℃㎡㎜㎏№§¥￥°′″‰★☆■□▲△●◆→←↑↓、。，：；？！（）％＋－"); err != nil {
		t.Error(err)
	}
}

func TestMissing(t *testing.T) {
	if got := glyph.Missing("示䶮例𠮷市䶮\n"); !slices.Equal(got, []rune{'䶮', '𠮷', '\n'}) {
		t.Errorf("got %q", got)
	}
	if got := glyph.Missing("示例"); got != nil {
		t.Errorf("got %q", got)
	}
	var missing *glyph.MissingError
	_, err := glyph.SealPicture{Name: "示例䶮局", Serial: "𠮷"}.PNG()
	if !errors.As(err, &missing) || !slices.Equal(missing.Characters, []rune{'䶮', '𠮷'}) {
		t.Fatalf("got %v", err)
	}
	if text := err.Error(); !strings.Contains(text, "䶮") || !strings.Contains(text, "U+20BB7") {
		t.Error(text)
	}
	if _, err := glyph.Bold().Outline('䶮'); !errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
}
