// SPDX-License-Identifier: Apache-2.0

package web

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// reportPage adds to a report what only the page derives from it.
type reportPage struct{ Report }

// Against lists the sentences that speak against relying on a document whose
// seals are valid: it is not the one of the code, or was withdrawn.
func (r reportPage) Against() []Text {
	if r.Verdict != "valid" {
		return nil
	}
	var out []Text
	for _, f := range r.Facts {
		if f.Status != "failed" {
			continue
		}
		if len(f.Reasons) == 0 {
			out = append(out, f.Name)
		}
		out = append(out, f.Reasons...)
	}
	return out
}

// Look of the headline: bad if anything speaks against a valid document.
func (r reportPage) Look() Look {
	if len(r.Against()) > 0 {
		return Look{"bad", "cross", Text{"请勿采信", "Do not rely on it"},
			Text{"文件上的印章有效，但下面这一点不成立：", "The seals on this file are valid, but:"}}
	}
	return look(verdicts, r.Verdict)
}

// By lists the departments that sealed a valid document, each once, for the headline.
func (r reportPage) By() []string {
	if r.Verdict != "valid" {
		return nil
	}
	var out []string
	for _, s := range r.Stamps {
		if s.Owner != "" && !slices.Contains(out, s.Owner) {
			out = append(out, s.Owner)
		}
	}
	return out
}

// Sentence is the headline without the verdict's word, which stands above it.
func (r reportPage) Sentence() Text {
	l := look(verdicts, r.Verdict)
	if r.Headline == (Text{}) {
		return l.Say
	}
	return Text{after(r.Headline.ZH, l.Word.ZH), after(r.Headline.EN, l.Word.EN)}
}

// after cuts "word: " from the beginning of a sentence.
func after(sentence, word string) string {
	for _, colon := range []string{"：", ": "} {
		if rest, ok := strings.CutPrefix(sentence, word+colon); ok && rest != "" {
			first, n := utf8.DecodeRuneInString(rest)
			return string(unicode.ToUpper(first)) + rest[n:]
		}
	}
	return sentence
}

// Next is what to do: the report's own advice, or the usual one.
func (r reportPage) Next() []Text {
	if len(r.Advice) > 0 {
		return r.Advice
	}
	if len(r.Against()) > 0 {
		return advice["invalid"]
	}
	return advice[r.Verdict]
}

var advice = map[string][]Text{
	"valid": {
		{"以本文件的电子内容为准。若手中是纸质件，请逐项核对文号、日期、单位和正文。",
			"The electronic file is what counts. If you hold a paper copy, compare number, date, department and text with it."},
		{"文件之后仍可能被撤销。需要长期依据时，请在使用当日再次核验。",
			"A document can be withdrawn later. Check it again on the day you rely on it."},
	},
	"invalid": {
		{"请不要采信，并保留原文件和取得途径。", "Do not rely on it. Keep the file, and note how you received it."},
		{"请通过签发单位公开的联系方式向其核实，不要使用文件上所印的电话或网址。",
			"Ask the department through its published contacts, not through a telephone number or address printed on the document."},
	},
	"indeterminate": {
		{"请按本报告各项说明补齐材料（例如证书吊销列表或证据文件）后重新核验。",
			"Supply what the items of this report ask for, such as a revocation list or an evidence file, and check again."},
		{"急需结论时，请直接向签发单位核实。", "If you need an answer now, ask the issuing department."},
	},
	"unsealed": {
		{"若您取得的应是盖章文件，请向签发单位索取带电子印章的原始文件；打印、扫描、截图或另存都会丢失印章。",
			"If it should be sealed, ask the department for the original file: printing, scanning, a screenshot or saving anew loses the seal."},
		{"若纸面印有验证码，可在首页输入查询。", "If a verification code is printed on the paper, look it up on the start page."},
	},
}
