// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"strings"
	"unicode/utf8"
)

// Endings by which a name of at least six characters is taken for an
// organisation's. Whatever is not recognised is masked as a person's name.
var organisationEndings = []string{
	"公司", "集团", "中心", "协会", "学会", "商会", "基金会", "委员会", "合作社", "事务所", "工作室", "研究院", "研究所",
	"医院", "学校", "大学", "学院", "中学", "小学", "幼儿园", "银行", "支行", "分行", "酒店", "饭店", "商店", "药店", "餐厅",
	"超市", "工厂", "制造厂", "加工厂", "经营部", "服务部", "分公司", "（有限合伙）", "(有限合伙)", "（普通合伙）", "(普通合伙)",
	"合伙企业", "个体工商户", "管理局", "街道办事处", "人民政府", "村民委员会", "居民委员会", "Ltd", "Ltd.", "LLC", "Inc.", "GmbH",
}

// MaskApplicant hides the middle of a name for public pages. A person keeps the
// first character (张**), an organisation its first and last two
// (示例****公司). The number of stars never tells the number of characters.
func MaskApplicant(name string) string {
	runes := []rune(name)
	if len(runes) == 0 {
		return ""
	}
	if len(runes) >= 6 && isOrganisation(name) {
		return string(runes[:2]) + "****" + string(runes[len(runes)-2:])
	}
	_, size := utf8.DecodeRuneInString(name)
	return name[:size] + "**"
}

func isOrganisation(name string) bool {
	for _, ending := range organisationEndings {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}
