// SPDX-License-Identifier: Apache-2.0

package glyph

import (
	_ "embed" // the fonts
	"fmt"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

var (
	//go:embed fonts/NotoSerifSC-Regular.ttf
	regularTTF []byte
	//go:embed fonts/NotoSerifSC-Bold.ttf
	boldTTF []byte
)

// UnitsPerEm of both faces; advances and outlines count in them.
const UnitsPerEm = 1000

// Face is one embedded font. It may be used by several goroutines.
type Face struct {
	name string
	data []byte
	font *sfnt.Font
}

var (
	regular = sync.OnceValue(func() *Face { return mustParse("NotoSerifCJKsc-Regular", regularTTF) })
	bold    = sync.OnceValue(func() *Face { return mustParse("NotoSerifCJKsc-Bold", boldTTF) })
)

// Regular is the face for text.
func Regular() *Face { return regular() }

// Bold is the face for headings and seals.
func Bold() *Face { return bold() }

// mustParse panics only if the embedded octets themselves are broken, which a
// test would have shown.
func mustParse(name string, data []byte) *Face {
	f, err := sfnt.Parse(data)
	if err != nil || f.UnitsPerEm() != UnitsPerEm {
		panic(fmt.Sprintf("embedded font %s: %v", name, err))
	}
	return &Face{name: name, data: data, font: f}
}

// Name is the face's PostScript name.
func (f *Face) Name() string { return f.name }

// Data is the TrueType file. It must not be changed.
func (f *Face) Data() []byte { return f.data }

// Index returns the glyph of r; false when there is none.
func (f *Face) Index(r rune) (uint16, bool) {
	if unicode.IsControl(r) {
		return 0, false
	}
	var buf sfnt.Buffer
	i, err := f.font.GlyphIndex(&buf, r)
	return uint16(i), err == nil && i != 0
}

// Has reports whether r has a glyph.
func (f *Face) Has(r rune) bool {
	_, ok := f.Index(r)
	return ok
}

// Advance is the width of r in 1/1000 em, 0 without a glyph.
func (f *Face) Advance(r rune) int {
	i, ok := f.Index(r)
	if !ok {
		return 0
	}
	var buf sfnt.Buffer
	a, err := f.font.GlyphAdvance(&buf, sfnt.GlyphIndex(i), fixed.I(UnitsPerEm), font.HintingNone)
	if err != nil {
		return 0
	}
	return a.Round()
}

// Outline returns the shape of r on an em of 1: x from the left of the em box,
// y up from the baseline. It is empty for a space.
func (f *Face) Outline(r rune) (Path, error) {
	i, ok := f.Index(r)
	if !ok {
		return nil, &MissingError{Characters: []rune{r}}
	}
	var buf sfnt.Buffer
	segments, err := f.font.LoadGlyph(&buf, sfnt.GlyphIndex(i), fixed.I(UnitsPerEm), nil)
	if err != nil {
		return nil, fmt.Errorf("outline of %U: %w", r, err)
	}
	return pathOf(segments), nil
}
