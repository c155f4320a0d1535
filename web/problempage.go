// SPDX-License-Identifier: Apache-2.0

package web

// What a status means to somebody who wanted a file checked. The problem's own
// title, which is for developers, stands small above.
var problems = map[int]Look{
	400: {Word: Text{"没有收到完整的请求", "The request did not arrive whole"}, Say: Text{"传输可能中断，请重试一次。", "The transfer may have been interrupted. Please try again."}},
	404: {Word: Text{"没有这个页面", "There is no such page"}, Say: Text{"请核对网址，或从首页开始。", "See whether the address is right, or begin at the start page."}},
	408: {Word: Text{"传输太慢", "The transfer took too long"}, Say: Text{"请换一个网络后重试。", "Please try again over another network."}},
	413: {Word: Text{"文件太大", "The file is too large"}, Say: Text{"文件超过了本服务的上限。", "The file is over the limit of this service."}},
	415: {Word: Text{"无法识别这种文件", "This kind of file is not known here"},
		Say: Text{"可以核验的是 OFD、PDF、审批决定（JSON）和电子签章数据。照片、扫描件和文字处理文档里没有电子印章。",
			"OFDs, PDFs, decisions (JSON) and seal signatures can be checked. Photographs, scans and word-processor files hold no electronic seal."}},
	422: {Word: Text{"没有收到可核验的文件", "There was no file to check"}, Say: Text{"请先选择一个不为空的文件，再开始核验。", "Choose a file that is not empty, then start the check."}},
	429: {Word: Text{"请求太多，请稍候", "Too many requests, please wait"}, Say: Text{"来自您所在网络的请求过多，请过几分钟再试。", "There were too many requests from your network. Please try again in a few minutes."}},
	503: {Word: Text{"服务暂时不可用", "The service is not available"}, Say: Text{"请稍后再试。", "Please try again later."}},
}

// problemPage adds to a problem what it means to people.
type problemPage struct{ Problem }

func (p problemPage) Look() Look {
	if l, ok := problems[p.Status]; ok {
		return l
	}
	if p.Title != (Text{}) {
		return Look{Word: p.Title}
	}
	return Look{Word: Text{"出了点问题", "Something went wrong"}, Say: Text{"请稍后再试。", "Please try again later."}}
}
