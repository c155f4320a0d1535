// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"github.com/govseal/govseal/internal/ofd"
	"github.com/govseal/govseal/internal/pdf"
)

// newChange names a change by its name in package pdf; one that has no
// sentence is said by its level.
func newChange(level, name, detail string) Change {
	text, ok := changeWords[name]
	if !ok {
		text = levelWords[level]
	}
	return Change{Level: level, Name: name, Zh: text.Zh, En: text.En, Detail: detail}
}

var levelWords = map[string]Text{
	"signature": {"追加了另一枚签章", "another signature was added"},
	"other":     {"其他改动", "another change"},
}

var changeWords = map[string]Text{
	pdf.ChangeDSS:         {"追加了验证材料（证书、吊销信息）", "validation material was added (certificates, revocation)"},
	pdf.ChangeTimestamp:   {"追加了文档时间戳", "a document time-stamp was added"},
	pdf.ChangeVersion:     {"改写了版本或扩展声明", "the version or the extensions were declared anew"},
	pdf.ChangeInfo:        {"更新了文档信息中的日期或软件名称", "dates or the program's name in the document information were updated"},
	pdf.ChangeLeftover:    {"留有旧的验证材料", "older validation material was left behind"},
	pdf.ChangeSignature:   {"追加了另一枚签章", "another signature was added"},
	pdf.ChangeEmptyField:  {"新增了空白的签名域", "an empty signature field was added"},
	pdf.ChangeFormValue:   {"填写或修改了表单内容", "a form field was filled in or changed"},
	pdf.ChangeDefaults:    {"补充了表单文字所用的字体", "fonts for the text of forms were added"},
	pdf.ChangeAnnotation:  {"添加或修改了批注", "an annotation was added or changed"},
	pdf.ChangeOverSeal:    {"在印章上方覆盖了批注", "an annotation was put over the seal"},
	pdf.ChangeField:       {"新增或修改了表单域", "a form field was added or changed"},
	pdf.ChangeForm:        {"修改了表单本身", "the form itself was changed"},
	pdf.ChangePageAdded:   {"增加了页面", "a page was added"},
	pdf.ChangePageRemoved: {"删除了页面", "a page was removed"},
	pdf.ChangePage:        {"修改了页面设置", "the settings of a page were changed"},
	pdf.ChangePageTree:    {"改变了页面的次序或结构", "the order or structure of the pages was changed"},
	pdf.ChangeContent:     {"修改了页面内容", "the content of a page was changed"},
	pdf.ChangeResource:    {"替换了页面所用的图像等资源", "pictures or other resources of a page were replaced"},
	pdf.ChangeFont:        {"替换了字体", "a font was replaced"},
	pdf.ChangeAppearance:  {"替换了印章、批注或表单的外观", "what a seal, annotation or form field shows was replaced"},
	pdf.ChangeCatalog:     {"修改了文档目录", "the document catalog was changed"},
	pdf.ChangeRoot:        {"整个文档被换成另一份", "another document was put in place of the whole"},
	pdf.ChangeTrailer:     {"改变了文件标识", "the identity of the file was changed"},
	pdf.ChangeSigned:      {"改动了先前的签章或其域", "an earlier signature or its field was changed"},
	pdf.ChangeObject:      {"修改或删除了文件中的对象", "an object of the file was changed or removed"},
	pdf.ChangeType:        {"文件中的对象被换成另一种", "an object of the file became one of another kind"},
	pdf.ChangeReused:      {"重新使用了已作废的对象号", "a number that had been given up was used again"},
	pdf.ChangeHidden:      {"夹带了没有引用的对象", "an object that nothing leads to was added"},
	pdf.ChangeDefined:     {"补上了原本不存在的内容", "something that had been missing was put in"},
	pdf.ChangeShared:      {"改动了还用在别处的对象", "an object that is used elsewhere too was changed"},
	pdf.ChangeUnreadable:  {"有无法读取、因而无法比对的部分", "a part cannot be read and so cannot be compared"},
	pdf.ChangeCoverage:    {"签名没有覆盖完整的版本，无法比对", "the signature covers no whole revision: nothing can be compared"},
}

// newUncovered says what an entry is for.
func newUncovered(u ofd.Use) Uncovered {
	text := roleWords[u.Role]
	return Uncovered{Entry: u.Entry, Role: u.Role, View: u.View, Zh: text.Zh, En: text.En}
}

var roleWords = map[string]Text{
	ofd.RolePackage:    {"文件包的入口", "the package's first file"},
	ofd.RoleDocument:   {"文档主文件", "a document's main file"},
	ofd.RolePage:       {"页面", "a page"},
	ofd.RoleTemplate:   {"页面模板", "a template of pages"},
	ofd.RoleResource:   {"字体、图像等资源", "a font, picture or other resource"},
	ofd.RoleAnnotation: {"批注", "annotations"},
	ofd.RoleAttachment: {"附件", "an attachment"},
	ofd.RoleExtension:  {"扩展数据", "an extension"},
	ofd.RoleVersion:    {"文档的其他版本", "another version of the document"},
	ofd.RoleTags:       {"标引数据", "names for parts of the content"},
	ofd.RoleOther:      {"被引用的其他文件", "another file that is referred to"},
	ofd.RoleEncryption: {"加密信息", "encryption"},
	ofd.RoleList:       {"签名列表", "the list of signatures"},
	ofd.RoleSignature:  {"签章数据", "data of a signature"},
	ofd.RoleEntries:    {"防夹带清单", "the signed list of all entries"},
	ofd.RoleHidden:     {"没有任何内容引用的文件", "a file that nothing leads to"},
}

// Text says what the answer was.
func (a RevocationAnswer) Text() Text {
	switch a.Result {
	case "good":
		return Text{"未被吊销", "not revoked"}
	case "revoked":
		return Text{"已被吊销", "revoked"}
	case "on-hold":
		return Text{"已被停用", "suspended"}
	case "stale":
		return Text{"吊销信息已过时", "the information is out of date"}
	}
	return Text{"没有可用的吊销信息", "no usable information"}
}

// Text says who vouches for the time.
func (t TimeFact) Text() Text {
	switch t.By {
	case "tsa":
		return Text{"可信时间戳", "a trusted time-stamp"}
	case "document-timestamp":
		return Text{"文档时间戳", "a document time-stamp"}
	case "ledger":
		return Text{"存证日志", "the ledger"}
	case "claim":
		return Text{"按所选策略，以签章者声称的时间为准", "by the chosen policy, the time that the signer claims"}
	}
	return Text{"没有证明，按核验时间判断", "nothing: judged at the time of this check"}
}

// Text says how much is covered.
func (f CoverageFact) Text() Text {
	switch f.Scope {
	case "whole-file":
		return Text{"整个文件", "the whole file"}
	case "revision":
		return Text{"文件的一个早期版本", "an earlier revision of the file"}
	case "package":
		return Text{"文件包中会显示的全部内容", "all that the package shows"}
	case "partial":
		return Text{"文件包中的部分内容", "part of the package"}
	}
	return Text{}
}
