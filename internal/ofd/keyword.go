// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"context"
	"errors"
	"math"
	"unicode"
)

// Hit is an occurrence of a keyword.
type Hit struct {
	Page int // 1 is the first
	Box  Box // mm from the top left of the page: around all its characters
}

const maxKeyword = 200 // characters

// Find looks for a keyword in the text of a document's pages, spaces left out
// of account, and returns at most most hits, page by page: first the page's
// own text, then that of the templates that it names. Text that is a picture
// or a path is not found; characters count as the file gives them, whatever
// glyphs the font shows for them.
func (p *Package) Find(ctx context.Context, body int, keyword string, most int) ([]Hit, error) {
	var word []rune
	for _, c := range keyword {
		if !unicode.IsSpace(c) {
			word = append(word, c)
		}
	}
	if len(word) == 0 || len(word) > maxKeyword {
		return nil, errors.New("find in OFD: a keyword of no character, or too many")
	}
	d, err := p.Document(body)
	if err != nil {
		return nil, err
	}
	var out []Hit
	drawn, found := map[string][]string{}, map[string][]Box{} // pages may share files
	for i, pg := range d.Pages {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if _, known := drawn[pg.Entry]; !known {
			if drawn[pg.Entry], err = p.drawn(d, pg.Entry); err != nil {
				return nil, err
			}
		}
		for _, e := range drawn[pg.Entry] {
			if _, known := found[e]; !known {
				text, err := p.pageText(e)
				if err != nil {
					return nil, err
				}
				found[e] = find(text, word, most)
			}
			for _, box := range found[e] {
				out = append(out, Hit{Page: i + 1, Box: box})
			}
			if len(out) >= most {
				return out[:most], nil
			}
		}
	}
	return out, nil
}

const maxTemplates = 16 // of a page

// drawn lists the page's file and those of the templates that it names.
func (p *Package) drawn(d *Document, entry string) ([]string, error) {
	b, err := p.read(entry, p.lim.XML)
	if err != nil {
		return nil, err
	}
	s, err := newScanner(entry, b, p.lim.Depth)
	if err != nil {
		return nil, err
	}
	out := []string{entry}
	for {
		t, err := s.next()
		if err != nil {
			return nil, err
		}
		if t.kind == tokenEnd || len(out) > maxTemplates {
			return out, nil
		}
		if t.kind != tokenOpen || len(s.open) != 2 || t.name.local != "Template" {
			continue
		}
		for _, a := range t.attrs {
			for _, tpl := range d.Templates {
				if a.local == "TemplateID" && a.value == tpl.ID {
					out = append(out, tpl.Entry)
				}
			}
		}
	}
}

// find returns the boxes of at most most occurrences, which do not overlap.
func find(text []glyph, word []rune, most int) []Box {
	var chars []glyph
	for _, g := range text {
		if !unicode.IsSpace(g.char) {
			chars = append(chars, g)
		}
	}
	var out []Box
	for i := 0; i+len(word) <= len(chars) && len(out) < most; i++ {
		if box, ok := matchAt(chars[i:], word); ok {
			out = append(out, box)
			i += len(word) - 1
		}
	}
	return out
}

// matchAt asks whether the word begins here. It may go on in the next text
// object when that stands on the same line: writers put each character into
// an object of its own.
func matchAt(chars []glyph, word []rune) (Box, bool) {
	for j, c := range word {
		if chars[j].char != c {
			return Box{}, false
		}
	}
	box := chars[0].box
	for j := 1; j < len(word); j++ {
		a, b := chars[j-1], chars[j]
		if a.run != b.run && !sameLine(a.box, b.box) {
			return Box{}, false
		}
		box = box.join(b.box)
	}
	return box, true
}

func sameLine(a, b Box) bool {
	high := max(a.Height, b.Height)
	return math.Abs(a.Y+a.Height-b.Y-b.Height) < high/2 && b.X >= a.X && b.X-a.X-a.Width < 2*high
}
