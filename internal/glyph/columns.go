// SPDX-License-Identifier: Apache-2.0

package glyph

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// columns draws square and personal-name seals: characters in columns, the
// first at the upper right (右上起), read downwards and then to the left.
func (d Design) columns() (drawing, error) {
	f := d.columnFrame()
	chars, err := d.columnLayout(f)
	if err != nil {
		return drawing{}, err
	}
	text, err := outlines(chars)
	out := drawing{width: d.Width, height: d.Height}
	if d.Carving == Intaglio {
		out.ink, out.cut = rectangle(d.Width, d.Height, f.corner, false), text
	} else {
		out.ink = append(f.path(d.Width, d.Height), text...)
	}
	return out, err
}

func (d Design) columnFrame() frame {
	side := d.Width
	if d.Shape == Personal {
		return frame{line: 0.055 * side, margin: 0.03 * side, corner: 0.05 * side}
	}
	return frame{line: max(0.035*side, 0.8), margin: 0.03 * side, corner: 0.03 * side}
}

// columnLayout places all characters; a line stands below the columns.
func (d Design) columnLayout(f frame) ([]placed, error) {
	side := d.Width - 2*(f.line+f.margin)
	text := []rune(d.Name)
	if d.Shape == Personal {
		text = []rune(PersonalText(d.Name))
	}
	top, height := -side/2, side
	var line []placed
	if d.Horizontal != "" {
		foot := 0.17 * side
		height -= foot + 0.03*side
		line, _, _ = justified([]rune(d.Horizontal), Point{0, side/2 - foot/2}, side, foot)
	}
	if height/math.Sqrt(float64(len(text))) < 2*lowestRow || len(line) > 0 && line[0].height < lowestRow {
		return nil, errors.New("the texts do not fit on a square seal of this size")
	}
	return append(grid(text, side, top, height), line...), nil
}

// grid fills a box, width wide and from top on height high, with columns from
// the right. A last column with fewer characters spreads over the height.
func grid(text []rune, width, top, height float64) []placed {
	columns := columnCount(len(text), width/height)
	rows := (len(text) + columns - 1) / columns
	cell := width / float64(columns)
	adv := advances(text)
	var out []placed
	for i, r := range text {
		column := i / rows
		inColumn := min(rows, len(text)-column*rows)
		place := height / float64(inColumn)
		// The em box of a taller place grows, but not out of proportion.
		tall := min(place, 1.45*cell) * gridFill
		out = append(out, placed{
			r: r, x: width/2 - (float64(column)+0.5)*cell, y: top + (float64(i%rows)+0.5)*place,
			width: cell * gridFill * min(adv[i], 1), height: tall, advance: adv[i],
		})
	}
	return out
}

const gridFill = 0.97 // of a cell, by an em box

// columnCount is for how many columns the cells are nearest to square; of two
// alike, the one with the higher cells.
func columnCount(n int, proportion float64) int {
	best, least := 1, math.Inf(1)
	for columns := 1; columns <= n; columns++ {
		rows := (n + columns - 1) / columns
		if (n+rows-1)/rows != columns {
			continue // a column would stay empty
		}
		shape := math.Log(proportion * float64(rows) / float64(columns)) // of a cell: wide over high
		score := math.Abs(shape) + 0.4*float64(rows*columns-n)/float64(rows)
		if shape < 0 {
			score -= 0.01
		}
		if score < least {
			best, least = columns, score
		}
	}
	return best
}

// PersonalText is what a personal-name seal shows: a name of two characters
// with 之印, one of three with 印, so that four stand in a square; a longer one
// gets 印 when that fills its last column.
func PersonalText(name string) string {
	switch n := utf8.RuneCountInString(name); {
	case n == 2:
		return name + "之印"
	case n%2 == 1:
		return name + "印"
	}
	return name
}

func checkPersonal(name, line string) error {
	switch n := utf8.RuneCountInString(name); {
	case n < 2 || n > MaxPersonal:
		return fmt.Errorf("a personal-name seal holds a name of 2 to %d characters", MaxPersonal)
	case strings.ContainsAny(name, "·•・ \u3000"):
		return errors.New("a personal-name seal has no place for dots and spaces: leave them out of the name")
	case line != "":
		return errors.New("a personal-name seal holds the name alone")
	}
	return nil
}
