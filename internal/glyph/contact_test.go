// SPDX-License-Identifier: Apache-2.0

package glyph_test

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"testing"

	"github.com/govseal/govseal/internal/glyph"
)

// gallery is what people should look at after a change of the layout:
//
//	GOVSEAL_CONTACT_SHEET=/tmp/seals.png go test -run ContactSheet ./internal/glyph
var gallery = []glyph.SealPicture{
	{Name: "示例单位"},
	{Name: "示例市规划局"},
	{Name: "示例市行政审批局", Horizontal: "审批专用章"},
	{Name: "示例市住房和城乡建设局", Serial: "9900000000001"},
	{Name: "示例市东区市场监督管理局", Horizontal: "行政许可专用章", Serial: "9900000000002"},
	{Name: "示例市人力资源和社会保障局东区分局", Horizontal: "业务专用章"},
	{Name: "示例市一二三丁口工程建设项目审批中心", Serial: "9900000000003"},
	{Name: "示例省示例市经济技术开发区管理委员会行政审批局", Horizontal: "审批专用章（1）", Serial: "9900000000004"},
	{Name: "示例省示例市示例自治县文化广播电视体育和旅游局行政审批服务股", Horizontal: "业务专用章"},
	{Name: "示例省示例市示例自治县圳鄞衢亳涿泗濮漯睢歙联合行政审批委员会工程建设项目审批专用股甲", Horizontal: "审批专用章", Serial: "9900000000005"},
	{Name: "示例省示例市示例自治县圳鄞衢亳涿泗濮漯睢歙联合行政审批委员会工程建设项目审批专用股甲"},
	{Name: "示例市A区（B片）第3审批科", Horizontal: "测试 Test 2", Serial: "No.0001"},
}

func TestContactSheet(t *testing.T) {
	path := os.Getenv("GOVSEAL_CONTACT_SHEET")
	if path == "" {
		t.Skip("GOVSEAL_CONTACT_SHEET is not set")
	}
	const cell = 500
	sheet := image.NewRGBA(image.Rect(0, 0, 4*cell, (len(gallery)+3)/4*cell))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	for i, p := range gallery {
		p.DPI = 280
		picture, err := p.Draw()
		if err != nil {
			t.Fatal(err)
		}
		at := picture.Bounds().Add(image.Pt(i%4*cell+18, i/4*cell+18))
		draw.Draw(sheet, at, picture, image.Point{}, draw.Over)
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, sheet); err != nil {
		t.Fatal(err)
	}
}
