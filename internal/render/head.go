// SPDX-License-Identifier: Apache-2.0

package render

import (
	"fmt"

	"github.com/govseal/govseal/internal/decision"
)

// head is the red head: who issues, the number, a red rule.
func (s *sheet) head(d *decision.Decision) []item {
	flow := []item{space(2, true)}
	names := issuers(d.Departments)
	size := headSize(len(names))
	for _, st := range headStyles(style{font: s.bold, size: size, colour: red}, names) {
		flow = append(flow, strip(size*1.35, true, func(c *canvas, y float64) {
			c.centred(st.style, middle, y+size*0.675, st.name)
		}))
	}
	number := fitted(style{font: s.regular, size: em}, d.Number, width)
	return append(flow,
		strip(pitch*1.1, true, func(c *canvas, y float64) { c.centred(number, middle, y+pitch*0.7, d.Number) }),
		strip(3, true, func(c *canvas, y float64) { c.line(red, 0.7, left, y+2, left+width, y+2) }),
	)
}

// issuers are the names in the head. All names stand beside their seals; a
// head of more than four lines would leave no room for the matter.
func issuers(all []decision.Department) []string {
	var names []string
	for _, d := range all {
		names = append(names, d.Name)
	}
	if len(names) > 4 {
		names = append(names[:3:3], fmt.Sprintf("等%d个单位", len(all)))
	}
	return names
}

func headSize(n int) float64 {
	switch n {
	case 1:
		return 12.5
	case 2:
		return 10
	}
	return 8.5
}

type headLine struct {
	style
	name string
}

// headStyles sets several names to one width, as joint papers do: short ones
// spread, long ones narrowed.
func headStyles(st style, names []string) []headLine {
	widestName := 0.0
	for _, name := range names {
		widestName = max(widestName, st.measure(name))
	}
	target := min(max(widestName, 60), width)
	var out []headLine
	for _, name := range names {
		line := headLine{fitted(st, name, width), name}
		gaps := float64(len([]rune(name)) - 1)
		if w := line.measure(name); w < target && gaps > 0 {
			line.space = min((target-w)/gaps, 1.2*st.size)
		}
		out = append(out, line)
	}
	return out
}
