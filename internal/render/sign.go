// SPDX-License-Identifier: Apache-2.0

package render

import "github.com/govseal/govseal/internal/decision"

const (
	sealSize  = 42.0
	sealPitch = 46.0 // of rows: seals must not touch
)

// signatures are the rows of names and dates at the end, each under the place
// of its seal: the seal reaches over both (骑年盖月).
func (s *sheet) signatures(d *decision.Decision) []item {
	columns, st := s.arrange(d.Departments)
	var flow []item
	for from := 0; from < len(d.Departments); from += columns {
		n := min(columns, len(d.Departments)-from)
		var row []signature
		tall := sealPitch
		for k := range n {
			x, w := cell(k, n)
			sig := signature{department: from + k, x: x, st: st, date: chineseDate(d.Date)}
			sig.name = balanced(d.Departments[from+k].Name, w-nameGap, st.advance)
			tall = max(tall, sig.tall()+4)
			row = append(row, sig)
		}
		flow = append(flow, item{height: tall, draw: func(c *canvas, y float64) []sealPlace {
			var places []sealPlace
			for _, sig := range row {
				places = append(places, c.sign(sig, y+tall/2))
			}
			return places
		}})
	}
	keepRows(flow)
	return flow
}

// keepRows keeps all rows on one page, with the end of the text, where a page
// can hold them.
func keepRows(rows []item) {
	total := 0.0
	for _, row := range rows {
		total += row.height
	}
	if total > height-4*pitch {
		return
	}
	for i := range len(rows) - 1 {
		rows[i].keep = true
	}
}

const nameGap = 3.0 // between the names of neighbours

// arrange picks how many seals stand in a row and the one style of all names:
// as large as lets every name stand in one line, else in two, else small.
func (s *sheet) arrange(all []decision.Department) (columns int, st style) {
	for _, try := range []struct {
		size  float64
		lines int
	}{{em, 1}, {4.9, 1}, {4.4, 1}, {4.9, 2}, {4.2, 2}, {3.6, 1 << 10}} {
		st = style{font: s.regular, size: try.size}
		for _, columns = range columnsFor(len(all)) {
			if s.mostLines(all, width/float64(max(columns, 2))-nameGap, st) <= try.lines {
				return columns, st
			}
		}
	}
	return columns, st
}

// columnsFor lists how many seals may stand in a row, the best first.
func columnsFor(n int) []int {
	switch n {
	case 1, 2, 4:
		return []int{min(n, 2)}
	case 3:
		return []int{3, 2}
	}
	return []int{3}
}

func (s *sheet) mostLines(all []decision.Department, w float64, st style) int {
	most := 0
	for _, d := range all {
		most = max(most, len(lines(d.Name, w, w, st.advance)))
	}
	return most
}

// cell is the middle and the width of the k-th of n cells of a row. A lone
// signature stands on the right.
func cell(k, n int) (x, w float64) {
	if n == 1 {
		w = width / 2
		return left + width - w/2, w
	}
	w = width / float64(n)
	return left + w*(float64(k)+0.5), w
}

// signature is one department's name, in lines, and the date.
type signature struct {
	department int
	x          float64 // the middle
	st         style
	name       []string
	date       string
}

const (
	lead      = 1.5  // line pitch of a name, in its em
	dateBelow = 15.0 // the date, under the seal's centre
	nameBelow = 5.2  // the name's last line: a line of the seal stands between
)

func (sig signature) tall() float64 {
	return float64(len(sig.name))*sig.st.size*lead + dateBelow - nameBelow
}

// sign draws name and date and returns the seal's place around y.
func (c *canvas) sign(sig signature, y float64) sealPlace {
	line := sig.st.size * lead
	date := y + dateBelow
	if sig.tall() > sealSize { // a very long name: in the middle of its row
		date = y + sig.tall()/2 - line/2
	}
	for i, name := range sig.name {
		above := float64(len(sig.name)-1-i) * line
		c.centred(sig.st, sig.x, date-dateBelow+nameBelow-above, name)
	}
	c.centred(sig.st, sig.x, date, sig.date)
	return sealPlace{sig.department, Place{Page: c.page, X: sig.x - sealSize/2, Y: y - sealSize/2, Width: sealSize, Height: sealSize}}
}
