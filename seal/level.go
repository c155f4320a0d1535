// SPDX-License-Identifier: Apache-2.0

package seal

// Level is a level of issuing body with the size of its round seal.
type Level struct {
	Code     string
	Name     string // in Chinese
	Diameter int    // mm
	AtMost   bool   // Diameter is the largest, not the only one
	Usual    int    // mm, where AtMost
	Emblem   bool   // the national emblem in the centre, which the operator supplies
	EitherOK bool   // what stands in the centre is not recorded
}

// levels follow 国发〔1999〕25号 as reposted, a secondary source whose original
// was not at hand (facts/seal-formats.md 8). That local departments use 42 mm
// is common practice, only remembered.
var levels = []Level{
	{Code: "state-council", Name: "国务院", Diameter: 60, Emblem: true},
	{Code: "province", Name: "省级人民政府、国务院办公厅和各部委", Diameter: 50, Emblem: true},
	{Code: "ministerial-agency", Name: "国务院直属机构、办事机构（正部级）", Diameter: 50, Emblem: true},
	{Code: "vice-ministerial-agency", Name: "国务院直属机构、办事机构（副部级）", Diameter: 45, Emblem: true},
	{Code: "coordinating-body", Name: "议事协调机构、临时机构", Diameter: 50},
	{Code: "state-bureau", Name: "部委管理的国家局", Diameter: 45, Emblem: true},
	{Code: "ministry-unit", Name: "冠“中华人民共和国”或“国家”的内设机构、部委外事司局", Diameter: 42, Emblem: true},
	{Code: "city", Name: "市、自治州、县、自治县、市辖区人民政府", Diameter: 45, Emblem: true},
	{Code: "prefecture-office", Name: "地区（盟）行政公署", Diameter: 45},
	{Code: "township", Name: "乡（镇）人民政府", Diameter: 42, EitherOK: true},
	{Code: "unit", Name: "国家机关内设机构、企业事业单位、社会团体", Diameter: 45, AtMost: true, Usual: 42},
}

// Levels lists the levels of issuing bodies whose seals' sizes are known.
func Levels() []Level { return append([]Level(nil), levels...) }

func levelOf(code string) (Level, bool) {
	for _, l := range levels {
		if l.Code == code {
			return l, true
		}
	}
	return Level{}, false
}

// size returns the diameter for a level, given what was asked for (0: nothing).
func (l Level) size(asked int) (mm int, err error) {
	switch {
	case asked == 0 && l.AtMost:
		return l.Usual, nil
	case asked == 0:
		return l.Diameter, nil
	case asked == l.Diameter || l.AtMost && asked < l.Diameter:
		return asked, nil
	case l.AtMost:
		return 0, refuse(ReasonRequest, "seals of level %s measure at most %d mm, not %d", l.Code, l.Diameter, asked)
	}
	return 0, refuse(ReasonRequest, "seals of level %s measure %d mm, not %d", l.Code, l.Diameter, asked)
}
