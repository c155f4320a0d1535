// SPDX-License-Identifier: Apache-2.0

package web

import "fmt"

// Look is how the page shows a word of the report: its colour and icon are
// never the only sign, for the word and a sentence stand beside them.
type Look struct {
	Tone string // good, bad, doubt, calm: names of the style's colours
	Icon string // name of a drawing
	Word Text
	Say  Text
}

// The report's words (design.md section 6). A word that is not listed is
// shown as doubt, never as good.
var verdicts = map[string]Look{
	"valid": {"good", "check", Text{"验证通过", "Valid"},
		Text{"文件在盖章后没有改动，印章和证书均有效。", "The document has not changed since it was sealed, and the seals and certificates are valid."}},
	"invalid": {"bad", "cross", Text{"验证不通过", "Invalid"},
		Text{"请不要采信这份文件。至少有一项检查证明它有问题。", "Do not rely on this document. At least one check proves that something is wrong with it."}},
	"indeterminate": {"doubt", "question", Text{"无法判定", "Indeterminate"},
		Text{"没有发现伪造，但缺少作出结论所需的材料。在查清之前请不要采信。", "No forgery was found, but something needed for a conclusion is missing. Do not rely on it before that is cleared up."}},
	"unsealed": {"calm", "ring", Text{"未签章", "Unsealed"},
		Text{"这份文件可以读取，但其中没有任何电子印章，无法证明出自任何单位。", "The document can be read, but bears no electronic seal. Nothing proves that any department issued it."}},
}

var statuses = map[string]Look{
	"ok":             {"good", "check", Text{"通过", "Passed"}, Text{"检查通过。", "Checked and in order."}},
	"failed":         {"bad", "cross", Text{"未通过", "Failed"}, Text{"检查未通过。", "The check failed."}},
	"unknown":        {"doubt", "question", Text{"未能确定", "Not established"}, Text{"无法完成这项检查。", "This could not be established."}},
	"not-applicable": {"calm", "dash", Text{"不适用", "Not applicable"}, Text{"这份文件不涉及这项检查。", "This does not apply to the document."}},
}

// The states of what stands behind a code.
var states = map[string]Look{
	"in-force": {"good", "check", Text{"登记有效", "In force"},
		Text{"签发单位登记的这份文件目前有效。", "The document that was registered under this code is in force."}},
	"withdrawn": {"bad", "cross", Text{"已撤销", "Withdrawn"},
		Text{"签发单位已撤销这份文件，请不要采信。", "The issuing department has withdrawn this document. Do not rely on it."}},
	"incomplete": {"doubt", "question", Text{"尚未完成", "Incomplete"},
		Text{"列明的单位还没有全部盖章，这份文件尚不生效。", "Not every department that must seal it has done so. The document is not complete yet."}},
	"expired": {"doubt", "question", Text{"已过有效期", "Expired"},
		Text{"这份文件登记的有效期已过。", "The registered validity of this document has passed."}},
}

// The state of a seal now; "" is a department that has not sealed.
var sealStates = map[string]Look{
	"made":       {"calm", "dash", Text{"已制作，尚未启用", "Made, not in use yet"}, Text{"这枚印章已经制作，还不能用来盖章。", "The seal was made and cannot be used yet."}},
	"filed":      {"calm", "dash", Text{"已备案，尚未启用", "Filed, not in use yet"}, Text{"这枚印章已经备案，还不能用来盖章。", "The seal was filed and cannot be used yet."}},
	"active":     {"good", "check", Text{"印章有效", "Seal active"}, Text{"这枚印章正在使用。", "The seal is in use."}},
	"suspended":  {"doubt", "pause", Text{"印章已停用", "Seal suspended"}, Text{"这枚印章暂停使用，停用期间不能盖章。", "The seal is suspended and cannot be used meanwhile."}},
	"cancelled":  {"doubt", "cross", Text{"印章已注销", "Seal cancelled"}, Text{"这枚印章已经注销，不再使用；注销之前盖的章不因此失效。", "The seal was cancelled and is used no more. Stamps made before stay what they were."}},
	"lost":       {"bad", "cross", Text{"印章已挂失", "Seal reported lost"}, Text{"这枚印章已经挂失。挂失生效之后、没有时间证明的盖章，不要采信。", "The seal was reported lost. Do not rely on stamps that nothing proves to be older."}},
	"superseded": {"doubt", "cross", Text{"印章已换发", "Seal superseded"}, Text{"这枚印章已由新的印章代替；换发之前盖的章不因此失效。", "Another seal has taken its place. Stamps made before stay what they were."}},
	"expired":    {"doubt", "cross", Text{"印章已过期", "Seal expired"}, Text{"这枚印章的有效期已过；期内盖的章不因此失效。", "The seal's validity has ended. Stamps made within it stay what they were."}},
	"":           {"calm", "dash", Text{"尚未盖章", "Not sealed yet"}, Text{}},
}

var kinds = map[string]Text{
	"decision":       {"审批决定", "Approval decision"},
	"pdf":            {"PDF 文件", "PDF document"},
	"ofd":            {"OFD 文件", "OFD document"},
	"digest":         {"文件摘要", "Digest of a document"},
	"seal":           {"电子印章", "Electronic seal"},
	"seal-signature": {"电子签章数据", "Seal signature"},
	"ses":            {"电子签章数据", "Seal signature"},
	"cms":            {"数字签名数据", "CMS signature"},
}

// The levels of a stamp (ETSI EN 319 142-1, in words).
var levels = map[string]Text{
	"B":   {"基本：盖章时间没有证明", "B: the time is not proven"},
	"T":   {"带时间戳：盖章时间有证明", "T: the time is proven"},
	"LT":  {"长期：文件自带今后核验所需的材料", "LT: the file holds what it takes to check it later"},
	"LTA": {"长期存档：上述材料也有时间戳保护", "LTA: and a time-stamp protects that material"},
}

var outcomes = map[string]Text{
	"approved":         {"准予", "approved"},
	"approved-in-part": {"部分准予", "approved in part"},
	"refused":          {"不予", "refused"},
}

func outcomeName(word, lang string) string {
	if t, ok := outcomes[word]; ok {
		return t.In(lang)
	}
	return plain(word)
}

// maxPlaces are told of one seal; a seal across the edges of a long document
// has as many as it has pages.
const maxPlaces = 6

func placeText(p Place) Text {
	if p.Page == 0 {
		return Text{"指向不存在的页面", "on a page that is not there"}
	}
	if p.Slice {
		return Text{fmt.Sprintf("第 %d 页（骑缝）", p.Page), fmt.Sprintf("page %d (a strip of it)", p.Page)}
	}
	return Text{fmt.Sprintf("第 %d 页，距左边 %.0f 毫米、上边 %.0f 毫米", p.Page, p.X, p.Y),
		fmt.Sprintf("page %d, %.0f mm from the left, %.0f mm from the top", p.Page, p.X, p.Y)}
}

func look(in map[string]Look, word string) Look {
	if l, ok := in[word]; ok {
		return l
	}
	return Look{"doubt", "question", Text{"未能确定", "Not established"},
		Text{"系统没有给出可识别的结论。", "The service gave no conclusion that this page knows."}}
}

func kindName(kind, lang string) string {
	if t, ok := kinds[kind]; ok {
		return t.In(lang)
	}
	return plain(kind)
}
