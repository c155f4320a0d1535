// SPDX-License-Identifier: Apache-2.0

package render

import "github.com/govseal/govseal/internal/decision"

// item is a strip of the flow that no page break cuts.
type item struct {
	height float64
	keep   bool // stays on one page with the next item
	ruled  bool // a strip of the table, which closes its frame at page breaks
	gap    bool // white space: vanishes at the top of a page
	draw   func(c *canvas, y float64) []sealPlace
}

// sealPlace is the place of one department's seal.
type sealPlace struct {
	department int
	Place
}

// placedItem is an item on a page, y from the top of the page.
type placedItem struct {
	item
	y float64
}

// paginate sets the flow on pages. A chain of items that keep together moves
// to the next page as a whole, unless no page could hold it.
func paginate(flow []item) [][]placedItem {
	pages := [][]placedItem{nil}
	y := 0.0
	for i := 0; i < len(flow); {
		n, tall := chain(flow[i:])
		current := &pages[len(pages)-1]
		if y > 0 && y+tall > height+0.01 {
			pages = append(pages, nil)
			current, y = &pages[len(pages)-1], 0
		}
		if tall > height {
			n = 1
		}
		for _, it := range flow[i : i+n] {
			if y+it.height > height+0.01 && y > 0 {
				pages = append(pages, nil)
				current, y = &pages[len(pages)-1], 0
			}
			if y == 0 && it.gap && len(pages) > 1 {
				continue
			}
			*current = append(*current, placedItem{it, top + y})
			y += it.height
		}
		i += n
	}
	return pages
}

// chain is how many items from the first on keep together, and their height.
func chain(flow []item) (n int, tall float64) {
	for n < len(flow) {
		tall += flow[n].height
		n++
		if !flow[n-1].keep {
			break
		}
	}
	return n, tall
}

// space is white space of the given height.
func space(h float64, keep bool) item {
	return item{height: h, keep: keep, gap: true, draw: func(*canvas, float64) []sealPlace { return nil }}
}

// strip is an item that only draws.
func strip(h float64, keep bool, draw func(c *canvas, y float64)) item {
	return item{height: h, keep: keep, draw: func(c *canvas, y float64) []sealPlace {
		draw(c, y)
		return nil
	}}
}

// drawFoot writes number, page and code under each page, so that a loose sheet
// still says what it belongs to.
func (c *canvas) drawFoot(d *decision.Decision, code string, pages int) {
	const y = 277.0
	small := style{font: c.regular, size: 3.2, colour: grey}
	c.line(grey, 0.1, left, y-4, left+width, y-4)
	number := fitted(small, d.Number, 58)
	c.text(number, left, y, d.Number)
	c.centred(small, middle, y, pageOf(c.page, pages))
	printed := "验证码 " + decision.FormatCode(code)
	c.text(small, left+width-small.measure(printed), y, printed)
}

// fitted narrows a style until s is at most room wide.
func fitted(st style, s string, room float64) style {
	if w := st.measure(s); w > room {
		st.narrow = max(room/w, 0.05)
	}
	return st
}
