// SPDX-License-Identifier: Apache-2.0

package render

import (
	"strings"

	"github.com/govseal/govseal/internal/decision"
)

const (
	labelWidth = 33.0
	cellPad    = 2.5
	cellText   = 4.4 // em, mm
	cellPitch  = 6.6
	cellEdge   = 1.4 // above the first and below the last line of a row
	ruleThick  = 0.2
)

// particulars is the table of what the decision is about.
func (s *sheet) particulars(d *decision.Decision) []item {
	rows := [][]string{{"申请人", d.Applicant.Name}}
	if d.Applicant.CreditCode != "" {
		rows = append(rows, []string{"统一社会信用代码", d.Applicant.CreditCode})
	}
	rows = append(rows, []string{"办件编号", d.CaseNumber}, []string{"事项名称", d.MatterName},
		[]string{"事项编码", d.MatterCode}, []string{"审批结果", outcomes[d.Outcome]})
	if v := validity(d); v != "" {
		rows = append(rows, []string{"有效期", v})
	}
	rows = append(rows, append([]string{"法律依据"}, d.LegalBasis...))
	var flow []item
	for _, row := range rows {
		flow = append(flow, s.row(row[0], row[1:])...)
	}
	return flow
}

// row is one row of the table, a strip a line, so that a long row may go over
// pages. Values after the first begin on a line of their own.
func (s *sheet) row(label string, values []string) []item {
	st := style{font: s.regular, size: cellText}
	room := width - labelWidth - 2*cellPad
	var all []string
	for _, v := range values {
		all = append(all, lines(v, room, room, st.advance)...)
	}
	var flow []item
	for i, line := range all {
		begins, ends := i == 0, i == len(all)-1
		tall, inset := cellPitch, 0.0
		if begins {
			tall, inset = tall+cellEdge, cellEdge
		}
		if ends {
			tall += cellEdge
		}
		it := strip(tall, false, func(c *canvas, y float64) {
			c.frame(y, tall, begins || c.first, c.last)
			if begins {
				c.label(label, y+inset+cellPitch/2)
			}
			c.text(st, left+labelWidth+cellPad, y+inset+cellPitch/2, line)
		})
		it.ruled = true
		flow = append(flow, it)
	}
	return flow
}

// frame draws the rules of a strip: the sides always, above and below where a
// row or the page's stretch of the table begins or ends.
func (c *canvas) frame(y, tall float64, above, below bool) {
	for _, x := range []float64{left, left + labelWidth, left + width} {
		c.line(black, ruleThick, x, y, x, y+tall)
	}
	if above {
		c.line(black, ruleThick, left, y, left+width, y)
	}
	if below {
		c.line(black, ruleThick, left, y+tall, left+width, y+tall)
	}
}

// label writes a row's name over the width of the widest short ones.
func (c *canvas) label(label string, y float64) {
	st := style{font: c.bold, size: cellText}
	room := labelWidth - 2*cellPad
	spread := 5 * cellText
	if w := st.measure(label); w > room {
		st = fitted(st, label, room)
	} else if n := len([]rune(label)); n > 1 && w < spread && !strings.ContainsRune(label, ' ') {
		st.space = (spread - w) / float64(n-1)
	}
	c.centred(st, left+labelWidth/2, y, label)
}
