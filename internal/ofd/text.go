// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"strings"
	"unicode"
)

// glyph is one character of a page and the box that it takes, in mm from the
// top left of the page.
type glyph struct {
	char rune
	box  Box
	run  int // number of its TextObject on the page
}

const (
	maxGlyphs = 1_000_000 // of a page
	ascent    = 0.88      // of the font size above the baseline: usual for CJK fonts, the font is not asked
	halfWidth = 0.5       // of the font size, for the last character when it is narrow
)

// pageText reads the text objects of a page, or of a template, in order of
// the file. Where a character stands is what TextCode says; how wide the last
// one of a run is, is a guess.
func (p *Package) pageText(entry string) ([]glyph, error) {
	b, err := p.read(entry, p.lim.XML)
	if err != nil {
		return nil, err
	}
	s, err := newScanner(entry, b, p.lim.Depth)
	if err != nil {
		return nil, err
	}
	r := &textReader{s: s}
	for {
		t, err := s.next()
		if err != nil {
			return nil, err
		}
		switch {
		case t.kind == tokenEnd:
			return r.out, nil
		case t.kind == tokenOpen:
			err = r.open(t)
		case t.kind == tokenText && r.inCode:
			r.code = append(r.code, t.text...)
		case t.kind == tokenClose && t.name.local == "TextCode" && r.inCode:
			err = r.endCode()
		case t.kind == tokenClose && t.name.local == "TextObject":
			r.inObject = false
		}
		if err != nil {
			return nil, err
		}
	}
}

// textReader gathers the glyphs of one file.
type textReader struct {
	s                *scanner
	out              []glyph
	runs             int
	inObject, inCode bool
	boundary         Box
	ctm              [6]float64
	size, scale      float64
	x, y             float64 // where the next TextCode begins when it does not say
	code             []byte
	deltaX, deltaY   string
}

func (r *textReader) open(t *token) error {
	get := func(key string) string {
		for _, a := range t.attrs {
			if a.local == key {
				return a.value
			}
		}
		return ""
	}
	switch {
	case t.name.local == "TextObject":
		r.inObject = r.object(get)
		r.runs++
	case t.name.local == "TextCode" && r.inObject:
		r.inCode, r.code = true, r.code[:0]
		if x, ok := parseNumber(strings.TrimSpace(get("X"))); ok {
			r.x = x
		}
		if y, ok := parseNumber(strings.TrimSpace(get("Y"))); ok {
			r.y = y
		}
		r.deltaX, r.deltaY = get("DeltaX"), get("DeltaY")
	}
	return nil
}

// object reads the attributes of a TextObject; one without a legal Boundary
// or size shows nowhere.
func (r *textReader) object(get func(string) string) bool {
	var err error
	if r.boundary, err = parseBox(get("Boundary")); err != nil {
		return false
	}
	var ok bool
	if r.size, ok = parseNumber(strings.TrimSpace(get("Size"))); !ok || r.size <= 0 {
		return false
	}
	r.ctm, r.scale, r.x, r.y = [6]float64{1, 0, 0, 1, 0, 0}, 1, 0, 0
	if m, err := parseNumbers(get("CTM"), 6); err == nil && len(m) == 6 {
		copy(r.ctm[:], m)
	}
	if h, ok := parseNumber(strings.TrimSpace(get("HScale"))); ok && h > 0 {
		r.scale = h
	}
	return true
}

// deltas reads a list of at most most advances; "g n d" stands for d, n times.
func deltas(text string, most int) []float64 {
	var out []float64
	fields := 0 // of a repetition: the "g", then the count
	repeat := 1
	for f := range strings.FieldsSeq(text) {
		if f == "g" && fields == 0 {
			fields = 1
			continue
		}
		v, ok := parseNumber(f)
		if !ok {
			return out
		}
		if fields == 1 {
			repeat, fields = int(v), 2
			continue
		}
		for range min(repeat, most-len(out)) {
			out = append(out, v)
		}
		fields, repeat = 0, 1
	}
	return out
}

// endCode turns one TextCode into glyphs.
func (r *textReader) endCode() error {
	r.inCode = false
	chars := []rune(strings.Trim(string(r.code), "\r\n\t"))
	if len(r.out)+len(chars) > maxGlyphs {
		return tooMuchIn(r.s.entry, r.s.pos, "more than %d characters on a page", maxGlyphs)
	}
	dx, dy := deltas(r.deltaX, len(chars)), deltas(r.deltaY, len(chars))
	x, y := r.x, r.y
	for i, c := range chars {
		width := r.size * r.scale
		if c < 0x2e80 && !unicode.Is(unicode.Han, c) {
			width *= halfWidth
		}
		if i < len(dx) && dx[i] > 0 {
			width = dx[i]
		}
		r.out = append(r.out, glyph{char: c, run: r.runs, box: r.place(x, y, width)})
		if i < len(dx) {
			x += dx[i]
		} else if len(dx) == 0 && len(dy) == 0 {
			x += width
		}
		if i < len(dy) {
			y += dy[i]
		}
	}
	r.x, r.y = x, y
	return nil
}

// place maps the box of a character from the object's coordinates to the
// page: by CTM, then to Boundary's top left.
func (r *textReader) place(x, y, width float64) Box {
	top, bottom := y-ascent*r.size, y+(1-ascent)*r.size
	m := r.ctm
	var b Box
	for i, c := range [4][2]float64{{x, top}, {x + width, top}, {x, bottom}, {x + width, bottom}} {
		px := m[0]*c[0] + m[2]*c[1] + m[4] + r.boundary.X
		py := m[1]*c[0] + m[3]*c[1] + m[5] + r.boundary.Y
		if i == 0 {
			b = Box{px, py, 0, 0}
			continue
		}
		b = b.join(Box{px, py, 0, 0})
	}
	return b
}

// join returns the smallest box around both.
func (b Box) join(c Box) Box {
	x, y := min(b.X, c.X), min(b.Y, c.Y)
	return Box{x, y, max(b.X+b.Width, c.X+c.Width) - x, max(b.Y+b.Height, c.Y+c.Height) - y}
}
