// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"fmt"
	"strings"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/render"
)

var options = render.Options{VerifyURL: "https://verify.example.gov.cn"}

// creditCode completes 17 digits by the check digit of GB 32100.
func creditCode(first17 string) string {
	for _, c := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
		if decision.CheckCreditCode(first17+string(c)) == nil {
			return first17 + string(c)
		}
	}
	panic("no check digit fits " + first17)
}

var departmentNames = []string{"示例市规划局", "示例市住房和城乡建设局", "示例市生态环境局", "示例市消防救援支队", "示例市市场监督管理局", "示例市东区人民政府", "示例市水务局"}

// sample is a decision of n departments.
func sample(n int) *decision.File {
	f := &decision.File{
		Schema: decision.Schema, Code: "7K3MQ9ZT0V5XA2CE",
		Decision: decision.Decision{
			Number: "示审批〔2026〕17号", CaseNumber: "SL-2026-000117", MatterCode: "SL-0117-000",
			MatterName: "建设工程规划许可证核发", Outcome: decision.Approved,
			Applicant:  decision.Applicant{Name: "示例市某某置业有限公司", CreditCode: creditCode("91990000MA0000001")},
			LegalBasis: []string{"《中华人民共和国行政许可法》第三十八条第一款", "《中华人民共和国城乡规划法》第四十条"},
			Date:       "2026-03-02", ValidFrom: "2026-03-02", ValidTo: "2027-03-01",
			Title: "关于准予核发东区三号地块建设工程规划许可证的决定",
			Text: []string{
				"你单位于2026年2月10日提交的“东区三号地块住宅项目”建设工程规划许可申请及有关材料收悉。经审查，申请材料齐全、符合法定形式，所报设计方案符合《示例市东区控制性详细规划》（2024—2035年）的有关要求。",
				"根据《中华人民共和国行政许可法》第三十八条第一款、《中华人民共和国城乡规划法》第四十条的规定，决定准予核发建设工程规划许可证。用地面积25,300.50㎡，总建筑面积68,420㎡，容积率不大于2.1，建筑密度不大于28%。",
				"你单位应当自本决定送达之日起一年内开工建设；需要延期的，应当在期限届满三十日前提出申请。如不服本决定，可以自收到本决定之日起六十日内依法申请行政复议，或者六个月内依法提起行政诉讼。",
			},
			Attachments: []decision.Attachment{{Name: "总平面图.pdf", SM3: strings.Repeat("0123456789abcdef", 4)}, {Name: "建筑设计方案.pdf", SM3: strings.Repeat("a1", 32)}},
		},
	}
	for i := range n {
		name := departmentNames[i%len(departmentNames)]
		if i >= len(departmentNames) {
			name = fmt.Sprintf("示例市第%d局", i+1)
		}
		f.Decision.Departments = append(f.Decision.Departments, decision.Department{CreditCode: creditCode(fmt.Sprintf("1199000000000%04d", i)), Name: name})
	}
	return f
}

func long(n int) *decision.File {
	f := sample(n)
	for i := range 14 {
		f.Decision.Text = append(f.Decision.Text, fmt.Sprintf("（%d）", i+1)+strings.Repeat("施工期间应当落实扬尘、噪声防治措施；地下管线保护按Q/SL 0117-2026执行（见https://example.gov.cn/q/sl-0117-2026），", 3)+"不得擅自变更。")
	}
	for i := range 12 {
		f.Decision.LegalBasis = append(f.Decision.LegalBasis, fmt.Sprintf("《示例市城市建设管理条例》第%d条第二款第（三）项，以及该条例实施细则的有关规定和示例市人民政府的有关文件", i+10))
	}
	return f
}

func longNames() *decision.File {
	f := sample(3)
	f.Decision.Departments[0].Name = "示例省示例市示例自治县文化广播电视体育和旅游局行政审批服务股"
	f.Decision.Departments[1].Name = "示例省示例市经济技术开发区管理委员会行政审批局"
	f.Decision.Title = "关于准予示例省示例市经济技术开发区东区三号地块住宅项目建设工程规划许可证核发及配套市政公用设施建设工程联合审批的决定"
	f.Decision.Applicant.Name = strings.Repeat("示例省示例市某某置业投资开发", 4) + "有限责任公司"
	f.Decision.Number = "示例省示例市示例自治县联合审批〔2026〕第000117号"
	return f
}

func people() *decision.File {
	f := sample(2)
	f.Decision.Applicant = decision.Applicant{Name: "张某某"}
	f.Decision.Outcome, f.Decision.ValidFrom, f.Decision.ValidTo, f.Decision.Attachments = decision.Refused, "", "", nil
	f.Decision.Text = f.Decision.Text[:1]
	return f
}

func samples() map[string]*decision.File {
	return map[string]*decision.File{
		"one": sample(1), "two": sample(2), "three": sample(3), "five": sample(5), "seven": sample(7), "many": sample(32),
		"long": long(1), "long-two": long(2), "names": longNames(), "person": people(),
	}
}
