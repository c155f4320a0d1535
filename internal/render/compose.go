// SPDX-License-Identifier: Apache-2.0

package render

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/govseal/govseal/internal/decision"
)

// compose turns a decision into the flow of its items, top to bottom.
func compose(s *sheet, d *decision.Decision) []item {
	var flow []item
	flow = append(flow, s.head(d)...)
	flow = append(flow, s.title(d.Title)...)
	flow = append(flow, s.particulars(d)...)
	flow = append(flow, space(pitch*0.4, false))
	flow = append(flow, s.paragraphs(d.Text)...)
	flow = append(flow, s.attachments(d.Attachments)...)
	keepTail(flow, 2)
	return append(flow, s.signatures(d)...)
}

// keepTail ties the last n items of the text to what follows: seals on a page
// without a word of text could be put under another one.
func keepTail(flow []item, n int) {
	for i := max(len(flow)-n, 0); i < len(flow); i++ {
		flow[i].keep = true
	}
}

// title is the decision's title, centred, in lines of about equal length.
func (s *sheet) title(title string) []item {
	st := style{font: s.bold, size: 7.4}
	if len(lines(title, width, width, st.advance)) > 3 {
		st.size = 5.6
	}
	flow := []item{space(pitch*0.7, true)}
	for _, line := range balanced(title, width-4*st.size, st.advance) {
		flow = append(flow, strip(st.size*1.5, true, func(c *canvas, y float64) {
			c.centred(st, middle, y+st.size*0.75, line)
		}))
	}
	return append(flow, space(pitch*0.6, true))
}

// paragraphs are set in full lines, the first one indented by two characters.
func (s *sheet) paragraphs(text []string) []item {
	var flow []item
	st := style{font: s.regular, size: em}
	for _, paragraph := range text {
		all := lines(paragraph, width-2*em, width, st.advance)
		for i, line := range all {
			x := left
			if i == 0 {
				x += 2 * em
			}
			set := justified(st, line, left+width-x, i == len(all)-1)
			flow = append(flow, strip(pitch, i == 0 && len(all) > 1, func(c *canvas, y float64) {
				c.text(set, x, y+pitch/2, line)
			}))
		}
	}
	return flow
}

// justified spreads a full line's characters over the width.
func justified(st style, line string, room float64, last bool) style {
	runes := []rune(line)
	for len(runes) > 0 && isSpace(runes[len(runes)-1]) {
		runes = runes[:len(runes)-1]
	}
	slack := room - st.measure(string(runes))
	// A line that a long word left short stays ragged.
	if last || slack <= 0 || len(runes) < 2 || slack > 4*em {
		return st
	}
	st.space = slack / float64(len(runes)-1)
	return st
}

// attachments lists the files that belong to the decision, with their digests.
func (s *sheet) attachments(all []decision.Attachment) []item {
	if len(all) == 0 {
		return nil
	}
	st := style{font: s.regular, size: em}
	small := style{font: s.regular, size: 3, colour: grey}
	flow := []item{space(pitch*0.4, true)}
	indent := left + 2*em + st.measure("附件：")
	hang := st.measure(strings.Repeat("0", len(strconv.Itoa(len(all)))) + "．")
	room := left + width - indent - hang
	for i, a := range all {
		label := strconv.Itoa(i+1) + "．"
		for k, line := range lines(a.Name, room, room, st.advance) {
			flow = append(flow, strip(pitch*0.85, true, func(c *canvas, y float64) {
				if i == 0 && k == 0 {
					c.text(st, left+2*em, y+pitch*0.42, "附件：")
				}
				if k == 0 {
					c.text(st, indent, y+pitch*0.42, label)
				}
				c.text(st, indent+hang, y+pitch*0.42, line)
			}))
		}
		digest := "SM3 " + a.SM3
		flow = append(flow, strip(5, false, func(c *canvas, y float64) {
			c.text(fitted(small, digest, room), indent+hang, y+1.8, digest)
		}))
	}
	return flow
}

var outcomes = map[string]string{
	decision.Approved: "准予", decision.ApprovedInPart: "部分准予", decision.Refused: "不予",
}

// chineseDate writes 2026-03-02, which was validated, as 2026年3月2日.
func chineseDate(date string) string {
	month, _ := strconv.Atoi(date[5:7])
	day, _ := strconv.Atoi(date[8:10])
	return fmt.Sprintf("%s年%d月%d日", date[:4], month, day)
}

func validity(d *decision.Decision) string {
	switch {
	case d.ValidFrom != "" && d.ValidTo != "":
		return chineseDate(d.ValidFrom) + "至" + chineseDate(d.ValidTo)
	case d.ValidFrom != "":
		return "自" + chineseDate(d.ValidFrom) + "起"
	case d.ValidTo != "":
		return "至" + chineseDate(d.ValidTo)
	}
	return ""
}

func pageOf(page, pages int) string { return fmt.Sprintf("第 %d 页　共 %d 页", page, pages) }
